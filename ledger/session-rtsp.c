/* What RTSP messages set up and tear down (RFC 2326). */
#include "ledger/session-inside.h"

#include "wire/rtsp-header.h"

#include <string.h>

#define MAX_NAMELESS 256 /* tracks of a stream that no description names */
#define MAX_URL 2048

struct LensRtspTalk
{
  LensFlow *flow;
  LensSide *server;              /* the side that replies */
  LensRtspWaiting *waiting[2];   /* requests, by the direction they went */
  const LensRtspAsked *answered; /* by the message at hand, or NULL */
  LensSdp *sdp;
  char *base;
  LensStream *stream;
  gboolean set_up;        /* a SETUP was seen on this connection */
  gboolean playing;       /* ... and what it set up is under way */
  guint8 missed;          /* bits of the directions that have a hole before that */
  guint asked, settled;   /* SETUPs, and those whose reply was read */
  gboolean sdp_cut;       /* @sdp is not whole */
  LensTrack *tracks[256]; /* by interleaved channel */
  guint8 is_rtcp[256];
};

LensRtspTalk *
lens_rtsp_talk_new (LensFlow *flow)
{
  LensRtspTalk *talk = g_new0 (LensRtspTalk, 1);

  talk->flow = flow;
  for (guint i = 0; i < 2; i++)
    talk->waiting[i] = lens_rtsp_waiting_new ();
  return talk;
}

void
lens_rtsp_talk_free (LensRtspTalk *talk)
{
  if (talk == NULL)
    return;
  for (guint i = 0; i < 2; i++)
    lens_rtsp_waiting_free (talk->waiting[i]);
  g_clear_pointer (&talk->sdp, lens_sdp_free);
  g_free (talk->base);
  g_free (talk);
}

/* Whether a SETUP may lie in a hole: of the requests anything may, of the replies only what was
 * asked for. */
static void
count_unread (LensRtspTalk *talk)
{
  guint8 replies = talk->server != NULL ? 1u << talk->server->reverse : 0;

  talk->flow->setup_unread
      = (talk->missed & ~replies) != 0 || (talk->missed != 0 && talk->asked > talk->settled);
}

void
lens_rtsp_talk_miss (LensRtspTalk *talk, const LensSide *side)
{
  if (!talk->playing)
    talk->missed |= (guint8)(1u << side->reverse);
  count_unread (talk);
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
  talk->sdp_cut = (unit->odd & LENS_RTSP_CUT) != 0;
  talk->stream = NULL;
  talk->playing = FALSE;
}

static LensStream *
stream_of (LensSessions *sessions, LensRtspTalk *talk, const LensSide *server, const char *uri)
{
  if (talk->stream == NULL)
    talk->stream = lens_sessions_add_stream (sessions, talk->flow, server,
                                             without_user (talk->base != NULL ? talk->base : uri));
  /* Which URL it is of, and what it has, the description says. */
  if (talk->stream != NULL && talk->missed != 0 && (talk->sdp == NULL || talk->sdp_cut))
    talk->stream->inferred = TRUE;
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
  return talk->sdp->media->len == 1 && !talk->sdp_cut ? 0 : -1;
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
  LensTrack *track = lens_sessions_add_track (sessions);
  if (track == NULL)
    return NULL;
  track->stream = stream;
  track->media_index = index;
  track->setup = TRUE;
  if (index >= 0)
    lens_track_describe (track, talk->sdp, g_ptr_array_index (talk->sdp->media, index));
  g_ptr_array_add (stream->tracks, track);
  return track;
}

/* What a Transport header grants, or asks for; FALSE where it is not there, or not to its end. */
static gboolean
transport_of (const guint8 *octets, LensRange headers, LensRtspTransport *spec)
{
  LensRange value;

  return lens_rtsp_header_find (octets, headers, "Transport", 0, &value)
         && lens_range_end (value) < lens_range_end (headers)
         && lens_rtsp_transport (octets, value, spec, 1) > 0;
}

/* The channels that a SETUP asked for: a reply may leave them out. */
static LensRtspPair
asked_channels (const LensRtspAsked *request)
{
  LensRtspTransport spec = { .interleaved = { -1, -1 } };

  transport_of (request->octets, request->headers, &spec);
  return spec.interleaved;
}

static gboolean
asks_for_replay (const LensRtspAsked *request)
{
  LensRange value;

  return lens_rtsp_header_find (request->octets, request->headers, "Require", 0, &value)
         && lens_rtsp_is (request->octets, value, "onvif-replay");
}

/* A viewer may be sent what it asked for at the ports it named, whatever the reply says of them. */
static void
grant_asked (LensSessions *sessions, const LensSide *server, const guint8 *octets,
             const LensRtspTransport *granted, const LensRtspAsked *request, LensTrack *track)
{
  LensRtspTransport spec = *granted, asked;

  if (!transport_of (request->octets, request->headers, &asked) || asked.client_port.first <= 0
      || asked.client_port.first == granted->client_port.first || track->stream->multicast
      || granted->dest_addr.length > 0 || granted->destination.length > 0)
    return;
  spec.client_port = asked.client_port;
  lens_sessions_grant_ports (sessions, server, octets, &spec, track);
}

