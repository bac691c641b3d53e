/* Declared streams as rows, and the two witnesses side by side. */
#include "ledger/inside.h"

#include "ledger/profile.h"

#include <string.h>

/* What libavformat had no time to hand over: the octets of the last moments. */
#define IN_FLIGHT_NS (G_GINT64_CONSTANT (1500) * 1000 * 1000)

static const char *
device_name (LensLedger *ledger, const LensAddress *address)
{
  LensSideKey key = { .src = *address };
  gint index = lens_ledger_source_device (ledger, &key);

  return index >= 0 ? ((LensDevice *)g_ptr_array_index (ledger->devices, index))->name : NULL;
}

static void
fill_track (const LensTrack *track, LensStreamRow *stream)
{
  LensTrackRow *row = lens_stream_row_add_track (stream);

  row->media = g_strdup (lens_media_name (track->media));
  row->codec = g_strdup (track->codec);
  row->payload_type = track->last_payload_type >= 0 ? track->last_payload_type
                      : track->formats->len > 0
                          ? ((LensFormat *)g_ptr_array_index (track->formats, 0))->payload_type
                          : -1;
  row->ssrc = track->last_ssrc;
  if (row->ssrc < 0 && track->has_ssrc)
    row->ssrc = (gint64)track->ssrc;
  row->packets = track->packets;
  row->octets = track->payload_octets;
}

/* What is sealed (TLS) is seen by the puller alone, if there was one. */
static gboolean
was_received (LensLedger *ledger, const LensDeclaredStream *declared)
{
  const LensStreamLog *log = lens_ledger_stream_log (ledger);
  const LensLoggedStream *logged
      = log != NULL && declared != NULL ? lens_stream_log_find (log, declared->name) : NULL;

  if (log == NULL || declared == NULL)
    return TRUE;
  for (guint i = 0; logged != NULL && i < logged->tracks->len; i++)
    if (((const LensLoggedTrack *)g_ptr_array_index (logged->tracks, i))->packets > 0)
      return TRUE;
  return FALSE;
}

static gboolean
was_seen (LensLedger *ledger, const LensStream *stream, const LensDeclaredStream *declared)
{
  if (stream->sealed)
    return was_received (ledger, declared);
  for (guint i = 0; i < stream->tracks->len; i++)
    if (((const LensTrack *)g_ptr_array_index (stream->tracks, i))->packets > 0)
      return TRUE;
  return FALSE;
}

static void
fill_session (LensLedger *ledger, const LensStream *stream, LensEvaluation *evaluation)
{
  const LensDeclaredStream *declared = lens_ledger_declared_stream (ledger, stream);
  LensStreamRow *row;

  if (!lens_ledger_stream_permitted (ledger, stream))
    return;
  row = lens_evaluation_add_stream (evaluation);
  row->device = g_strdup (device_name (ledger, &stream->server));
  row->name = declared != NULL ? g_strdup (declared->name) : NULL;
  /* One whose set-up nobody read is the profile's, if there is no other that it could be. */
  gboolean knows = !stream->inferred || stream->by_profile
                   || lens_ledger_n_declared_streams (ledger, stream) == 1;
  row->url = g_strdup (declared != NULL && knows && stream->inferred ? declared->url : stream->url);
  row->transport = g_strdup (stream->sealed         ? "tls"
                             : stream->flow->tunnel ? "http"
                             : stream->over_tcp     ? "tcp"
                             : stream->multicast    ? "multicast"
                                                    : "udp");
  row->origin = g_strdup (declared != NULL && knows ? "profile"
                          : stream->inferred        ? "inferred"
                                                    : "sdp");
  row->seen = was_seen (ledger, stream, declared);
  for (guint i = 0; i < stream->tracks->len; i++)
    fill_track (g_ptr_array_index (stream->tracks, i), row);
}

