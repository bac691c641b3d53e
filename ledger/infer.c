/* Sessions whose set-up nobody saw or could read: media over UDP that was there when the capture
 * began, or whose RTSP has a hole where a SETUP may have been, and RTSP inside TLS.  The profile
 * declares them; where there is none, RTSP between the same hosts does. */
#include "ledger/inside.h"
#include "ledger/session-inside.h"

#include <netinet/in.h>
#include <string.h>

/* What was there before the capture is there as soon as it begins. */
#define FROM_THE_START_NS (G_GINT64_CONSTANT (2) * 1000 * 1000 * 1000)

/* Tracks of one stream whose description nobody saw, at most: video, sound, metadata. */
#define MAX_TRACKS 3

static const LensProfile *
profile_of (LensLedger *ledger, const LensSideKey *key)
{
  gint index = lens_ledger_source_device (ledger, key);

  return index >= 0 ? ((LensDevice *)g_ptr_array_index (ledger->devices, index))->profile : NULL;
}

static gboolean
is_viewer (const LensProfile *profile, const LensAddress *address)
{
  for (guint i = 0; i < profile->viewers->len; i++)
    if (lens_network_contains (&g_array_index (profile->viewers, LensNetwork, i), address))
      return TRUE;
  return profile->viewers->len == 0;
}

static const LensDeclaredStream *
declared_by (const LensProfile *profile, LensStreamTransport transport)
{
  for (guint i = 0; i < profile->streams->len; i++)
    {
      const LensDeclaredStream *declared = g_ptr_array_index (profile->streams, i);
      if (declared->transport == transport)
        return declared;
    }
  return NULL;
}

/* --- media over UDP --- */

static const LensAddress *
viewer_of (const LensStream *stream)
{
  return stream->from_source ? &stream->flow->key->dst : &stream->flow->key->src;
}

/* The stream between the hosts of @key: one that was set up, or the one inferred here. */
static LensStream *
stream_between (LensLedger *ledger, const LensSideKey *key)
{
  for (guint i = 0; i < lens_sessions_n_streams (ledger->sessions); i++)
    {
      LensStream *stream = lens_sessions_stream_at (ledger->sessions, i);
      if (lens_address_equal (&stream->server, &key->src)
          && (lens_address_equal (viewer_of (stream), &key->dst)
              || lens_address_is_multicast (&key->dst)))
        return stream;
    }
  return NULL;
}

static gboolean
is_open_from_before (const LensFlow *flow)
{
  return !flow->opened && flow->rare->streams == NULL;
}

static gboolean
has_a_hole (const LensFlow *flow)
{
  return flow->setup_unread;
}

/* A connection of RTSP between the hosts of @key, where the source is the server: a SETUP may
 * have been there that nobody read. */
static LensFlow *
unread_between (LensLedger *ledger, const LensSideKey *key, gboolean (*unread) (const LensFlow *))
{
  for (guint32 i = 0; i < lens_flows_n (ledger->flows); i++)
    {
      LensFlow *flow = lens_flows_at (ledger->flows, i);
      if (!flow->was_rtsp || !unread (flow))
        continue;
      if ((flow->server == LENS_SERVER_SOURCE && lens_address_equal (&flow->key->src, &key->src)
           && lens_address_equal (&flow->key->dst, &key->dst))
          || (flow->server == LENS_SERVER_DESTINATION
              && lens_address_equal (&flow->key->dst, &key->src)
              && lens_address_equal (&flow->key->src, &key->dst)))
        return flow;
    }
  return NULL;
}

/* The connection to a declared stream between the hosts of @key, whose segments the snap length
 * cut. */
static gboolean
is_cut_short (LensLedger *ledger, const LensSideKey *key)
{
  const LensProfile *profile = profile_of (ledger, key);

  for (guint32 i = 0; profile != NULL && i < lens_flows_n (ledger->flows); i++)
    {
      const LensFlow *flow = lens_flows_at (ledger->flows, i);
      gboolean out = lens_address_equal (&flow->key->src, &key->src)
                     && lens_address_equal (&flow->key->dst, &key->dst);
      gboolean in = lens_address_equal (&flow->key->dst, &key->src)
                    && lens_address_equal (&flow->key->src, &key->dst);
      if ((!out && !in) || !lens_ledger_is_unreadable (flow))
        continue;
      for (guint s = 0; s < profile->streams->len; s++)
        if (((const LensDeclaredStream *)g_ptr_array_index (profile->streams, s))->port
            == (out ? flow->key->sport : flow->key->dport))
          return TRUE;
    }
  return FALSE;
}

static LensStream *
new_stream (LensLedger *ledger, LensSide *side)
{
  const LensProfile *profile = profile_of (ledger, &side->key);
  const LensDeclaredStream *declared = NULL;
  gboolean to_group = lens_address_is_multicast (&side->key.dst);
  LensFlow *flow = side->flow;

  LensFlow *heard = unread_between (ledger, &side->key, has_a_hole);
  if (heard == NULL && profile == NULL)
    heard = unread_between (ledger, &side->key, is_open_from_before);
  if (profile != NULL)
    declared = declared_by (profile, to_group ? LENS_STREAM_OVER_MULTICAST : LENS_STREAM_OVER_UDP);
  if (profile != NULL && !to_group && !is_viewer (profile, &side->key.dst))
    return NULL;
  if (declared == NULL && heard == NULL)
    return NULL;
  if (heard != NULL)
    flow = heard;
  LensStream *stream = lens_sessions_add_stream (ledger->sessions, flow, side, g_strdup (""));
  if (stream == NULL)
    return NULL;
  stream->server = side->key.src;
  stream->from_source = lens_address_equal (&flow->key->src, &side->key.src);
  stream->inferred = TRUE;
  stream->by_profile = declared != NULL;
  stream->multicast = to_group;
  if (declared != NULL)
    stream->port = declared->port;
  else
    stream->port = stream->from_source ? flow->key->sport : flow->key->dport;
  return stream;
}

