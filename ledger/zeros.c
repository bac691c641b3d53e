#include "ledger/zeros.h"

enum
{
  FEW = 6, /* surprises that say nothing */
};

gboolean
lens_zeros_take (LensZeros *zeros, guint type, gsize end, gsize count)
{
  guint best = zeros->counts.surprises;
  gboolean foreseen = lens_habits_take (&zeros->counts, 1, &type, count);

  for (guint i = 0; i < LENS_ZEROS_ROUNDINGS; i++)
    {
      gsize unit = (gsize)2 << i;
      gboolean rounds = count == (unit - end % unit) % unit;
      if (zeros->unround[i] < best)
        {
          best = zeros->unround[i];
          foreseen = rounds;
        }
      zeros->unround[i] += !rounds;
    }
  zeros->seen++;
  zeros->surprises += !foreseen;
  return foreseen;
}

gboolean
lens_zeros_is_broken (const LensZeros *zeros)
{
  return zeros->surprises >= FEW && zeros->surprises >= zeros->seen / 100;
}
