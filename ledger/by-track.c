#include "ledger/by-track.h"

gpointer
lens_by_track_peek (const LensByTrack *by_track, const LensTrack *track)
{
  return lens_rows_peek (by_track, track->index);
}

void
lens_by_track_clear (LensByTrack *by_track, GDestroyNotify clear)
{
  lens_rows_clear (by_track, clear);
}
