#include "wire/piece.h"

static void
append (GArray *into, LensPiece piece)
{
  LensPiece *last = into->len > 0 ? &g_array_index (into, LensPiece, into->len - 1) : NULL;

  if (last != NULL && last->frame == piece.frame && last->offset + last->length == piece.offset)
    last->length += piece.length;
  else
    g_array_append_val (into, piece);
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
      LensPiece piece = view->pieces[i];
      if (offset >= piece.length)
        {
          offset -= piece.length;
          continue;
        }
      piece.offset += (guint32)offset;
      piece.length -= (guint32)offset;
      offset = 0;
      piece.length = (guint32)MIN (piece.length, length);
      length -= piece.length;
      append (into, piece);
    }
}

LensView
lens_view_slice (const LensView *view, gsize offset, gsize length, GArray *scratch)
{
  g_array_set_size (scratch, 0);
  lens_view_pieces (view, offset, length, scratch);
  return (LensView){
    .octets = view->octets != NULL ? view->octets + offset : NULL,
    .length = length,
    .pieces = (const LensPiece *)(gconstpointer)scratch->data,
    .n_pieces = scratch->len,
    .unpacked = view->unpacked,
  };
}
