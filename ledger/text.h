#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What can be said of a text without knowing its language. */

/**
 * lens_text_is_dense:
 * Whether it has a run of 48 octets of base64, base32 or hexadecimal digits (RFC 4648) as words,
 * names, paths and serial numbers do not: letters and digits mixed, or nothing but one of them.
 */
gboolean lens_text_is_dense (const guint8 *octets, gsize length);

/* At most 40 octets of it, what does not print as dots.  Transfer full. */
char *lens_text_printable (const guint8 *octets, gsize length);

/* At most 60 characters of @text, escaped and in quotes.  Transfer full. */
char *lens_text_quoted (const char *text);

G_END_DECLS
