#include "sandbox/become.h"
#include "sandbox/broker.h"
#include "sandbox/error.h"
#include "sandbox/link.h"
#include "sandbox/namespace.h"
#include "sandbox/worker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The puller: this program again; each further argument is a step, its result (errno, 0 for
 * success) a number on standard output. */

static socklen_t
address_of (char **words, struct sockaddr_storage *address)
{
  struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons ((guint16)atoi (words[2])) };
  struct sockaddr_in6 v6
      = { .sin6_family = AF_INET6, .sin6_port = htons ((guint16)atoi (words[2])) };

  memset (address, 0, sizeof *address);
  if (inet_pton (AF_INET, words[1], &v4.sin_addr) == 1)
    {
      memcpy (address, &v4, sizeof v4);
      return sizeof v4;
    }
  g_assert (inet_pton (AF_INET6, words[1], &v6.sin6_addr) == 1);
  memcpy (address, &v6, sizeof v6);
  return sizeof v6;
}

static int
finish_connect (int fd)
{
  struct pollfd line = { .fd = fd, .events = POLLOUT };
  int reason = 0;
  socklen_t length = sizeof reason;

  if (errno != EINPROGRESS)
    return errno;
  if (poll (&line, 1, 5000) <= 0)
    return ETIMEDOUT;
  return getsockopt (fd, SOL_SOCKET, SO_ERROR, &reason, &length) != 0 ? errno : reason;
}

static int
echo (int fd)
{
  struct pollfd line = { .fd = fd, .events = POLLIN };
  char back[6] = "";

  if (send (fd, "hello", 5, MSG_NOSIGNAL) != 5)
    return errno;
  if (poll (&line, 1, 5000) <= 0 || recv (fd, back, 5, 0) != 5)
    return ETIMEDOUT;
  return strcmp (back, "hello");
}

static int
join (int fd, const char *group)
{
  struct ip_mreq request = { .imr_interface.s_addr = htonl (INADDR_LOOPBACK) };

  inet_pton (AF_INET, group, &request.imr_multiaddr);
  return setsockopt (fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request) != 0 ? errno : 0;
}

static int
take_step (char **words, LensConfinement *confinement, int *fd)
{
  struct sockaddr_storage address;

  if (g_str_equal (words[0], "socket"))
    {
      *fd = socket (words[1][0] == '4'   ? AF_INET
                    : words[1][0] == '6' ? AF_INET6
                                         : AF_UNIX,
                    words[2][0] == 't' ? SOCK_STREAM : SOCK_DGRAM, 0);
      return *fd < 0 ? errno : 0;
    }
  if (g_str_equal (words[0], "connect"))
    {
      socklen_t length = address_of (words, &address);
      return connect (*fd, (struct sockaddr *)&address, length) == 0 ? 0 : finish_connect (*fd);
    }
  if (g_str_equal (words[0], "bind"))
    {
      socklen_t length = address_of (words, &address);
      return bind (*fd, (struct sockaddr *)&address, length) == 0 ? 0 : errno;
    }
  if (g_str_equal (words[0], "connect-long"))
    return connect (*fd, (struct sockaddr *)&address, 200) == 0 ? 0 : errno;
  if (g_str_equal (words[0], "connect-short"))
    return connect (*fd, (struct sockaddr *)&address, 1) == 0 ? 0 : errno;
  if (g_str_equal (words[0], "connect-nowhere"))
    return connect (*fd, (struct sockaddr *)8, 16) == 0 ? 0 : errno;
  if (g_str_equal (words[0], "echo"))
    return echo (*fd);
  if (g_str_equal (words[0], "join"))
    return join (*fd, words[1]);
  if (g_str_equal (words[0], "open"))
    {
      *fd = open (words[1], O_RDONLY);
      return *fd < 0 ? errno : 0;
    }
  if (g_str_equal (words[0], "close"))
    return close (*fd);
  if (g_str_equal (words[0], "hold"))
    return poll (NULL, 0, 300);
  if (g_str_equal (words[0], "tighten"))
    return lens_sandbox_tighten (confinement, NULL) ? 0 : 1;
  return -1;
}

