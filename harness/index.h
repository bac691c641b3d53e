#pragma once

#include "harness/result.h"
#include "report/index.h"

G_BEGIN_DECLS

/* A row of what a worker told of a case; @result NULL: nothing, but @problem. */
LensIndexRow *lens_index_row_new (const char *name, gboolean is_kept, const LensJobResult *result,
                                  const char *problem);

/* Writes index.html and batch.json into @folder, each whole or not at all. */
gboolean lens_index_write (const char *folder, const GPtrArray *rows, GError **error);

/**
 * lens_index_join:
 * Writes the index over every finished case below @folder, each read by a confined process of its
 * own.  A case that cannot be read has a row that says so, and is told through @told.
 *
 * Returns: how many cases there are; *@n_unreadable of them could not be read.  -1 with @error.
 */
gint lens_index_join (const char *folder, void (*told) (const char *sentence), guint *n_unreadable,
                      GError **error);

G_END_DECLS
