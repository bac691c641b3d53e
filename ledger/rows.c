#include "ledger/rows.h"

gpointer
lens_rows_at (LensRows *rows, guint index, gsize size)
{
  if (rows->rows == NULL)
    rows->rows = g_ptr_array_new ();
  if (index >= rows->rows->len)
    g_ptr_array_set_size (rows->rows, (gint)index + 1);
  gpointer *row = &g_ptr_array_index (rows->rows, index);
  if (*row == NULL)
    *row = g_malloc0 (size);
  return *row;
}

gpointer
lens_rows_peek (const LensRows *rows, guint index)
{
  return index < lens_rows_n (rows) ? g_ptr_array_index (rows->rows, index) : NULL;
}

guint
lens_rows_n (const LensRows *rows)
{
  return rows->rows != NULL ? rows->rows->len : 0;
}

void
lens_rows_clear (LensRows *rows, GDestroyNotify clear)
{
  for (guint i = 0; i < lens_rows_n (rows); i++)
    {
      gpointer row = g_ptr_array_index (rows->rows, i);
      if (row != NULL && clear != NULL)
        clear (row);
      g_free (row);
    }
  g_clear_pointer (&rows->rows, g_ptr_array_unref);
}
