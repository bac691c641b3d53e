/* What confinement costs: CPU of a pull, packets of a capture, the start of an analysis.
 *
 * Confined and unconfined take turns on the same octets, in a network of their own; a table is
 * printed, nothing is judged.  Usage: bench-confinement [MEGABYTES [SECONDS]] */
#include "harness/live-capture.h"
#include "harness/live-puller.h"
#include "sandbox/link.h"
#include "sandbox/namespace.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAIRS 9
#define STARTS 21
#define PAYLOAD 1400
#define BLOCK 500 /* RTP packets that are written at once */
#define RATE 100000
#define BURST 100

typedef struct
{
  double values[STARTS];
  gsize count;
} Series;

static int
by_value (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static double
median (Series *series)
{
  qsort (series->values, series->count, sizeof (double), by_value);
  return series->values[series->count / 2];
}

static double
range_of (const Series *sorted)
{
  return sorted->values[sorted->count - 1] - sorted->values[0];
}

static void
add (Series *series, double value)
{
  series->values[series->count++] = value;
}

/* --- a pull --- */

typedef struct
{
  guint8 frame[4]; /* RFC 2326 section 10.12 */
  guint8 rtp[12];
  guint8 payload[PAYLOAD];
} Interleaved;

static void
answer_requests (int fd)
{
  static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
                            "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
                            "a=control:track1\r\n";
  char request[4096];

  for (gboolean playing = FALSE; !playing;)
    {
      ssize_t got = read (fd, request, sizeof request - 1);
      if (got <= 0)
        _exit (1);
      request[got] = '\0';
      const char *number = strstr (request, "CSeq:");
      int sequence = number != NULL ? atoi (number + 5) : 0;
      gboolean describes = g_str_has_prefix (request, "DESCRIBE");
      g_autofree char *answer = g_strdup_printf (
          "RTSP/1.0 200 OK\r\nCSeq: %d\r\nSession: 1\r\nPublic: DESCRIBE, SETUP, PLAY\r\n"
          "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nContent-Type: application/sdp\r\n"
          "Content-Length: %zu\r\n\r\n%s",
          sequence, describes ? strlen (sdp) : 0, describes ? sdp : "");
      playing = g_str_has_prefix (request, "PLAY");
      if (write (fd, answer, strlen (answer)) < 0)
        _exit (1);
    }
}

/* As fast as it is taken. */
static void G_GNUC_NORETURN
serve (int listener, guint64 octets)
{
  static Interleaved block[BLOCK];
  guint16 sequence = 0;
  int fd = accept (listener, NULL, NULL);

  signal (SIGPIPE, SIG_IGN);
  answer_requests (fd);
  for (guint64 sent = 0; sent < octets; sent += sizeof block)
    {
      for (gsize i = 0; i < BLOCK; i++, sequence++)
        {
          const guint16 length = sizeof block[i].rtp + PAYLOAD;
          memcpy (block[i].frame, (guint8[]){ '$', 0, length >> 8, length & 0xff }, 4);
          memcpy (block[i].rtp,
                  (guint8[]){ 0x80, 0xe0, sequence >> 8, sequence & 0xff, 0, 0, sequence >> 8,
                              sequence & 0xff, 1, 2, 3, 4 },
                  12);
          block[i].payload[0] = 0x41; /* a slice of H.264 */
        }
      for (gsize at = 0; at < sizeof block;)
        {
          ssize_t wrote = write (fd, (const guint8 *)block + at, sizeof block - at);
          if (wrote <= 0)
            _exit (1);
          at += (gsize)wrote;
        }
    }
  _exit (0);
}

static pid_t
start_server (guint64 octets, guint16 *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (0x7f000001) };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert (bind (listener, (struct sockaddr *)&address, length) == 0 && listen (listener, 1) == 0
            && getsockname (listener, (struct sockaddr *)&address, &length) == 0);
  *port = ntohs (address.sin_port);
  pid_t server = fork ();
  if (server == 0)
    serve (listener, octets);
  close (listener);
  return server;
}

