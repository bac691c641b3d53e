#include "harness/live-puller.h"

#include "harness/secret.h"
#include "ledger/stream-log-write.h"
#include "sandbox/broker.h"
#include "sandbox/link.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define HEARTBEAT_US (5 * G_USEC_PER_SEC)
#define SETTLE_US (5 * G_USEC_PER_SEC)
#define STOP_US (2 * G_USEC_PER_SEC)
#define RETRY_US (G_USEC_PER_SEC / 2)
#define DIAGNOSIS_US (3 * G_USEC_PER_SEC) /* that a second pull may live longer than the first */
#define PORTS_FIRST 41000
#define PORTS_EACH 64
#define PORTS_SLOTS 360
#define SOCKETS_MAX 16 /* RTSP, and RTP with RTCP of seven tracks */
#define TRACKS_MAX 32
#define LOG_MAX (G_GUINT64_CONSTANT (1) << 30) /* a day of 180 packets a second */

struct LensLivePuller
{
  LensLivePullWish wish;
  LensWorker *worker; /* NULL between attempts */
  LensBroker *broker;
  LensMessageReader *messages;
  int control_fd, messages_fd;
  gboolean said_end; /* the puller itself told why it ends */
  gboolean stopping, killed;
  guint64 logged; /* octets that what it said or asked made in stream.log */
  gint64 heard_us, stop_us, retry_us, first_attempt_us; /* monotonic */

  /* A pull that ended by a forbidden call is done once more, to learn by which. */
  char *crash; /* how the first one ended; NULL: none did */
  gint64 born_us, lived_us;
  LensLivePullerState state;
};

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

static const char *
password_of (const LensLivePuller *puller)
{
  const char *colon = puller->wish.secret != NULL ? strchr (puller->wish.secret, ':') : NULL;

  return colon != NULL ? colon + 1 : NULL;
}

static void
note (LensLivePuller *puller, gint64 at_us, LensStreamEventKind kind, const char *text)
{
  g_autofree char *clean = g_strdup (text);

  /* The puller masks too, but it has read the camera's octets: its word is not enough. */
  lens_secret_mask (clean, password_of (puller));
  lens_stream_log_write_event (puller->wish.log, at_us * 1000, puller->wish.stream->name, kind,
                               clean);
}

static void
note_now (LensLivePuller *puller, LensStreamEventKind kind, const char *text)
{
  note (puller, g_get_real_time (), kind, text);
}

/* The broker. */

static void
report (const LensBrokerEvent *event, gpointer data)
{
  LensLivePuller *puller = data;
  g_autofree char *endpoint = lens_endpoint_format (&event->endpoint);
  const char *protocol = event->protocol == IPPROTO_UDP ? "udp" : "tcp";

  if (event->reason != LENS_BROKER_ALLOWED)
    {
      g_autofree char *text
          = g_strdup_printf ("%s %s %s: %s", lens_broker_call_name (event->call), protocol,
                             endpoint, lens_broker_reason_name (event->reason));
      puller->state.denied++;
      note (puller, event->at_us, LENS_STREAM_EVENT_DENIED, text);
    }
  else if (event->call == LENS_BROKER_CONNECT)
    {
      g_autofree char *text = g_strdup_printf ("%s %s", protocol, endpoint);
      note (puller, event->at_us, LENS_STREAM_EVENT_CONNECT, text);
    }
}

static guint16
first_port_of (const LensLivePullWish *wish)
{
  return PORTS_FIRST + wish->number % PORTS_SLOTS * PORTS_EACH;
}

/* The groups that the owner declared, joined on the link that leads to the device. */
static void
allow_groups (const LensLivePuller *puller, GArray *rules)
{
  const LensDeclaredStream *stream = puller->wish.stream;
  char text[LENS_ADDRESS_TEXT];
  guint link = lens_link_towards (lens_address_text (&puller->wish.address, text));

  for (guint i = 0; stream->groups != NULL && i < stream->groups->len; i++)
    {
      LensEndpoint group;
      lens_endpoint_parse (
          lens_address_text (&g_array_index (stream->groups, LensAddress, i), text), 0, &group);
      const LensBrokerRule both[] = {
        /* Bound to the group, a socket hears nothing else; the ports are the camera's choice. */
        { LENS_BROKER_BIND, IPPROTO_UDP, group, 1024, G_MAXUINT16, 0 },
        { LENS_BROKER_JOIN, IPPROTO_UDP, group, 0, 0, link },
      };
      g_array_append_vals (rules, both, G_N_ELEMENTS (both));
    }
}

