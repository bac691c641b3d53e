#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  LENS_SUMS_ERROR_MISSING, /* there is no SHA256SUMS */
  LENS_SUMS_ERROR_CHANGED, /* a file is not what it was, or the list is none */
} LensSumsError;

#define LENS_SUMS_ERROR (lens_sums_error_quark ())
GQuark lens_sums_error_quark (void);

/* Whether every file that SHA256SUMS of a case names has its hash; FALSE with @error, the first
 * that has not.  Only regular files inside the case are opened. */
gboolean lens_sums_check (const char *folder, GError **error);

G_END_DECLS
