/* The files of a rotated capture, told apart in one stream that comes in pieces. */
#include "tests/fuzz/fuzz.h"

#include "harness/parts.h"

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_autoptr (LensParts) parts = lens_parts_new ();
  g_autoptr (LensEvaluation) evaluation = lens_evaluation_new ();

  for (gsize from = 0, step; from < length; from += step)
    {
      step = MIN (length - from, 1 + octets[from] * 2u);
      lens_parts_feed (parts, octets + from, step);
      if (octets[from] < 4)
        lens_parts_frame (parts, octets[from], from + 1);
    }
  lens_parts_end (parts, evaluation);
  return 0;
}
