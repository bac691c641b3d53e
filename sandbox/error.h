/* The one error domain of this floor.  A message names what was tried and why it failed. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensSandboxError:
 * @LENS_SANDBOX_ERROR_UNCONFINED: a layer that must hold does not; the process has to leave.
 * @LENS_SANDBOX_ERROR_LAUNCH:     a worker could not be started.
 * @LENS_SANDBOX_ERROR_WORKER:     a worker did not do what was waited for.
 * @LENS_SANDBOX_ERROR_BROKER:     the broker cannot go on.
 * @LENS_SANDBOX_ERROR_NAMESPACE:  a namespace or link could not be made or entered.
 * @LENS_SANDBOX_ERROR_MESSAGE:    octets from a worker are not a message, or a pipe broke.
 */
typedef enum
{
  LENS_SANDBOX_ERROR_UNCONFINED,
  LENS_SANDBOX_ERROR_LAUNCH,
  LENS_SANDBOX_ERROR_WORKER,
  LENS_SANDBOX_ERROR_BROKER,
  LENS_SANDBOX_ERROR_NAMESPACE,
  LENS_SANDBOX_ERROR_MESSAGE,
} LensSandboxError;

#define LENS_SANDBOX_ERROR (lens_sandbox_error_quark ())
GQuark lens_sandbox_error_quark (void);

/* Sets @error to "<what>: <text of errno>" and returns FALSE, to be returned in turn. */
gboolean lens_sandbox_fail_errno (GError **error, LensSandboxError code, const char *what);

G_END_DECLS