static void
take_setup (LensSessions *sessions, LensRtspTalk *talk, LensSide *server, const guint8 *octets,
            const LensRtspUnit *unit, const LensRtspAsked *request)
{
  LensRtspTransport spec;

  /* Where the capture cut the reply, it has granted what was asked. */
  if (!transport_of (octets, unit->headers, &spec))
    {
      octets = request->octets;
      if ((unit->odd & LENS_RTSP_CUT) == 0 || !transport_of (octets, request->headers, &spec))
        return;
    }
  talk->settled++;
  LensStream *stream = stream_of (sessions, talk, server, request->uri);
  LensTrack *track = stream != NULL
                         ? granted_track (sessions, talk, stream, media_of (talk, request->uri))
                         : NULL;
  if (track == NULL)
    return;
  talk->set_up = TRUE;
  talk->playing = FALSE;
  track->replay |= asks_for_replay (request);
  if (spec.has_ssrc)
    {
      track->has_ssrc = TRUE;
      track->ssrc = spec.ssrc;
    }
  if (!spec.is_tcp && spec.interleaved.first < 0)
    {
      lens_sessions_grant_ports (sessions, server, octets, &spec, track);
      grant_asked (sessions, server, octets, &spec, request, track);
      return;
    }
  LensRtspPair pair = spec.interleaved.first >= 0 ? spec.interleaved : asked_channels (request);
  if (pair.first < 0 || pair.first > 255)
    return;
  /* With one channel granted, RTCP has the next one (RFC 2326 10.12). */
  gint rtcp = pair.last > pair.first ? pair.last : pair.first + 1;
  stream->over_tcp = TRUE;
  track->channel = pair.first;
  talk->tracks[pair.first] = track;
  talk->is_rtcp[pair.first] = FALSE;
  if (rtcp <= 255 && !spec.rtcp_mux)
    {
      talk->tracks[rtcp] = track;
      talk->is_rtcp[rtcp] = TRUE;
      track->rtcp_channel = (guint8)rtcp;
    }
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

  for (LensStream *stream = talk->flow->rare->streams; stream != NULL && named == NULL;
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
  const LensRtspAsked *request = talk->answered;

  if (request != NULL && unit->status >= 300 && g_str_equal (request->method, "SETUP"))
    talk->settled++;
  if (request == NULL || unit->status < 200 || unit->status >= 300)
    return;
  if (g_str_equal (request->method, "DESCRIBE"))
    take_description (talk, octets, unit, request->uri);
  else if (g_str_equal (request->method, "SETUP"))
    take_setup (sessions, talk, side, octets, unit, request);
  else if (g_str_equal (request->method, "PLAY"))
    talk->playing = TRUE;
  else if (g_str_equal (request->method, "TEARDOWN"))
    take_teardown (talk, request->uri, time_ns);
}

/* The server is the side that replies; but it may ask too, and then the viewer replies. */
static gboolean
speaks_for_server (const LensRtspTalk *talk)
{
  static const char *const methods[] = { "DESCRIBE", "SETUP", "PLAY" };

  if (talk->server == NULL)
    return TRUE;
  for (guint i = 0; talk->answered != NULL && i < G_N_ELEMENTS (methods); i++)
    if (g_str_equal (talk->answered->method, methods[i]))
      return TRUE;
  return FALSE;
}

void
lens_sessions_message (LensSessions *sessions, LensRtspTalk *talk, LensSide *side, gint64 time_ns,
                       const guint8 *octets, const LensRtspUnit *unit)
{
  talk->answered = NULL;
  if (unit->kind == LENS_RTSP_REQUEST)
    {
      lens_rtsp_waiting_add (talk->waiting[side->reverse], octets, unit);
      if (lens_rtsp_is (octets, unit->method, "SETUP"))
        talk->asked++;
      count_unread (talk);
      return;
    }
  talk->answered = lens_rtsp_waiting_take (talk->waiting[!side->reverse], octets, unit);
  if (speaks_for_server (talk))
    {
      talk->server = side;
      talk->flow->server = side->reverse ? LENS_SERVER_DESTINATION : LENS_SERVER_SOURCE;
    }
  if (lens_rtsp_talk_is_server (talk, side))
    take_response (sessions, talk, side, time_ns, octets, unit);
  count_unread (talk);
}

const LensRtspAsked *
lens_rtsp_talk_answered (const LensRtspTalk *talk)
{
  return talk->answered;
}

const char *
lens_rtsp_talk_url (const LensRtspTalk *talk)
{
  return talk->base;
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
  gboolean unread = talk->flow->setup_unread || (!talk->flow->opened && !talk->set_up);

  if (!unread || talk->tracks[channel & 0xfe] != NULL)
    return NULL;
  if (talk->server == NULL)
    {
      talk->server = side;
      talk->flow->server = side->reverse ? LENS_SERVER_DESTINATION : LENS_SERVER_SOURCE;
    }
  if (!lens_rtsp_talk_is_server (talk, side))
    return NULL;
  LensStream *stream = stream_of (sessions, talk, side, "");
  LensTrack *track = stream != NULL ? lens_sessions_add_track (sessions) : NULL;
  if (track == NULL)
    return NULL;
  stream->inferred |= !talk->set_up;
  stream->over_tcp = TRUE;
  track->stream = stream;
  track->setup = track->inferred = TRUE;
  talk->playing = TRUE;
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
  return talk->server != NULL && talk->server->reverse == side->reverse;
}
