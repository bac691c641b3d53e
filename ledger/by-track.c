#include "ledger/by-track.h"

gpointer
lens_by_track (LensByTrack *by_track, const LensTrack *track, gsize size)
{
  if (by_track->rows == NULL)
    by_track->rows = g_ptr_array_new ();
  if (track->index >= by_track->rows->len)
    g_ptr_array_set_size (by_track->rows, (gint)track->index + 1);
  gpointer *row = &g_ptr_array_index (by_track->rows, track->index);
  if (*row == NULL)
    *row = g_malloc0 (size);
  return *row;
}

gpointer
lens_by_track_peek (const LensByTrack *by_track, const LensTrack *track)
{
  if (by_track->rows == NULL || track->index >= by_track->rows->len)
    return NULL;
  return g_ptr_array_index (by_track->rows, track->index);
}

void
lens_by_track_clear (LensByTrack *by_track, GDestroyNotify clear)
{
  if (by_track->rows == NULL)
    return;
  for (guint i = 0; i < by_track->rows->len; i++)
    {
      gpointer row = g_ptr_array_index (by_track->rows, i);
      if (row != NULL && clear != NULL)
        clear (row);
      g_free (row);
    }
  g_clear_pointer (&by_track->rows, g_ptr_array_unref);
}
