#include "tests/analyzers/build-h265.h"

GByteArray *
build_octets (const guint8 *from, gsize length)
{
  return g_byte_array_append (g_byte_array_new (), from, (guint)length);
}

guint16
build_honest (Build *build)
{
  guint16 sequence = 0;

  build_nal (build, sequence++, UNIT (h265_aud_i));
  build_nal (build, sequence++, UNIT (h265_vps));
  build_nal (build, sequence++, UNIT (h265_sps));
  build_nal (build, sequence++, UNIT (h265_pps));
  build_nal (build, sequence++, UNIT (h265_sei_active));
  build_nal (build, sequence++, UNIT (h265_sei_buffering));
  build_nal (build, sequence++, UNIT (h265_sei_timing));
  build_nal (build, sequence++, UNIT (h265_idr));
  build_nal (build, sequence++, UNIT (h265_sei_hash));
  build_nal (build, sequence++, UNIT (h265_p));
  return sequence;
}