static int
pull (char **steps)
{
  static const int out = 1;
  g_autoptr (GError) error = NULL;
  LensBecome wish = {
    .role = LENS_ROLE_PULL_OPENING,
    .transport = LENS_PULL_MULTICAST, /* it asks for most */
    .write_fds = &out,
    .n_write_fds = 1,
    .heap_octets = 1 << 20,
  };
  LensConfinement confinement;
  int fd = -1;

  if (!lens_sandbox_become (&wish, &confinement, &error))
    {
      g_printerr ("%s\n", error->message);
      return LENS_EXIT_UNCONFINED;
    }
  for (; *steps != NULL; steps++)
    {
      char text[16];
      g_auto (GStrv) words = g_strsplit (*steps, ",", -1);
      int length = g_snprintf (text, sizeof text, "%d ", take_step (words, &confinement, &fd));
      if (write (1, text, (gsize)length) != length)
        return 1;
    }
  return 0;
}

/* The supervisor, and the cameras it talks to: they send back what they get. */

typedef struct
{
  GArray *events; /* LensBrokerEvent */
  char results[256];
  LensWorkerEnd end;
  gboolean peer_saw_the_end_first; /* before the puller was gone */
} Run;

static void
note (const LensBrokerEvent *event, gpointer data)
{
  g_array_append_val (((Run *)data)->events, *event);
}

static void
clear_run (Run *run)
{
  g_array_unref (run->events);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, clear_run)

static const LensBrokerEvent *
event_at (const Run *run, guint index)
{
  g_assert_cmpuint (index, <, run->events->len);
  return &g_array_index (run->events, LensBrokerEvent, index);
}

static int
camera (int netns_fd, const char *address, int type, guint16 *port)
{
  struct sockaddr_storage storage;
  char any_port[] = "0";
  char *words[] = { NULL, (char *)address, any_port };
  socklen_t length = address_of (words, &storage);
  int fd = lens_netns_socket (netns_fd, storage.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd < 0 || bind (fd, (struct sockaddr *)&storage, length) != 0)
    {
      close (fd);
      return -1;
    }
  if (type == SOCK_STREAM)
    g_assert_cmpint (listen (fd, 8), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *)&storage, &length), ==, 0);
  *port = ntohs (((struct sockaddr_in *)(void *)&storage)->sin_port); /* same place in both */
  return fd;
}

static void
answer_udp (int fd)
{
  char octets[64];
  struct sockaddr_storage from;
  socklen_t length = sizeof from;
  gssize got = recvfrom (fd, octets, sizeof octets, 0, (struct sockaddr *)&from, &length);

  if (got > 0)
    sendto (fd, octets, (gsize)got, 0, (struct sockaddr *)&from, length);
}

static void
answer_tcp (struct pollfd *connection, Run *run)
{
  char octets[64];
  gssize got = read (connection->fd, octets, sizeof octets);

  if (got > 0 && write (connection->fd, octets, (gsize)got) == got)
    return;
  run->peer_saw_the_end_first = TRUE;
  close (connection->fd);
  connection->fd = -1;
}

enum
{
  PULLER,
  BROKER,
  LISTENING,
  DATAGRAMS,
  CONNECTION,
  N_LINES
};

static void
serve_until_the_end (LensWorker *worker, LensBroker *broker, int tcp, int udp, Run *run)
{
  struct pollfd lines[N_LINES] = {
    [PULLER] = { .fd = lens_worker_pidfd (worker), .events = POLLIN },
    [BROKER] = { .fd = lens_broker_fd (broker), .events = POLLIN },
    [LISTENING] = { .fd = tcp, .events = POLLIN },
    [DATAGRAMS] = { .fd = udp, .events = POLLIN },
    [CONNECTION] = { .fd = -1, .events = POLLIN },
  };

  while (poll (lines, N_LINES, 10000) > 0 && lines[PULLER].revents == 0)
    {
      if (lines[BROKER].revents != 0 && !lens_broker_serve (broker, NULL))
        break;
      if (lines[LISTENING].revents != 0)
        lines[CONNECTION].fd = accept4 (tcp, NULL, NULL, SOCK_CLOEXEC);
      else if (lines[CONNECTION].revents != 0)
        answer_tcp (&lines[CONNECTION], run);
      if (lines[DATAGRAMS].revents != 0)
        answer_udp (udp);
    }
  if (lines[CONNECTION].fd >= 0)
    close (lines[CONNECTION].fd);
}

