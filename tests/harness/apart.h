/* A test in a process of its own: it may move into other networks or give up its identity
 * without the other tests noticing. */
#pragma once

#include <glib.h>

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define APART_NOBODY 65534
#define APART_SKIP 77

/* A folder that @as_nobody may write to. */
static inline char *
apart_folder (gboolean as_nobody)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("lenscap-live-XXXXXX", &error);

  g_assert_no_error (error);
  if (as_nobody && geteuid () == 0)
    g_assert_cmpint (chown (folder, APART_NOBODY, APART_NOBODY), ==, 0);
  return folder;
}

static inline void
apart_remove (const char *folder)
{
  GDir *files = g_dir_open (folder, 0, NULL);

  for (const char *name; files != NULL && (name = g_dir_read_name (files)) != NULL;)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      unlink (path);
    }
  if (files != NULL)
    g_dir_close (files);
  rmdir (folder);
}

static inline void
apart_become_nobody (const char *program)
{
  if (geteuid () == 0
      && (setgroups (0, NULL) != 0 || setresgid (APART_NOBODY, APART_NOBODY, APART_NOBODY) != 0
          || setresuid (APART_NOBODY, APART_NOBODY, APART_NOBODY) != 0))
    _exit (1);
  /* A change of identity closes /proc/self to us, and user namespaces are made there. */
  prctl (PR_SET_DUMPABLE, 1, 0, 0, 0);
  if (access (program, X_OK) != 0)
    _exit (APART_SKIP); /* the build folder is not for everybody */
}

static inline pid_t
apart_start (void (*function) (gconstpointer data), gconstpointer data, gboolean as_nobody)
{
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child > 0)
    return child;
  if (as_nobody)
    apart_become_nobody (g_getenv ("LENSCAP_CAPTURE"));
  function (data);
  _exit (0);
}

static inline void
apart_expect_success (pid_t child)
{
  int status = 0;

  while (waitpid (child, &status, 0) < 0 && errno == EINTR)
    ;
  if (WIFEXITED (status) && WEXITSTATUS (status) == APART_SKIP)
    g_test_skip ("an unprivileged user cannot reach the build folder");
  else
    g_assert_cmpint (status, ==, 0);
}

static inline void
apart_run (void (*function) (gconstpointer data), gconstpointer data, gboolean as_nobody)
{
  apart_expect_success (apart_start (function, data, as_nobody));
}
