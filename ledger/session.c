#include "ledger/session.h"

#include "wire/rtsp-header.h"
#include "wire/sdp.h"

#include <netinet/in.h>
#include <string.h>

#define MAX_PENDING 64
#define MAX_SPECS 8
#define MAX_NAMELESS 256 /* tracks of a stream that no description names */
#define MAX_URL 2048

/* A request that waits for its reply. */
typedef struct
{
  guint64 cseq;
  char *method, *uri;
  LensRtspPair interleaved;
  gboolean replay;
} Request;

struct LensRtspTalk
{
  LensFlow *flow;
  LensSide *server; /* the side that replies */
  GArray *pending;  /* Request, oldest first */
  LensSdp *sdp;
  char *base;
  LensStream *stream;
  gboolean set_up;        /* a SETUP was seen on this connection */
  LensTrack *tracks[256]; /* by interleaved channel */
  guint8 is_rtcp[256];
};

/* Two UDP ports of one track, as a SETUP granted them. */
typedef struct
{
  LensAddress sender, receiver;
  guint16 sender_port; /* 0: any */
  guint16 receiver_port;
  gboolean rtcp;
  LensTrack *track;
  guint older; /* index + 1 of the one before it for the same receiver and port */
} Grant;

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
  GArray *grants;     /* Grant */
  GHashTable *newest; /* Receiver -> index + 1 of the newest grant */
};

const char *
lens_media_name (LensMedia media)
{
  static const char *const names[] = { "unknown", "video", "audio", "metadata", "application" };

  return names[media];
}

static void
request_clear (gpointer data)
{
  Request *request = data;

  g_free (request->method);
  g_free (request->uri);
}

static void
track_free (gpointer data)
{
  LensTrack *track = data;

  g_free (track->codec);
  g_array_unref (track->payload_types);
  g_array_unref (track->extension_ids);
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
  sessions->grants = g_array_new (FALSE, FALSE, sizeof (Grant));
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

LensRtspTalk *
lens_rtsp_talk_new (LensFlow *flow)
{
  LensRtspTalk *talk = g_new0 (LensRtspTalk, 1);

  talk->flow = flow;
  talk->pending = g_array_new (FALSE, TRUE, sizeof (Request));
  g_array_set_clear_func (talk->pending, request_clear);
  return talk;
}

void
lens_rtsp_talk_free (LensRtspTalk *talk)
{
  if (talk == NULL)
    return;
  g_array_unref (talk->pending);
  g_clear_pointer (&talk->sdp, lens_sdp_free);
  g_free (talk->base);
  g_free (talk);
}

static LensTrack *
track_new (LensSessions *sessions)
{
  if (sessions->tracks->len >= LENS_SESSIONS_MAX)
    return NULL;
  LensTrack *track = g_new0 (LensTrack, 1);
  track->index = sessions->tracks->len;
  track->media_index = -1;
  track->channel = -1;
  track->last_ssrc = -1;
  track->last_payload_type = -1;
  track->payload_types = g_array_new (FALSE, FALSE, sizeof (guint8));
  track->extension_ids = g_array_new (FALSE, FALSE, sizeof (guint));
  g_ptr_array_add (sessions->tracks, track);
  return track;
}

static char *
dup_range (const guint8 *octets, LensRange range)
{
  return g_strndup ((const char *)octets + range.offset, MIN (range.length, MAX_URL));
}

/* A URL without its user information. */
static char *
without_user (const char *url)
{
  const char *host = strstr (url, "://");

  if (host == NULL)
    return g_strdup (url);
  host += 3;
  gsize authority = strcspn (host, "/?#");
  const char *at = g_strrstr_len (host, (gssize)authority, "@");
  if (at == NULL)
    return g_strdup (url);
  return g_strdup_printf ("%.*s%s", (int)(host - url), url, at + 1);
}

/* The base of a description's controls: Content-Base, else Content-Location, else the URL
 * that was asked (RFC 2326 C.1.1). */
static char *
base_url (const guint8 *octets, const LensRtspUnit *unit, const char *uri)
{
  LensRange value;

  if (lens_rtsp_header_find (octets, unit->headers, "Content-Base", 0, &value)
      || lens_rtsp_header_find (octets, unit->headers, "Content-Location", 0, &value))
    return dup_range (octets, value);
  return g_strdup (uri);
}

static void
take_description (LensRtspTalk *talk, const guint8 *octets, const LensRtspUnit *unit,
                  const char *uri)
{
  if (unit->body.length == 0)
    return;
  g_clear_pointer (&talk->sdp, lens_sdp_free);
  g_free (talk->base);
  talk->sdp = lens_sdp_parse (octets + unit->body.offset, unit->body.length);
  talk->base = base_url (octets, unit, uri);
  talk->stream = NULL;
}

/* A new stream of @server on @flow; takes @url.  NULL at the cap. */
static LensStream *
stream_new (LensSessions *sessions, LensFlow *flow, const LensSide *server, char *url)
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
  stream->next_of_flow = flow->streams;
  flow->streams = stream;
  g_ptr_array_add (sessions->streams, stream);
  return stream;
}

