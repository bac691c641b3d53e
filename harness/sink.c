/* lenscap-sink: see harness/sink.h.  One poll loop, no memory after the start. */
#include "harness/sink.h"

#include "sandbox/become.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  gint64 opened_ms, heard_ms;
  gboolean spoken; /* its first octets have been looked at */
} Connection;

typedef struct
{
  struct pollfd polled[4 + LENS_SINK_CONNECTIONS];
  Connection connections[LENS_SINK_CONNECTIONS];
  guint count;
  guint8 octets[65536];
} Sink;

static const char http_answer[]
    = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

static gint64
now_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

static void
take_connection (Sink *sink)
{
  int connection = accept4 (LENS_SINK_TCP, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

  if (connection < 0)
    return;
  guint at = sink->count++;
  sink->polled[4 + at] = (struct pollfd){ .fd = connection, .events = POLLIN };
  sink->connections[at] = (Connection){ .opened_ms = now_ms (), .heard_ms = now_ms () };
}

static void
drop_connection (Sink *sink, guint at)
{
  close (sink->polled[4 + at].fd);
  sink->count--;
  sink->polled[4 + at] = sink->polled[4 + sink->count];
  sink->connections[at] = sink->connections[sink->count];
}

/* FALSE when the connection is over. */
static gboolean
read_connection (Sink *sink, guint at)
{
  Connection *connection = &sink->connections[at];
  int fd = sink->polled[4 + at].fd;
  ssize_t length = recvfrom (fd, sink->octets, sizeof sink->octets, 0, NULL, NULL);

  if (length <= 0)
    return length < 0 && (errno == EAGAIN || errno == EINTR);
  connection->heard_ms = now_ms ();
  if (!connection->spoken && lens_sink_is_http (sink->octets, length))
    (void)!sendto (fd, http_answer, sizeof http_answer - 1, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
  connection->spoken = TRUE;
  return TRUE;
}

static void
serve_connections (Sink *sink)
{
  gint64 now = now_ms ();

  for (guint at = sink->count; at-- > 0;)
    {
      Connection *connection = &sink->connections[at];
      gboolean alive = now - connection->heard_ms < LENS_SINK_IDLE_MS
                       && now - connection->opened_ms < LENS_SINK_LIFE_MS;
      if (alive && sink->polled[4 + at].revents != 0)
        alive = read_connection (sink, at);
      if (!alive)
        drop_connection (sink, at);
    }
}

static void
answer_time (Sink *sink)
{
  struct sockaddr_storage peer;
  socklen_t peer_length = sizeof peer;
  guint8 answer[48];
  ssize_t length = recvfrom (LENS_SINK_NTP, sink->octets, sizeof sink->octets, MSG_DONTWAIT,
                             (struct sockaddr *)&peer, &peer_length);

  if (length >= 0 && lens_sink_ntp_answer (sink->octets, length, g_get_real_time (), answer))
    (void)!sendto (LENS_SINK_NTP, answer, sizeof answer, MSG_DONTWAIT, (struct sockaddr *)&peer,
                   peer_length);
}

static void
serve (Sink *sink)
{
  for (;;)
    {
      sink->polled[0] = (struct pollfd){ .fd = LENS_SINK_CONTROL, .events = POLLIN };
      sink->polled[1] = (struct pollfd){
        .fd = sink->count < LENS_SINK_CONNECTIONS ? LENS_SINK_TCP : -1,
        .events = POLLIN,
      };
      sink->polled[2] = (struct pollfd){ .fd = LENS_SINK_UDP, .events = POLLIN };
      sink->polled[3] = (struct pollfd){ .fd = LENS_SINK_NTP, .events = POLLIN };
      if (poll (sink->polled, 4 + sink->count, 1000) < 0 && errno != EINTR)
        return;
      if (sink->polled[0].revents != 0)
        return;
      serve_connections (sink);
      if (sink->polled[1].revents != 0)
        take_connection (sink);
      if (sink->polled[2].revents != 0)
        (void)!recvfrom (LENS_SINK_UDP, sink->octets, sizeof sink->octets, MSG_DONTWAIT, NULL,
                         NULL);
      if (sink->polled[3].revents != 0)
        answer_time (sink);
    }
}

static void
confine (void)
{
  const int sockets[] = { LENS_SINK_CONTROL, LENS_SINK_TCP, LENS_SINK_UDP };
  const int time_socket = LENS_SINK_NTP;
  LensBecome wish = {
    .role = LENS_ROLE_SINK,
    .write_fds = &time_socket,
    .n_write_fds = 1,
    .other_fds = sockets,
    .n_other_fds = G_N_ELEMENTS (sockets),
  };
  g_autoptr (GError) error = NULL;

  if (lens_sandbox_become (&wish, NULL, &error))
    return;
  fprintf (stderr, "the sink is not confined: %s\n", error->message);
  exit (LENS_EXIT_UNCONFINED);
}

int
main (int argc, char **argv)
{
  if (argc != 1)
    {
      fputs ("lenscap-sink is started by lenscap, which hands it its sockets\n", stderr);
      return 2;
    }
  Sink *sink = g_new0 (Sink, 1);
  confine ();
  serve (sink);
  return 0;
}
