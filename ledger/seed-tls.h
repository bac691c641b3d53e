#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * lens_seed_client_hello:
 * A client hello (RFC 8446 section 4.1.2) in one record, as seeds send it: two suites, @name
 * (NULL: none), a list of groups, and one more extension of @type with @length octets, or none
 * when @length is 0.  The caller's to free.
 */
GByteArray *lens_seed_client_hello (const guint8 random[32], const char *name, guint16 type,
                                    const guint8 *octets, gsize length);

G_END_DECLS