static gboolean
has_row (const LensEvaluation *evaluation, const char *device, const char *name)
{
  for (guint i = 0; i < evaluation->streams->len; i++)
    {
      const LensStreamRow *row = g_ptr_array_index (evaluation->streams, i);
      if (g_strcmp0 (row->device, device) == 0 && g_strcmp0 (row->name, name) == 0)
        return TRUE;
    }
  return FALSE;
}

void
lens_ledger_fill_streams (LensLedger *ledger, LensEvaluation *evaluation)
{
  for (guint i = 0; i < lens_sessions_n_streams (ledger->sessions); i++)
    fill_session (ledger, lens_sessions_stream_at (ledger->sessions, i), evaluation);
  for (guint d = 0; d < ledger->devices->len; d++)
    {
      const LensDevice *device = g_ptr_array_index (ledger->devices, d);
      if (device->profile == NULL)
        continue;
      for (guint s = 0; s < device->profile->streams->len; s++)
        {
          const LensDeclaredStream *declared = g_ptr_array_index (device->profile->streams, s);
          if (has_row (evaluation, device->name, declared->name))
            continue;
          LensStreamRow *row = lens_evaluation_add_stream (evaluation);
          row->device = g_strdup (device->name);
          row->name = g_strdup (declared->name);
          row->url = g_strdup (declared->url);
          row->transport = g_strdup (lens_stream_transport_name (declared->transport));
          row->origin = g_strdup ("profile");
          lens_ledger_never_seen (evaluation, device->name, "stream", declared->name);
        }
    }
}

/* --- witnesses --- */

static LensStream *
session_named (LensLedger *ledger, const char *name)
{
  /* The last session of that name: the puller's own. */
  for (guint i = lens_sessions_n_streams (ledger->sessions); i > 0; i--)
    {
      LensStream *stream = lens_sessions_stream_at (ledger->sessions, i - 1);
      const LensDeclaredStream *declared = lens_ledger_declared_stream (ledger, stream);
      if (declared != NULL && g_str_equal (declared->name, name))
        return stream;
    }
  return NULL;
}

static const char *
logged_media (const char *media)
{
  return media != NULL && g_str_equal (media, "data") ? "metadata" : media;
}

/* The @nth track of the media, in the order of the description. */
static const LensTrack *
track_of (const LensStream *stream, const char *media, guint nth)
{
  for (guint i = 0; i < stream->tracks->len; i++)
    {
      const LensTrack *track = g_ptr_array_index (stream->tracks, i);
      if (g_strcmp0 (lens_media_name (track->media), logged_media (media)) == 0 && nth-- == 0)
        return track;
    }
  return NULL;
}

/* What the log says of the @nth track of the media. */
static const LensLoggedTrack *
logged_of (const LensLoggedStream *stream, LensMedia media, guint nth)
{
  for (guint i = 0; i < stream->tracks->len; i++)
    {
      const LensLoggedTrack *logged = g_ptr_array_index (stream->tracks, i);
      if (g_strcmp0 (logged_media (logged->media), lens_media_name (media)) == 0 && nth-- == 0)
        return logged;
    }
  return NULL;
}

const LensLoggedTrack *
lens_ledger_logged_track (LensLedger *ledger, const LensTrack *track, const char **stream)
{
  const LensStreamLog *log = ledger->log;
  const LensLoggedStream *logged = NULL;
  guint nth = 0;

  if (log == NULL || track->stream == NULL)
    return NULL;
  const LensDeclaredStream *declared = lens_ledger_declared_stream (ledger, track->stream);
  if (declared != NULL)
    logged = lens_stream_log_find (log, declared->name);
  else if (log->streams->len == 1) /* whatever the device calls it */
    logged = g_ptr_array_index (log->streams, 0);
  if (logged == NULL)
    return NULL;
  *stream = logged->name;
  for (guint i = 0; i < track->stream->tracks->len; i++)
    {
      const LensTrack *other = g_ptr_array_index (track->stream->tracks, i);
      if (other == track)
        break;
      nth += other->media == track->media;
    }
  return logged_of (logged, track->media, nth);
}

