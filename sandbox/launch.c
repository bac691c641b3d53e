#include "sandbox/launch.h"

#include "sandbox/status.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Sources of descriptors are moved above every number a worker can be given. */
#define ABOVE (LENS_STATUS_FD + 10)

static void G_GNUC_NORETURN
fail (const LensLaunch *launch, LensLaunchStep step)
{
  lens_status_send (launch->failure, LENS_STATUS_FAILED, (guint32)errno, step, -1);
  _exit (LENS_EXIT_UNCONFINED);
}

const char *
lens_launch_step_name (guint32 step)
{
  static const char *const names[LENS_N_STEPS] = {
    [LENS_STEP_IDENTITY] = "change of identity", [LENS_STEP_NETWORK] = "network namespace",
    [LENS_STEP_LIMITS] = "resource limits",      [LENS_STEP_DESCRIPTORS] = "descriptors",
    [LENS_STEP_EXECUTE] = "execution",
  };

  return step < LENS_N_STEPS ? names[step] : "unknown step";
}

static void
wait_for_maps (const LensLaunch *launch)
{
  char go;
  gssize got;

  do
    got = read (launch->gate, &go, 1);
  while (got < 0 && errno == EINTR);
  if (got != 1)
    _exit (LENS_EXIT_UNCONFINED);
}

/* Asked for first, looked at second: whichever comes first, a lost supervisor is noticed. */
static void
die_with_supervisor (const LensLaunch *launch)
{
  struct pollfd supervisor = { .fd = launch->supervisor, .events = POLLIN };

  prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (launch->supervisor >= 0 && poll (&supervisor, 1, 0) > 0)
    _exit (LENS_EXIT_UNCONFINED);
}

static void
reset_signals (void)
{
  struct sigaction action = { .sa_handler = SIG_DFL };
  sigset_t none;

  for (int number = 1; number < NSIG; number++)
    sigaction (number, &action, NULL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

static void
take_identity (const LensLaunch *launch)
{
  if (!launch->take_zero)
    return;
  setgroups (0, NULL); /* refused where groups are not ours to drop */
  if (setresgid (0, 0, 0) != 0 || setresuid (0, 0, 0) != 0)
    fail (launch, LENS_STEP_IDENTITY);
}

static void
set_limit (const LensLaunch *launch, int resource, rlim_t most)
{
  struct rlimit limit = { most, most };

  if (setrlimit (resource, &limit) != 0)
    fail (launch, LENS_STEP_LIMITS);
}

static void
set_limits (const LensLaunch *launch)
{
  const LensWorkerSpec *spec = launch->spec;

  set_limit (launch, RLIMIT_CORE, 0);
  if (spec->memory_octets != 0 && lens_roles_filter_is_shipped ())
    set_limit (launch, RLIMIT_AS, spec->memory_octets);
  if (spec->cpu_seconds != 0)
    set_limit (launch, RLIMIT_CPU, spec->cpu_seconds);
}

static int
move_above (const LensLaunch *launch, int fd)
{
  if (fd < 0)
    return fd;
  int moved = fcntl (fd, F_DUPFD_CLOEXEC, ABOVE);
  if (moved < 0)
    fail (launch, LENS_STEP_DESCRIPTORS);
  return moved;
}

static void
put (const LensLaunch *launch, int fd, int number)
{
  if (fd >= 0 && dup2 (fd, number) < 0)
    fail (launch, LENS_STEP_DESCRIPTORS);
}

/* Two passes, because a number to be given may be the source of another. */
static void
arrange_descriptors (LensLaunch *launch)
{
  const LensWorkerSpec *spec = launch->spec;
  int source[LENS_STATUS_FD + 1];

  for (int i = 0; i <= LENS_STATUS_FD; i++)
    source[i] = -1;
  source[0] = source[1] = launch->null;
  source[2] = launch->stderr_pipe;
  for (gsize i = 0; i < spec->n_fds; i++)
    source[spec->fds[i].child_fd] = spec->fds[i].parent_fd;
  if (spec->role != LENS_ROLE_NONE)
    source[LENS_STATUS_FD] = launch->status;

  for (int i = 0; i <= LENS_STATUS_FD; i++)
    source[i] = move_above (launch, source[i]);
  launch->failure = move_above (launch, launch->failure);
  launch->program = move_above (launch, launch->program);
  for (int i = 0; i <= LENS_STATUS_FD; i++)
    {
      close (i);
      put (launch, source[i], i);
    }
  /* Whatever else is open closes itself at exec; so do these copies. */
  if (close_range (LENS_STATUS_FD + 1, ~0u, CLOSE_RANGE_CLOEXEC) != 0)
    fail (launch, LENS_STEP_DESCRIPTORS);
}

static void G_GNUC_NORETURN
execute (LensLaunch *launch)
{
  arrange_descriptors (launch);
  if (launch->spec->program != NULL)
    execve (launch->spec->program, launch->argv, launch->environment);
  /* The user that the worker is by now may not be let through a folder on the way. */
  if (launch->program >= 0)
    syscall (SYS_execveat, launch->program, "", launch->argv, launch->environment, AT_EMPTY_PATH);
  fail (launch, LENS_STEP_EXECUTE);
}

/* The first process of a pid namespace cannot end by its own signal, so it reports how the
 * program ended, and ends: the kernel then kills all that is left in the namespace. */
static void G_GNUC_NORETURN
watch_over (const LensLaunch *launch, pid_t program, const sigset_t *signals)
{
  for (;;)
    {
      int number, status;
      pid_t ended;

      sigwait (signals, &number);
      if (number != SIGCHLD)
        kill (program, number);
      while ((ended = waitpid (-1, &status, WNOHANG)) > 0)
        if (ended == program)
          {
            lens_status_send (launch->status, LENS_STATUS_ENDED, (guint32)status, 0, -1);
            _exit (WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status));
          }
    }
}

static void G_GNUC_NORETURN
run_below (LensLaunch *launch)
{
  sigset_t signals;

  sigemptyset (&signals);
  sigaddset (&signals, SIGCHLD);
  sigaddset (&signals, SIGTERM);
  sigprocmask (SIG_BLOCK, &signals, NULL);
  /* It holds a copy of the supervisor's memory: nobody in the lab may look into it. */
  prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  signal (SIGPIPE, SIG_IGN);

  pid_t program = fork ();
  if (program < 0)
    fail (launch, LENS_STEP_EXECUTE);
  if (program == 0)
    {
      reset_signals ();
      prctl (PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
      set_limits (launch);
      execute (launch);
    }
  launch->status = fcntl (launch->status, F_DUPFD, ABOVE);
  close_range (0, (unsigned int)launch->status - 1, 0);
  close_range ((unsigned int)launch->status + 1, ~0u, 0);
  watch_over (launch, program, &signals);
}

void
lens_launch_child (LensLaunch *launch)
{
  const LensWorkerSpec *spec = launch->spec;

  wait_for_maps (launch);
  reset_signals ();
  take_identity (launch);
  die_with_supervisor (launch);
  setsid (); /* Ctrl-C at the terminal is for the supervisor alone */
  if (spec->netns_fd > 0 && setns (spec->netns_fd, CLONE_NEWNET) != 0)
    fail (launch, LENS_STEP_NETWORK);
  if (launch->first)
    run_below (launch);
  set_limits (launch);
  execute (launch);
}
