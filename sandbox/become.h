/* The step from an ordinary process into a role.  There is no way back.
 *
 * A worker calls this first thing in main, when it holds its descriptors and has read nothing
 * of a stranger's yet:
 *
 *     LensBecome wish = { .role = LENS_ROLE_ANALYZE, .read_fds = &in, .n_read_fds = 1, ... };
 *     if (!lens_sandbox_become (&wish, NULL, &error))
 *       return LENS_EXIT_UNCONFINED;
 *
 * After it: one thread, no GIO, no GRegex with G_REGEX_OPTIMIZE, no new locale, no time zone
 * file, no stdio on streams that were not used before (GLib's messages work, to standard error).
 * SIGTERM ends the process with status 143; SIGPIPE is ignored, write says EPIPE.
 */
#pragma once

#include "sandbox/filter.h"
#include "sandbox/layers.h"
#include "sandbox/status.h"

G_BEGIN_DECLS

typedef struct
{
  LensRole role; /* not LENS_ROLE_NONE, not LENS_ROLE_PULL_STREAMING (see lens_sandbox_tighten) */
  LensPullTransport transport; /* of a puller: whose rows it gets */

  /* Borrowed.  Only these stay open, and standard error; reading and writing are further bound
   * to their list (standard error may always be written). */
  const int *read_fds;
  gsize n_read_fds;
  const int *write_fds;
  gsize n_write_fds;
  const int *other_fds; /* stay open for calls of the role that are neither: a packet socket */
  gsize n_other_fds;

  gboolean require_all; /* fail unless every layer is in force, not only the required ones */
  gboolean diagnose;    /* name a forbidden call to the supervisor before ending */
  gsize heap_octets;    /* capture, sink, puller: all they may allocate later; 0: 1, 1, 64 MiB */
  guint64 file_octets;  /* how far handed files may grow; 0 is right for pipes */
} LensBecome;

typedef struct
{
  LensLayerSet layers;   /* in force */
  LensFilter *streaming; /* LENS_ROLE_PULL_OPENING only, else NULL; owned by the process for good */
} LensConfinement;

/**
 * lens_sandbox_become:
 * @got: (nullable): receives what is in force.
 *
 * Builds the role's filters, reserves its heap, puts up the layers, tells the supervisor (if
 * this process was started by lens_worker_start), and enters the filter as the last thing.
 *
 * Returns: FALSE with LENS_SANDBOX_ERROR_UNCONFINED when a layer is missing that must hold, or
 * the supervisor is gone.  The process is then half confined and must leave.
 */
gboolean lens_sandbox_become (const LensBecome *wish, LensConfinement *got, GError **error);

/* For supervisors: FALSE with LENS_SANDBOX_ERROR_UNCONFINED, which names the missing, if @layers
 * are not all there are. */
gboolean lens_sandbox_has_all (LensLayerSet layers, GError **error);

/* From LENS_ROLE_PULL_OPENING to LENS_ROLE_PULL_STREAMING. */
gboolean lens_sandbox_tighten (LensConfinement *confinement, GError **error);

/* For the matrix, which takes walls away one by one to see which holds what: as
 * lens_sandbox_become with only the layers in @wanted, and none required. */
gboolean lens_sandbox_become_partly (const LensBecome *wish, LensLayerSet wanted,
                                     LensConfinement *got, GError **error);

G_END_DECLS
