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
static inline gsize
lens_bits_left (const LensBits *bits)
{
  return bits->short_read ? 0 : bits->end - bits->position;
}

/* The same as lens_bits_peek(), wherever the end is. */
guint32 lens_bits_peek_slowly (const LensBits *bits, guint count);

/* The next @count bits (at most 32) without reading them, zeros where there are none. */
static inline guint32
lens_bits_peek (const LensBits *bits, guint count)
{
  guint64 word;

  if (bits->short_read || count - 1 > 31 || bits->position / 8 + sizeof word > bits->end / 8)
    return lens_bits_peek_slowly (bits, count);
  __builtin_memcpy (&word, bits->octets + bits->position / 8, sizeof word);
  return (guint32)(GUINT64_FROM_BE (word) << bits->position % 8 >> (64 - count));
}

static inline void
lens_bits_skip (LensBits *bits, gsize count)
{
  if (count > lens_bits_left (bits))
    bits->short_read = TRUE;
  else
    bits->position += count;
}

/* At most 32. */
static inline guint32
lens_bits_u (LensBits *bits, guint count)
{
  guint32 value = lens_bits_peek (bits, count);

  lens_bits_skip (bits, count);
  return bits->short_read ? 0 : value;
}

/* Passes over what is left of an octet counted from bit @origin; yields these bits (0-7). */
guint32 lens_bits_align (LensBits *bits, gsize origin);

G_END_DECLS
