/* lenscap-pull: see harness/pull.h.  The one file that knows libav*.
 *
 * libavformat is neither modified nor trusted.  Nothing is decoded and nothing parsed beyond
 * the depacketizers (AVFMT_FLAG_NOPARSE), because only counts and times leave this process. */
#include "harness/pull.h"

#include "harness/pull-watch.h"
#include "harness/secret.h"
#include "sandbox/become.h"
#include "sandbox/message.h"

#include <errno.h>
#include <libavformat/avformat.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_LINES 40 /* forwarded from one pull; a chatty library must not fill the case */
#define OPENING_MS 60000
#define CLOSING_MS 1000

enum
{
  EXIT_DONE = 0,
  EXIT_USAGE = 2,
  EXIT_UNCONFINED = LENS_EXIT_UNCONFINED,
  EXIT_PIPE = 4,
};

typedef enum
{
  PHASE_OPENING,
  PHASE_STREAMING,
  PHASE_CLOSING,
} Phase;

typedef struct
{
  LensPullRequest request;
  LensConfinement confinement;
  LensPullWatch *watch;
  AVFormatContext *format;
  LensMessageWriter *messages;
  Phase phase;
  gboolean stop;                                    /* the supervisor closed the control pipe */
  LensPullEndReason late;                           /* which deadline passed; STOPPED: none */
  gint64 started_us, media_us, closing_us, beat_us; /* monotonic */
  guint log_lines;
  guint tracks; /* announced */
  LensPullBeat beat;
} Puller;

static void
tell (Puller *puller, guint16 type, gconstpointer body, gsize length)
{
  /* Nobody listens any more: nothing is left to be done. */
  if (!lens_message_write (puller->messages, type, body, length, NULL))
    _exit (EXIT_PIPE);
}

static void
clean_text (char *into, gsize room, const char *text, const Puller *puller)
{
  g_strlcpy (into, text, room);
  lens_secret_mask (into, puller->request.password);
  for (char *at = into; *at != '\0'; at++)
    if (!g_ascii_isprint (*at))
      *at = ' ';
  g_strchomp (into);
}

/* libavformat's own callback asks isatty and writes as much as it likes. */
G_GNUC_PRINTF (3, 0)
static void
log_line (void *context, int level, const char *format, va_list arguments)
{
  /* av_log has no user data; the context that names us hangs on the opaque of our format. */
  const AVClass *class = context != NULL ? *(const AVClass **)context : NULL;
  if (level > AV_LOG_WARNING || class == NULL || class != avformat_get_class ())
    return;
  Puller *puller = ((AVFormatContext *)context)->opaque;
  if (puller == NULL || puller->log_lines >= LOG_LINES)
    return;
  char raw[512];
  LensPullLog line = { 0 };
  puller->log_lines++;
  vsnprintf (raw, sizeof raw, format, arguments);
  clean_text (line.text, sizeof line.text, raw, puller);
  tell (puller, LENS_PULL_MESSAGE_LOG, &line, sizeof line);
}

static gboolean
stop_asked (void)
{
  struct pollfd control = { .fd = LENS_PULL_CONTROL, .events = POLLIN };

  return poll (&control, 1, 0) > 0;
}

static gboolean
passed (gint64 since_us, guint32 limit_ms)
{
  return g_get_monotonic_time () - since_us > (gint64)limit_ms * 1000;
}

static LensPullEndReason
opening_deadline (const Puller *puller)
{
  const LensPullRequest *request = &puller->request;

  if (passed (puller->started_us, OPENING_MS))
    return LENS_PULL_END_REPLY_TIMEOUT;
  if (puller->watch->requests == 0)
    return passed (puller->started_us, request->connect_ms) ? LENS_PULL_END_CONNECT_TIMEOUT
                                                            : LENS_PULL_END_STOPPED;
  return passed (puller->watch->last_request_us, request->reply_ms) ? LENS_PULL_END_REPLY_TIMEOUT
                                                                    : LENS_PULL_END_STOPPED;
}

static void
beat_if_due (Puller *puller)
{
  if (!passed (puller->beat_us, 1000))
    return;
  puller->beat_us = g_get_monotonic_time ();
  tell (puller, LENS_PULL_MESSAGE_BEAT, &puller->beat, sizeof puller->beat);
}