/* Runs the steps (NULL-terminated) under @policy; @tcp and @udp are cameras or -1. */
static Run
run_puller (const LensBrokerPolicy *policy, int tcp, int udp, const char *const *steps)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  Run run = { .events = g_array_new (FALSE, FALSE, sizeof (LensBrokerEvent)) };
  int out[2];

  g_ptr_array_add (argv, (gpointer) "test-broker");
  g_ptr_array_add (argv, (gpointer) "puller");
  for (; *steps != NULL; steps++)
    g_ptr_array_add (argv, (gpointer)*steps);
  g_ptr_array_add (argv, NULL);
  g_assert_cmpint (pipe2 (out, O_CLOEXEC), ==, 0);
  LensWorkerFd fd = { out[1], 1 };
  LensWorkerSpec spec = {
    .role = LENS_ROLE_PULL_OPENING, .argv = (const char *const *)argv->pdata, .fds = &fd, .n_fds = 1
  };
  g_autoptr (LensWorker) worker = lens_worker_start (&spec, &error);
  g_assert_no_error (error);
  close (out[1]);
  lens_worker_settle (worker, g_get_monotonic_time () + 10 * G_USEC_PER_SEC, NULL, &error);
  g_assert_no_error (error);

  g_autoptr (LensBroker) broker
      = lens_broker_new (lens_worker_take_listener (worker), policy, note, &run);
  serve_until_the_end (worker, broker, tcp, udp, &run);
  g_assert_true (lens_worker_wait (worker, g_get_monotonic_time (), &run.end, NULL));
  gssize got = read (out[0], run.results, sizeof run.results - 1);
  run.results[MAX (got, 0)] = '\0';
  g_strchomp (run.results);
  close (out[0]);
  return run;
}

static LensBrokerRule
rule (LensBrokerCall call, int protocol, const char *address, guint16 first, guint16 last)
{
  LensBrokerRule made
      = { .call = call, .protocol = protocol, .first_port = first, .last_port = last };

  g_assert_true (lens_endpoint_parse (address, 0, &made.endpoint));
  return made;
}

#define STEPS(...)                                                                                 \
  (const char *const[])                                                                            \
  {                                                                                                \
    __VA_ARGS__, NULL                                                                              \
  }

static void
a_declared_connection_works_in_both_phases (void)
{
  guint16 port;
  int tcp = camera (0, "127.0.0.1", SOCK_STREAM, &port);
  LensBrokerRule rules[] = { rule (LENS_BROKER_CONNECT, IPPROTO_TCP, "127.0.0.1", port, port) };
  LensBrokerPolicy policy = { rules, 1, 4, 4, 0 };
  g_autofree char *connect = g_strdup_printf ("connect,127.0.0.1,%u", port);
  g_auto (Run) run = run_puller (
      &policy, tcp, -1, STEPS ("socket,4,t", connect, "echo", "tighten", "echo", "close", "hold"));

  g_assert_cmpstr (run.results, ==, "0 0 0 0 0 0 0");
  g_assert_cmpint (run.end.kind, ==, LENS_END_EXITED);
  g_assert_cmpuint (run.events->len, ==, 2);
  const LensBrokerEvent *event = event_at (&run, 1);
  g_autofree char *where = lens_endpoint_format (&event->endpoint);
  g_autofree char *expected = g_strdup_printf ("127.0.0.1:%u", port);
  g_assert_cmpint (event->call, ==, LENS_BROKER_CONNECT);
  g_assert_cmpint (event->reason, ==, LENS_BROKER_ALLOWED);
  g_assert_cmpint (event->protocol, ==, IPPROTO_TCP);
  g_assert_cmpstr (where, ==, expected);
  g_assert_true (run.peer_saw_the_end_first);
  close (tcp);
}

static void
another_address_or_port_is_denied_and_told (void)
{
  LensBrokerRule rules[] = { rule (LENS_BROKER_CONNECT, IPPROTO_TCP, "127.0.0.1", 554, 554) };
  LensBrokerPolicy policy = { rules, 1, 8, 8, 0 };
  g_auto (Run) run
      = run_puller (&policy, -1, -1,
                    STEPS ("socket,4,t", "connect,127.0.0.2,554", "connect,127.0.0.1,22",
                           "bind,0.0.0.0,0", "socket,4,u", "socket,6,t", "socket,unix,t"));

  /* 13 EACCES, 97 EAFNOSUPPORT */
  g_assert_cmpstr (run.results, ==, "0 13 13 13 13 13 97");
  g_autofree char *where = lens_endpoint_format (&event_at (&run, 1)->endpoint);
  g_assert_cmpstr (where, ==, "127.0.0.2:554");
  g_assert_cmpint (event_at (&run, 1)->reason, ==, LENS_BROKER_NO_RULE);
  g_assert_cmpint (event_at (&run, 2)->endpoint.port, ==, 22);
  g_assert_cmpint (event_at (&run, 3)->call, ==, LENS_BROKER_BIND);
  g_assert_cmpint (event_at (&run, 6)->reason, ==, LENS_BROKER_MALFORMED);
}

