#include "sandbox/error.h"
#include "sandbox/layers.h"
#include "sandbox/link.h"
#include "sandbox/namespace.h"
#include "sandbox/worker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each test enters the lab in a child: nobody leaves a lab again. */
static gboolean
in_lab (void)
{
  g_autoptr (GError) error = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      if (!g_test_trap_has_passed ())
        {
          /* Only a machine without user namespaces is an excuse. */
          g_assert_false (geteuid () == 0 || lens_layers_user_namespace_works (geteuid ()));
          g_test_skip ("no namespaces here");
        }
      return FALSE;
    }
  lens_lab_enter (&error);
  g_assert_no_error (error);
  return TRUE;
}

static guint64
identity (void)
{
  struct stat info;

  g_assert_cmpint (stat ("/proc/self/ns/net", &info), ==, 0);
  return info.st_ino;
}

static gboolean
note_identity (gpointer data)
{
  *(guint64 *)data = identity ();
  return TRUE;
}

static gboolean
fail_with_e2big (gpointer data)
{
  errno = E2BIG;
  return FALSE;
}

static void
a_call_comes_back_to_where_it_was (void)
{
  g_autoptr (GError) error = NULL;
  guint64 there = 0;

  if (!in_lab ())
    return;
  guint64 here = identity ();
  int netns = lens_netns_new (&error);
  g_assert_no_error (error);
  g_assert_cmpuint (identity (), ==, here);
  g_assert_true (lens_netns_call (netns, note_identity, &there, &error));
  g_assert_cmpuint (identity (), ==, here);
  g_assert_cmpuint (there, !=, here);
  g_assert_false (lens_netns_call (netns, fail_with_e2big, NULL, &error));
  g_assert_error (error, LENS_SANDBOX_ERROR, LENS_SANDBOX_ERROR_NAMESPACE);
  g_assert_nonnull (strstr (error->message, g_strerror (E2BIG)));
  exit (0);
}

static gboolean
connect_to_lab (gpointer data)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (9) };
  int fd = socket (AF_INET, SOCK_DGRAM, 0);

  inet_pton (AF_INET, data, &address.sin_addr);
  gboolean done
      = connect (fd, (struct sockaddr *)&address, sizeof address) == 0 && send (fd, "x", 1, 0) == 1;
  int reason = errno;
  close (fd);
  errno = reason;
  return done;
}

static void
a_pair_of_links_joins_two_networks (void)
{
  g_autoptr (GError) error = NULL;

  if (!in_lab ())
    return;
  int netns = lens_netns_new (&error);
  g_assert_no_error (error);
  g_assert_false (lens_netns_call (netns, connect_to_lab, (gpointer) "192.0.2.1", NULL));
  lens_link_pair (0, "lab0", netns, "cam0", &error);
  g_assert_no_error (error);
  lens_link_set_mac (netns, "cam0", (const guint8[6]){ 0x44, 0x19, 0xb6, 0, 0, 1 }, &error);
  g_assert_no_error (error);
  lens_link_add_address (0, "lab0", "192.0.2.1", 24, &error);
  lens_link_add_address (0, "lab0", "fd00::1", 64, error == NULL ? &error : NULL);
  lens_link_add_address (netns, "cam0", "192.0.2.100", 24, error == NULL ? &error : NULL);
  g_assert_no_error (error);
  g_assert_true (lens_link_up (0, "lab0", &error));
  g_assert_true (lens_link_up (netns, "cam0", &error));
  g_assert_true (lens_netns_call (netns, connect_to_lab, (gpointer) "192.0.2.1", &error));
  g_assert_false (lens_netns_call (netns, connect_to_lab, (gpointer) "198.51.100.1", NULL));
  lens_link_add_default_route (netns, "192.0.2.1", &error);
  g_assert_no_error (error);
  g_assert_true (lens_netns_call (netns, connect_to_lab, (gpointer) "198.51.100.1", &error));
  g_assert_cmpuint (if_nametoindex ("cam0"), ==, 0);
  exit (0);
}

static void
a_link_can_be_moved_and_a_missing_one_is_named (void)
{
  g_autoptr (GError) error = NULL;

  if (!in_lab ())
    return;
  int netns = lens_netns_new (&error);
  g_assert_true (lens_link_pair (0, "one", 0, "two", &error));
  g_assert_cmpuint (if_nametoindex ("two"), !=, 0);
  g_assert_true (lens_link_move (0, "two", netns, &error));
  g_assert_cmpuint (if_nametoindex ("two"), ==, 0);
  g_assert_true (lens_link_move (netns, "two", 0, &error));
  g_assert_cmpuint (if_nametoindex ("two"), !=, 0);
  g_assert_false (lens_link_move (0, "three", netns, &error));
  g_assert_cmpstr (error->message, ==, "moving link three: No such device");
  exit (0);
}

static void
a_lab_program_runs_in_its_network (void)
{
  g_autoptr (GError) error = NULL;
  const char *const argv[] = { "test-namespace", "tell-links", NULL };
  LensWorkerEnd end;

  if (!in_lab ())
    return;
  int netns = lens_netns_new (&error);
  g_assert_true (lens_link_pair (0, "lab0", netns, "cam0", &error));
  LensWorkerSpec spec = { .role = LENS_ROLE_NONE, .argv = argv, .netns_fd = netns };
  g_autoptr (LensWorker) worker = lens_worker_start (&spec, &error);
  g_assert_no_error (error);
  g_assert_true (lens_worker_wait (worker, g_get_monotonic_time () + 5000000, &end, &error));
  g_assert_cmpint (end.status, ==, 2); /* cam0, not lab0; pid 2 of its own */
  g_assert_cmphex (lens_worker_layers (worker), ==, LENS_LAYER_PROCESSES);
  exit (0);
}

static void
the_link_towards_an_address_is_known (void)
{
  g_assert_cmpuint (lens_link_towards ("127.0.0.1"), ==, if_nametoindex ("lo"));
  g_assert_cmpuint (lens_link_towards ("camera.example"), ==, 0);
}

int
main (int argc, char **argv)
{
  if (argc > 1 && g_str_equal (argv[1], "tell-links"))
    return if_nametoindex ("cam0") != 0 && if_nametoindex ("lab0") == 0 ? (int)getpid () : 99;
  g_test_init (&argc, &argv, NULL);
#define TEST(name, function) g_test_add_func ("/sandbox/namespace/" name, function)
  TEST ("a-call-comes-back-to-where-it-was", a_call_comes_back_to_where_it_was);
  TEST ("a-pair-of-links-joins-two-networks", a_pair_of_links_joins_two_networks);
  TEST ("a-link-can-be-moved-and-a-missing-one-is-named",
        a_link_can_be_moved_and_a_missing_one_is_named);
  TEST ("a-lab-program-runs-in-its-network", a_lab_program_runs_in_its_network);
  TEST ("the-link-towards-an-address-is-known", the_link_towards_an_address_is_known);
  return g_test_run ();
}
