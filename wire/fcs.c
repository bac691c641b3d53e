#include "wire/fcs.h"

/* CRC-32 of four bits at a time: a small table that can be read, fast enough for trailers. */
guint32
lens_crc32 (const guint8 *octets, gsize length)
{
  static const guint32 table[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
  };
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < length; i++)
    {
      crc ^= octets[i];
      crc = crc >> 4 ^ table[crc & 15];
      crc = crc >> 4 ^ table[crc & 15];
    }
  return ~crc;
}

gboolean
lens_fcs_holds (const guint8 *octets, gsize length)
{
  if (length <= LENS_FCS_LENGTH)
    return FALSE;
  const guint8 *sequence = octets + length - LENS_FCS_LENGTH;
  guint32 said = (guint32)sequence[0] | (guint32)sequence[1] << 8 | (guint32)sequence[2] << 16
                 | (guint32)sequence[3] << 24;
  return lens_crc32 (octets, length - LENS_FCS_LENGTH) == said;
}

void
lens_fcs_write (guint8 *octets, gsize length)
{
  guint32 crc = lens_crc32 (octets, length - LENS_FCS_LENGTH);

  for (gsize i = 0; i < LENS_FCS_LENGTH; i++)
    octets[length - LENS_FCS_LENGTH + i] = (guint8)(crc >> 8 * i);
}
