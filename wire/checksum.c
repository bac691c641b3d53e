#include "wire/checksum.h"

guint32
lens_checksum_add (guint32 sum, const guint8 *octets, gsize length)
{
  guint64 total = sum;

  for (gsize i = 0; i + 1 < length; i += 2)
    total += (guint32)octets[i] << 8 | octets[i + 1];
  if (length % 2 == 1)
    total += (guint32)octets[length - 1] << 8;
  while (total >> 16 != 0)
    total = (total & 0xffff) + (total >> 16);
  return (guint32)total;
}

guint16
lens_checksum_end (guint32 sum)
{
  return (guint16)~lens_checksum_add (sum, NULL, 0);
}
