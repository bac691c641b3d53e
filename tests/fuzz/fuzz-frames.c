/* Frames of any form, one after another, through the ledger and all analyzers.
 * fuzz: at most 8192 octets */
#include "tests/analyzers/build.h"
#include "tests/fuzz/evaluation.h"

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  g_auto (FuzzPart) part = { 0 };
  g_autoptr (Build) build = build_new (NULL);

  while (fuzz_part_next (&cursor, &part))
    {
      GByteArray *frame = g_byte_array_new ();
      build->step = part.flags & 0x80 ? 40 * 1000000000ll : 1 + part.flags * 1000000ll;
      build_frame (build, g_byte_array_append (frame, part.octets, (guint)part.length));
    }
  fuzz_check_evaluation (build_conclude (build), length);
  return 0;
}