/* AVIOInterruptCB: asked many times a second from every wait; 1 ends it. */
static int
interrupted (void *data)
{
  Puller *puller = data;

  if (puller->phase == PHASE_CLOSING)
    return passed (puller->closing_us, CLOSING_MS);
  beat_if_due (puller);
  if (!puller->stop)
    puller->stop = stop_asked ();
  if (puller->phase == PHASE_OPENING)
    puller->late = opening_deadline (puller);
  else if (passed (puller->media_us, puller->request.media_ms))
    puller->late = LENS_PULL_END_MEDIA_TIMEOUT;
  return puller->stop || puller->late != LENS_PULL_END_STOPPED;
}

static gboolean
read_request (LensPullRequest *request)
{
  guint8 *at = (guint8 *)request;
  gsize have = 0;

  while (have < sizeof *request)
    {
      ssize_t got = read (LENS_PULL_CONTROL, at + have, sizeof *request - have);
      if (got <= 0 && !(got < 0 && errno == EINTR))
        return FALSE;
      have += MAX (got, 0);
    }
  return request->magic == LENS_PULL_MAGIC && memchr (request->url, 0, sizeof request->url) != NULL
         && memchr (request->user, 0, sizeof request->user) != NULL
         && memchr (request->password, 0, sizeof request->password) != NULL
         && memchr (request->user_agent, 0, sizeof request->user_agent) != NULL;
}

/* "rtsp://host/path" with "user:password@" put in, percent-encoded as ff_url_split wants it. */
static char *
url_with_credentials (const LensPullRequest *request)
{
  const char *rest = strstr (request->url, "://");

  if (rest == NULL || request->user[0] == '\0')
    return g_strdup (request->url);
  g_autofree char *user = g_uri_escape_string (request->user, NULL, FALSE);
  g_autofree char *password = g_uri_escape_string (request->password, NULL, FALSE);
  return g_strdup_printf ("%.*s%s:%s@%s", (int)(rest + 3 - request->url), request->url, user,
                          password, rest + 3);
}

static char *
media_words (guint32 media)
{
  GString *words = g_string_new (NULL);

  if (media == 0)
    media = LENS_PULL_VIDEO | LENS_PULL_AUDIO | LENS_PULL_METADATA;
  if ((media & LENS_PULL_VIDEO) != 0)
    g_string_append (words, "+video");
  if ((media & LENS_PULL_AUDIO) != 0)
    g_string_append (words, "+audio");
  if ((media & LENS_PULL_METADATA) != 0)
    g_string_append (words, "+data+subtitle");
  return g_string_free (g_string_erase (words, 0, 1), FALSE);
}

/* See reference in docs/method.md: exactly one transport, or libavformat opens a second session
 * when the first is slow; filter_src, or it takes media from anybody. */
static AVDictionary *
options_for (const LensPullRequest *request)
{
  static const struct
  {
    const char *transport, *protocols;
  } rows[] = {
    [LENS_PULL_TCP] = { "tcp", "rtsp,tcp" },
    [LENS_PULL_UDP] = { "udp", "rtsp,rtp,udp,tcp" },
    [LENS_PULL_MULTICAST] = { "udp_multicast", "rtsp,rtp,udp,tcp" },
    [LENS_PULL_HTTP] = { "http", "rtsp,http,tcp" },
    [LENS_PULL_TLS] = { "tcp", "rtsp,tls,tcp" },
  };
  AVDictionary *options = NULL;
  g_autofree char *media = media_words (request->media);

  av_dict_set (&options, "rtsp_transport", rows[request->transport].transport, 0);
  av_dict_set (&options, "protocol_whitelist", rows[request->transport].protocols, 0);
  av_dict_set (&options, "rtsp_flags", "filter_src", 0);
  av_dict_set (&options, "allowed_media_types", media, 0);
  av_dict_set (&options, "user_agent", request->user_agent, 0);
  av_dict_set_int (&options, "min_port", request->min_port, 0);
  av_dict_set_int (&options, "max_port", request->max_port, 0);
  /* A belt: interrupted() comes first. */
  av_dict_set_int (&options, "timeout", 2 * OPENING_MS * G_GINT64_CONSTANT (1000), 0);
  av_dict_set_int (&options, "probesize", 2048, 0);
  av_dict_set_int (&options, "analyzeduration", 0, 0);
  return options;
}