static double
seconds_of_children (void)
{
  struct rusage usage;

  getrusage (RUSAGE_CHILDREN, &usage);
  return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec
         + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
follow (LensLivePuller *puller, GString *log)
{
  while (!lens_live_puller_state (puller)->ended)
    {
      struct pollfd polled[] = {
        { .fd = lens_live_puller_broker_fd (puller), .events = POLLIN },
        { .fd = lens_live_puller_messages_fd (puller), .events = POLLIN },
      };
      poll (polled, G_N_ELEMENTS (polled), 100);
      if (polled[0].revents != 0)
        lens_live_puller_serve (puller);
      if (polled[1].revents != 0)
        lens_live_puller_take_messages (puller);
      lens_live_puller_tick (puller, g_get_monotonic_time ());
      g_string_truncate (log, 0);
    }
}

/* CPU seconds, start and end of the process included. */
static double
pull (const char *program, guint64 octets, guint64 *delivered)
{
  guint16 port;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) log = g_string_new (NULL);
  double before = seconds_of_children ();
  pid_t server = start_server (octets, &port);
  g_autofree char *url = g_strdup_printf ("rtsp://127.0.0.1:%u/live", port);
  g_autoptr (GPtrArray) tracks = g_ptr_array_new ();
  LensDeclaredStream stream = {
    .name = (char *)"main",
    .url = url,
    .host = (char *)"127.0.0.1",
    .port = port,
    .transport = LENS_STREAM_OVER_TCP,
    .tracks = tracks,
  };

  lens_address_parse ("127.0.0.1", &stream.address);
  const LensLivePullWish wish
      = { .program = program, .stream = &stream, .address = stream.address, .log = log };
  LensLivePuller *puller = lens_live_puller_start (&wish, &error);
  if (puller == NULL)
    g_error ("%s", error->message);
  follow (puller, log);
  *delivered = lens_live_puller_state (puller)->octets;
  lens_live_puller_free (puller);
  double used = seconds_of_children () - before;
  kill (server, SIGKILL);
  waitpid (server, NULL, 0);
  return used;
}

static void
compare_pulls (guint64 octets)
{
  Series confined = { .count = 0 }, unconfined = { .count = 0 }, ratios = { .count = 0 };
  guint64 one = 0, other = 0;

  for (int i = 0; i < PAIRS; i++)
    {
      double with = pull (PULL, octets, &one), without = pull (PULL_UNCONFINED, octets, &other);
      if (one != other || one < octets / 2)
        g_error ("not the same octets: %" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT, one, other);
      add (&confined, with);
      add (&unconfined, without);
      add (&ratios, with / without);
    }
  double with = median (&confined), without = median (&unconfined);
  g_print ("pull of %" G_GUINT64_FORMAT " MB over TCP, CPU seconds, median of %d pairs:\n"
           "  confined %.3f (range %.3f)  unconfined %.3f (range %.3f)  ratio of medians %.3f, "
           "median of ratios %.3f\n",
           one / 1000000, PAIRS, with, range_of (&confined), without, range_of (&unconfined),
           with / without, median (&ratios));
}

/* --- a capture --- */

static void G_GNUC_NORETURN
send_packets (const char *interface, guint64 count)
{
  static guint8 frame[300] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5 };
  struct sockaddr_ll to
      = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex (interface) };
  struct iovec piece = { frame, sizeof frame };
  struct mmsghdr burst[BURST] = { 0 };
  struct timespec next;
  int fd = socket (AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

  for (int i = 0; i < BURST; i++)
    burst[i].msg_hdr = (struct msghdr){
      .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &piece, .msg_iovlen = 1
    };
  clock_gettime (CLOCK_MONOTONIC, &next);
  for (guint64 sent = 0; sent < count;)
    {
      int now = sendmmsg (fd, burst, (unsigned)MIN (BURST, count - sent), 0);
      if (now <= 0)
        _exit (1);
      sent += (guint64)now;
      next.tv_nsec += (long)(1000000000.0 * now / RATE);
      next.tv_sec += next.tv_nsec / 1000000000;
      next.tv_nsec %= 1000000000;
      clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    }
  _exit (0);
}

static void
take (LensLiveCapture *capture, int timeout_ms)
{
  struct pollfd polled[] = {
    { .fd = lens_live_capture_packets_fd (capture), .events = POLLIN },
    { .fd = lens_live_capture_messages_fd (capture), .events = POLLIN },
  };

  poll (polled, G_N_ELEMENTS (polled), timeout_ms);
  if (polled[0].revents != 0)
    lens_live_capture_take_packets (capture, NULL);
  if (polled[1].revents != 0)
    lens_live_capture_take_messages (capture);
}

