#pragma once

#include "tests/wire/h265-octets.h"

/* Slices whose headers are x265's, and whose data nobody here decodes: no start code, and a stop
 * bit. */

/* Picture @number of a sequence: 0 is an IDR picture, others are P pictures with its picture
 * order count (bits 5 to 12 behind the header). */
static inline GByteArray *
hevc_slice_new (guint number, GRand *random, gsize length)
{
  enum
  {
    IDR_HEADER = 5, /* octets, NAL unit header included */
    P_HEADER = 9,
  };
  GByteArray *nal = g_byte_array_new ();
  static const guint8 stop = 0x80;

  if (number == 0)
    g_byte_array_append (nal, h265_idr, IDR_HEADER);
  else
    {
      g_byte_array_append (nal, h265_p, P_HEADER);
      nal->data[2] = (guint8)((nal->data[2] & 0xf8) | number >> 5);
      nal->data[3] = (guint8)((nal->data[3] & 0x07) | number << 3);
    }
  while (nal->len < length - 1)
    {
      const guint8 octet = (guint8)g_rand_int_range (random, 1, 256);
      g_byte_array_append (nal, &octet, 1);
    }
  return g_byte_array_append (nal, &stop, 1);
}