static LensStream *
stream_of (LensSessions *sessions, LensRtspTalk *talk, const LensSide *server, const char *uri)
{
  if (talk->stream == NULL)
    talk->stream = stream_new (sessions, talk->flow, server,
                               without_user (talk->base != NULL ? talk->base : uri));
  return talk->stream;
}

static gboolean
same_url (const char *a, const char *b)
{
  gsize a_length = strlen (a), b_length = strlen (b);

  while (a_length > 0 && a[a_length - 1] == '/')
    a_length--;
  while (b_length > 0 && b[b_length - 1] == '/')
    b_length--;
  return a_length == b_length && strncmp (a, b, a_length) == 0;
}

/* The m= section that a SETUP of @uri asks for, or -1. */
static gint
media_of (const LensRtspTalk *talk, const char *uri)
{
  if (talk->sdp == NULL)
    return -1;
  g_autofree char *clean = without_user (uri);
  g_autofree char *base = without_user (talk->base);
  for (guint i = 0; i < talk->sdp->media->len; i++)
    {
      const LensSdpMedia *media = g_ptr_array_index (talk->sdp->media, i);
      if (media->control == NULL)
        continue;
      g_autofree char *joined = lens_rtsp_join_control (base, media->control);
      g_autofree char *control = without_user (joined);
      if (same_url (control, clean)
          || (*media->control != '\0' && g_str_has_suffix (clean, media->control)))
        return (gint)i;
    }
  return talk->sdp->media->len == 1 ? 0 : -1;
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

/* The encoding names of the static payload types of RFC 3551 tables 4 and 5. */
static const char *
static_encoding (guint payload_type)
{
  static const char *const names[] = {
    [0] = "PCMU",  [3] = "GSM",   [4] = "G723", [8] = "PCMA",  [9] = "G722",
    [10] = "L16",  [11] = "L16",  [14] = "MPA", [15] = "G728", [18] = "G729",
    [26] = "JPEG", [31] = "H261", [32] = "MPV", [33] = "MP2T", [34] = "H263",
  };

  return payload_type < G_N_ELEMENTS (names) ? names[payload_type] : NULL;
}

static void
take_extmaps (LensTrack *track, const GArray *extmaps)
{
  for (guint i = 0; i < extmaps->len; i++)
    g_array_append_val (track->extension_ids, g_array_index (extmaps, LensSdpExtmap, i).id);
}

static void
describe (LensTrack *track, const LensSdp *sdp, const LensSdpMedia *section)
{
  track->media = media_kind (section);
  track->encrypted = section->proto != NULL && strstr (section->proto, "/SAVP") != NULL;
  take_extmaps (track, sdp->extmaps);
  take_extmaps (track, section->extmaps);
  for (guint i = 0; i < section->formats->len; i++)
    {
      guint64 number;
      if (!g_ascii_string_to_unsigned (g_ptr_array_index (section->formats, i), 10, 0, 127, &number,
                                       NULL))
        continue;
      guint8 payload_type = (guint8)number;
      g_array_append_val (track->payload_types, payload_type);
      const LensSdpRtpmap *map = lens_sdp_rtpmap (section, payload_type);
      const char *encoding = map != NULL ? map->encoding : static_encoding (payload_type);
      if (track->codec == NULL && encoding != NULL)
        track->codec = g_ascii_strup (encoding, -1);
    }
}

/* The track of a stream's m= section, granted anew by each SETUP of it. */
static LensTrack *
granted_track (LensSessions *sessions, LensRtspTalk *talk, LensStream *stream, gint index)
{
  for (guint i = 0; i < stream->tracks->len; i++)
    {
      LensTrack *track = g_ptr_array_index (stream->tracks, i);
      if (track->media_index == index && index >= 0)
        {
          track->over = FALSE;
          return track;
        }
    }
  /* No description tells these apart. */
  if (index < 0 && stream->tracks->len >= MAX_NAMELESS)
    return g_ptr_array_index (stream->tracks, stream->tracks->len - 1);
  LensTrack *track = track_new (sessions);
  if (track == NULL)
    return NULL;
  track->stream = stream;
  track->media_index = index;
  track->setup = TRUE;
  if (index >= 0)
    describe (track, talk->sdp, g_ptr_array_index (talk->sdp->media, index));
  g_ptr_array_add (stream->tracks, track);
  return track;
}

static gboolean
address_of (const guint8 *octets, LensRange range, LensAddress *address)
{
  if (range.length == 0 || range.length > 64)
    return FALSE;
  g_autofree char *text = g_strndup ((const char *)octets + range.offset, range.length);
  return lens_address_parse (text, address);
}

static void
add_grant (LensSessions *sessions, Grant grant)
{
  const Receiver receiver = { grant.receiver, grant.receiver_port };

  if (sessions->grants->len >= LENS_SESSIONS_MAX)
    return;
  grant.older = GPOINTER_TO_UINT (g_hash_table_lookup (sessions->newest, &receiver));
  g_array_append_val (sessions->grants, grant);
  g_hash_table_insert (sessions->newest, g_memdup2 (&receiver, sizeof receiver),
                       GUINT_TO_POINTER (sessions->grants->len));
}

static void
grant_ports (LensSessions *sessions, const LensSide *server, const guint8 *octets,
             const LensRtspTransport *spec, LensTrack *track)
{
  LensAddress sender = server->key.src, receiver = server->key.dst;
  LensRtspPair to = spec->client_port;

  address_of (octets, spec->source, &sender);
  if (address_of (octets, spec->destination, &receiver) && lens_address_is_multicast (&receiver))
    {
      track->stream->multicast = TRUE;
      to = spec->port.first >= 0 ? spec->port : spec->client_port;
    }
  if (to.first <= 0 || to.first > G_MAXUINT16)
    return;
  gint to_rtcp = to.last > to.first ? to.last : to.first + 1;
  gint from = spec->server_port.first;
  gint from_rtcp = spec->server_port.last > from ? spec->server_port.last : from + 1;
  Grant grant = { .sender = sender,
                  .receiver = receiver,
                  .sender_port = from > 0 ? (guint16)from : 0,
                  .receiver_port = (guint16)to.first,
                  .track = track };
  add_grant (sessions, grant);
  grant.rtcp = TRUE;
  grant.sender_port = from > 0 ? (guint16)from_rtcp : 0;
  grant.receiver_port = (guint16)to_rtcp;
  add_grant (sessions, grant);
}

static void
take_setup (LensSessions *sessions, LensRtspTalk *talk, LensSide *server, const guint8 *octets,
            const LensRtspUnit *unit, const Request *request)
{
  LensRtspTransport specs[MAX_SPECS];
  LensRange value;

  if (!lens_rtsp_header_find (octets, unit->headers, "Transport", 0, &value)
      || lens_rtsp_transport (octets, value, specs, MAX_SPECS) == 0)
    return;
  LensStream *stream = stream_of (sessions, talk, server, request->uri);
  LensTrack *track = stream != NULL
                         ? granted_track (sessions, talk, stream, media_of (talk, request->uri))
                         : NULL;
  if (track == NULL)
    return;
  talk->set_up = TRUE;
  track->replay |= request->replay;
  if (specs[0].has_ssrc)
    {
      track->has_ssrc = TRUE;
      track->ssrc = specs[0].ssrc;
    }
  if (!specs[0].is_tcp && specs[0].interleaved.first < 0)
    {
      grant_ports (sessions, server, octets, &specs[0], track);
      return;
    }
  LensRtspPair pair = specs[0].interleaved.first >= 0 ? specs[0].interleaved : request->interleaved;
  if (pair.first < 0 || pair.first > 255)
    return;
  /* With one channel granted, RTCP has the next one (RFC 2326 10.12). */
  gint rtcp = pair.last > pair.first ? pair.last : pair.first + 1;
  stream->over_tcp = TRUE;
  track->channel = pair.first;
  talk->tracks[pair.first] = track;
  talk->is_rtcp[pair.first] = FALSE;
  if (rtcp <= 255)
    {
      talk->tracks[rtcp] = track;
      talk->is_rtcp[rtcp] = TRUE;
      track->rtcp_channel = (guint8)rtcp;
    }
}

static void
take_request (LensRtspTalk *talk, const guint8 *octets, const LensRtspUnit *unit)
{
  LensRtspTransport spec;
  LensRange value;
  Request request = { .interleaved = { -1, -1 } };

  if (!lens_rtsp_cseq (octets, unit->headers, &request.cseq))
    return;
  request.method = dup_range (octets, unit->method);
  request.uri = dup_range (octets, unit->uri);
  if (lens_rtsp_header_find (octets, unit->headers, "Transport", 0, &value)
      && lens_rtsp_transport (octets, value, &spec, 1) == 1)
    request.interleaved = spec.interleaved;
  request.replay = lens_rtsp_header_find (octets, unit->headers, "Require", 0, &value)
                   && lens_rtsp_is (octets, value, "onvif-replay");
  if (talk->pending->len >= MAX_PENDING)
    g_array_remove_index (talk->pending, 0);
  g_array_append_val (talk->pending, request);
}

static void
end_tracks (LensStream *stream, gint media_index, gint64 time_ns)
{
  for (guint i = 0; i < stream->tracks->len; i++)
    {
      LensTrack *track = g_ptr_array_index (stream->tracks, i);
      if (media_index >= 0 && track->media_index != media_index)
        continue;
      track->over = TRUE;
      track->ended = time_ns;
    }
}

/* The session of @uri, or one track of it, is over: what still comes on its ports is nobody's.
 * A group that others may still receive goes on. */
static void
take_teardown (LensRtspTalk *talk, const char *uri, gint64 time_ns)
{
  g_autofree char *clean = without_user (uri);
  LensStream *named = NULL;

  for (LensStream *stream = talk->flow->streams; stream != NULL && named == NULL;
       stream = stream->next_of_flow)
    if (same_url (stream->url, clean))
      named = stream;
  LensStream *stream = named != NULL ? named : talk->stream;
  if (stream != NULL && !stream->multicast)
    end_tracks (stream, named != NULL ? -1 : media_of (talk, uri), time_ns);
}

static void
take_response (LensSessions *sessions, LensRtspTalk *talk, LensSide *side, gint64 time_ns,
               const guint8 *octets, const LensRtspUnit *unit)
{
  guint64 cseq;
  /* A reply that does not say which request it answers can only be the next one's. */
  gboolean named = lens_rtsp_cseq (octets, unit->headers, &cseq);

  for (guint i = 0; i < talk->pending->len; i++)
    {
      Request *request = &g_array_index (talk->pending, Request, i);
      if (named && request->cseq != cseq)
        continue;
      if (unit->status >= 200 && unit->status < 300)
        {
          if (g_str_equal (request->method, "DESCRIBE"))
            take_description (talk, octets, unit, request->uri);
          else if (g_str_equal (request->method, "SETUP"))
            take_setup (sessions, talk, side, octets, unit, request);
          else if (g_str_equal (request->method, "TEARDOWN"))
            take_teardown (talk, request->uri, time_ns);
        }
      g_array_remove_index (talk->pending, i);
      return;
    }
}

void
lens_sessions_message (LensSessions *sessions, LensRtspTalk *talk, LensSide *side, gint64 time_ns,
                       const guint8 *octets, const LensRtspUnit *unit)
{
  if (unit->kind == LENS_RTSP_REQUEST)
    {
      /* A server may ask too; it is the one that has replied. */
      if (side != talk->server)
        take_request (talk, octets, unit);
      return;
    }
  talk->server = side;
  talk->flow->server = side->reverse ? LENS_SERVER_DESTINATION : LENS_SERVER_SOURCE;
  take_response (sessions, talk, side, time_ns, octets, unit);
}

/* --- SIP: an offer or answer says where its author receives (RFC 3264 section 5) --- */

/* RFC 3261 section 7: a status line opens with the version, a request line ends with it. */
static gboolean
is_sip (const guint8 *octets, gsize length)
{
  const guint8 *end = memchr (octets, '\n', MIN (length, 1024));

  if (length > 8 && memcmp (octets, "SIP/2.0 ", 8) == 0)
    return TRUE;
  gsize line = end != NULL ? (gsize)(end - octets) : 0;
  if (line > 0 && octets[line - 1] == '\r')
    line--;
  return line > 8 && g_ascii_isupper (octets[0]) && memcmp (octets + line - 8, " SIP/2.0", 8) == 0;
}

/* The description in a SIP message: what follows the empty line, when it opens with v=. */
static const guint8 *
sip_body (const guint8 *octets, gsize length, gsize *body_length)
{
  const guint8 *empty = memmem (octets, length, "\r\n\r\n", 4);

  if (empty == NULL)
    return NULL;
  *body_length = length - (gsize)(empty + 4 - octets);
  return *body_length > 4 && memcmp (empty + 4, "v=", 2) == 0 ? empty + 4 : NULL;
}

/* An offer is repeated and answered: the track that receives at the same place is the same. */
static LensTrack *
offered_track (LensSessions *sessions, const LensStream *stream, const LensAddress *receiver,
               guint16 port)
{
  const Receiver wanted = { *receiver, port };
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (sessions->newest, &wanted));
  const Grant *known = index > 0 ? &g_array_index (sessions->grants, Grant, index - 1) : NULL;

  return known != NULL && !known->rtcp && known->track->stream == stream ? known->track : NULL;
}