static LensBroker *
make_broker (LensLivePuller *puller, int listener)
{
  const LensDeclaredStream *stream = puller->wish.stream;
  guint16 port = first_port_of (&puller->wish);
  LensEndpoint camera = { 0 }, any = { 0 };
  char text[LENS_ADDRESS_TEXT];
  g_autoptr (GArray) rules = g_array_new (FALSE, FALSE, sizeof (LensBrokerRule));

  lens_endpoint_parse (lens_address_text (&puller->wish.address, text), 0, &camera);
  lens_endpoint_parse (puller->wish.address.version == 6 ? "::" : "0.0.0.0", 0, &any);
  const LensBrokerRule control
      = { LENS_BROKER_CONNECT, IPPROTO_TCP, camera, stream->port, stream->port, 0 };
  const LensBrokerRule datagrams[] = {
    { LENS_BROKER_BIND, IPPROTO_UDP, any, port, port + PORTS_EACH - 1, 0 },
    /* Which ports the media comes from is the camera's choice; whose they are is not. */
    { LENS_BROKER_CONNECT, IPPROTO_UDP, camera, 1024, G_MAXUINT16, 0 },
  };
  g_array_append_val (rules, control);
  if (stream->transport == LENS_STREAM_OVER_UDP)
    g_array_append_vals (rules, datagrams, G_N_ELEMENTS (datagrams));
  if (stream->transport == LENS_STREAM_OVER_MULTICAST)
    allow_groups (puller, rules);
  const LensBrokerPolicy policy = {
    .rules = (const LensBrokerRule *)(void *)rules->data,
    .n_rules = rules->len,
    .sockets_max = SOCKETS_MAX,
    .connects_max = SOCKETS_MAX,
  };
  return lens_broker_new (listener, &policy, report, puller);
}

/* The request. */

static guint32
media_of (const LensDeclaredStream *stream)
{
  guint32 media = 0;

  for (guint i = 0; i < stream->tracks->len; i++)
    {
      const char *track = g_ptr_array_index (stream->tracks, i);
      if (g_str_equal (track, "video"))
        media |= LENS_PULL_VIDEO;
      else if (g_str_equal (track, "audio"))
        media |= LENS_PULL_AUDIO;
      else
        media |= LENS_PULL_METADATA;
    }
  return media;
}

/* The URL with the address in place of the name, for nobody shall look a name up again. */
static char *
numeric_url (const LensLivePuller *puller)
{
  const LensDeclaredStream *stream = puller->wish.stream;
  const char *authority = strstr (stream->url, "://");
  const char *rest = authority != NULL ? strpbrk (authority + 3, "/?") : NULL;
  char text[LENS_ADDRESS_TEXT];
  gboolean is_ipv6 = puller->wish.address.version == 6;

  return g_strdup_printf ("%s://%s%s%s:%u%s",
                          stream->transport == LENS_STREAM_OVER_TLS ? "rtsps" : "rtsp",
                          is_ipv6 ? "[" : "", lens_address_text (&puller->wish.address, text),
                          is_ipv6 ? "]" : "", stream->port, rest != NULL ? rest : "");
}

