/* H.264 parameter sets, whole. */
#include "tests/fuzz/fuzz.h"

#include "wire/h264-parameter.h"

static void
check_end (const LensRbspEnd *end, gsize length)
{
  g_assert_cmpuint (end->end, <=, length);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  g_auto (FuzzPart) part = { 0 };
  g_autoptr (LensH264Sets) sets = lens_h264_sets_new ();
  LensH264Sps sps;
  LensH264Pps pps;

  while (fuzz_part_next (&cursor, &part))
    {
      lens_h264_sps_parse (&sps, part.octets, part.length);
      check_end (&sps.end, part.length);
      fuzz_inside (part.octets, part.length, sps.vui.at);
      fuzz_inside (part.octets, part.length, sps.scaling.at);
      fuzz_inside (part.octets, part.length, sps.ref_frame_offsets_at);
      fuzz_inside (part.octets, part.length, sps.vui.nal_hrd.at);
      fuzz_inside (part.octets, part.length, sps.vui.vcl_hrd.at);
      g_assert_cmpuint (sps.vui.nal_hrd.cpb_cnt, <=, LENS_H264_MAX_CPB);
      g_assert_cmpuint (sps.num_ref_frames_in_cycle, <=, LENS_H264_MAX_REF_CYCLE);
      lens_h264_sps_width (&sps);
      lens_h264_sps_height (&sps);
      lens_h264_sps_chroma_array_type (&sps);
      lens_h264_pps_parse (&pps, part.flags & 1 ? &sps : NULL, part.octets, part.length);
      check_end (&pps.end, part.length);
      fuzz_inside (part.octets, part.length, pps.scaling.at);
      lens_h264_sets_take (sets, part.octets, part.length);
      const LensH264Pps *kept = lens_h264_sets_pps (sets, part.flags);
      g_assert_true (kept == NULL || kept->valid);
      const LensH264Sps *named = kept != NULL ? lens_h264_sets_sps (sets, kept->sps_id) : NULL;
      g_assert_true (named == NULL || named->valid);
    }
  return 0;
}
