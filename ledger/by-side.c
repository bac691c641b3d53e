#include "ledger/by-side.h"

gpointer
lens_by_side_add (LensBySide *by_side, LensLedger *ledger, const LensSide *side, gsize size,
                  guint most)
{
  if (by_side->rows.rows.n < most)
    return lens_rows_at (&by_side->rows, side->index, size);
  if (ledger != NULL)
    lens_ledger_full (ledger, side);
  return NULL;
}

void
lens_by_side_clear (LensBySide *by_side, GDestroyNotify clear)
{
  lens_rows_clear (&by_side->rows, clear);
}