static void
quotas_end_a_loop_of_redirects (void)
{
  LensBrokerRule rules[] = { rule (LENS_BROKER_CONNECT, IPPROTO_TCP, "127.0.0.1", 9, 9) };
  LensBrokerPolicy policy = { rules, 1, 3, 2, 0 };
  g_auto (Run) run
      = run_puller (&policy, -1, -1,
                    STEPS ("socket,4,t", "connect,127.0.0.1,9", "socket,4,t", "connect,127.0.0.1,9",
                           "socket,4,t", "connect,127.0.0.1,9", "socket,4,t"));

  /* 111 ECONNREFUSED, 24 EMFILE */
  g_assert_cmpstr (run.results, ==, "0 111 0 111 0 13 24");
  g_assert_cmpint (event_at (&run, 5)->reason, ==, LENS_BROKER_QUOTA);
  g_assert_cmpint (event_at (&run, 6)->reason, ==, LENS_BROKER_QUOTA);
}

static void
ipv6_works_and_hides_no_ipv4 (void)
{
  guint16 port;
  int tcp = camera (0, "::1", SOCK_STREAM, &port);
  if (tcp < 0)
    {
      g_test_skip ("no IPv6 here");
      return;
    }
  LensBrokerRule rules[]
      = { rule (LENS_BROKER_CONNECT, IPPROTO_TCP, "::1", port, port),
          rule (LENS_BROKER_CONNECT, IPPROTO_TCP, "::ffff:127.0.0.1", 1, 65535) };
  LensBrokerPolicy policy = { rules, 2, 4, 4, 0 };
  g_autofree char *connect = g_strdup_printf ("connect,::1,%u", port);
  g_autofree char *mapped = g_strdup_printf ("connect,::ffff:127.0.0.1,%u", port);
  g_auto (Run) run = run_puller (
      &policy, tcp, -1, STEPS ("socket,6,t", mapped, "connect,fd00::2,1", connect, "echo"));

  g_assert_cmpstr (run.results, ==, "0 97 13 0 0");
  close (tcp);
}

static void
datagrams_go_where_the_socket_was_connected (void)
{
  guint16 port;
  int udp = camera (0, "127.0.0.1", SOCK_DGRAM, &port);
  LensBrokerRule rules[] = { rule (LENS_BROKER_CONNECT, IPPROTO_UDP, "127.0.0.1", port, port),
                             rule (LENS_BROKER_BIND, IPPROTO_UDP, "0.0.0.0", 0, 0),
                             rule (LENS_BROKER_BIND, IPPROTO_UDP, "0.0.0.0", 5000, 65000) };
  LensBrokerPolicy policy = { rules, 3, 4, 4, 0 };
  g_autofree char *connect = g_strdup_printf ("connect,127.0.0.1,%u", port);
  g_auto (Run) run = run_puller (&policy, -1, udp,
                                 STEPS ("socket,4,u", "bind,0.0.0.0,80", "bind,0.0.0.0,0", connect,
                                        "echo", "connect,127.0.0.9,5000", "tighten", "echo"));

  g_assert_cmpstr (run.results, ==, "0 13 0 0 0 13 0 0");
  close (udp);
}

static void
no_file_opens_and_nobody_is_asked (void)
{
  LensBrokerPolicy policy = { NULL, 0, 4, 4, 0 };
  g_auto (Run) run = run_puller (
      &policy, -1, -1, STEPS ("open,/dev/urandom", "open,/etc/passwd", "open,/proc/self/mem"));

  g_assert_cmpstr (run.results, ==, "2 2 2"); /* ENOENT */
  g_assert_cmpuint (run.events->len, ==, 0);
}

