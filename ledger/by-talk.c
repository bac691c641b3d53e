#include "ledger/by-talk.h"

gpointer
lens_by_talk (LensByTalk *by_talk, const LensSegment *segment, gsize size)
{
  return segment->number != LENS_SEGMENT_NO_NUMBER ? lens_rows_at (by_talk, segment->number, size)
                                                   : NULL;
}

gpointer
lens_by_talk_peer (const LensByTalk *by_talk, const LensSegment *segment)
{
  guint32 number = segment->peer.number;

  return number > 0 ? lens_rows_peek (by_talk, number - 1) : NULL;
}

void
lens_by_talk_clear (LensByTalk *by_talk, GDestroyNotify clear)
{
  lens_rows_clear (by_talk, clear);
}
