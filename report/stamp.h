#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * lens_stamp:
 * Appends a time in the form of RFC 3339, "2026-01-01T00:03:08.250", with @digits (0 to 9) of its
 * fraction (cut, not rounded) and then @zone: "Z", or "+0000" as Suricata has it.
 * @ns: nanoseconds since the epoch, UTC.
 */
void lens_stamp (GString *into, gint64 ns, guint digits, const char *zone);

G_END_DECLS
