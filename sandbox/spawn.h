/* The parent's side of lens_worker_start: clone, maps, and the wait for exec.  launch.h is the
 * child's side.  Used by worker.c only. */
#pragma once

#include "sandbox/worker.h"

G_BEGIN_DECLS

/* All owned by the caller. */
typedef struct
{
  pid_t pid;
  int pidfd;
  int status;          /* our end of the status line */
  int stderr_fd;       /* reading end, non-blocking; -1 when the list names descriptor 2 */
  LensLayerSet layers; /* given by the way it was cloned */
} LensSpawned;

/* As lens_worker_start; a child that failed is reaped. */
gboolean lens_spawn (const LensWorkerSpec *spec, LensSpawned *child, GError **error);

G_END_DECLS
