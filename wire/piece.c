#include "wire/piece.h"

#include <string.h>

/* --- pieces --- */

static LensPiece *
all_of (LensPieces *pieces)
{
  return pieces->many != NULL ? pieces->many : pieces->few;
}

static void
add (LensPieces *pieces, LensPiece piece)
{
  gsize room = pieces->many != NULL ? pieces->room : G_N_ELEMENTS (pieces->few);

  if (pieces->n == room)
    {
      LensPiece *few = pieces->many == NULL ? pieces->few : NULL;
      pieces->room = 4 * room;
      pieces->many = g_renew (LensPiece, pieces->many, pieces->room);
      if (few != NULL)
        memcpy (pieces->many, few, sizeof pieces->few);
    }
  all_of (pieces)[pieces->n++] = piece;
}

/* --- views --- */

/* The part of @piece from *offset on, at most *length octets, which are then taken from them; empty
 * where it lies before the offset. */
static LensPiece
part_of (LensPiece piece, gsize *offset, gsize *length)
{
  gsize before = MIN (*offset, piece.length);

  piece.offset += (guint32)before;
  piece.length = (guint32)MIN (piece.length - before, *length);
  *offset -= before;
  *length -= piece.length;
  return piece;
}

/* Whether @piece goes on where @last ends, which then holds both. */
static gboolean
joins (LensPiece *last, const LensPiece *piece)
{
  if (last->frame != piece->frame || last->offset + last->length != piece->offset)
    return FALSE;
  last->length += piece->length;
  return TRUE;
}

void
lens_view_pieces (const LensView *view, gsize offset, gsize length, GArray *into)
{
  g_assert (offset <= view->length && length <= view->length - offset);

  if (view->unpacked)
    {
      if (length > 0)
        g_array_append_vals (into, view->pieces, (guint)view->n_pieces);
      return;
    }
  for (gsize i = 0; i < view->n_pieces && length > 0; i++)
    {
      LensPiece piece = part_of (view->pieces[i], &offset, &length);
      if (piece.length > 0
          && (into->len == 0 || !joins (&g_array_index (into, LensPiece, into->len - 1), &piece)))
        g_array_append_val (into, piece);
    }
}

static void
fill (LensPieces *into, const LensView *view, gsize offset, gsize length)
{
  into->n = 0;
  for (gsize i = 0; i < view->n_pieces && length > 0; i++)
    {
      LensPiece piece
          = view->unpacked ? view->pieces[i] : part_of (view->pieces[i], &offset, &length);
      if (!view->unpacked
          && (piece.length == 0 || (into->n > 0 && joins (&all_of (into)[into->n - 1], &piece))))
        continue;
      add (into, piece);
    }
}

LensView
lens_view_slice_of_many (const LensView *view, gsize offset, gsize length, LensPieces *scratch)
{
  g_assert (offset <= view->length && length <= view->length - offset);

  fill (scratch, view, offset, length);
  return (LensView){
    .octets = view->octets != NULL ? view->octets + offset : NULL,
    .length = length,
    .pieces = all_of (scratch),
    .n_pieces = scratch->n,
    .unpacked = view->unpacked,
  };
}