static gboolean
fill_request (const LensLivePuller *puller, LensPullRequest *request, GError **error)
{
  static const LensPullTransport transports[] = {
    [LENS_STREAM_OVER_TCP] = LENS_PULL_TCP,
    [LENS_STREAM_OVER_UDP] = LENS_PULL_UDP,
    [LENS_STREAM_OVER_MULTICAST] = LENS_PULL_MULTICAST,
    [LENS_STREAM_OVER_HTTP] = LENS_PULL_HTTP,
    [LENS_STREAM_OVER_TLS] = LENS_PULL_TLS,
  };
  const LensLivePullWish *wish = &puller->wish;
  const char *password = password_of (puller);
  g_autofree char *url = numeric_url (puller);

  *request = (LensPullRequest){
    .magic = LENS_PULL_MAGIC,
    .transport = transports[wish->stream->transport],
    .media = media_of (wish->stream),
    .allow_basic = wish->stream->allow_basic,
    .diagnose = puller->crash != NULL,
    .min_port = first_port_of (wish),
    .max_port = first_port_of (wish) + PORTS_EACH - 1,
    .connect_ms = wish->connect_ms,
    .reply_ms = wish->reply_ms,
    .media_ms = wish->media_ms,
    /* Nothing that tells a camera it is being examined. */
    .user_agent = "RTSP Client",
  };
  gsize user_length = password != NULL ? (gsize)(password - 1 - wish->secret) : 0;
  if (user_length >= sizeof request->user
      || (password != NULL && strlen (password) >= sizeof request->password)
      || strlen (url) >= sizeof request->url)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   "stream %s: URL or credentials are too long", wish->stream->name);
      return FALSE;
    }
  g_strlcpy (request->url, url, sizeof request->url);
  if (password != NULL)
    {
      memcpy (request->user, wish->secret, user_length);
      g_strlcpy (request->password, password, sizeof request->password);
    }
  return TRUE;
}

/* Starting. */

static gboolean
start_worker (LensLivePuller *puller, int *control, GError **error)
{
  int messages[2];

  g_assert (puller->wish.program != NULL); /* a worker without one is this program again */
  if (pipe2 (messages, O_CLOEXEC) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "no pipe: %s",
                   g_strerror (errno));
      return FALSE;
    }
  fcntl (messages[0], F_SETFL, O_NONBLOCK);
  puller->messages_fd = messages[0];
  const char *argv[] = { "lenscap-pull", NULL };
  const LensWorkerFd fds[] = {
    { control[0], LENS_PULL_CONTROL },
    { messages[1], LENS_PULL_MESSAGES },
  };
  const LensWorkerSpec spec = {
    .role = LENS_ROLE_PULL_OPENING,
    .program = puller->wish.program,
    .argv = argv,
    .fds = fds,
    .n_fds = G_N_ELEMENTS (fds),
  };
  puller->worker = lens_worker_start (&spec, error);
  close (messages[1]);
  return puller->worker != NULL;
}

static gboolean
settle (LensLivePuller *puller, GError **error)
{
  if (!lens_worker_settle (puller->worker, g_get_monotonic_time () + SETTLE_US,
                           &puller->state.layers, error))
    {
      LensWorkerEnd end;
      if (!lens_worker_wait (puller->worker, g_get_monotonic_time (), &end, NULL))
        return FALSE;
      g_autofree char *complaint = g_strchomp (lens_worker_complaint (puller->worker));
      if (*complaint != '\0')
        g_prefix_error (error, "%s: ", complaint);
      return FALSE;
    }
  puller->broker = make_broker (puller, lens_worker_take_listener (puller->worker));
  return TRUE;
}

static gboolean
attempt (LensLivePuller *puller, GError **error)
{
  LensPullRequest request;
  int control[2];

  if (!fill_request (puller, &request, error))
    return FALSE;
  /* The request fits into the pipe, so writing it does not wait for the puller. */
  G_STATIC_ASSERT (sizeof request <= 4096);
  if (pipe2 (control, O_CLOEXEC) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "no pipe: %s",
                   g_strerror (errno));
      return FALSE;
    }
  gboolean asked = write (control[1], &request, sizeof request) == sizeof request;
  lens_secret_forget (&request, sizeof request);
  gboolean started = asked && start_worker (puller, control, error);
  close (control[0]);
  puller->control_fd = control[1];
  puller->messages = lens_message_reader_new ();
  puller->heard_us = puller->born_us = g_get_monotonic_time ();
  puller->state.attempts++;
  return started && settle (puller, error);
}

static void
clear_attempt (LensLivePuller *puller)
{
  lens_worker_free (puller->worker);
  lens_broker_free (puller->broker);
  lens_message_reader_free (puller->messages);
  close_fd (&puller->control_fd);
  close_fd (&puller->messages_fd);
  puller->worker = NULL;
  puller->broker = NULL;
  puller->messages = NULL;
}

