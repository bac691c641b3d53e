#pragma once

#include "ledger/rows.h"
#include "ledger/segment.h"

G_BEGIN_DECLS

/**
 * LensByTalk:
 * What an analyzer remembers of each direction of a TCP connection that has a number, by that.
 */
typedef LensRows LensByTalk;

/* The structure of @segment's direction, of @size octets, the same in each call; NULL where the
 * direction has no number (LensSegment). */
gpointer lens_by_talk (LensByTalk *by_talk, const LensSegment *segment, gsize size);
/* The structure of the other direction; NULL where nothing is remembered of it. */
gpointer lens_by_talk_peer (const LensByTalk *by_talk, const LensSegment *segment);
/* @clear (or NULL) frees what a structure holds. */
void lens_by_talk_clear (LensByTalk *by_talk, GDestroyNotify clear);

G_END_DECLS
