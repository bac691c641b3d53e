#include "sandbox/worker.h"

#include "sandbox/error.h"
#include "sandbox/launch.h"
#include "sandbox/status.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE_US (2 * G_USEC_PER_SEC)
#define REAP_US (5 * G_USEC_PER_SEC)
#define LAUNCH_US (10 * G_USEC_PER_SEC)
#define COMPLAINT_MAX 8192

struct _LensWorker
{
  pid_t pid;
  int pidfd;
  int status;    /* our end of the status line; -1 when it was closed there */
  int stderr_fd; /* reading end, or -1 */
  int listener;  /* of the broker, until taken; else -1 */
  gboolean confined;
  LensLayerSet layers;
  gboolean program_ended; /* below its first process: program_status is how */
  int program_status;
  int forbidden_call;
  GString *complaint;
  gboolean reaped;
  LensWorkerEnd end; /* when reaped */
};

/* Starting. */

typedef struct
{
  guint64 flags;      /* of clone */
  gboolean take_zero; /* a user namespace comes with it */
  gboolean first;     /* a program of the lab, below a first process */
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

static pid_t
clone_child (guint64 flags, int *pidfd)
{
  struct clone_args arguments = {
    .flags = flags | CLONE_PIDFD,
    .pidfd = (guint64)(guintptr)pidfd,
    .exit_signal = SIGCHLD,
  };

  return (pid_t)syscall (SYS_clone3, &arguments, sizeof arguments);
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

static GPtrArray *
environment_of (const LensWorkerSpec *spec)
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
    g_ptr_array_add (environment, g_strdup (fixed[i]));
  for (gsize i = 0; spec->environment != NULL && spec->environment[i] != NULL; i++)
    g_ptr_array_add (environment, g_strdup (spec->environment[i]));
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
  if (spec->program == NULL)
    {
      ends->program = open ("/proc/self/exe", O_PATH | O_CLOEXEC);
      if (ends->program < 0)
        return FALSE;
    }
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

static LensWorker *
adopt (pid_t pid, int pidfd, Ends *ends, const Style *style)
{
  LensWorker *worker = g_new0 (LensWorker, 1);

  worker->pid = pid;
  worker->pidfd = pidfd;
  worker->status = ends->status[0];
  worker->stderr_fd = ends->complaint[0];
  ends->status[0] = ends->complaint[0] = -1;
  worker->listener = -1;
  worker->forbidden_call = -1;
  worker->complaint = g_string_new (NULL);
  worker->layers = style->first ? layers_of (style) : 0;
  return worker;
}

/* One way of cloning.  NULL with errno EPERM and friends and no error: try the next. */
static LensWorker *
start_as (const LensWorkerSpec *spec, const Style *style, GError **error)
{
  g_auto (Ends) ends;
  if (!open_ends (spec, &ends))
    {
      lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_LAUNCH, "descriptors for a worker");
      return NULL;
    }
  g_autoptr (GPtrArray) environment = environment_of (spec);
  if (spec->role != LENS_ROLE_NONE)
    g_ptr_array_add (environment, g_strdup_printf (LENS_STATUS_VARIABLE "=%x", layers_of (style)));
  g_ptr_array_add (environment, NULL);

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
  int pidfd = -1;
  pid_t pid = clone_child (style->flags, &pidfd);
  if (pid == 0)
    {
      close (ends.gate[0]);
      lens_launch_child (&launch);
    }
  if (pid < 0)
    return NULL;

  g_autoptr (LensWorker) worker = adopt (pid, pidfd, &ends, style);
  close_fd (&ends.gate[1]);
  close_fd (&ends.failure[1]);
  close_fd (&ends.status[1]);
  close_fd (&ends.complaint[1]);
  if (style->take_zero && !write_maps (pid))
    return NULL; /* not ours to map: as if the namespace had been refused */
  if (send (ends.gate[0], "g", 1, MSG_NOSIGNAL) != 1)
    {
      lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_LAUNCH, "starting");
      return NULL;
    }
  if (!executed (ends.failure[0], error))
    return NULL;
  return g_steal_pointer (&worker);
}