gboolean
lens_live_puller_resolve (const LensDeclaredStream *stream, LensAddress *address, GError **error)
{
  const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
  struct addrinfo *found = NULL;

  *address = stream->address;
  if (stream->address.version != 0)
    return TRUE;
  int failure = getaddrinfo (stream->host, NULL, &hints, &found);
  if (failure != 0)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "stream %s: no address for %s: %s",
                   stream->name, stream->host, gai_strerror (failure));
      return FALSE;
    }
  const void *socket_address = found->ai_addr;
  const struct sockaddr_in *ipv4 = socket_address;
  const struct sockaddr_in6 *ipv6 = socket_address;
  if (found->ai_family == AF_INET)
    *address = lens_address_from_octets (4, (const guint8 *)&ipv4->sin_addr);
  else
    *address = lens_address_from_octets (6, (const guint8 *)&ipv6->sin6_addr);
  freeaddrinfo (found);
  return TRUE;
}

LensLivePuller *
lens_live_puller_start (const LensLivePullWish *wish, GError **error)
{
  g_autoptr (LensLivePuller) puller = g_new0 (LensLivePuller, 1);

  puller->wish = *wish;
  puller->control_fd = puller->messages_fd = -1;
  puller->first_attempt_us = g_get_monotonic_time ();
  if (!attempt (puller, error))
    return NULL;
  return g_steal_pointer (&puller);
}

void
lens_live_puller_free (LensLivePuller *puller)
{
  if (puller == NULL)
    return;
  clear_attempt (puller);
  g_free (puller->crash);
  g_free (puller->state.detail);
  g_free (puller);
}

/* Ending. */

static void
conclude (LensLivePuller *puller, LensPullEndReason reason, const char *detail)
{
  char *masked = g_strdup (detail);

  lens_secret_mask (masked, password_of (puller));
  g_free (puller->state.detail); /* may be @detail */
  puller->state.detail = masked;
  g_autofree char *text = g_strdup_printf ("%s%s%s", lens_pull_end_name (reason),
                                           *masked != '\0' ? ": " : "", masked);

  puller->state.ended = TRUE;
  puller->state.reason = reason;
  if (reason == LENS_PULL_END_UNAUTHORIZED || reason == LENS_PULL_END_BASIC_REFUSED)
    note_now (puller, LENS_STREAM_EVENT_UNAUTHORIZED, text);
  else if (reason == LENS_PULL_END_REFUSED || reason == LENS_PULL_END_NOT_FOUND
           || reason == LENS_PULL_END_UNSUPPORTED)
    note_now (puller, LENS_STREAM_EVENT_REFUSED, text);
  else if (reason == LENS_PULL_END_CONNECT_TIMEOUT || reason == LENS_PULL_END_REPLY_TIMEOUT
           || reason == LENS_PULL_END_MEDIA_TIMEOUT)
    note_now (puller, LENS_STREAM_EVENT_DEADLINE, text);
  note_now (puller, LENS_STREAM_EVENT_END, text);
}

static gboolean
may_try_again (const LensLivePuller *puller)
{
  guint32 limit_ms = puller->wish.connect_ms != 0 ? puller->wish.connect_ms : LENS_PULL_CONNECT_MS;

  return !puller->stopping && puller->state.reason == LENS_PULL_END_REFUSED && !puller->state.opened
         && g_get_monotonic_time () - puller->first_attempt_us < (gint64)limit_ms * 1000;
}

static void
diagnose_next (LensLivePuller *puller, const char *how)
{
  puller->crash = g_strdup (how);
  puller->lived_us = g_get_monotonic_time () - puller->born_us;
  puller->said_end = FALSE;
  puller->retry_us = g_get_monotonic_time () + RETRY_US;
  note_now (puller, LENS_STREAM_EVENT_LOG, "it is pulled once more, to learn which call that was");
}