/* RFC 3551 section 6: types whose medium is fixed where no description says otherwise. */
static LensMedia
media_of (const LensTrack *track)
{
  if (track->last_payload_type >= 0 && track->last_payload_type <= 23)
    return LENS_MEDIA_AUDIO;
  return track->last_payload_type <= 34 ? LENS_MEDIA_VIDEO : LENS_MEDIA_UNKNOWN;
}

/* Reports go between the ports that follow (RFC 3550 section 11). */
static void
grant_reports (LensLedger *ledger, const LensSideKey *key, LensTrack *track)
{
  LensSideKey reports;

  memcpy (&reports, key, sizeof reports);
  reports.sport++;
  reports.dport++;
  LensFlow *flow = lens_flows_find (ledger->flows, &reports);
  if (flow != NULL && flow->rare->track == NULL)
    lens_flow_rare (flow)->track = track;
}

static void
infer_track (LensLedger *ledger, LensTrack *guessed)
{
  LensSide *side = guessed->side;

  gboolean from_the_start = side->first - ledger->first <= FROM_THE_START_NS;
  gboolean unread = unread_between (ledger, &side->key, has_a_hole) != NULL
                    || lens_ledger_is_one_way (ledger, side) || is_cut_short (ledger, &side->key);

  if ((!from_the_start && !unread) || (side->key.dport & 1) != 0
      || lens_ledger_source_device (ledger, &side->key) < 0)
    return;
  LensStream *stream = stream_between (ledger, &side->key);
  if (stream == NULL)
    stream = new_stream (ledger, side);
  if (stream == NULL || (!stream->inferred && !unread) || stream->over_tcp
      || stream->tracks->len >= MAX_TRACKS)
    return;
  LensTrack *track = lens_sessions_add_track (ledger->sessions);
  if (track == NULL)
    return;
  track->stream = stream;
  track->setup = track->inferred = TRUE;
  track->media = media_of (guessed);
  g_ptr_array_add (stream->tracks, track);
  lens_ledger_join_track (guessed, track);
  lens_flow_rare (side->flow)->track = track;
  grant_reports (ledger, &side->key, track);
}

/* --- RTSP inside TLS --- */

static gboolean
is_at (LensLedger *ledger, const LensProfile *profile, const LensDeclaredStream *declared,
       const LensAddress *server)
{
  if (declared->address.version == 0)
    return lens_hosts_resolved (ledger->hosts, declared->host, server, NULL);
  for (guint i = 0; i < profile->addresses->len; i++)
    if (lens_address_equal (&g_array_index (profile->addresses, LensAddress, i), server))
      return TRUE;
  return lens_address_equal (&declared->address, server);
}

/* The end of @flow whose port the profile says is RTSP inside TLS. */
static void
infer_secure (LensLedger *ledger, const LensProfile *profile, LensFlow *flow)
{
  for (guint end = 0; end < 2; end++)
    {
      LensSide server = { .key = lens_flow_key (flow),
                          .rare = &lens_side_plain,
                          .flow = flow,
                          .reverse = (guint8)(end == 1) };
      if (end == 1)
        {
          server.key.src = flow->key->dst;
          server.key.sport = flow->key->dport;
        }
      const LensAddress *viewer = end == 0 ? &flow->key->dst : &flow->key->src;
      for (guint i = 0; i < profile->streams->len && flow->rare->streams == NULL; i++)
        {
          const LensDeclaredStream *declared = g_ptr_array_index (profile->streams, i);
          if (declared->transport != LENS_STREAM_OVER_TLS || declared->port != server.key.sport
              || !is_at (ledger, profile, declared, &server.key.src)
              || !is_viewer (profile, viewer))
            continue;
          LensStream *stream
              = lens_sessions_add_stream (ledger->sessions, flow, &server, g_strdup (""));
          if (stream != NULL)
            stream->inferred = stream->by_profile = stream->over_tcp = stream->sealed = TRUE;
        }
    }
}

void
lens_ledger_infer_sessions (LensLedger *ledger)
{
  guint n = lens_sessions_n_tracks (ledger->sessions);

  for (guint i = 0; i < n; i++)
    {
      LensTrack *track = lens_sessions_track_at (ledger->sessions, i);
      if (track->guessed && track->granted == NULL && track->side != NULL
          && track->side->key.protocol == IPPROTO_UDP)
        infer_track (ledger, track);
    }
  for (guint32 f = 0; f < lens_flows_n (ledger->flows); f++)
    {
      LensFlow *flow = lens_flows_at (ledger->flows, f);
      for (guint d = 0; flow->is_tls && d < ledger->devices->len; d++)
        {
          const LensDevice *device = g_ptr_array_index (ledger->devices, d);
          if (device->profile != NULL)
            infer_secure (ledger, device->profile, flow);
        }
    }
}
