#include "ledger/rows.h"

#include <string.h>

static guint32 *
make_place (LensRows *rows, guint index)
{
  guint page = index / LENS_ROWS_PAGE;

  if (page >= rows->n_pages)
    {
      guint n = MAX (page + 1, rows->n_pages + rows->n_pages / 2);
      rows->pages = g_renew (guint32 *, rows->pages, n);
      memset (rows->pages + rows->n_pages, 0, (n - rows->n_pages) * sizeof *rows->pages);
      rows->n_pages = n;
    }
  if (rows->pages[page] == NULL)
    rows->pages[page] = g_new0 (guint32, LENS_ROWS_PAGE);
  rows->n = MAX (rows->n, index + 1);
  return &rows->pages[page][index % LENS_ROWS_PAGE];
}

gpointer
lens_rows_add (LensRows *rows, guint index, gsize size)
{
  guint32 *place = make_place (rows, index);

  if (rows->n_spare > 0)
    {
      *place = rows->spare[--rows->n_spare];
      return lens_chunks_at (&rows->rows, *place - 1);
    }
  if (rows->rows.chunks == NULL)
    lens_chunks_init (&rows->rows, size);
  gpointer row = lens_chunks_add (&rows->rows);
  *place = rows->rows.n;
  return row;
}

void
lens_rows_drop (LensRows *rows, guint index)
{
  gpointer row = lens_rows_peek (rows, index);

  if (row == NULL)
    return;
  guint32 *place = &rows->pages[index / LENS_ROWS_PAGE][index % LENS_ROWS_PAGE];
  memset (row, 0, rows->rows.size);
  /* Room for a power of two of them. */
  if ((rows->n_spare & (rows->n_spare - 1)) == 0)
    rows->spare = g_renew (guint32, rows->spare, MAX (2 * rows->n_spare, 1));
  rows->spare[rows->n_spare++] = *place;
  *place = 0;
}

guint
lens_rows_n (const LensRows *rows)
{
  return rows->n;
}

void
lens_rows_clear (LensRows *rows, GDestroyNotify clear)
{
  for (guint32 i = 0; clear != NULL && i < rows->rows.n; i++)
    clear (lens_chunks_at (&rows->rows, i));
  if (rows->rows.chunks != NULL)
    lens_chunks_clear (&rows->rows);
  for (guint i = 0; i < rows->n_pages; i++)
    g_free (rows->pages[i]);
  g_free (rows->pages);
  g_free (rows->spare);
  *rows = (LensRows){ 0 };
}
