/* Opus packets: their parts add up. */
#include "tests/fuzz/fuzz.h"

#include "wire/g711.h"
#include "wire/opus.h"

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensOpus opus;
  gsize at = 0;

  for (gsize i = 0; i < MIN (length, 256); i++)
    {
      g_assert_cmpuint (lens_g711_segment (i % 2 == 0, octets[i]), <, LENS_G711_SEGMENTS);
      lens_g711_sample (i % 2 == 0, octets[i]);
      lens_g711_is_silent (i % 2 == 0, octets[i]);
    }
  if (!lens_opus_parse (octets, length, &opus))
    return 0;
  fuzz_follows (octets, length, &at, opus.head);
  fuzz_follows (octets, length, &at, opus.data);
  fuzz_follows (octets, length, &at, opus.padding);
  g_assert_cmpuint (at, ==, length);
  g_assert_cmpuint (opus.frames, <=, LENS_OPUS_MAX_FRAMES);
  return 0;
}
