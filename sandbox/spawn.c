#include "sandbox/spawn.h"

#include "sandbox/error.h"
#include "sandbox/launch.h"
#include "sandbox/status.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LAUNCH_US (10 * G_USEC_PER_SEC)

typedef struct
{
  unsigned long flags; /* of clone */
  gboolean take_zero;  /* a user namespace comes with it */
  gboolean first;      /* a program of the lab, below a first process */
} Style;

/* The best first; each is tried when the one before is not permitted. */
static gsize
styles_for (LensRole role, Style styles[3])
{
  gsize n = 0;

  if (role == LENS_ROLE_NONE)
    styles[n++] = (Style){ CLONE_NEWPID, FALSE, TRUE };
  else if (role == LENS_ROLE_CAPTURE)
    styles[n++] = (Style){ CLONE_NEWPID, FALSE, FALSE }; /* its rights are over our network */
  else
    {
      styles[n++] = (Style){ CLONE_NEWUSER | CLONE_NEWPID, TRUE, FALSE };
      styles[n++] = (Style){ CLONE_NEWPID, FALSE, FALSE };
    }
  styles[n++] = (Style){ 0, FALSE, FALSE };
  return n;
}

/* clone, not clone3, which filters of containers often do not know. */
static pid_t
clone_child (unsigned long flags, int *pidfd)
{
  return (pid_t)syscall (SYS_clone, flags | CLONE_PIDFD | SIGCHLD, NULL, pidfd, NULL, 0UL);
}

static gboolean
write_proc (pid_t pid, const char *file, const char *text)
{
  char path[64];

  g_snprintf (path, sizeof path, "/proc/%d/%s", (int)pid, file);
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return FALSE;
  gboolean written = write (fd, text, strlen (text)) == (gssize)strlen (text);
  close (fd);
  return written;
}

/* 0 inside, an id without rights outside. */
static gboolean
write_maps (pid_t pid)
{
  guint32 id = lens_layers_worker_id ();
  char users[48], groups[48];

  g_snprintf (users, sizeof users, "0 %u 1", id);
  g_snprintf (groups, sizeof groups, "0 %u 1", id == geteuid () ? getegid () : id);
  if (id == geteuid ())
    write_proc (pid, "setgroups", "deny");
  return write_proc (pid, "uid_map", users) && write_proc (pid, "gid_map", groups);
}

static LensLayerSet
layers_of (const Style *style)
{
  LensLayerSet layers = 0;

  if ((style->flags & CLONE_NEWUSER) != 0)
    layers |= LENS_LAYER_USER;
  if ((style->flags & CLONE_NEWUSER) != 0
      && (lens_layers_worker_id () != 0 || lens_layers_root_is_somebody_else ()))
    layers |= LENS_LAYER_IDENTITY;
  if ((style->flags & CLONE_NEWPID) != 0)
    layers |= LENS_LAYER_PROCESSES;
  return layers;
}

/* Whether the spec sets the variable of @fixed, "NAME=value", itself. */
static gboolean
is_replaced (const LensWorkerSpec *spec, const char *fixed)
{
  gsize name = strcspn (fixed, "=") + 1;

  for (gsize i = 0; spec->environment != NULL && spec->environment[i] != NULL; i++)
    if (strncmp (spec->environment[i], fixed, name) == 0)
      return TRUE;
  return FALSE;
}

static GPtrArray *
environment_of (const LensWorkerSpec *spec, const Style *style)
{
  static const char *const fixed[] = {
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL=C.UTF-8",
    "TZ=UTC",
    "HOME=/",
    /* Sanitizer builds only look at it: a confined process cannot trace itself for leaks. */
    "ASAN_OPTIONS=detect_leaks=0:symbolize=0",
  };
  GPtrArray *environment = g_ptr_array_new_with_free_func (g_free);
  gsize n_fixed = G_N_ELEMENTS (fixed) - (lens_roles_filter_is_shipped () ? 1 : 0);

  for (gsize i = 0; i < n_fixed; i++)
    if (!is_replaced (spec, fixed[i]))
      g_ptr_array_add (environment, g_strdup (fixed[i]));
  for (gsize i = 0; spec->environment != NULL && spec->environment[i] != NULL; i++)
    g_ptr_array_add (environment, g_strdup (spec->environment[i]));
  if (spec->role != LENS_ROLE_NONE)
    g_ptr_array_add (environment, g_strdup_printf (LENS_STATUS_VARIABLE "=%x", layers_of (style)));
  g_ptr_array_add (environment, NULL);
  return environment;
}

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* The pipes and sockets of one start: [0] is the supervisor's end. */
typedef struct
{
  int gate[2];
  int failure[2];
  int status[2];
  int complaint[2];
  int program;
  int null;
  int supervisor;
} Ends;

static void
clear_ends (Ends *ends)
{
  for (int i = 0; i < 2; i++)
    {
      close_fd (&ends->gate[i]);
      close_fd (&ends->failure[i]);
      close_fd (&ends->status[i]);
      close_fd (&ends->complaint[i]);
    }
  close_fd (&ends->program);
  close_fd (&ends->null);
  close_fd (&ends->supervisor);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ends, clear_ends)

static gboolean
lists_stderr (const LensWorkerSpec *spec)
{
  for (gsize i = 0; i < spec->n_fds; i++)
    if (spec->fds[i].child_fd == STDERR_FILENO)
      return TRUE;
  return FALSE;
}

/* SOCK_STREAM, not SEQPACKET: its end of file is plain.  The gate and the failure line are
 * sockets because a supervisor that writes to a dead child must not get SIGPIPE. */