/* The process is gone or has to go. */
static void
reap (LensLivePuller *puller)
{
  LensWorkerEnd end = { 0 };

  if (puller->worker == NULL)
    return;
  gboolean known = lens_worker_wait (
      puller->worker, g_get_monotonic_time () + (puller->killed ? 0 : G_USEC_PER_SEC), &end, NULL);
  g_autofree char *how = known ? lens_worker_end_describe (&end) : g_strdup ("does not end");
  if (known && end.kind == LENS_END_FORBIDDEN)
    note_now (puller, LENS_STREAM_EVENT_FORBIDDEN_CALL,
              end.forbidden_call >= 0 ? how : "killed: forbidden system call, unknown which");
  else if (!known || end.kind == LENS_END_SIGNALLED)
    note_now (puller, LENS_STREAM_EVENT_SIGNAL, how);
  clear_attempt (puller);
  gboolean forbidden = known && end.kind == LENS_END_FORBIDDEN;
  if (puller->crash != NULL)
    {
      conclude (puller, LENS_PULL_END_CRASHED, forbidden ? how : puller->crash);
      return;
    }
  if (forbidden && !puller->stopping)
    {
      diagnose_next (puller, how);
      return;
    }
  if (puller->said_end && may_try_again (puller))
    {
      puller->said_end = FALSE;
      puller->retry_us = g_get_monotonic_time () + RETRY_US;
      return;
    }
  /* Where it may not send to, nothing may come from. */
  if (puller->said_end && puller->state.reason == LENS_PULL_END_MEDIA_TIMEOUT
      && puller->state.denied > 0 && puller->state.packets == 0)
    conclude (puller, LENS_PULL_END_DENIED, puller->state.detail);
  else if (puller->said_end)
    conclude (puller, puller->state.reason, puller->state.detail);
  else if (puller->stopping)
    conclude (puller, LENS_PULL_END_STOPPED, how);
  else
    conclude (puller, LENS_PULL_END_CRASHED, how);
}

void
lens_live_puller_stop (LensLivePuller *puller)
{
  if (puller->stopping || puller->state.ended)
    return;
  puller->stopping = TRUE;
  puller->stop_us = g_get_monotonic_time ();
  close_fd (&puller->control_fd);
  if (puller->worker == NULL && puller->crash != NULL)
    conclude (puller, LENS_PULL_END_CRASHED, puller->crash);
  else if (puller->worker == NULL)
    conclude (puller, LENS_PULL_END_REFUSED, "");
}

void
lens_live_puller_tick (LensLivePuller *puller, gint64 now_us)
{
  g_autoptr (GError) error = NULL;

  if (puller->state.ended)
    return;
  if (puller->worker == NULL)
    {
      if (now_us >= puller->retry_us && !attempt (puller, &error))
        {
          clear_attempt (puller);
          conclude (puller, LENS_PULL_END_FAILED, error->message);
        }
      return;
    }
  if (puller->crash != NULL && now_us - puller->born_us > puller->lived_us + DIAGNOSIS_US)
    lens_live_puller_stop (puller);
  gboolean silent = now_us - puller->heard_us > HEARTBEAT_US;
  gboolean slow = puller->stopping && now_us - puller->stop_us > STOP_US;
  if (!silent && !slow)
    return;
  note_now (puller, LENS_STREAM_EVENT_DEADLINE,
            silent ? "no heartbeat for 5 s" : "did not stop within 2 s");
  puller->killed = TRUE;
  reap (puller);
}

/* A puller that was taken over shall not fill the disk; nor shall one that asks the broker for
 * ever. */
static gboolean
says_too_much (LensLivePuller *puller)
{
  guint64 most = puller->wish.log_max != 0 ? puller->wish.log_max : LOG_MAX;

  if (puller->worker == NULL || puller->logged <= most)
    return FALSE;
  puller->logged = 0;
  note_now (puller, LENS_STREAM_EVENT_LOG, "the puller said more than any stream has packets");
  puller->killed = TRUE;
  reap (puller);
  return TRUE;
}

/* Messages. */

static void
take_track (LensLivePuller *puller, const LensPullTrack *track)
{
  const char *media = track->kind == LENS_PULL_VIDEO      ? "video"
                      : track->kind == LENS_PULL_AUDIO    ? "audio"
                      : track->kind == LENS_PULL_METADATA ? "metadata"
                                                          : "other";
  g_autofree char *codec = g_strndup (track->codec, sizeof track->codec);

  if (track->track >= TRACKS_MAX)
    return;
  lens_secret_mask (codec, password_of (puller));
  puller->state.tracks = MAX (puller->state.tracks, track->track + 1);
  lens_stream_log_write_track (puller->wish.log, puller->wish.stream->name, track->track, media,
                               codec, MAX (track->time_base_numerator, 0),
                               MAX (track->time_base_denominator, 0));
}