static void
announce_tracks (Puller *puller)
{
  for (; puller->tracks < puller->format->nb_streams; puller->tracks++)
    {
      const AVStream *stream = puller->format->streams[puller->tracks];
      LensPullTrack track = {
        .track = puller->tracks,
        .time_base_numerator = stream->time_base.num,
        .time_base_denominator = stream->time_base.den,
      };
      if (stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO)
        track.kind = LENS_PULL_VIDEO;
      else if (stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO)
        track.kind = LENS_PULL_AUDIO;
      else if (stream->codecpar->codec_type == AVMEDIA_TYPE_DATA)
        track.kind = LENS_PULL_METADATA;
      g_strlcpy (track.codec, avcodec_get_name (stream->codecpar->codec_id), sizeof track.codec);
      tell (puller, LENS_PULL_MESSAGE_TRACK, &track, sizeof track);
    }
}

static LensPullEndReason
reason_of (const Puller *puller, int failure)
{
  if (puller->watch->basic_refused)
    return LENS_PULL_END_BASIC_REFUSED;
  if (puller->watch->unauthorized)
    return LENS_PULL_END_UNAUTHORIZED;
  if (puller->late != LENS_PULL_END_STOPPED)
    return puller->late;
  if (puller->stop)
    return LENS_PULL_END_STOPPED;
  switch (failure)
    {
    case AVERROR_HTTP_UNAUTHORIZED:
      return LENS_PULL_END_UNAUTHORIZED;
    case AVERROR_HTTP_NOT_FOUND:
      return LENS_PULL_END_NOT_FOUND;
    case AVERROR_HTTP_OTHER_4XX:
    case AVERROR_HTTP_BAD_REQUEST:
    case AVERROR_HTTP_FORBIDDEN:
    case AVERROR_HTTP_SERVER_ERROR:
    case AVERROR_PATCHWELCOME:
    case AVERROR (EPROTONOSUPPORT):
    case AVERROR_PROTOCOL_NOT_FOUND:
      return LENS_PULL_END_UNSUPPORTED;
    case AVERROR (EACCES):
    case AVERROR (EPERM):
      return LENS_PULL_END_DENIED;
    case AVERROR (ECONNREFUSED):
    case AVERROR (EHOSTUNREACH):
    case AVERROR (ENETUNREACH):
      return LENS_PULL_END_REFUSED;
    case AVERROR (ETIMEDOUT):
      return puller->watch->requests == 0 ? LENS_PULL_END_CONNECT_TIMEOUT
                                          : LENS_PULL_END_REPLY_TIMEOUT;
    default:
      break;
    }
  if (puller->phase == PHASE_STREAMING)
    return failure == AVERROR_EOF || failure == AVERROR (ECONNRESET) || failure == AVERROR (EPIPE)
                   || failure == AVERROR (EIO)
               ? LENS_PULL_END_CLOSED
               : LENS_PULL_END_FAILED;
  if (failure == AVERROR_INVALIDDATA || failure == AVERROR_EOF)
    return LENS_PULL_END_NOT_RTSP;
  if (failure == AVERROR (ECONNRESET) || failure == AVERROR (EPIPE))
    return LENS_PULL_END_REFUSED;
  return LENS_PULL_END_FAILED;
}

static void
announce_end (Puller *puller, int failure)
{
  LensPullEnd end = {
    .reason = reason_of (puller, failure),
    .requests_with_credentials = puller->watch->requests_with_credentials,
  };
  char raw[AV_ERROR_MAX_STRING_SIZE] = "";

  if (end.reason != LENS_PULL_END_STOPPED)
    av_strerror (failure, raw, sizeof raw);
  clean_text (end.detail, sizeof end.detail, raw, puller);
  tell (puller, LENS_PULL_MESSAGE_BEAT, &puller->beat, sizeof puller->beat);
  tell (puller, LENS_PULL_MESSAGE_END, &end, sizeof end);
}

static int
open_stream (Puller *puller)
{
  AVDictionary *options = options_for (&puller->request);
  g_autofree char *url = url_with_credentials (&puller->request);

  puller->format = avformat_alloc_context ();
  puller->format->interrupt_callback = (AVIOInterruptCB){ interrupted, puller };
  puller->format->opaque = puller;
  puller->format->flags |= AVFMT_FLAG_NOPARSE | AVFMT_FLAG_NOFILLIN | AVFMT_FLAG_NOBUFFER;
  puller->started_us = g_get_monotonic_time ();
  int failure = avformat_open_input (&puller->format, url, av_find_input_format ("rtsp"), &options);
  lens_secret_forget (url, strlen (url));
  av_dict_free (&options);
  return failure;
}

