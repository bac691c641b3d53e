#pragma once

#include "ledger/statistics.h"

G_BEGIN_DECLS

/**
 * lens_describe_use:
 * Use in words, not in a dump: in how many octets it lies, and how many of their bits are used
 * where they are not all.  Where @content (or NULL) has octets of it: what share of them can be
 * printed, their entropy where there are enough of them to tell, and the format whose magic number
 * @start has; and of how many that is told, where it is not all of them.
 *
 * @octets: of all places of use; @start, of @length octets: the first of them.  "high entropy" is
 * all that can be said of what may be compressed, encrypted or random.  NULL when there is nothing
 * to say: no place, or all bits of octets that were not kept.  Transfer full.
 */
char *lens_describe_use (guint64 bits, guint64 octets, const LensHistogram *content,
                         const guint8 *start, gsize length);

/* The format that opens with @octets ("gzip", "PNG" ...), or NULL. */
const char *lens_magic_name (const guint8 *octets, gsize length);

G_END_DECLS