/* Octets that the wire had after the puller's last packet, or just before. */
static guint64
in_flight (const LensTrack *track, gint64 last)
{
  guint64 octets = 0;

  for (guint i = 0; track->tail != NULL && i < track->tail->len; i++)
    {
      const LensTail *entry = &g_array_index (track->tail, LensTail, i);
      if (entry->time_ns >= last - IN_FLIGHT_NS)
        octets += entry->octets;
    }
  return octets;
}

static void
fill_witness (LensLedger *ledger, const LensStream *stream, const LensTrack *track,
              const char *name, const LensLoggedTrack *logged, LensEvaluation *evaluation)
{
  LensWitnessRow *row = lens_evaluation_add_witness (evaluation);
  guint64 carried = 0;

  row->stream = g_strdup (name);
  row->track = g_strdup (lens_media_name (track->media));
  row->wire_packets = track->packets;
  row->wire_octets = track->payload_octets;
  row->puller_packets = logged->packets;
  row->puller_octets = logged->octets;
  const LensFlow *flow = stream->over_tcp      ? stream->flow
                         : track->side != NULL ? track->side->flow
                                               : stream->flow;
  gboolean from_source = flow == stream->flow ? stream->from_source : !track->side->reverse;
  row->connection_octets = flow->payload[from_source ? 0 : 1];
  for (guint i = 0; stream->over_tcp && i < stream->tracks->len; i++)
    carried += ((const LensTrack *)g_ptr_array_index (stream->tracks, i))->payload_octets;
  if (!stream->over_tcp)
    carried = track->payload_octets;
  row->overhead_octets = row->connection_octets - MIN (carried, row->connection_octets);

  guint64 difference = track->expected > logged->octets ? track->expected - logged->octets
                                                        : logged->octets - track->expected;
  guint64 explained = in_flight (track, logged->last);
  row->unexplained = track->readable && !track->mixed && difference > explained
                         ? (gint64)(difference - explained)
                         : 0;
  if (row->unexplained == 0 || track->side == NULL)
    return;
  LensCarrier *carrier = lens_carriers_get (ledger->carriers, "ledger", "witness-difference",
                                            track->side, (LensTrack *)track, NULL);
  carrier->uses = 1;
  carrier->used_bits = 8 * (guint64)row->unexplained;
  carrier->first = track->first;
  carrier->last = track->last;
  lens_frame_set_add (&carrier->frames, track->first_frame);
  LensPending *pending = g_new0 (LensPending, 1);
  pending->carrier = carrier;
  pending->severity = lens_ledger_severity (ledger, carrier);
  pending->summary = g_strdup_printf ("The viewer received %" G_GUINT64_FORMAT
                                      " octets of %s, the wire carried %" G_GUINT64_FORMAT
                                      ": nothing explains the difference.",
                                      logged->octets, row->track, track->expected);
  g_ptr_array_add (ledger->pending, pending);
}

void
lens_ledger_fill_witnesses (LensLedger *ledger, const LensStreamLog *log,
                            LensEvaluation *evaluation)
{
  for (guint s = 0; log != NULL && s < log->streams->len; s++)
    {
      const LensLoggedStream *logged = g_ptr_array_index (log->streams, s);
      LensStream *stream = session_named (ledger, logged->name);
      for (guint t = 0; stream != NULL && t < logged->tracks->len; t++)
        {
          const LensLoggedTrack *one = g_ptr_array_index (logged->tracks, t);
          guint nth = 0;
          for (guint before = 0; before < t; before++)
            nth += g_strcmp0 (
                       ((LensLoggedTrack *)g_ptr_array_index (logged->tracks, before))->media,
                       one->media)
                   == 0;
          const LensTrack *track = track_of (stream, one->media, nth);
          if (track != NULL)
            fill_witness (ledger, stream, track, logged->name, one, evaluation);
        }
    }
}