static void
grant_offer (LensSessions *sessions, LensStream *stream, const LensSdp *sdp,
             const LensSdpMedia *section, const LensAddress *author)
{
  const char *where = section->connection != NULL ? section->connection : sdp->connection;
  Grant grant = { .receiver = *author };

  if (section->port == 0 || section->port > G_MAXUINT16 - 1)
    return;
  g_autofree char *plain
      = g_strndup (where != NULL ? where : "", strcspn (where != NULL ? where : "", "/"));
  if (!lens_address_parse (plain, &grant.receiver))
    grant.receiver = *author;
  grant.receiver_port = (guint16)section->port;
  if (offered_track (sessions, stream, &grant.receiver, grant.receiver_port) != NULL)
    return;
  LensTrack *track = grant.track = track_new (sessions);
  if (track == NULL)
    return;
  track->stream = stream;
  track->setup = TRUE;
  describe (track, sdp, section);
  g_ptr_array_add (stream->tracks, track);
  add_grant (sessions, grant);
  grant.rtcp = TRUE;
  grant.receiver_port++;
  add_grant (sessions, grant);
}

/* What @side's host offered on the flow before, or a new stream for it. */
static LensStream *
offer_stream (LensSessions *sessions, LensSide *side)
{
  for (LensStream *stream = side->flow->streams; stream != NULL; stream = stream->next_of_flow)
    if (lens_address_equal (&stream->server, &side->key.src))
      return stream;
  g_autofree char *host = lens_address_dup_text (&side->key.src);
  return stream_new (sessions, side->flow, side, g_strdup_printf ("sip:%s", host));
}

