#include "wire/quic.h"

gboolean
lens_quic_parse (const guint8 *octets, gsize length, LensQuic *quic)
{
  if (length < 7 || (octets[0] & 0xc0) != 0xc0)
    return FALSE;
  quic->version
      = (guint32)octets[1] << 24 | (guint32)octets[2] << 16 | (guint32)octets[3] << 8 | octets[4];
  quic->destination_id = (LensRange){ 6, octets[5] };
  gsize at = lens_range_end (quic->destination_id);
  if (octets[5] > 20 || at >= length)
    return FALSE;
  quic->source_id = (LensRange){ at + 1, octets[at] };
  return octets[at] <= 20 && lens_range_end (quic->source_id) <= length;
}

gboolean
lens_quic_is_known (guint32 version)
{
  return version <= 1 || version == 0x6b3343cf || version >> 8 == 0xff0000 || version >> 24 == 'Q'
         || version >> 24 == 'T' || version >> 8 == 0xfaceb0
         || (version & 0x0f0f0f0f) == 0x0a0a0a0a;
}
