#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What parsers and analyzers ask of octets, wherever these lie. */

#define LENS_HASH_START G_GUINT64_CONSTANT (0xcbf29ce484222325)

/**
 * lens_octets_hash:
 * FNV-1a of 64 bits (G. Fowler, L. C. Noll and K.-P. Vo), which goes on from @hash; LENS_HASH_START
 * to begin with.  Tells octets apart, but not those that somebody chose to have the same hash.
 */
guint64 lens_octets_hash (guint64 hash, const guint8 *octets, gsize length);

/* FNV-1a, whatever the case of ASCII letters. */
guint64 lens_octets_hash_folded (guint64 hash, const guint8 *octets, gsize length);

/* Quicker, for octets that are all at hand: four words side by side.  Of octets in parts it is
 * another number than of the whole.  Nor does it withstand who chooses octets. */
guint64 lens_octets_hash_whole (guint64 hash, const guint8 *octets, gsize length);

/* A number whose bits all depend on all bits of @number (the mixing of SplitMix64, G. Steele and
 * others 2014). */
static inline guint64
lens_octets_mix (guint64 number)
{
  number = (number ^ number >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  number = (number ^ number >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return number ^ number >> 31;
}

/* Where the first two zeros in a row begin, from @from on; @length: nowhere. */
gsize lens_octets_two_zeros (const guint8 *octets, gsize length, gsize from);

/* Whether there is nothing but zeros. */
gboolean lens_octets_are_zero (const guint8 *octets, gsize length);

G_END_DECLS
