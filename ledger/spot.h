#pragma once

#include "ledger/analyzer.h"

G_BEGIN_DECLS

/**
 * LensSpot:
 * A header field of at most four octets that may have spoken: whether it did is told later, by
 * what the fields behind it say.  A value, without anything to free; the side is borrowed from
 * the ledger.
 */
typedef struct
{
  gint64 time_ns;
  LensSide *side;
  LensPiece pieces[4];
  guint8 n_pieces, length;
  guint8 octets[4];
} LensSpot;

/* @length octets (at most 4) from @offset of the unit's view. */
LensSpot lens_spot_at (const LensUnit *unit, gsize offset, gsize length);

/* The spot had room for @bits on @channel, and used them. */
void lens_spot_use (const LensSpot *spot, LensLedger *ledger, const char *channel, LensTrack *track,
                    guint64 bits);

/* For conclude: every carrier of @channel that the analyzer used becomes a finding.  Which packets
 * spoke is the message, so it is no less of one when all of them say the same. */
void lens_spot_find_used (LensLedger *ledger, const char *channel);

G_END_DECLS
