/* A gzip member: its parts lie inside, and no more is unpacked than was asked for. */
#include "tests/fuzz/fuzz.h"

#include "wire/gzip.h"

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_autoptr (GByteArray) into = g_byte_array_new ();
  LensGzip gzip;
  LensGunzip end;

  if (!lens_gzip_parse (octets, length, &gzip))
    return 0;
  const LensRange ranges[] = { gzip.extra, gzip.name, gzip.comment, gzip.header_check, gzip.data };
  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    fuzz_inside (octets, length, ranges[i]);
  g_assert_cmpuint (lens_range_end (gzip.data), ==, length);
  if (gzip.method != 8)
    return 0;
  lens_gzip_unpack (octets, length, &gzip, 100000, into, &end);
  g_assert_cmpuint (into->len, <=, 100000);
  fuzz_inside (octets, length, end.trailer);
  fuzz_inside (octets, length, end.behind);
  return 0;
}
