#pragma once

#include "ledger/rows.h"
#include "ledger/track.h"

G_BEGIN_DECLS

/**
 * LensByTrack:
 * What an analyzer remembers of each track, by its index.
 */
typedef LensRows LensByTrack;

/* The structure of @track, of @size octets; the same @size in each call. */
static inline gpointer
lens_by_track (LensByTrack *by_track, const LensTrack *track, gsize size)
{
  return lens_rows_at (by_track, track->index, size);
}

/* The same, NULL where nothing is remembered. */
gpointer lens_by_track_peek (const LensByTrack *by_track, const LensTrack *track);
/* @clear (or NULL) frees what a structure holds. */
void lens_by_track_clear (LensByTrack *by_track, GDestroyNotify clear);

G_END_DECLS
