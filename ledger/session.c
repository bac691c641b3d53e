#include "ledger/session-inside.h"

#include <string.h>

#define MAX_CHAIN 64

typedef struct
{
  LensAddress address;
  guint16 port;
} Receiver;

struct LensSessions
{
  GPtrArray *tracks;  /* LensTrack */
  GPtrArray *streams; /* LensStream */
  GArray *grants;     /* LensGrant */
  GHashTable *newest; /* Receiver -> index + 1 of the newest grant */
};

const char *
lens_media_name (LensMedia media)
{
  static const char *const names[] = { "unknown", "video", "audio", "metadata", "application" };

  return names[media];
}

static void
format_free (gpointer data)
{
  LensFormat *format = data;

  g_free (format->codec);
  g_free (format->fmtp);
  g_free (format);
}

static void
track_free (gpointer data)
{
  LensTrack *track = data;

  g_ptr_array_unref (track->formats);
  g_array_unref (track->extension_ids);
  g_ptr_array_unref (track->extension_uris);
  g_array_unref (track->heard);
  if (track->before != NULL)
    g_array_unref (track->before);
  if (track->tail != NULL)
    g_array_unref (track->tail);
  g_free (track);
}

static void
stream_free (gpointer data)
{
  LensStream *stream = data;

  g_free (stream->url);
  g_ptr_array_unref (stream->tracks);
  g_free (stream);
}

static guint
receiver_hash (gconstpointer data)
{
  const Receiver *receiver = data;

  return lens_address_hash (&receiver->address) * 31 + receiver->port;
}

static gboolean
receiver_equal (gconstpointer a, gconstpointer b)
{
  const Receiver *x = a, *y = b;

  return x->port == y->port && lens_address_equal (&x->address, &y->address);
}

LensSessions *
lens_sessions_new (void)
{
  LensSessions *sessions = g_new0 (LensSessions, 1);

  sessions->tracks = g_ptr_array_new_with_free_func (track_free);
  sessions->streams = g_ptr_array_new_with_free_func (stream_free);
  sessions->grants = g_array_new (FALSE, FALSE, sizeof (LensGrant));
  sessions->newest = g_hash_table_new_full (receiver_hash, receiver_equal, g_free, NULL);
  return sessions;
}

void
lens_sessions_free (LensSessions *sessions)
{
  if (sessions == NULL)
    return;
  g_ptr_array_unref (sessions->tracks);
  g_ptr_array_unref (sessions->streams);
  g_array_unref (sessions->grants);
  g_hash_table_unref (sessions->newest);
  g_free (sessions);
}

LensTrack *
lens_sessions_add_track (LensSessions *sessions)
{
  if (sessions->tracks->len >= LENS_SESSIONS_MAX)
    return NULL;
  LensTrack *track = g_new0 (LensTrack, 1);
  track->index = sessions->tracks->len;
  track->media_index = -1;
  track->channel = -1;
  track->last_ssrc = -1;
  track->last_payload_type = -1;
  track->formats = g_ptr_array_new_with_free_func (format_free);
  track->extension_ids = g_array_new (FALSE, FALSE, sizeof (guint));
  track->extension_uris = g_ptr_array_new_with_free_func (g_free);
  track->heard = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_ptr_array_add (sessions->tracks, track);
  return track;
}

LensStream *
lens_sessions_add_stream (LensSessions *sessions, LensFlow *flow, const LensSide *server, char *url)
{
  if (sessions->streams->len >= LENS_SESSIONS_MAX)
    {
      g_free (url);
      return NULL;
    }
  LensStream *stream = g_new0 (LensStream, 1);
  stream->index = sessions->streams->len;
  stream->server = server->key.src;
  stream->from_source = !server->reverse;
  stream->port = server->key.sport;
  stream->flow = flow;
  stream->url = url;
  stream->tracks = g_ptr_array_new ();
  stream->next_of_flow = flow->rare->streams;
  lens_flow_rare (flow)->streams = stream;
  g_ptr_array_add (sessions->streams, stream);
  return stream;
}

static LensMedia
media_kind (const LensSdpMedia *section)
{
  if (section->media == NULL)
    return LENS_MEDIA_UNKNOWN;
  if (g_ascii_strcasecmp (section->media, "video") == 0)
    return LENS_MEDIA_VIDEO;
  if (g_ascii_strcasecmp (section->media, "audio") == 0)
    return LENS_MEDIA_AUDIO;
  for (guint i = 0; i < section->rtpmaps->len; i++)
    {
      const char *encoding = g_array_index (section->rtpmaps, LensSdpRtpmap, i).encoding;
      if (encoding != NULL && g_ascii_strncasecmp (encoding, "vnd.onvif.metadata", 18) == 0)
        return LENS_MEDIA_METADATA;
    }
  return LENS_MEDIA_APPLICATION;
}

/* The static payload types of RFC 3551 tables 4 and 5. */
static const struct
{
  const char *codec;
  guint clock, channels;
} static_formats[] = {
  [0] = { "PCMU", 8000, 1 },   [3] = { "GSM", 8000, 1 },   [4] = { "G723", 8000, 1 },
  [8] = { "PCMA", 8000, 1 },   [9] = { "G722", 8000, 1 },  [10] = { "L16", 44100, 2 },
  [11] = { "L16", 44100, 1 },  [13] = { "CN", 8000, 1 },   [14] = { "MPA", 90000, 0 },
  [15] = { "G728", 8000, 1 },  [18] = { "G729", 8000, 1 }, [26] = { "JPEG", 90000, 0 },
  [31] = { "H261", 90000, 0 }, [32] = { "MPV", 90000, 0 }, [33] = { "MP2T", 90000, 0 },
  [34] = { "H263", 90000, 0 },
};