LensWorker *
lens_worker_start (const LensWorkerSpec *spec, GError **error)
{
  Style styles[3];
  gsize n_styles = styles_for (spec->role, styles);

  for (gsize i = 0; i < spec->n_fds; i++)
    g_assert (spec->fds[i].child_fd >= 0 && spec->fds[i].child_fd < LENS_STATUS_FD);
  for (gsize i = 0; i < n_styles; i++)
    {
      g_autoptr (GError) cause = NULL;
      LensWorker *worker = start_as (spec, &styles[i], &cause);
      if (worker != NULL)
        return worker;
      if (cause != NULL)
        {
          g_propagate_prefixed_error (error, g_steal_pointer (&cause), "%s: ", spec->argv[0]);
          return NULL;
        }
    }
  lens_sandbox_fail_errno (error, LENS_SANDBOX_ERROR_LAUNCH, spec->argv[0]);
  return NULL;
}

/* Watching. */

int
lens_worker_pidfd (const LensWorker *worker)
{
  return worker->pidfd;
}

pid_t
lens_worker_pid (const LensWorker *worker)
{
  return worker->pid;
}

int
lens_worker_stderr_fd (const LensWorker *worker)
{
  return worker->stderr_fd;
}

LensLayerSet
lens_worker_layers (const LensWorker *worker)
{
  return worker->layers;
}

int
lens_worker_take_listener (LensWorker *worker)
{
  int listener = worker->listener;

  worker->listener = -1;
  return listener;
}

static void
take_status (LensWorker *worker, const LensStatus *status, int fd)
{
  if (status->kind == LENS_STATUS_LISTENER && worker->listener < 0)
    {
      worker->listener = fd;
      return;
    }
  close_fd (&fd);
  if (status->kind == LENS_STATUS_CONFINED && !worker->confined)
    {
      worker->confined = TRUE;
      worker->layers = status->value & LENS_LAYERS_ALL;
    }
  else if (status->kind == LENS_STATUS_FORBIDDEN && worker->forbidden_call < 0)
    worker->forbidden_call = (int)(status->value & G_MAXINT);
  else if (status->kind == LENS_STATUS_ENDED)
    {
      worker->program_ended = TRUE;
      worker->program_status = (int)status->value;
    }
}

static void
hear_status (LensWorker *worker)
{
  while (worker->status >= 0)
    {
      LensStatus status;
      int fd;
      LensStatusGot got = lens_status_receive (worker->status, &status, &fd);

      if (got == LENS_STATUS_NOTHING)
        return;
      if (got == LENS_STATUS_ONE)
        take_status (worker, &status, fd);
      else
        close_fd (&worker->status);
    }
}

static void
hear_complaint (LensWorker *worker)
{
  char octets[4096];
  gssize got;

  if (worker->stderr_fd < 0)
    return;
  /* At most a pipe's worth, so that a talkative worker cannot keep us here. */
  for (int i = 0; i < 16; i++)
    {
      got = read (worker->stderr_fd, octets, sizeof octets);
      if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        close_fd (&worker->stderr_fd);
      if (got <= 0)
        return;
      g_string_append_len (worker->complaint, octets, got);
      if (worker->complaint->len > COMPLAINT_MAX)
        g_string_erase (worker->complaint, 0, (gssize)worker->complaint->len - COMPLAINT_MAX);
    }
}

/* Waits for whatever the worker says next, or its end.  FALSE: the time is over. */
static gboolean
watch (LensWorker *worker, gint64 until)
{
  struct pollfd line[3] = {
    { .fd = worker->pidfd, .events = POLLIN },
    { .fd = worker->status, .events = POLLIN },
    { .fd = worker->stderr_fd, .events = POLLIN },
  };
  gint64 left_ms = (until - g_get_monotonic_time () + 999) / 1000;
  int ready = poll (line, G_N_ELEMENTS (line), (int)CLAMP (left_ms, 0, G_MAXINT));

  if (ready > 0)
    {
      hear_status (worker);
      hear_complaint (worker);
    }
  return ready > 0 || g_get_monotonic_time () < until;
}

static gboolean
has_ended (const LensWorker *worker)
{
  struct pollfd line = { .fd = worker->pidfd, .events = POLLIN };

  return worker->reaped || poll (&line, 1, 0) > 0;
}

static void
describe_end (LensWorker *worker, const siginfo_t *info)
{
  LensWorkerEnd *end = &worker->end;
  gboolean exited = info->si_code == CLD_EXITED;
  int value = info->si_status;

  if (worker->program_ended)
    {
      exited = WIFEXITED (worker->program_status);
      value = exited ? WEXITSTATUS (worker->program_status) : WTERMSIG (worker->program_status);
    }
  end->forbidden_call = worker->forbidden_call;
  if (worker->forbidden_call >= 0 || (!exited && value == SIGSYS))
    {
      end->kind = LENS_END_FORBIDDEN;
      end->signal = SIGSYS;
    }
  else if (!exited)
    {
      end->kind = LENS_END_SIGNALLED;
      end->signal = value;
    }
  else
    {
      end->kind = value == LENS_EXIT_UNCONFINED ? LENS_END_UNCONFINED : LENS_END_EXITED;
      end->status = value;
    }
}

