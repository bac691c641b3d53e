#include "wire/bits.h"

LensBits
lens_bits_over (const guint8 *octets, gsize length)
{
  return lens_bits_between (octets, 0, 8 * length);
}

LensBits
lens_bits_between (const guint8 *octets, gsize start, gsize end)
{
  return (LensBits){ .octets = octets, .end = end, .position = MIN (start, end) };
}

guint32
lens_bits_peek_slowly (const LensBits *bits, guint count)
{
  guint64 window = 0;
  gsize first = bits->position / 8, last = (bits->end + 7) / 8;
  guint bit = bits->position % 8;

  g_assert (count <= 32);
  if (bits->short_read || count == 0)
    return 0;
  for (gsize i = first; i < first + 5; i++)
    window = window << 8 | (i < last ? bits->octets[i] : 0);
  guint32 value = (guint32)(window >> (40 - bit - count) & ((G_GUINT64_CONSTANT (1) << count) - 1));
  gsize left = lens_bits_left (bits);
  if (left >= count)
    return value;
  guint beyond = count - (guint)left;
  return beyond == 32 ? 0 : value >> beyond << beyond;
}

guint32
lens_bits_align (LensBits *bits, gsize origin)
{
  guint over = (guint)((bits->position - origin) % 8);

  return over == 0 ? 0 : lens_bits_u (bits, 8 - over);
}