static LensFormat *
format_new (const LensSdpMedia *section, guint8 payload_type)
{
  LensFormat *format = g_new0 (LensFormat, 1);
  const LensSdpRtpmap *map = lens_sdp_rtpmap (section, payload_type);

  format->payload_type = payload_type;
  format->fmtp = g_strdup (lens_sdp_fmtp (section, payload_type));
  if (map != NULL)
    {
      format->codec = map->encoding != NULL ? g_ascii_strup (map->encoding, -1) : NULL;
      format->clock = map->clock;
      format->channels = map->channels;
    }
  else if (payload_type < G_N_ELEMENTS (static_formats))
    {
      format->codec = g_strdup (static_formats[payload_type].codec);
      format->clock = static_formats[payload_type].clock;
      format->channels = static_formats[payload_type].channels;
    }
  format->fragment_of = lens_fragment_of (format->codec);
  return format;
}

static void
take_extmaps (LensTrack *track, const GArray *extmaps)
{
  for (guint i = 0; i < extmaps->len; i++)
    {
      const LensSdpExtmap *extmap = &g_array_index (extmaps, LensSdpExtmap, i);
      g_array_append_val (track->extension_ids, extmap->id);
      g_ptr_array_add (track->extension_uris, g_strdup (extmap->uri));
    }
}

void
lens_track_describe (LensTrack *track, const LensSdp *sdp, const LensSdpMedia *section)
{
  track->media = media_kind (section);
  track->encrypted = section->proto != NULL && strstr (section->proto, "/SAVP") != NULL;
  take_extmaps (track, sdp->extmaps);
  take_extmaps (track, section->extmaps);
  for (guint i = 0; i < section->formats->len; i++)
    {
      guint64 number;
      if (g_ascii_string_to_unsigned (g_ptr_array_index (section->formats, i), 10, 0, 127, &number,
                                      NULL))
        g_ptr_array_add (track->formats, format_new (section, (guint8)number));
    }
  for (guint i = 0; track->codec == NULL && i < track->formats->len; i++)
    track->codec = ((LensFormat *)g_ptr_array_index (track->formats, i))->codec;
}

void
lens_sessions_grant (LensSessions *sessions, LensGrant grant)
{
  const Receiver receiver = { grant.receiver, grant.receiver_port };

  if (sessions->grants->len >= LENS_SESSIONS_MAX)
    return;
  grant.older = GPOINTER_TO_UINT (g_hash_table_lookup (sessions->newest, &receiver));
  g_array_append_val (sessions->grants, grant);
  g_hash_table_insert (sessions->newest, g_memdup2 (&receiver, sizeof receiver),
                       GUINT_TO_POINTER (sessions->grants->len));
}

LensTrack *
lens_sessions_receiving (const LensSessions *sessions, const LensStream *stream,
                         const LensAddress *receiver, guint16 port)
{
  const Receiver wanted = { *receiver, port };
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (sessions->newest, &wanted));
  const LensGrant *known
      = index > 0 ? &g_array_index (sessions->grants, LensGrant, index - 1) : NULL;

  return known != NULL && !known->rtcp && known->track->stream == stream ? known->track : NULL;
}

/* The newest grant that @receiver may get from @sender: ports are used again. */
static const LensGrant *
grant_for (const LensSessions *sessions, const LensAddress *receiver, guint16 receiver_port,
           const LensAddress *sender, guint16 sender_port)
{
  const Receiver wanted = { *receiver, receiver_port };
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (sessions->newest, &wanted));

  for (guint i = 0; index > 0 && i < MAX_CHAIN; i++)
    {
      const LensGrant *grant = &g_array_index (sessions->grants, LensGrant, index - 1);
      if ((grant->sender_port == 0 || grant->sender_port == sender_port)
          && (grant->sender.version == 0 || lens_address_equal (&grant->sender, sender)))
        return grant;
      index = grant->older;
    }
  return NULL;
}

LensTrack *
lens_sessions_udp (const LensSessions *sessions, const LensSideKey *key, gboolean *rtcp,
                   gboolean *from_sender)
{
  const LensGrant *grant = grant_for (sessions, &key->dst, key->dport, &key->src, key->sport);

  *from_sender = grant != NULL;
  if (grant == NULL)
    grant = grant_for (sessions, &key->src, key->sport, &key->dst, key->dport);
  if (grant == NULL)
    return NULL;
  /* Who agreed on ports outside a tunnel did not agree on them inside one. */
  const LensStream *stream = grant->track->stream;
  if (stream != NULL && stream->flow != NULL && stream->flow->key->tunnel != key->tunnel)
    return NULL;
  *rtcp = grant->rtcp;
  return grant->track;
}

guint64
lens_sessions_grants (const LensSessions *sessions)
{
  return sessions->grants->len;
}

LensTrack *
lens_sessions_guess (LensSessions *sessions, LensSide *side)
{
  LensTrack *track = lens_sessions_add_track (sessions);

  if (track != NULL)
    {
      track->guessed = TRUE;
      track->side = side;
    }
  return track;
}

guint
lens_sessions_n_tracks (const LensSessions *sessions)
{
  return sessions->tracks->len;
}

LensTrack *
lens_sessions_track_at (const LensSessions *sessions, guint index)
{
  return g_ptr_array_index (sessions->tracks, index);
}

guint
lens_sessions_n_streams (const LensSessions *sessions)
{
  return sessions->streams->len;
}

LensStream *
lens_sessions_stream_at (const LensSessions *sessions, guint index)
{
  return g_ptr_array_index (sessions->streams, index);
}