static void
take_packet (LensLivePuller *puller, const LensPullPacket *packet)
{
  puller->state.packets++;
  puller->state.octets += packet->octets;
  lens_stream_log_write_packet (
      puller->wish.log, CLAMP (packet->at_us, 0, G_MAXINT64 / 1000) * 1000,
      puller->wish.stream->name, packet->track,
      packet->pts == LENS_PULL_NO_TIME ? LENS_STREAM_LOG_NO_PTS : packet->pts, packet->octets,
      packet->flags);
}

static void
take_end (LensLivePuller *puller, const LensPullEnd *end)
{
  puller->said_end = TRUE;
  puller->state.reason
      = end->reason < LENS_PULL_N_ENDS ? (LensPullEndReason)end->reason : LENS_PULL_END_FAILED;
  puller->state.requests_with_credentials += end->requests_with_credentials;
  g_free (puller->state.detail);
  puller->state.detail = g_strndup (end->detail, sizeof end->detail);
}

static void
take_message (LensLivePuller *puller, const LensMessage *message)
{
  union
  {
    LensPullTrack track;
    LensPullPacket packet;
    LensPullEnd end;
    LensPullLog log;
  } body = { 0 };

  puller->heard_us = g_get_monotonic_time ();
  memcpy (&body, message->payload, MIN (message->length, sizeof body));
  if (message->type == LENS_PULL_MESSAGE_TRACK && message->length == sizeof body.track)
    take_track (puller, &body.track);
  else if (message->type == LENS_PULL_MESSAGE_PACKET && message->length == sizeof body.packet)
    take_packet (puller, &body.packet);
  else if (message->type == LENS_PULL_MESSAGE_END && message->length == sizeof body.end)
    take_end (puller, &body.end);
  else if (message->type == LENS_PULL_MESSAGE_OPENED)
    {
      puller->state.opened = TRUE;
      note_now (puller, LENS_STREAM_EVENT_OPENED, "");
    }
  else if (message->type == LENS_PULL_MESSAGE_LOG && message->length == sizeof body.log)
    {
      body.log.text[sizeof body.log.text - 1] = '\0';
      note_now (puller, LENS_STREAM_EVENT_LOG, body.log.text);
    }
}

void
lens_live_puller_take_messages (LensLivePuller *puller)
{
  LensMessage message;
  g_autoptr (GError) error = NULL;

  if (puller->messages == NULL)
    return;
  LensFill fill = lens_message_reader_fill (puller->messages, puller->messages_fd, NULL);
  gsize before = puller->wish.log->len;
  while (lens_message_next (puller->messages, &message, &error))
    take_message (puller, &message);
  puller->logged += puller->wish.log->len - before;
  if (says_too_much (puller))
    return;
  if (error != NULL)
    {
      note_now (puller, LENS_STREAM_EVENT_LOG, error->message);
      puller->killed = TRUE;
    }
  if (fill == LENS_FILL_END || error != NULL)
    reap (puller);
}

void
lens_live_puller_serve (LensLivePuller *puller)
{
  gsize before = puller->wish.log->len;

  if (puller->broker == NULL)
    return;
  gboolean alive = lens_broker_serve (puller->broker, NULL);
  puller->logged += puller->wish.log->len - before;
  if (says_too_much (puller) || alive)
    return;
  lens_broker_free (puller->broker);
  puller->broker = NULL;
}

int
lens_live_puller_broker_fd (const LensLivePuller *puller)
{
  return puller->broker != NULL ? lens_broker_fd (puller->broker) : -1;
}

int
lens_live_puller_messages_fd (const LensLivePuller *puller)
{
  return puller->messages_fd;
}

pid_t
lens_live_puller_pid (const LensLivePuller *puller)
{
  return puller->worker != NULL ? lens_worker_pid (puller->worker) : 0;
}

const LensLivePullerState *
lens_live_puller_state (const LensLivePuller *puller)
{
  return &puller->state;
}
