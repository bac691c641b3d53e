#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * lens_checksum_add:
 * Adds @octets to @sum, a one's complement sum of 16-bit words (RFC 1071) that starts at 0.
 * All parts but the last must have an even length.
 */
guint32 lens_checksum_add (guint32 sum, const guint8 *octets, gsize length);

/* The field that makes the sum all ones; over octets that hold a right field it is 0. */
guint16 lens_checksum_end (guint32 sum);

G_END_DECLS