static void
malformed_addresses_are_refused (void)
{
  LensBrokerRule rules[] = { rule (LENS_BROKER_CONNECT, IPPROTO_TCP, "127.0.0.1", 9, 9) };
  LensBrokerPolicy policy = { rules, 1, 4, 8, 0 };
  g_auto (Run) run = run_puller (&policy, -1, -1,
                                 STEPS ("connect,127.0.0.1,9", "socket,4,t", "connect-long",
                                        "connect-short", "connect-nowhere", "connect,::1,9"));

  /* 9 EBADF, 22 EINVAL, 14 EFAULT */
  g_assert_cmpstr (run.results, ==, "9 0 22 97 14 97");
  g_assert_cmpint (event_at (&run, 0)->reason, ==, LENS_BROKER_UNKNOWN_FD);
  g_assert_cmpint (event_at (&run, 4)->reason, ==, LENS_BROKER_UNREADABLE);
}

static void
a_declared_group_can_be_joined (void)
{
  LensBrokerRule rules[] = { rule (LENS_BROKER_JOIN, IPPROTO_UDP, "239.255.1.1", 0, 0) };
  LensBrokerPolicy policy = { rules, 1, 4, 8, 0 };
  g_auto (Run) run
      = run_puller (&policy, -1, -1, STEPS ("socket,4,u", "join,239.255.1.2", "join,239.255.1.1"));

  g_assert_cmpstr (run.results, ==, "0 13 0");
  g_assert_cmpint (event_at (&run, 2)->call, ==, LENS_BROKER_JOIN);
}

static void
nothing_new_opens_while_streaming (void)
{
  LensBrokerRule rules[] = { rule (LENS_BROKER_CONNECT, IPPROTO_TCP, "127.0.0.1", 9, 9) };
  LensBrokerPolicy policy = { rules, 1, 4, 8, 0 };
  g_auto (Run) run = run_puller (&policy, -1, -1, STEPS ("tighten", "socket,4,t"));

  g_assert_cmpstr (run.results, ==, "0");
  g_assert_cmpint (run.end.kind, ==, LENS_END_FORBIDDEN);
}

static void
a_puller_gone_mad_is_not_served_for_ever (void)
{
  LensBrokerPolicy policy = { NULL, 0, 4, 4, 0 };
  g_autoptr (GPtrArray) steps = g_ptr_array_new ();

  for (int i = 0; i < 1100; i++)
    g_ptr_array_add (steps, (gpointer) "socket,4,t");
  g_ptr_array_add (steps, NULL);
  g_auto (Run) run = run_puller (&policy, -1, -1, (const char *const *)steps->pdata);
  g_assert_cmpuint (run.events->len, ==, 1000);
  g_assert_true (run.end.deadline_exceeded);
}

/* In a child, because nobody leaves a lab again. */
static void
sockets_are_made_in_the_given_network (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (GError) error = NULL;
      guint16 port;

      if (!lens_lab_enter (&error))
        exit (77);
      int netns = lens_netns_new (&error);
      g_assert_no_error (error);
      g_assert_true (lens_link_pair (netns, "cam0", 0, "lab0", &error));
      g_assert_true (lens_link_add_address (netns, "cam0", "192.0.2.100", 24, &error));
      g_assert_true (lens_link_up (netns, "cam0", &error));
      int tcp = camera (netns, "192.0.2.100", SOCK_STREAM, &port);
      LensBrokerRule rules[]
          = { rule (LENS_BROKER_CONNECT, IPPROTO_TCP, "192.0.2.100", port, port) };
      LensBrokerPolicy policy = { rules, 1, 4, 4, netns };
      g_autofree char *connect = g_strdup_printf ("connect,192.0.2.100,%u", port);

      g_auto (Run) run = run_puller (&policy, tcp, -1, STEPS ("socket,4,t", connect, "echo"));
      g_assert_cmpstr (run.results, ==, "0 0 0");
      policy.netns_fd = 0; /* the lab's own network has no way there */
      g_auto (Run) lost = run_puller (&policy, tcp, -1, STEPS ("socket,4,t", connect));
      g_assert_cmpstr (lost.results, ==, "0 101"); /* ENETUNREACH */
      exit (0);
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  if (!g_test_trap_has_passed ())
    {
      /* Only a machine without user namespaces is an excuse. */
      g_assert_false (geteuid () == 0 || lens_layers_user_namespace_works (geteuid ()));
      g_test_skip ("no namespaces here");
    }
}