gboolean
lens_sessions_sip (LensSessions *sessions, LensSide *side, const guint8 *octets, gsize length)
{
  gsize body_length;

  if (!is_sip (octets, length))
    return FALSE;
  const guint8 *body = sip_body (octets, length, &body_length);
  LensStream *stream = body != NULL ? offer_stream (sessions, side) : NULL;
  if (stream == NULL)
    return TRUE;
  g_autoptr (LensSdp) sdp = lens_sdp_parse (body, body_length);
  for (guint i = 0; i < sdp->media->len; i++)
    grant_offer (sessions, stream, sdp, g_ptr_array_index (sdp->media, i), &side->key.src);
  return TRUE;
}

LensTrack *
lens_rtsp_talk_track (const LensRtspTalk *talk, guint8 channel, gboolean *rtcp)
{
  *rtcp = talk->is_rtcp[channel] != 0;
  return talk->tracks[channel];
}

LensTrack *
lens_rtsp_talk_infer (LensSessions *sessions, LensRtspTalk *talk, LensSide *side, guint8 channel)
{
  if (talk->flow->opened || talk->set_up || talk->tracks[channel & 0xfe] != NULL)
    return NULL;
  if (talk->server == NULL)
    {
      talk->server = side;
      talk->flow->server = side->reverse ? LENS_SERVER_DESTINATION : LENS_SERVER_SOURCE;
    }
  if (talk->server != side)
    return NULL;
  LensStream *stream = stream_of (sessions, talk, side, "");
  LensTrack *track = stream != NULL ? track_new (sessions) : NULL;
  if (track == NULL)
    return NULL;
  stream->inferred = stream->over_tcp = TRUE;
  track->stream = stream;
  track->setup = TRUE;
  track->channel = channel & 0xfe;
  track->rtcp_channel = channel | 1;
  g_ptr_array_add (stream->tracks, track);
  talk->tracks[channel & 0xfe] = talk->tracks[channel | 1] = track;
  talk->is_rtcp[channel | 1] = TRUE;
  return track;
}

gboolean
lens_rtsp_talk_is_server (const LensRtspTalk *talk, const LensSide *side)
{
  return talk->server == side;
}

/* The newest grant that @receiver may get from @sender: ports are used again. */
static const Grant *
grant_for (const LensSessions *sessions, const LensAddress *receiver, guint16 receiver_port,
           const LensAddress *sender, guint16 sender_port)
{
  const Receiver wanted = { *receiver, receiver_port };
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (sessions->newest, &wanted));

  for (guint i = 0; index > 0 && i < MAX_CHAIN; i++)
    {
      const Grant *grant = &g_array_index (sessions->grants, Grant, index - 1);
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
  const Grant *grant = grant_for (sessions, &key->dst, key->dport, &key->src, key->sport);

  *from_sender = grant != NULL;
  if (grant == NULL)
    grant = grant_for (sessions, &key->src, key->sport, &key->dst, key->dport);
  if (grant == NULL)
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
  LensTrack *track = track_new (sessions);

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
