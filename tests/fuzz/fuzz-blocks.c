/* Blocks that the capture role writes, seen by the supervisor; the parts of a live capture. */
#include "tests/fuzz/fuzz.h"

#include "harness/blocks.h"
#include "harness/capture-look.h"

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensBlocksWhole whole = { 0 };
  LensCaptureLook look = { 0 };
  gsize at = 0, size;

  gboolean good = lens_blocks_whole (octets, length, &whole);
  g_assert_cmpuint (whole.octets, <=, length);
  while ((size = lens_blocks_first (octets + at, length - at)) > 0)
    {
      g_assert_cmpuint (size, <=, length - at);
      at += size;
    }
  if (good)
    g_assert_cmpuint (at, >=, whole.octets);
  g_assert_cmpuint (whole.packet_octets, <=, whole.octets);
  for (gsize from = 0; from < length; from += 64)
    lens_capture_look (&look, octets + from, (guint32)MIN (64, length - from), TRUE,
                       (gint64)from * 1000000);
  return 0;
}