static void
capture_once (const char *title, const char *program, guint seconds)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensLiveCapture) capture = lens_live_capture_start (program, "bench0", &error);
  guint64 count = (guint64)seconds * RATE;

  if (capture == NULL)
    g_error ("%s", error->message);
  gint64 start_us = g_get_monotonic_time ();
  pid_t sender = fork ();
  if (sender == 0)
    send_packets ("bench1", count);
  while (waitpid (sender, NULL, WNOHANG) == 0)
    take (capture, 10);
  double took = (double)(g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
  lens_live_capture_stop (capture);
  while (!lens_live_capture_ended (capture))
    take (capture, 100);
  lens_live_capture_reap (capture, g_get_monotonic_time () + G_USEC_PER_SEC);
  const LensLiveCaptureState *state = lens_live_capture_state (capture);
  g_print ("  %-10s %.0f packets/s for %.1f s: %" G_GUINT64_FORMAT " sent, %" G_GUINT64_FORMAT
           " lost, %" G_GUINT64_FORMAT " dropped by the kernel\n",
           title, (double)count / took, took, count, count - MIN (state->packets, count),
           state->beat.kernel_drops);
}

static void
compare_captures (guint seconds)
{
  g_autoptr (GError) error = NULL;

  if (!lens_link_pair (0, "bench0", 0, "bench1", &error) || !lens_link_up (0, "bench0", &error)
      || !lens_link_up (0, "bench1", &error))
    g_error ("%s", error->message);
  g_print ("capture of %d packets/s of 300 octets:\n", RATE);
  for (int i = 0; i < 3; i++)
    {
      capture_once ("confined", CAPTURE, seconds);
      capture_once ("unconfined", CAPTURE_UNCONFINED, seconds);
    }
}

/* --- the start of an analysis --- */

static double
milliseconds_since (gint64 start_us)
{
  return (double)(g_get_monotonic_time () - start_us) / 1000;
}

static double
start_true (void)
{
  gint64 start_us = g_get_monotonic_time ();
  pid_t child = fork ();

  if (child == 0)
    {
      execl ("/bin/true", "true", NULL);
      _exit (127);
    }
  waitpid (child, NULL, 0);
  return milliseconds_since (start_us);
}

/* Until it says that it is confined and about to read.  @cpu_ms: of that, on a processor. */
static double
start_analysis (double *cpu_ms)
{
  static const char *const argv[] = { "lenscap", "--role", "analyze", NULL };
  const LensWorkerSpec spec = { .role = LENS_ROLE_ANALYZE, .program = LENSCAP, .argv = argv };
  g_autoptr (GError) error = NULL;
  struct timespec used;
  clockid_t clock;
  gint64 start_us = g_get_monotonic_time ();
  g_autoptr (LensWorker) worker = lens_worker_start (&spec, &error);

  if (worker == NULL || !lens_worker_settle (worker, start_us + 10 * G_USEC_PER_SEC, NULL, &error))
    g_error ("%s", error->message);
  double took = milliseconds_since (start_us);
  if (clock_getcpuclockid (lens_worker_pid (worker), &clock) == 0
      && clock_gettime (clock, &used) == 0)
    *cpu_ms = (double)used.tv_sec * 1000 + (double)used.tv_nsec / 1000000;
  return took;
}

static void
compare_starts (void)
{
  Series analysis = { .count = 0 }, nothing = { .count = 0 }, cpu = { .count = 0 };
  double cpu_ms = 0;

  for (int i = 0; i < STARTS; i++)
    {
      add (&analysis, start_analysis (&cpu_ms));
      add (&cpu, cpu_ms);
      add (&nothing, start_true ());
    }
  double with = median (&analysis), without = median (&nothing);
  g_print (
      "start, milliseconds, median of %d:\n  analyze worker %.1f (fastest %.1f; on a processor "
      "%.1f), /bin/true %.1f (fastest %.1f)\n  more by %.1f (fastest by %.1f)\n",
      STARTS, with, analysis.values[0], median (&cpu), without, nothing.values[0], with - without,
      analysis.values[0] - nothing.values[0]);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  guint megabytes = argc > 1 ? (guint)atoi (argv[1]) : 400;
  guint seconds = argc > 2 ? (guint)atoi (argv[2]) : 5;

  if (!lens_lab_enter (&error))
    g_error ("%s", error->message);
  compare_starts ();
  compare_captures (seconds);
  compare_pulls ((guint64)megabytes * 1000000);
  return 0;
}