static int
read_packets (Puller *puller)
{
  AVPacket *packet = av_packet_alloc ();
  int failure;

  while ((failure = av_read_frame (puller->format, packet)) >= 0)
    {
      LensPullPacket row = {
        .track = packet->stream_index,
        .flags = packet->flags,
        .pts = packet->pts == AV_NOPTS_VALUE ? LENS_PULL_NO_TIME : packet->pts,
        .at_us = g_get_real_time (),
        .octets = packet->size,
      };
      puller->media_us = g_get_monotonic_time ();
      puller->beat.packets++;
      puller->beat.octets += packet->size;
      av_packet_unref (packet);
      announce_tracks (puller);
      tell (puller, LENS_PULL_MESSAGE_PACKET, &row, sizeof row);
      if (interrupted (puller))
        {
          failure = AVERROR_EXIT;
          break;
        }
    }
  av_packet_free (&packet);
  return failure;
}

static int
pull (Puller *puller)
{
  int failure = open_stream (puller);

  if (failure < 0)
    return failure;
  g_autoptr (GError) error = NULL;
  if (!lens_sandbox_tighten (&puller->confinement, &error))
    _exit (EXIT_UNCONFINED);
  puller->phase = PHASE_STREAMING;
  puller->watch->watching = FALSE;
  puller->media_us = g_get_monotonic_time ();
  announce_tracks (puller);
  tell (puller, LENS_PULL_MESSAGE_OPENED, NULL, 0);
  return read_packets (puller);
}

static void
confine (const LensPullRequest *request, LensConfinement *confinement)
{
  const int control = LENS_PULL_CONTROL;
  const int messages = LENS_PULL_MESSAGES;
  LensBecome wish = {
    .role = LENS_ROLE_PULL_OPENING,
    .transport = request->transport,
    .diagnose = request->diagnose != 0,
    .read_fds = &control,
    .n_read_fds = 1,
    .write_fds = &messages,
    .n_write_fds = 1,
  };
  g_autoptr (GError) error = NULL;

  if (!lens_sandbox_become (&wish, confinement, &error))
    {
      fprintf (stderr, "the puller is not confined: %s\n", error->message);
      exit (EXIT_UNCONFINED);
    }
}

static gboolean
fits_url (const LensPullRequest *request)
{
  /* libavformat keeps "user:password", percent-encoded, in 128 octets and cuts silently. */
  g_autofree char *user = g_uri_escape_string (request->user, NULL, FALSE);
  g_autofree char *password = g_uri_escape_string (request->password, NULL, FALSE);

  return strlen (user) + 1 + strlen (password) < 128;
}

int
main (int argc, char **argv)
{
  Puller puller = {
    .watch = lens_pull_watch (),
    .messages = lens_message_writer_new (LENS_PULL_MESSAGES),
  };

  if (argc != 1 || !read_request (&puller.request)
      || puller.request.transport >= LENS_PULL_N_TRANSPORTS)
    {
      fputs ("lenscap-pull is started by lenscap, which hands it what to pull at descriptor 0\n",
             stderr);
      return EXIT_USAGE;
    }
  if (!fits_url (&puller.request))
    {
      fputs ("user name and password are longer than libavformat can send\n", stderr);
      return EXIT_USAGE;
    }
  LensPullRequest *request = &puller.request;
  request->connect_ms = request->connect_ms != 0 ? request->connect_ms : LENS_PULL_CONNECT_MS;
  request->reply_ms = request->reply_ms != 0 ? request->reply_ms : LENS_PULL_REPLY_MS;
  request->media_ms = request->media_ms != 0 ? request->media_ms : LENS_PULL_MEDIA_MS;
  avformat_network_init ();
  lens_pull_watch_prepare (request->allow_basic != 0, request->user_agent);
  av_log_set_callback (log_line);
  confine (request, &puller.confinement);
  int failure = pull (&puller);
  announce_end (&puller, failure);
  puller.phase = PHASE_CLOSING;
  puller.closing_us = g_get_monotonic_time ();
  avformat_close_input (&puller.format);
  lens_secret_forget (request, sizeof *request);
  return EXIT_DONE;
}
