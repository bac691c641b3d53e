#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensPiece:
 * Where octets lie in the capture: @length octets from @offset of frame @frame.
 *
 * Frames count from 1 as Wireshark shows them; @offset counts from 0 at the frame's first
 * captured octet (capture pseudo-headers included).
 */
typedef struct
{
  guint64 frame;
  guint32 offset; /* octets */
  guint32 length; /* octets */
} LensPiece;

/**
 * LensView:
 * Octets that lie one after another for the reader, wherever the wire put them.
 *
 * @pieces says where: their lengths add up to @length, in order.  Octets that were @unpacked from
 * what lies there (a compressed document) have no place of their own: all pieces are the place of
 * each.  A view owns neither octets nor pieces and is valid only during the call that hands it
 * over.
 */
typedef struct
{
  const guint8 *octets;
  gsize length; /* octets */
  const LensPiece *pieces;
  gsize n_pieces;
  gboolean unpacked;
} LensView;

/**
 * lens_view_pieces:
 * Appends to @into (a GArray of LensPiece) the pieces of @length octets from @offset of
 * @view.  Pieces that touch in one frame are joined.  The range must lie inside the view.
 */
void lens_view_pieces (const LensView *view, gsize offset, gsize length, GArray *into);

/**
 * LensPieces:
 * Room for the pieces of a slice: { 0 } to begin with.  Few need no memory of their own.
 */
typedef struct
{
  LensPiece few[2];
  LensPiece *many; /* all of them, where there were once too many for @few; else NULL */
  gsize n, room;   /* of @many */
} LensPieces;

static inline void
lens_pieces_clear (LensPieces *pieces)
{
  g_clear_pointer (&pieces->many, g_free);
  pieces->n = pieces->room = 0;
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LensPieces, lens_pieces_clear)

/**
 * lens_view_slice:
 * The part of @view from @offset, @length octets long.  @scratch is emptied and holds the slice's
 * pieces, so it must outlive the slice.
 */
LensView lens_view_slice_of_many (const LensView *view, gsize offset, gsize length,
                                  LensPieces *scratch);

/* Nearly all views lie in one piece, and every packet is cut into several. */
static inline LensView
lens_view_slice (const LensView *view, gsize offset, gsize length, LensPieces *scratch)
{
  const LensPiece *piece = view->pieces;

  if (view->n_pieces != 1 || view->unpacked || view->octets == NULL)
    return lens_view_slice_of_many (view, offset, length, scratch);
  g_assert (offset <= view->length && length <= view->length - offset);
  scratch->few[0] = (LensPiece){ piece->frame, piece->offset + (guint32)offset, (guint32)length };
  return (LensView){ .octets = view->octets + offset,
                     .length = length,
                     .pieces = scratch->few,
                     .n_pieces = length > 0 };
}

G_END_DECLS
