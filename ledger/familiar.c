#include "ledger/familiar.h"

gboolean
lens_familiar_take (LensFamiliar *familiar, guint64 value)
{
  guint unused = LENS_FAMILIAR_VALUES;

  for (guint i = 0; i < LENS_FAMILIAR_VALUES; i++)
    {
      if (familiar->votes[i] > 0 && familiar->values[i] == value)
        {
          familiar->votes[i]++;
          return TRUE;
        }
      if (familiar->votes[i] == 0)
        unused = i;
    }
  if (unused < LENS_FAMILIAR_VALUES)
    {
      familiar->values[unused] = value;
      familiar->votes[unused] = 1;
      return FALSE;
    }
  for (guint i = 0; i < LENS_FAMILIAR_VALUES; i++)
    familiar->votes[i]--;
  return FALSE;
}
