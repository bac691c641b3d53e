/* Workers: processes this one starts, watches, bounds in time, and never leaves behind.
 *
 * A worker for a role is executed afresh in its own user and pid namespace, with the descriptors
 * of its list and no others, a fixed environment, and death by SIGKILL when its supervisor ends
 * however that happens.  Then it confines itself (become.h): it needs the file system until it
 * is loaded.  A worker without a role (LENS_ROLE_NONE: programs of the lab) runs below a small
 * first process of its own pid namespace, so that whatever it forks, and whatever user it
 * changes to, goes with it.
 *
 * The supervisor has one thread, needs no SIGCHLD handler, and may hold many workers.
 */
#pragma once

#include "sandbox/layers.h"
#include "sandbox/roles.h"

G_BEGIN_DECLS

typedef struct _LensWorker LensWorker;

typedef struct
{
  int parent_fd; /* open here; stays open here */
  int child_fd;  /* its number there, 0 to 29 */
} LensWorkerFd;

/* All borrowed, for the call only. */
typedef struct
{
  LensRole role;
  const char *program;            /* path; NULL: this program again, also when it was replaced */
  const char *const *argv;        /* with argv[0], NULL-terminated */
  const char *const *environment; /* "NAME=value" beyond the fixed ones, or instead, or NULL */

  /* 0, 1: /dev/null unless listed; 2: a pipe to here unless listed (lens_worker_stderr_fd). */
  const LensWorkerFd *fds;
  gsize n_fds;

  int netns_fd;          /* for NONE and CAPTURE: entered before exec; 0 or less: ours */
  guint64 memory_octets; /* address space; 0: no bound.  Not applied in sanitizer builds */
  guint cpu_seconds;     /* 0: no bound */
} LensWorkerSpec;

typedef enum
{
  LENS_END_EXITED,     /* status */
  LENS_END_SIGNALLED,  /* signal: crashed, or killed */
  LENS_END_FORBIDDEN,  /* asked the kernel for something its role does not have */
  LENS_END_UNCONFINED, /* left because a layer was missing; it had read nothing */
} LensEndKind;

typedef struct
{
  LensEndKind kind;
  int status;                 /* exit status, for EXITED */
  int signal;                 /* for SIGNALLED and FORBIDDEN */
  int forbidden_call;         /* number, known in diagnosis; else -1 */
  gboolean deadline_exceeded; /* it had to be ended by lens_worker_wait */
  guint64 cpu_us;             /* user and system */
  guint64 peak_octets;        /* resident */
} LensWorkerEnd;

/* Returns when the program has been executed.  NULL with LENS_SANDBOX_ERROR_LAUNCH if not;
 * the message names the step. */
LensWorker *lens_worker_start (const LensWorkerSpec *spec, GError **error);

/* Readable when the worker has ended: then lens_worker_wait returns at once.  Owned by the worker.
 */
int lens_worker_pidfd (const LensWorker *worker);
pid_t lens_worker_pid (const LensWorker *worker);

/* The worker's standard error, non-blocking, or -1.  lens_worker_wait reads it too; who reads
 * it first has it.  Owned by the worker. */
int lens_worker_stderr_fd (const LensWorker *worker);

/**
 * lens_worker_settle:
 * @deadline: g_get_monotonic_time() by which it must be confined.
 * @layers: (nullable): receives what is in force.
 *
 * Waits until the worker says that it is confined.  FALSE if it ended or did not say so in time;
 * it is not ended here.
 */
gboolean lens_worker_settle (LensWorker *worker, gint64 deadline, LensLayerSet *layers,
                             GError **error);

/* What lens_worker_settle or lens_worker_wait learned of the layers; 0 before. */
LensLayerSet lens_worker_layers (const LensWorker *worker);

/* The broker's listening descriptor of a puller, after settle; the caller owns it.  -1: none. */
int lens_worker_take_listener (LensWorker *worker);

/* Asks it to end (SIGTERM), at once, without waiting. */
void lens_worker_stop (LensWorker *worker);

/**
 * lens_worker_wait:
 * @deadline: g_get_monotonic_time() until which it may run.
 *
 * Past the deadline it is asked to end, and killed two seconds later.  Reads standard error
 * meanwhile.  May be called again; the answer stays the same.
 *
 * Returns: TRUE with @end.  FALSE only if the kernel does not let it end within another five
 * seconds (a device that hangs).
 */
gboolean lens_worker_wait (LensWorker *worker, gint64 deadline, LensWorkerEnd *end, GError **error);

/* What it wrote to standard error and was read by wait: the last 8 KiB, made valid UTF-8,
 * control characters but newline as "?".  Caller frees.  It is a stranger's text. */
char *lens_worker_complaint (const LensWorker *worker);

/* One sentence: "killed: forbidden system call openat".  Caller frees. */
char *lens_worker_end_describe (const LensWorkerEnd *end);

/* Kills it if it runs, and reaps it. */
void lens_worker_free (LensWorker *worker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensWorker, lens_worker_free)

G_END_DECLS
