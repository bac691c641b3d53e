#include "sandbox/become.h"

#include "sandbox/error.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* All that is made before the first layer goes up. */
typedef struct
{
  LensFilter *role;
  LensFilter *streaming; /* NULL unless LENS_ROLE_PULL_OPENING */
  LensFilter *broker;    /* NULL unless there is somebody to ask */
  GArray *keep;          /* int, ascending */
  gboolean has_status;   /* started by lens_worker_start */
  LensLayerSet have;     /* put up by the launcher */
} Plan;

static int
by_value (const void *a, const void *b)
{
  return *(const int *)a - *(const int *)b;
}

static void
keep_fds (GArray *keep, const int *fds, gsize n_fds)
{
  if (n_fds > 0)
    g_array_append_vals (keep, fds, (guint)n_fds);
}

static GArray *
kept_fds (const LensBecome *wish, gboolean has_status)
{
  GArray *keep = g_array_new (FALSE, FALSE, sizeof (int));
  const int own[] = { STDERR_FILENO, LENS_STATUS_FD };

  keep_fds (keep, wish->read_fds, wish->n_read_fds);
  keep_fds (keep, wish->write_fds, wish->n_write_fds);
  keep_fds (keep, wish->other_fds, wish->n_other_fds);
  keep_fds (keep, own, has_status ? 2 : 1);
  g_array_sort (keep, by_value);
  return keep;
}

/* What the C library and GLib do once, with files or calls no role has, is done now. */
static void
warm_up (void)
{
  GDateTime *some_day = g_date_time_new_from_unix_utc (0);
  int numbers[512];

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    numbers[i] = (int)(i * 7919 % 512);
  qsort (numbers, G_N_ELEMENTS (numbers), sizeof numbers[0], by_value); /* sysinfo(2) */
  g_setenv ("TZ", "UTC0", TRUE); /* else localtime looks at /etc/localtime each time */
  tzset ();
  g_free (g_date_time_format (some_day, "%A %B %p"));          /* charset.alias */
  g_free (g_locale_to_utf8 ("message", -1, NULL, NULL, NULL)); /* tables of iconv */
  g_get_console_charset (NULL);
  g_date_time_unref (some_day);
}

/* These roles get no memory from the kernel any more: what they will need is taken from it now
 * and left in the heap.  Its pages are touched when they are used. */
static gboolean
reserve_heap (const LensBecome *wish, GError **error)
{
  gsize octets = wish->heap_octets;

  if (wish->role != LENS_ROLE_CAPTURE && wish->role != LENS_ROLE_PULL_OPENING
      && wish->role != LENS_ROLE_SINK)
    return TRUE;
  if (octets == 0)
    octets = wish->role == LENS_ROLE_PULL_OPENING ? 64 * 1024 * 1024 : 1024 * 1024;
  mallopt (M_MMAP_MAX, 0);
  mallopt (M_TRIM_THRESHOLD, G_MAXINT);
  mallopt (M_ARENA_MAX, 1);
  void *volatile block = malloc (octets);
  if (block == NULL)
    return lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_UNCONFINED, "reserving the heap");
  free (block);
  return TRUE;
}

static gboolean
make_plan (const LensBecome *wish, Plan *plan, GError **error)
{
  g_autoptr (GArray) writable = g_array_new (FALSE, FALSE, sizeof (int));
  const char *launcher = g_getenv (LENS_STATUS_VARIABLE);
  LensUnlisted unlisted = wish->diagnose ? LENS_UNLISTED_TRAP : LENS_UNLISTED_KILL;

  plan->has_status = launcher != NULL && fcntl (LENS_STATUS_FD, F_GETFD) >= 0;
  if (plan->has_status)
    plan->have = (LensLayerSet)g_ascii_strtoull (launcher, NULL, 16) & LENS_LAYERS_ALL;
  plan->keep = kept_fds (wish, plan->has_status);

  const int status_fd = LENS_STATUS_FD;
  keep_fds (writable, wish->write_fds, wish->n_write_fds);
  keep_fds (writable, &status_fd, plan->has_status && wish->diagnose ? 1 : 0);
  const LensHanded handed
      = { wish->read_fds, wish->n_read_fds, (const int *)(void *)writable->data, writable->len };
  plan->role = lens_filter_new_for_role (wish->role, wish->transport, &handed, plan->has_status,
                                         unlisted, error);
  if (plan->role == NULL)
    return FALSE;
  if (wish->role != LENS_ROLE_PULL_OPENING)
    return TRUE;

  plan->streaming = lens_filter_new_for_role (LENS_ROLE_PULL_STREAMING, wish->transport, &handed,
                                              FALSE, unlisted, error);
  if (plan->streaming == NULL)
    return FALSE;
  if (plan->has_status)
    plan->broker = lens_filter_new_for_broker (wish->role, wish->transport, error);
  return !plan->has_status || plan->broker != NULL;
}