static void
an_address_is_parsed_as_the_kernel_would (void)
{
  struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons (554) };
  struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons (554) };
  guint8 octets[sizeof v6 + 1] = { 0 };
  LensEndpoint endpoint;

  memcpy (octets, &v4, sizeof v4);
  for (gsize length = 0; length < sizeof v4; length++)
    g_assert_false (lens_broker_parse_sockaddr (octets, length, &endpoint));
  g_assert_true (lens_broker_parse_sockaddr (octets, sizeof v4, &endpoint));
  g_assert_cmpuint (endpoint.port, ==, 554);

  memcpy (octets, &v6, sizeof v6);
  for (gsize length = 0; length < sizeof v6; length++)
    g_assert_false (lens_broker_parse_sockaddr (octets, length, &endpoint));
  g_assert_true (lens_broker_parse_sockaddr (octets, sizeof v6, &endpoint));

  inet_pton (AF_INET6, "::192.0.2.1", &v6.sin6_addr);
  memcpy (octets, &v6, sizeof v6);
  g_assert_false (lens_broker_parse_sockaddr (octets, sizeof v6, &endpoint));
  for (guint family = 0; family < 256; family++)
    {
      octets[0] = (guint8)family;
      if (family != AF_INET && family != AF_INET6)
        g_assert_false (lens_broker_parse_sockaddr (octets, sizeof v6, &endpoint));
    }
}

static void
a_rule_fits_in_every_field_or_not_at_all (void)
{
  LensBrokerRule rules[] = { rule (LENS_BROKER_CONNECT, IPPROTO_TCP, "192.0.2.100", 554, 560) };
  LensBrokerPolicy policy = { rules, 1, 1, 1, 0 };
  LensEndpoint there;

  g_assert_true (lens_endpoint_parse ("192.0.2.100", 560, &there));
  g_assert_true (lens_broker_policy_allows (&policy, LENS_BROKER_CONNECT, IPPROTO_TCP, &there));
  g_assert_false (lens_broker_policy_allows (&policy, LENS_BROKER_BIND, IPPROTO_TCP, &there));
  g_assert_false (lens_broker_policy_allows (&policy, LENS_BROKER_CONNECT, IPPROTO_UDP, &there));
  there.port = 561;
  g_assert_false (lens_broker_policy_allows (&policy, LENS_BROKER_CONNECT, IPPROTO_TCP, &there));
  there.port = 554;
  there.octets[3]++;
  g_assert_false (lens_broker_policy_allows (&policy, LENS_BROKER_CONNECT, IPPROTO_TCP, &there));
  g_assert_false (lens_endpoint_parse ("camera.example", 554, &there));
}

int
main (int argc, char **argv)
{
  if (argc > 1 && g_str_equal (argv[1], "puller"))
    return pull (argv + 2);
  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
#define TEST(name, function) g_test_add_func ("/sandbox/broker/" name, function)
  TEST ("a-declared-connection-works-in-both-phases", a_declared_connection_works_in_both_phases);
  TEST ("another-address-or-port-is-denied-and-told", another_address_or_port_is_denied_and_told);
  TEST ("quotas-end-a-loop-of-redirects", quotas_end_a_loop_of_redirects);
  TEST ("ipv6-works-and-hides-no-ipv4", ipv6_works_and_hides_no_ipv4);
  TEST ("datagrams-go-where-the-socket-was-connected", datagrams_go_where_the_socket_was_connected);
  TEST ("no-file-opens-and-nobody-is-asked", no_file_opens_and_nobody_is_asked);
  TEST ("malformed-addresses-are-refused", malformed_addresses_are_refused);
  TEST ("a-declared-group-can-be-joined", a_declared_group_can_be_joined);
  TEST ("nothing-new-opens-while-streaming", nothing_new_opens_while_streaming);
  TEST ("a-puller-gone-mad-is-not-served-for-ever", a_puller_gone_mad_is_not_served_for_ever);
  TEST ("sockets-are-made-in-the-given-network", sockets_are_made_in_the_given_network);
  TEST ("an-address-is-parsed-as-the-kernel-would", an_address_is_parsed_as_the_kernel_would);
  TEST ("a-rule-fits-in-every-field-or-not-at-all", a_rule_fits_in_every_field_or_not_at_all);
  return g_test_run ();
}