/* The system call, unlike the library, also tells what was used. */
static gboolean
reap (LensWorker *worker)
{
  siginfo_t info = { 0 };
  struct rusage used = { 0 };

  if (worker->reaped)
    return TRUE;
  if (syscall (SYS_waitid, P_PIDFD, worker->pidfd, &info, WEXITED | WNOHANG, &used) != 0
      || info.si_pid == 0)
    return FALSE;
  hear_status (worker);
  hear_complaint (worker);
  worker->reaped = TRUE;
  describe_end (worker, &info);
  worker->end.cpu_us = (guint64)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * G_USEC_PER_SEC
                       + (guint64)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
  worker->end.peak_octets = (guint64)used.ru_maxrss * 1024;
  return TRUE;
}

static void
signal_worker (LensWorker *worker, int number)
{
  if (!worker->reaped)
    syscall (SYS_pidfd_send_signal, worker->pidfd, number, NULL, 0);
}

void
lens_worker_stop (LensWorker *worker)
{
  signal_worker (worker, SIGTERM);
}

gboolean
lens_worker_settle (LensWorker *worker, gint64 deadline, LensLayerSet *layers, GError **error)
{
  hear_status (worker);
  while (!worker->confined && !has_ended (worker) && watch (worker, deadline))
    ;
  hear_status (worker);
  if (layers != NULL)
    *layers = worker->layers;
  if (!worker->confined)
    g_set_error (error, LENS_SANDBOX_ERROR, LENS_SANDBOX_ERROR_WORKER, "worker %s",
                 has_ended (worker) ? "ended before it was confined" : "is not confined in time");
  return worker->confined;
}

static gboolean
ended_by (LensWorker *worker, gint64 deadline)
{
  while (!has_ended (worker))
    if (!watch (worker, deadline))
      return has_ended (worker);
  return TRUE;
}

gboolean
lens_worker_wait (LensWorker *worker, gint64 deadline, LensWorkerEnd *end, GError **error)
{
  if (!ended_by (worker, deadline))
    {
      worker->end.deadline_exceeded = TRUE;
      signal_worker (worker, SIGTERM);
      if (!ended_by (worker, g_get_monotonic_time () + GRACE_US))
        signal_worker (worker, SIGKILL);
      ended_by (worker, g_get_monotonic_time () + REAP_US);
    }
  if (!reap (worker))
    {
      g_set_error (error, LENS_SANDBOX_ERROR, LENS_SANDBOX_ERROR_WORKER, "process %d does not end",
                   (int)worker->pid);
      return FALSE;
    }
  *end = worker->end;
  return TRUE;
}

char *
lens_worker_complaint (const LensWorker *worker)
{
  char *text = g_utf8_make_valid (worker->complaint->str, (gssize)worker->complaint->len);

  for (char *c = text; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c) && *c != '\n')
      *c = '?';
  return text;
}

char *
lens_worker_end_describe (const LensWorkerEnd *end)
{
  const char *late = end->deadline_exceeded ? ", past its deadline" : "";
  g_autofree char *call = NULL;

  switch (end->kind)
    {
    case LENS_END_EXITED:
      return g_strdup_printf ("exited with status %d%s", end->status, late);
    case LENS_END_SIGNALLED:
      return g_strdup_printf ("ended by signal %d (%s)%s", end->signal, g_strsignal (end->signal),
                              late);
    case LENS_END_FORBIDDEN:
      call = end->forbidden_call >= 0 ? lens_roles_call_name (end->forbidden_call) : NULL;
      return g_strdup_printf ("killed: forbidden system call%s%s%s", call != NULL ? " " : "",
                              call != NULL ? call : "", late);
    case LENS_END_UNCONFINED:
      return g_strdup_printf ("left because it could not be confined%s", late);
    default:
      g_assert_not_reached ();
    }
}

void
lens_worker_free (LensWorker *worker)
{
  if (worker == NULL)
    return;
  if (!worker->reaped)
    {
      signal_worker (worker, SIGKILL);
      ended_by (worker, g_get_monotonic_time () + REAP_US);
      reap (worker);
    }
  close_fd (&worker->pidfd);
  close_fd (&worker->status);
  close_fd (&worker->stderr_fd);
  close_fd (&worker->listener);
  g_string_free (worker->complaint, TRUE);
  g_free (worker);
}
