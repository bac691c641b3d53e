#pragma once

#include "ledger/analyzer.h"

G_BEGIN_DECLS

/**
 * LensSpot:
 * A header field of at most four octets that may have spoken: whether it did is told later, by
 * what the fields behind it say.  A value, without anything to free; the side is borrowed from
 * the ledger.
 *
 * Analyzers keep many thousands of them, so it is small: it tells of two frames that the field
 * lies in, as where a segment ends within it.  Octets in a third one, or more than 32,767 frames
 * from the first, count, but are not shown.
 */
typedef struct
{
  gint64 time_ns;
  LensSide *side;
  guint64 frame;  /* of its first octet, ... */
  guint32 offset; /* ... and where in it */
  guint8 octets[4];
  gint16 rest_frame; /* what follows in another frame: so many frames on, ... */
  guint16 rest_offset;
  guint8 length, in_first, in_rest; /* octets; 0 in the first: not known where they are */
} LensSpot;

/* Octets of a unit whose view has several pieces. */
LensSpot lens_spot_in_pieces (const LensUnit *unit, gsize offset, gsize length);

/* @length octets (at most 4) from @offset of the unit's view.  Inline, so that it is written where
 * it is wanted: most packets ask for some. */
static inline LensSpot
lens_spot_at (const LensUnit *unit, gsize offset, gsize length)
{
  const LensPiece *piece = unit->view.pieces;
  guint8 octets[4] = { 0 };

  if (unit->view.n_pieces != 1 || offset + length > piece->length)
    return lens_spot_in_pieces (unit, offset, length);
  for (gsize i = 0; i < length; i++)
    octets[i] = unit->view.octets[offset + i];
  return (LensSpot){ .time_ns = unit->time_ns,
                     .side = unit->side,
                     .frame = piece->frame,
                     .offset = piece->offset + (guint32)offset,
                     .octets = { octets[0], octets[1], octets[2], octets[3] },
                     .length = (guint8)length,
                     .in_first = (guint8)length };
}

/* A field of @length octets, all in @piece, that holds @value. */
LensSpot lens_spot_of (gint64 time_ns, LensSide *side, const LensPiece *piece, guint32 value,
                       guint length);

/* Where it lies; returns how many pieces. */
guint lens_spot_pieces (const LensSpot *spot, LensPiece pieces[2]);

/* Whether one frame has it all; that piece is then in @piece. */
gboolean lens_spot_is_whole (const LensSpot *spot, LensPiece *piece);

/* The spot had room for @bits on @channel, and used them. */
void lens_spot_use (const LensSpot *spot, LensLedger *ledger, const char *channel, LensTrack *track,
                    guint64 bits);

/* For conclude: every carrier of @channel that the analyzer used becomes a finding.  Which packets
 * spoke is the message, so it is no less of one when all of them say the same. */
void lens_spot_find_used (LensLedger *ledger, const char *channel);

G_END_DECLS
