#include "ledger/by-talk.h"

gpointer
lens_by_talk (LensByTalk *by_talk, const LensSegment *segment, gsize size)
{
  if (segment->number == LENS_SEGMENT_NO_NUMBER)
    return NULL;
  if (by_talk->rows == NULL)
    by_talk->rows = g_ptr_array_new ();
  if (segment->number >= by_talk->rows->len)
    g_ptr_array_set_size (by_talk->rows, (gint)segment->number + 1);
  gpointer *row = &g_ptr_array_index (by_talk->rows, segment->number);
  if (*row == NULL)
    *row = g_malloc0 (size);
  return *row;
}

gpointer
lens_by_talk_peer (const LensByTalk *by_talk, const LensSegment *segment)
{
  guint32 number = segment->peer.number;

  if (number == 0 || by_talk->rows == NULL || number > by_talk->rows->len)
    return NULL;
  return g_ptr_array_index (by_talk->rows, number - 1);
}

void
lens_by_talk_clear (LensByTalk *by_talk, GDestroyNotify clear)
{
  if (by_talk->rows == NULL)
    return;
  for (guint i = 0; i < by_talk->rows->len; i++)
    {
      gpointer row = g_ptr_array_index (by_talk->rows, i);
      if (row != NULL && clear != NULL)
        clear (row);
      g_free (row);
    }
  g_clear_pointer (&by_talk->rows, g_ptr_array_unref);
}
