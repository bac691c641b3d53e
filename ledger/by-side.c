#include "ledger/by-side.h"

gpointer
lens_by_side (LensBySide *by_side, LensLedger *ledger, const LensSide *side, gsize size, guint most)
{
  gpointer row = lens_by_side_peek (by_side, side);

  if (row != NULL)
    return row;
  if (by_side->n >= most)
    {
      if (ledger != NULL)
        lens_ledger_full (ledger, side);
      return NULL;
    }
  if (by_side->rows == NULL)
    by_side->rows = g_ptr_array_new ();
  if (side->index >= by_side->rows->len)
    g_ptr_array_set_size (by_side->rows, (gint)side->index + 1);
  row = g_malloc0 (size);
  g_ptr_array_index (by_side->rows, side->index) = row;
  by_side->n++;
  return row;
}

gpointer
lens_by_side_peek (const LensBySide *by_side, const LensSide *side)
{
  if (by_side->rows == NULL || side->index >= by_side->rows->len)
    return NULL;
  return g_ptr_array_index (by_side->rows, side->index);
}

void
lens_by_side_clear (LensBySide *by_side, GDestroyNotify clear)
{
  if (by_side->rows == NULL)
    return;
  for (guint i = 0; i < by_side->rows->len; i++)
    {
      gpointer row = g_ptr_array_index (by_side->rows, i);
      if (row != NULL && clear != NULL)
        clear (row);
      g_free (row);
    }
  g_clear_pointer (&by_side->rows, g_ptr_array_unref);
}
