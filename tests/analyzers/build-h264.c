#include "tests/analyzers/build-h264.h"

#include <string.h>

/* Baseline, 320 x 240: frame_num of 4 bits, order counts of type 2; the filter is controlled. */
#define SPS "6742c01eda0507e4"
#define PPS "68ce3c80"

Stream
stream_new (const char *analyzer)
{
  Stream stream = { .build = build_new (analyzer), .sequence = 1 };

  build_session (stream.build, build_sdp_h264, FALSE, "");
  build_nal (stream.build, stream.sequence++, build_hex (SPS));
  build_nal (stream.build, stream.sequence++, build_hex (PPS));
  return stream;
}

void
put_bits (GString *bits, guint value, guint count)
{
  while (count-- > 0)
    g_string_append_c (bits, (value >> count & 1) != 0 ? '1' : '0');
}

void
put_ue (GString *bits, guint value)
{
  guint length = g_bit_storage (value + 1);

  put_bits (bits, value + 1, 2 * length - 1);
}

guint64
put_slice (Stream *stream, guint8 header, GString *bits)
{
  GByteArray *nal = g_byte_array_new ();
  const guint8 rest[] = { 0xff, (guint8)(stream->pictures * 37 | 1), 0x77, 0x80 };

  g_byte_array_append (nal, &header, 1);
  while (bits->len % 8 != 0)
    g_string_append_c (bits, '1');
  for (gsize i = 0; i < bits->len; i += 8)
    {
      char text[9] = "";
      memcpy (text, bits->str + i, 8);
      const guint8 octet = (guint8)g_ascii_strtoull (text, NULL, 2);
      g_byte_array_append (nal, &octet, 1);
    }
  g_byte_array_append (nal, rest, sizeof rest);
  g_string_free (bits, TRUE);
  stream->pictures++;
  stream->timestamp += 3600;
  return build_media (stream->build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .marker = TRUE,
                                             .payload_type = 96,
                                             .sequence = stream->sequence++,
                                             .timestamp = stream->timestamp,
                                             .ssrc = 0x11223344,
                                             .payload = nal }));
}

guint64
put_key (Stream *stream, guint id)
{
  GString *bits = g_string_new ("1"
                                "0001000"
                                "1"
                                "0000");

  put_ue (bits, id);
  g_string_append (bits, "00"
                         "1"
                         "111");
  stream->number = 1;
  return put_slice (stream, 0x65, bits);
}
