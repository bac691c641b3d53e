#include "wire/sprop.h"

#include <string.h>

gboolean
lens_sprop_next (const guint8 *text, gsize length, const char *name, gsize *at, LensRange *value)
{
  gsize name_length = strlen (name);

  if (*at >= length)
    return FALSE;
  const guint8 *found = memmem (text + *at, length - *at, name, name_length);
  if (found == NULL)
    return FALSE;
  value->offset = (gsize)(found - text) + name_length;
  gsize end = value->offset;
  while (end < length && text[end] != ';' && text[end] > ' ')
    end++;
  value->length = end - value->offset;
  *at = end;
  return TRUE;
}

static gint
digit (guint8 character)
{
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const char *found = character != 0 ? strchr (digits, character) : NULL;

  return found != NULL ? (gint)(found - digits) : -1;
}

gboolean
lens_sprop_decode (const guint8 *text, gsize length, GByteArray *into)
{
  guint32 bits = 0;
  guint n_bits = 0;
  gsize at = 0;

  g_byte_array_set_size (into, 0);
  for (gint value; at < length && (value = digit (text[at])) >= 0; at++)
    {
      bits = bits << 6 | (guint32)value;
      n_bits += 6;
      if (n_bits < 8)
        continue;
      n_bits -= 8;
      const guint8 octet = (guint8)(bits >> n_bits);
      g_byte_array_append (into, &octet, 1);
    }
  gsize padding = length - at;
  gboolean padded = padding <= 2 && memcmp (text + at, "==", padding) == 0;
  /* Writers that leave the padding away are many; bits that no octet takes must be 0. */
  return padded && (padding == 0 || length % 4 == 0) && n_bits < 6
         && (bits & ((1u << n_bits) - 1)) == 0;
}

gsize
lens_sprop_start (const guint8 *octets, gsize length)
{
  gsize start = 0;

  while (start < length && octets[start] == 0)
    start++;
  return start >= 2 && start < length && octets[start] == 1 ? start + 1 : 0;
}

/* The next octet that is no emulation prevention; -1 at the end. */
static gint
next_octet (const guint8 *octets, gsize length, gsize *at)
{
  if (*at >= 2 && *at < length && octets[*at] == 3 && octets[*at - 1] == 0 && octets[*at - 2] == 0)
    (*at)++;
  return *at < length ? octets[(*at)++] : -1;
}

gboolean
lens_sprop_same (const guint8 *a, gsize a_length, const guint8 *b, gsize b_length)
{
  gsize at_a = 0, at_b = 0;
  gint left, right;

  while (a_length > 0 && a[a_length - 1] == 0)
    a_length--;
  while (b_length > 0 && b[b_length - 1] == 0)
    b_length--;
  do
    {
      left = next_octet (a, a_length, &at_a);
      right = next_octet (b, b_length, &at_b);
    }
  while (left == right && left >= 0);
  return left == right;
}
