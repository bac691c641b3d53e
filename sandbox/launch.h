/* The child's side of lens_worker_start: between clone and exec.  Used by worker.c only. */
#pragma once

#include "sandbox/worker.h"

G_BEGIN_DECLS

/* Everything the child needs, made by the parent: the child allocates nothing. */
typedef struct
{
  const LensWorkerSpec *spec;
  int gate;           /* readable when the parent has written the id maps; end of file: leave */
  int failure;        /* LensStatus of a failed step; closed by exec */
  int status;         /* becomes LENS_STATUS_FD */
  int program;        /* O_PATH; -1: there is none of that name */
  int null;           /* /dev/null */
  int stderr_pipe;    /* writing end, or -1 */
  int supervisor;     /* pidfd of the parent */
  gboolean take_zero; /* become 0 of the new user namespace */
  gboolean first;     /* stay as first process of the pid namespace and run the program below */
  char *const *argv;
  char *const *environment;
} LensLaunch;

typedef enum
{
  LENS_STEP_IDENTITY,
  LENS_STEP_NETWORK,
  LENS_STEP_LIMITS,
  LENS_STEP_DESCRIPTORS,
  LENS_STEP_EXECUTE,
  LENS_N_STEPS
} LensLaunchStep;

const char *lens_launch_step_name (guint32 step);

/* Never returns. */
void lens_launch_child (LensLaunch *launch) G_GNUC_NORETURN;

G_END_DECLS
