#include "sandbox/become.h"
#include "sandbox/error.h"
#include "sandbox/landlock.h"
#include "sandbox/layers.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void
every_layer_has_a_name (void)
{
  g_autofree char *all = lens_layers_describe (LENS_LAYERS_ALL);
  g_auto (GStrv) names = g_strsplit (all, ", ", -1);
  g_autofree char *two = lens_layers_describe (LENS_LAYER_SECCOMP | LENS_LAYER_NETWORK);

  g_assert_cmpuint (g_strv_length (names), ==, 18);
  for (guint i = 0; i < 18; i++)
    g_assert_cmpstr (lens_layer_name ((LensLayer)(1u << i)), ==, names[i]);
  g_assert_null (lens_layer_name ((LensLayer)3));
  g_assert_null (lens_layer_name ((LensLayer)(1 << 18)));
  g_assert_cmpstr (two, ==, "seccomp, network namespace");
}

static void
write_self (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  if (fd < 0 || write (fd, text, strlen (text)) != (gssize)strlen (text))
    exit (77);
  close (fd);
}

/* A user namespace that may not have network namespaces: a machine with a layer missing.  The
 * bound is that of the new user namespace alone. */
static void
enter_a_poorer_machine (void)
{
  g_autofree char *users = g_strdup_printf ("0 %u 1", geteuid ());
  g_autofree char *groups = g_strdup_printf ("0 %u 1", getegid ());

  if (unshare (CLONE_NEWUSER) != 0)
    exit (77);
  write_self ("/proc/self/setgroups", "deny");
  write_self ("/proc/self/uid_map", users);
  write_self ("/proc/self/gid_map", groups);
  write_self ("/proc/sys/user/max_net_namespaces", "0");
}

static gboolean
become (gboolean require_all, LensConfinement *got, GError **error)
{
  LensBecome wish = { .role = LENS_ROLE_REPORT, .require_all = require_all };

  return lens_sandbox_become (&wish, got, error);
}

/* Runs @function in a child; its exit status. */
static int
in_child (int (*function) (void))
{
  int status;
  pid_t child = fork ();

  if (child == 0)
    _exit (function ());
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

static int
insist_on_a_poorer_machine (void)
{
  g_autoptr (GError) error = NULL;

  enter_a_poorer_machine ();
  if (become (TRUE, NULL, &error))
    return 1;
  return g_error_matches (error, LENS_SANDBOX_ERROR, LENS_SANDBOX_ERROR_UNCONFINED)
                 && strstr (error->message, "network namespace") != NULL
                 && strstr (error->message, "seccomp") == NULL
             ? 0
             : 2;
}

static int
make_do_on_a_poorer_machine (void)
{
  LensConfinement got;

  enter_a_poorer_machine ();
  if (!become (FALSE, &got, NULL))
    return 1;
  return (got.layers & LENS_LAYER_NETWORK) == 0 && (got.layers & LENS_LAYER_SECCOMP) != 0 ? 0 : 2;
}

static int
use_all_there_is (void)
{
  LensConfinement got;

  if (!become (FALSE, &got, NULL))
    return 1;
  return (got.layers & LENS_LAYERS_REQUIRED) == LENS_LAYERS_REQUIRED ? 0 : 2;
}

static void
expect_or_skip (int (*function) (void))
{
  int status = in_child (function);

  if (status == 77)
    g_test_skip ("no user namespaces here");
  else
    g_assert_cmpint (status, ==, 0);
}

static void
require_all_fails_closed_and_names_the_layer (void)
{
  expect_or_skip (insist_on_a_poorer_machine);
}

static void
a_missing_layer_is_not_claimed (void)
{
  expect_or_skip (make_do_on_a_poorer_machine);
}

static void
the_required_layers_always_hold (void)
{
  g_assert_cmpint (in_child (use_all_there_is), ==, 0);
}

/* Layers seen from inside, with the filter left off so that one can look. */
static int
look_around (void)
{
  LensBecome wish = { .role = LENS_ROLE_REPORT };
  LensConfinement got;
  struct stat root;

  if (!lens_sandbox_become_partly (&wish, LENS_LAYERS_ALL & ~(guint)LENS_LAYER_SECCOMP, &got, NULL))
    return 1;
  if ((got.layers & LENS_LAYER_SECCOMP) != 0)
    return 2;
  if ((got.layers & LENS_LAYER_ROOT) != 0 && access ("/proc", F_OK) == 0)
    return 3;
  if ((got.layers & LENS_LAYER_ROOT) != 0 && (stat ("/", &root) != 0 || root.st_nlink != 2))
    return 4;
  if (fcntl (0, F_GETFD) >= 0 || fcntl (2, F_GETFD) < 0)
    return 5;
  if (mkdir ("/x", 0700) == 0 || fork () >= 0 || dup (2) > 64)
    return 6;
  return 0;
}

static void
inside_there_is_nothing (void)
{
  g_assert_cmpint (in_child (look_around), ==, 0);
}

static int
deny_files (void)
{
  /* Not privileged: needs no_new_privs, so it must not claim anything without. */
  LensLandlock landlock = lens_landlock_deny ((LensLandlock){ TRUE, TRUE, TRUE });

  return landlock.files ? open ("/etc/passwd", O_RDONLY) >= 0 : open ("/etc/passwd", O_RDONLY) < 0;
}

static void
landlock_says_what_it_does (void)
{
  g_test_message ("landlock version %d", lens_landlock_version ());
  g_assert_cmpint (in_child (deny_files), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name, function) g_test_add_func ("/sandbox/layers/" name, function)
  TEST ("every-layer-has-a-name", every_layer_has_a_name);
  TEST ("require-all-fails-closed-and-names-the-layer",
        require_all_fails_closed_and_names_the_layer);
  TEST ("a-missing-layer-is-not-claimed", a_missing_layer_is_not_claimed);
  TEST ("the-required-layers-always-hold", the_required_layers_always_hold);
  TEST ("inside-there-is-nothing", inside_there_is_nothing);
  TEST ("landlock-says-what-it-does", landlock_says_what_it_does);
  return g_test_run ();
}