static void
clear_plan (Plan *plan)
{
  lens_filter_free (plan->role);
  lens_filter_free (plan->broker);
  if (plan->keep != NULL)
    g_array_unref (plan->keep);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, clear_plan)

/* A handler that only leaves needs no rt_sigreturn. */
static void
leave (int number)
{
  _exit (128 + number);
}

static void
name_forbidden_call (int number, siginfo_t *info, void *context)
{
  lens_status_send (LENS_STATUS_FD, LENS_STATUS_FORBIDDEN, (guint32)info->si_syscall, 0, -1);
  _exit (LENS_EXIT_FORBIDDEN);
}

static void
leave_forbidden (int number, siginfo_t *info, void *context)
{
  _exit (LENS_EXIT_FORBIDDEN);
}

static void
handle_signals (const LensBecome *wish, gboolean has_status)
{
  struct sigaction action = { .sa_handler = leave };

  sigaction (SIGTERM, &action, NULL);
  action.sa_handler = SIG_IGN;
  sigaction (SIGPIPE, &action, NULL);
  if (!wish->diagnose)
    return;
  action.sa_flags = SA_SIGINFO;
  action.sa_sigaction = has_status ? name_forbidden_call : leave_forbidden;
  sigaction (SIGSYS, &action, NULL);
}

static gboolean
fail_missing (LensLayerSet missing, GError **error)
{
  g_autofree char *names = lens_layers_describe (missing);

  g_set_error (error, LENS_SANDBOX_ERROR, LENS_SANDBOX_ERROR_UNCONFINED,
               "this machine does not give: %s", names);
  return FALSE;
}

gboolean
lens_sandbox_has_all (LensLayerSet layers, GError **error)
{
  return layers == LENS_LAYERS_ALL || fail_missing (LENS_LAYERS_ALL & ~layers, error);
}

/* Tells the supervisor what holds, and hands it the broker's end.  A supervisor that is gone
 * does not answer; then the parent-death signal may have been missed, and we leave. */
static gboolean
report (const Plan *plan, LensLayerSet layers, gboolean diagnose, GError **error)
{
  int listener = -1;

  if (plan->broker != NULL && !lens_filter_enter (plan->broker, &listener))
    return lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_UNCONFINED, "broker's filter");
  if (!plan->has_status)
    return TRUE;
  if ((listener >= 0 && !lens_status_send (LENS_STATUS_FD, LENS_STATUS_LISTENER, 0, 0, listener))
      || !lens_status_send (LENS_STATUS_FD, LENS_STATUS_CONFINED, layers, 0, -1))
    return lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_UNCONFINED, "supervisor");
  if (listener >= 0)
    close (listener);
  if (!diagnose)
    close (LENS_STATUS_FD);
  return TRUE;
}

static gboolean
become (const LensBecome *wish, LensLayerSet wanted, LensLayerSet required, LensConfinement *got,
        GError **error)
{
  g_auto (Plan) plan = { 0 };

  g_assert (wish->role > LENS_ROLE_NONE && wish->role < LENS_N_ROLES
            && wish->role != LENS_ROLE_PULL_STREAMING);
  warm_up ();
  if (!make_plan (wish, &plan, error) || !reserve_heap (wish, error))
    return FALSE;
  handle_signals (wish, plan.has_status);

  LensLayerSet layers = lens_layers_apply (wanted, plan.have, (const int *)(void *)plan.keep->data,
                                           plan.keep->len, wish->file_octets);
  layers |= wanted & LENS_LAYER_SECCOMP;
  if (getpid () == 1)
    layers |= LENS_LAYER_PROCESSES;
  if ((required & ~layers) != 0)
    return fail_missing (required & ~layers, error);
  if (!report (&plan, layers, wish->diagnose, error))
    return FALSE;
  if (got != NULL)
    *got = (LensConfinement){ layers, plan.streaming };
  if ((wanted & LENS_LAYER_SECCOMP) != 0 && !lens_filter_enter (plan.role, NULL))
    return lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_UNCONFINED, "seccomp");
  return TRUE;
}

gboolean
lens_sandbox_become (const LensBecome *wish, LensConfinement *got, GError **error)
{
  return become (wish, LENS_LAYERS_ALL, wish->require_all ? LENS_LAYERS_ALL : LENS_LAYERS_REQUIRED,
                 got, error);
}

gboolean
lens_sandbox_become_partly (const LensBecome *wish, LensLayerSet wanted, LensConfinement *got,
                            GError **error)
{
  return become (wish, wanted, 0, got, error);
}

gboolean
lens_sandbox_tighten (LensConfinement *confinement, GError **error)
{
  g_assert (confinement->streaming != NULL);

  if (!lens_filter_enter (confinement->streaming, NULL))
    return lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_UNCONFINED, "streaming filter");
  g_clear_pointer (&confinement->streaming, lens_filter_free);
  return TRUE;
}
