/* What a device serves to a host that its profile does not name as a viewer. */
#include "ledger/inside.h"

gboolean
lens_ledger_is_stranger (LensLedger *ledger, const LensAddress *device, const LensAddress *peer)
{
  gint index = lens_ledger_device_at (ledger, device, NULL);
  const LensProfile *profile
      = index >= 0 ? ((LensDevice *)g_ptr_array_index (ledger->devices, index))->profile : NULL;

  if (profile == NULL || profile->viewers->len == 0 || lens_address_is_multicast (peer))
    return FALSE;
  for (guint i = 0; i < profile->viewers->len; i++)
    if (lens_network_contains (&g_array_index (profile->viewers, LensNetwork, i), peer))
      return FALSE;
  return TRUE;
}

static gboolean
is_server (const LensSide *side)
{
  return side->flow->server == (side->reverse ? LENS_SERVER_DESTINATION : LENS_SERVER_SOURCE);
}

/* Media that the profile declares, for its viewers. */
static gboolean
has_declared_media (LensLedger *ledger, const LensStream *stream)
{
  if (lens_ledger_declared_stream (ledger, stream) == NULL)
    return FALSE;
  for (guint i = 0; i < stream->tracks->len; i++)
    if (((const LensTrack *)g_ptr_array_index (stream->tracks, i))->packets > 0)
      return TRUE;
  return FALSE;
}

LensServed
lens_ledger_served (LensLedger *ledger, const LensSide *side)
{
  const LensFlow *flow = side->flow;
  const LensTrack *track = flow->rare->track;
  gboolean granted = track != NULL && track->setup && track->stream != NULL
                     && lens_address_equal (&track->stream->server, &side->key.src);

  if (!lens_ledger_is_stranger (ledger, &side->key.src, &side->key.dst))
    return LENS_SERVED_NOTHING;
  if (granted)
    return has_declared_media (ledger, track->stream) ? LENS_SERVED_MEDIA : LENS_SERVED_SESSION;
  if (!flow->was_rtsp || !is_server (side))
    return LENS_SERVED_NOTHING;
  for (const LensStream *stream = flow->rare->streams; stream != NULL;
       stream = stream->next_of_flow)
    if (has_declared_media (ledger, stream))
      return LENS_SERVED_MEDIA;
  return LENS_SERVED_SESSION;
}
