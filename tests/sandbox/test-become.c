#include "sandbox/become.h"
#include "sandbox/error.h"
#include "sandbox/link.h"
#include "sandbox/namespace.h"
#include "sandbox/worker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define RING_OCTETS (1 << 16)
#define FRAME_OCTETS 2048

/* Workers. */

/* As libpcap does: a ring in shared memory, filled by the kernel, waited for by poll. */
static guint8 *
open_ring (int *fd)
{
  struct tpacket_req request = { .tp_block_size = RING_OCTETS,
                                 .tp_block_nr = 1,
                                 .tp_frame_size = FRAME_OCTETS,
                                 .tp_frame_nr = RING_OCTETS / FRAME_OCTETS };
  struct sockaddr_ll address = { .sll_family = AF_PACKET,
                                 .sll_protocol = htons (ETH_P_ALL),
                                 .sll_ifindex = (int)if_nametoindex ("lo") };

  *fd = socket (AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons (ETH_P_ALL));
  if (*fd < 0 || setsockopt (*fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0
      || bind (*fd, (struct sockaddr *)&address, sizeof address) != 0)
    return NULL;
  void *ring = mmap (NULL, RING_OCTETS, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
  return ring == MAP_FAILED ? NULL : ring;
}

static int
capture (void)
{
  static const int out = 1;
  struct tpacket_stats statistics = { 0 };
  socklen_t length = sizeof statistics;
  LensConfinement got;
  int fd;
  guint8 *ring = open_ring (&fd);
  LensBecome wish = { .role = LENS_ROLE_CAPTURE,
                      .write_fds = &out,
                      .n_write_fds = 1,
                      .other_fds = &fd,
                      .n_other_fds = 1 };

  if (ring == NULL || !lens_sandbox_become (&wish, &got, NULL))
    return LENS_EXIT_UNCONFINED;
  if (write (1, "ready", 5) != 5)
    return 2;
  struct pollfd line = { .fd = fd, .events = POLLIN };
  if (poll (&line, 1, 5000) != 1)
    return 3;
  const struct tpacket_hdr *header = (const struct tpacket_hdr *)(void *)ring;
  if (write (1, ring + header->tp_mac, header->tp_snaplen) != (gssize)header->tp_snaplen)
    return 4;
  if (getsockopt (fd, SOL_PACKET, PACKET_STATISTICS, &statistics, &length) != 0)
    return 5;
  return statistics.tp_packets > 0 && statistics.tp_drops == 0 ? 0 : 6;
}

/* The puller lives from its reserved heap, and past it malloc says so. */
static int
eat (void)
{
  LensBecome wish = { .role = LENS_ROLE_PULL_OPENING, .heap_octets = 8 << 20 };
  gsize eaten = 0;

  if (!lens_sandbox_become (&wish, NULL, NULL))
    return LENS_EXIT_UNCONFINED;
  for (gsize octets = 100000; eaten < 64 << 20; eaten += octets)
    {
      guint8 *volatile block = malloc (octets); /* compilers know an unused malloc */
      if (block == NULL)
        break;
      memset (block, 1, octets);
    }
  void *volatile too_large = malloc (1 << 30);
  free (malloc (10));
  return too_large == NULL && eaten >= 7 << 20 && eaten < 10 << 20 ? 0 : 1;
}

static int
insist (void)
{
  static const int out = 1;
  LensBecome wish
      = { .role = LENS_ROLE_CARVE, .write_fds = &out, .n_write_fds = 1, .require_all = TRUE };
  g_autoptr (GError) error = NULL;

  if (lens_sandbox_become (&wish, NULL, &error))
    return 0;
  g_printerr ("%s\n", error->message);
  return LENS_EXIT_UNCONFINED;
}

/* The supervisor. */

static LensWorker *
start (LensRole role, const char *task, const LensWorkerFd *fd)
{
  g_autoptr (GError) error = NULL;
  const char *const argv[] = { "test-become", task, NULL };
  LensWorkerSpec spec = { .role = role, .argv = argv, .fds = fd, .n_fds = fd != NULL ? 1 : 0 };
  LensWorker *worker = lens_worker_start (&spec, &error);

  g_assert_no_error (error);
  return worker;
}

static LensWorkerEnd
wait_for (LensWorker *worker)
{
  LensWorkerEnd end;

  g_assert_true (
      lens_worker_wait (worker, g_get_monotonic_time () + 10 * G_USEC_PER_SEC, &end, NULL));
  return end;
}

static void
send_on_loopback (const char *text)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (9),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  sendto (fd, text, strlen (text), 0, (struct sockaddr *)&address, sizeof address);
  close (fd);
}

/* In a child, because nobody leaves a lab again. */
static void
a_confined_capture_sees_packets (void)
{
  if (g_test_subprocess ())
    {
      guint8 octets[256];
      int line[2];

      if (!lens_lab_enter (NULL))
        exit (77);
      g_assert_cmpint (pipe2 (line, O_CLOEXEC), ==, 0);
      LensWorkerFd out = { line[1], 1 };
      g_autoptr (LensWorker) worker = start (LENS_ROLE_CAPTURE, "capture", &out);
      close (line[1]);
      g_assert_cmpint (read (line[0], octets, 5), ==, 5);
      LensLayerSet layers = lens_worker_layers (worker);
      lens_worker_settle (worker, 0, &layers, NULL);
      g_assert_cmphex (layers & LENS_LAYER_NETWORK, ==, LENS_LAYER_NETWORK);
      send_on_loopback ("the camera speaks");
      LensWorkerEnd end = wait_for (worker);
      g_autofree char *how = lens_worker_end_describe (&end);
      g_assert_cmpstr (how, ==, "exited with status 0");
      gssize got = read (line[0], octets, sizeof octets);
      g_assert_cmpint (got, ==, 14 + 20 + 8 + 17);
      g_assert_cmpmem (octets + 42, 17, "the camera speaks", 17);
      exit (0);
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  if (!g_test_trap_has_passed ())
    {
      g_assert_false (geteuid () == 0 || lens_layers_user_namespace_works (geteuid ()));
      g_test_skip ("no namespaces here");
    }
}

static void
a_puller_lives_from_its_reserved_heap (void)
{
  g_autoptr (LensWorker) worker = start (LENS_ROLE_PULL_OPENING, "eat", NULL);
  LensWorkerEnd end = wait_for (worker);
  g_autofree char *how = lens_worker_end_describe (&end);

  g_assert_cmpstr (how, ==, "exited with status 0");
}

static void
a_worker_that_insists_has_all_or_leaves (void)
{
  g_autoptr (LensWorker) worker = start (LENS_ROLE_CARVE, "insist", NULL);
  LensWorkerEnd end = wait_for (worker);

  if (end.kind == LENS_END_UNCONFINED)
    {
      g_autofree char *complaint = lens_worker_complaint (worker);
      g_assert_true (g_str_has_prefix (complaint, "this machine does not give: "));
      g_assert_cmphex (lens_worker_layers (worker), ==, 0);
      return;
    }
  g_assert_cmpint (end.kind, ==, LENS_END_EXITED);
  g_assert_cmpint (end.status, ==, 0);
  g_assert_cmphex (lens_worker_layers (worker), ==, LENS_LAYERS_ALL);
}

static void
an_orphan_does_not_confine_itself_it_leaves (void)
{
  if (g_test_subprocess ())
    {
      int line[2];
      g_autoptr (GError) error = NULL;
      LensBecome wish = { .role = LENS_ROLE_REPORT };

      /* A status line whose other end is gone. */
      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, line), ==, 0);
      g_assert_cmpint (dup2 (line[0], LENS_STATUS_FD), ==, LENS_STATUS_FD);
      close (line[0]);
      close (line[1]);
      g_setenv (LENS_STATUS_VARIABLE, "0", TRUE);
      if (lens_sandbox_become (&wish, NULL, &error))
        _exit (1);
      _exit (g_str_has_prefix (error->message, "supervisor: ") ? 0 : 2);
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  if (argc > 1 && g_str_equal (argv[1], "capture"))
    return capture ();
  if (argc > 1 && g_str_equal (argv[1], "eat"))
    return eat ();
  if (argc > 1 && g_str_equal (argv[1], "insist"))
    return insist ();
  g_test_init (&argc, &argv, NULL);
#define TEST(name, function) g_test_add_func ("/sandbox/become/" name, function)
  TEST ("a-confined-capture-sees-packets", a_confined_capture_sees_packets);
  TEST ("a-puller-lives-from-its-reserved-heap", a_puller_lives_from_its_reserved_heap);
  TEST ("a-worker-that-insists-has-all-or-leaves", a_worker_that_insists_has_all_or_leaves);
  TEST ("an-orphan-does-not-confine-itself-it-leaves", an_orphan_does_not_confine_itself_it_leaves);
  return g_test_run ();
}
