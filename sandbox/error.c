#include "sandbox/error.h"

#include <errno.h>

G_DEFINE_QUARK (lens - sandbox - error - quark, lens_sandbox_error)

gboolean
lens_sandbox_fail_errno (GError **error, LensSandboxError code, const char *what)
{
  int reason = errno;

  g_set_error (error, LENS_SANDBOX_ERROR, code, "%s: %s", what, g_strerror (reason));
  errno = reason;
  return FALSE;
}
