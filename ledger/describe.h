#pragma once

#include "ledger/statistics.h"

G_BEGIN_DECLS

/**
 * lens_describe_octets:
 * Octets in words, not in a dump: how many, what share of them can be printed, their entropy
 * where there are enough of them to tell, and the format whose magic number @start has.
 *
 * @start, of @length octets: the first of them.  "high entropy" is all that can be said of what
 * may be compressed, encrypted or random.  NULL when there are no octets.  Transfer full.
 */
char *lens_describe_octets (const LensHistogram *octets, const guint8 *start, gsize length);

/* The format that opens with @octets ("gzip", "PNG" ...), or NULL. */
const char *lens_magic_name (const guint8 *octets, gsize length);

G_END_DECLS
