#include "ledger/rows.h"

#include <string.h>

#define LEAST_ROOM 16

static void
make_room (LensRows *rows, guint index)
{
  guint32 room = MAX (rows->room, LEAST_ROOM);

  while (index >= room)
    room += room / 2;
  if (room > rows->room)
    {
      rows->places = g_renew (guint32, rows->places, room);
      memset (rows->places + rows->room, 0, (room - rows->room) * sizeof *rows->places);
      rows->room = room;
    }
  rows->n = MAX (rows->n, index + 1);
}

gpointer
lens_rows_add (LensRows *rows, guint index, gsize size)
{
  if (index >= rows->n)
    make_room (rows, index);
  if (rows->rows.chunks == NULL)
    lens_chunks_init (&rows->rows, size);
  gpointer row = lens_chunks_add (&rows->rows);
  rows->places[index] = rows->rows.n;
  return row;
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
  g_free (rows->places);
  *rows = (LensRows){ 0 };
}