static gboolean
open_ends (const LensWorkerSpec *spec, Ends *ends)
{
  const int type = SOCK_STREAM | SOCK_CLOEXEC;

  *ends = (Ends){ { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 }, -1, -1, -1 };
  ends->program
      = open (spec->program != NULL ? spec->program : "/proc/self/exe", O_PATH | O_CLOEXEC);
  /* A named program that is not there is the child's to report, as any other that cannot run. */
  if (ends->program < 0 && spec->program == NULL)
    return FALSE;
  ends->null = open ("/dev/null", O_RDWR | O_CLOEXEC);
  ends->supervisor = (int)syscall (SYS_pidfd_open, getpid (), 0);
  if (!lists_stderr (spec)
      && (pipe2 (ends->complaint, O_CLOEXEC) != 0
          || fcntl (ends->complaint[0], F_SETFL, O_NONBLOCK) != 0))
    return FALSE;
  return ends->null >= 0 && socketpair (AF_UNIX, type, 0, ends->gate) == 0
         && socketpair (AF_UNIX, type, 0, ends->failure) == 0
         && socketpair (AF_UNIX, type, 0, ends->status) == 0;
}

/* Ends when exec closes the line (TRUE) or a step fails on it. */
static gboolean
executed (int failure, GError **error)
{
  struct pollfd line = { .fd = failure, .events = POLLIN };
  gint64 deadline = g_get_monotonic_time () + LAUNCH_US;
  LensStatus status;
  int fd, ready;

  do
    ready = poll (&line, 1, (int)MAX (0, (deadline - g_get_monotonic_time ()) / 1000));
  while (ready < 0 && errno == EINTR);
  if (ready <= 0)
    {
      g_set_error (error, LENS_SANDBOX_ERROR, LENS_SANDBOX_ERROR_LAUNCH, "no execution in time");
      return FALSE;
    }
  if (lens_status_receive (failure, &status, &fd) != LENS_STATUS_ONE)
    return TRUE;
  g_set_error (error, LENS_SANDBOX_ERROR, LENS_SANDBOX_ERROR_LAUNCH, "%s: %s",
               lens_launch_step_name (status.step), g_strerror ((int)status.value));
  return FALSE;
}

/* Of a child that did not come to its program. */
static void
end_child (LensSpawned *child)
{
  siginfo_t info;
  int reason = errno;

  syscall (SYS_pidfd_send_signal, child->pidfd, SIGKILL, NULL, 0);
  waitid (P_PIDFD, (id_t)child->pidfd, &info, WEXITED);
  close_fd (&child->pidfd);
  errno = reason;
}

/* Maps, the word to go on, and the program: in this order.  FALSE without @error: not ours to
 * map, as if the namespace had been refused. */
static gboolean
see_off (const LensSpawned *child, const Style *style, const Ends *ends, GError **error)
{
  if (style->take_zero && !write_maps (child->pid))
    return FALSE;
  if (send (ends->gate[0], "g", 1, MSG_NOSIGNAL) != 1)
    return lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_LAUNCH, "starting");
  return executed (ends->failure[0], error);
}

static void
close_childs_ends (Ends *ends)
{
  close_fd (&ends->gate[1]);
  close_fd (&ends->failure[1]);
  close_fd (&ends->status[1]);
  close_fd (&ends->complaint[1]);
}

/* One way of cloning.  FALSE without @error: try the next. */
static gboolean
spawn_as (const LensWorkerSpec *spec, const Style *style, LensSpawned *child, GError **error)
{
  g_auto (Ends) ends;
  if (!open_ends (spec, &ends))
    return lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_LAUNCH, "descriptors for a worker");

  g_autoptr (GPtrArray) environment = environment_of (spec, style);
  LensLaunch launch = {
    .spec = spec,
    .gate = ends.gate[1],
    .failure = ends.failure[1],
    .status = ends.status[1],
    .program = ends.program,
    .null = ends.null,
    .stderr_pipe = ends.complaint[1],
    .supervisor = ends.supervisor,
    .take_zero = style->take_zero,
    .first = style->first,
    .argv = (char *const *)(void *)spec->argv,
    .environment = (char *const *)environment->pdata,
  };
  child->pid = clone_child (style->flags, &child->pidfd);
  if (child->pid == 0)
    {
      close (ends.gate[0]);
      lens_launch_child (&launch);
    }
  if (child->pid < 0)
    return FALSE;

  close_childs_ends (&ends);
  if (!see_off (child, style, &ends, error))
    {
      end_child (child);
      return FALSE;
    }
  child->status = ends.status[0];
  child->stderr_fd = ends.complaint[0];
  ends.status[0] = ends.complaint[0] = -1;
  child->layers = layers_of (style);
  return TRUE;
}

gboolean
lens_spawn (const LensWorkerSpec *spec, LensSpawned *child, GError **error)
{
  Style styles[3];
  gsize n_styles = styles_for (spec->role, styles);

  for (gsize i = 0; i < spec->n_fds; i++)
    g_assert (spec->fds[i].child_fd >= 0 && spec->fds[i].child_fd < LENS_STATUS_FD);
  for (gsize i = 0; i < n_styles; i++)
    {
      g_autoptr (GError) cause = NULL;
      if (spawn_as (spec, &styles[i], child, &cause))
        return TRUE;
      if (cause != NULL)
        {
          g_propagate_prefixed_error (error, g_steal_pointer (&cause), "%s: ", spec->argv[0]);
          return FALSE;
        }
    }
  return lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_LAUNCH, spec->argv[0]);
}
