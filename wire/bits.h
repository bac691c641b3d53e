#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensBits:
 * A reader of borrowed octets bit by bit, the highest bit of each octet first.
 *
 * The first read past the end sets @short_read and yields 0, as every later read does.
 * Positions count bits from the first octet.
 */
typedef struct
{
  const guint8 *octets;
  gsize end;      /* bits */
  gsize position; /* of the next bit */
  gboolean short_read;
} LensBits;

LensBits lens_bits_over (const guint8 *octets, gsize length);
/* The same from bit @start up to bit @end, which lies inside the octets. */
LensBits lens_bits_between (const guint8 *octets, gsize start, gsize end);

/* Bits not yet read; 0 after a short read. */
gsize lens_bits_left (const LensBits *bits);

guint32 lens_bits_u (LensBits *bits, guint count); /* at most 32 */

/* The next @count bits (at most 32) without reading them, zeros where there are none. */
guint32 lens_bits_peek (const LensBits *bits, guint count);

void lens_bits_skip (LensBits *bits, gsize count);

/* Passes over what is left of an octet counted from bit @origin; yields these bits (0-7). */
guint32 lens_bits_align (LensBits *bits, gsize origin);

G_END_DECLS
