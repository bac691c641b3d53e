#include "ledger/fill-sizes.h"

enum
{
  FEW = 40,        /* surprises of a device's life */
  SURPRISING = 50, /* percent of the filled units */
  ABOVE = 20,      /* percent of the surprises */
  ROUNDED = 4,     /* octets that an encoder may round up to */
};

/* Heavy hitters as Misra and Gries count them. */
static gboolean
is_usual (LensFillSizes *sizes, guint32 size)
{
  guint free = LENS_FILL_SIZES;

  for (guint i = 0; i < LENS_FILL_SIZES; i++)
    {
      if (sizes->votes[i] > 0 && sizes->usual[i] == size)
        {
          sizes->votes[i]++;
          return TRUE;
        }
      if (sizes->votes[i] == 0)
        free = i;
    }
  if (free < LENS_FILL_SIZES)
    {
      sizes->usual[free] = size;
      sizes->votes[free] = 1;
      return FALSE;
    }
  for (guint i = 0; i < LENS_FILL_SIZES; i++)
    sizes->votes[i]--;
  return FALSE;
}

gboolean
lens_fill_sizes_take (LensFillSizes *sizes, gsize size, gsize fill)
{
  sizes->units++;
  sizes->octets += size;
  if (fill == 0)
    return FALSE;
  if (sizes->filled++ == 0)
    sizes->first = (guint32)size;
  sizes->differ |= sizes->first ^ (guint32)size;
  if (is_usual (sizes, (guint32)size))
    return FALSE;
  sizes->surprises++;
  sizes->above += size * sizes->units > sizes->octets;
  return TRUE;
}

gboolean
lens_fill_sizes_speak (const LensFillSizes *sizes)
{
  return sizes->surprises >= FEW
         && (guint64)sizes->surprises * 100 >= (guint64)sizes->filled * SURPRISING
         && (guint64)sizes->above * 100 >= (guint64)sizes->surprises * ABOVE
         && (sizes->differ & (ROUNDED - 1)) != 0;
}
