#include "wire/octets.h"

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

gboolean
lens_octets_are_zero (const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (octets[i] != 0)
      return FALSE;
  return TRUE;
}
