#include "sandbox/worker.h"

#include "sandbox/error.h"
#include "sandbox/spawn.h"
#include "sandbox/status.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE_US (2 * G_USEC_PER_SEC)
#define REAP_US (5 * G_USEC_PER_SEC)
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

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

LensWorker *
lens_worker_start (const LensWorkerSpec *spec, GError **error)
{
  LensSpawned child;
  if (!lens_spawn (spec, &child, error))
    return NULL;
  LensWorker *worker = g_new0 (LensWorker, 1);

  worker->pid = child.pid;
  worker->pidfd = child.pidfd;
  worker->status = child.status;
  worker->stderr_fd = child.stderr_fd;
  worker->listener = -1;
  worker->forbidden_call = -1;
  worker->complaint = g_string_new (NULL);
  /* A role says itself what holds, when it has become it. */
  worker->layers = spec->role == LENS_ROLE_NONE ? child.layers : 0;
  return worker;
}

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
