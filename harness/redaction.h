#pragma once

#include "harness/render.h"

G_BEGIN_DECLS

/**
 * lens_redaction_make:
 * @folder: a case that is what its SHA256SUMS says.
 *
 * The files (LensRendered, the array owned by the caller) of the case for sharing that is made of
 * it, all but SHA256SUMS: evaluation.json and run.json as report/redact.h has them, and the pages
 * that these give.  Confined processes make them.  NULL with @error.
 */
GPtrArray *lens_redaction_make (const char *folder, GError **error);

/**
 * lens_redaction_write:
 * Makes them into the case @path, sealed; its @original is neither changed nor in it.
 */
gboolean lens_redaction_write (const char *original, const char *path, GError **error);

G_END_DECLS
