#pragma once

#include "harness/render.h"
#include "harness/roles.h"

G_BEGIN_DECLS

/* What run.json says of a case without pages of its own, before the reason. */
#define LENS_PLAIN_PAGES_REASON "there is no report: "

/**
 * lens_plain_pages:
 * @failure: why the pages of a case could not be made.
 *
 * Those (LensRendered, the array owned by the caller) that stand in their place: what the
 * supervisor knows by itself.
 */
GPtrArray *lens_plain_pages (const LensJobResult *result, const char *failure);

G_END_DECLS
