#include "wire/octets.h"

#include <string.h>

#define PRIME G_GUINT64_CONSTANT (0x100000001b3)

guint64
lens_octets_hash (guint64 hash, const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    hash = (hash ^ octets[i]) * PRIME;
  return hash;
}

guint64
lens_octets_hash_folded (guint64 hash, const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    hash = (hash ^ (guint8)g_ascii_tolower ((char)octets[i])) * PRIME;
  return hash;
}

static guint64
stir (guint64 hash, const guint8 *octets)
{
  guint64 word;

  memcpy (&word, octets, sizeof word);
  hash = (hash ^ GUINT64_FROM_LE (word)) * G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
  return hash ^ hash >> 29;
}

/* The processor need not wait for one product before the next. */
guint64
lens_octets_hash_whole (guint64 hash, const guint8 *octets, gsize length)
{
  gsize i = 0;

  hash ^= length;
  if (length >= 32)
    {
      guint64 a = hash, b = hash ^ 1, c = hash ^ 2, d = hash ^ 3;
      for (; i + 32 <= length; i += 32)
        {
          a = stir (a, octets + i);
          b = stir (b, octets + i + 8);
          c = stir (c, octets + i + 16);
          d = stir (d, octets + i + 24);
        }
      hash = lens_octets_mix (lens_octets_mix (lens_octets_mix (a ^ b << 1) ^ c) ^ d);
    }
  for (; i + 8 <= length; i += 8)
    hash = stir (hash, octets + i);
  return lens_octets_hash (hash, octets + i, length - i) * PRIME ^ hash >> 32;
}

/* 16 octets that are processed at once, where the machine can. */
typedef guint8 Lanes __attribute__ ((vector_size (16)));

/* Which octets are zero, as are those behind them. */
static Lanes
are_two_zeros (const guint8 *octets)
{
  Lanes first, second;

  memcpy (&first, octets, sizeof first);
  memcpy (&second, octets + 1, sizeof second);
  return (Lanes)((first | second) == 0);
}

gsize
lens_octets_two_zeros (const guint8 *octets, gsize length, gsize from)
{
  guint64 any[2];

  for (; from + 2 * sizeof (Lanes) < length; from += 2 * sizeof (Lanes))
    {
      Lanes found = are_two_zeros (octets + from) | are_two_zeros (octets + from + sizeof (Lanes));
      memcpy (any, &found, sizeof any);
      if ((any[0] | any[1]) != 0)
        break;
    }
  for (; from + 1 < length; from++)
    if (octets[from] == 0 && octets[from + 1] == 0)
      return from;
  return length;
}

gboolean
lens_octets_are_zero (const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (octets[i] != 0)
      return FALSE;
  return TRUE;
}
