/* Slice data of both video codecs under parameter sets that hold: the first octet chooses the
 * sets, the rest is one slice, so that the fuzzer need not invent all of it. */
#include "tests/fuzz/fuzz.h"

#include "tests/wire/h265-octets.h"
#include "wire/h264-slice-data.h"
#include "wire/h265-slice-data.h"

/* 64x64, baseline and CAVLC; high profile, 4:2:0, 8x8 transform; the same in MBAFF. */
static const guint8 sps_baseline[] = { 0x67, 0x42, 0xc0, 0x0a, 0xda, 0x11, 0x90 };
static const guint8 pps_cavlc[] = { 0x68, 0xce, 0x3c, 0x80 };
static const guint8 sps_high[] = { 0x67, 0x64, 0x00, 0x0a, 0xad, 0x44, 0x21, 0xa0, 0x80 };
static const guint8 sps_interlaced[] = { 0x67, 0x64, 0x00, 0x0a, 0xad, 0x44, 0x24, 0x68, 0x80 };
static const guint8 pps_cabac[] = { 0x68, 0xee, 0x3c, 0x80 };

static void
walk_h264 (guint8 choice, const guint8 *octets, gsize length)
{
  g_autoptr (LensH264Sets) sets = lens_h264_sets_new ();
  g_autoptr (LensH264Walker) walker = lens_h264_walker_new ();
  LensH264Slice slice;
  LensH264Walk walk;

  if (choice & 2)
    lens_h264_sets_take (sets, choice & 4 ? sps_interlaced : sps_high, sizeof sps_high);
  else
    lens_h264_sets_take (sets, sps_baseline, sizeof sps_baseline);
  if (choice & 8)
    lens_h264_sets_take (sets, pps_cabac, sizeof pps_cabac);
  else
    lens_h264_sets_take (sets, pps_cavlc, sizeof pps_cavlc);
  if (!lens_h264_slice_parse (&slice, sets, octets, length))
    return;
  lens_h264_walker_walk (walker, &slice, octets, length, choice & 0x10 ? 7 : 0, &walk);
  for (guint i = 0; i < walk.n_pcm; i++)
    fuzz_inside (octets, length, walk.pcm[i]);
  if (walk.status == LENS_H264_WALK_WHOLE)
    g_assert_cmpuint (walk.rest, <=, length);
}

static void
walk_h265 (const guint8 *octets, gsize length)
{
  g_autoptr (LensH265Sets) sets = lens_h265_sets_new ();
  g_autoptr (LensH265Walker) walker = lens_h265_walker_new ();
  LensH265Slice slice;
  LensH265Walk walk;

  lens_h265_sets_take (sets, h265_vps, sizeof h265_vps);
  lens_h265_sets_take (sets, h265_sps, sizeof h265_sps);
  lens_h265_sets_take (sets, h265_pps, sizeof h265_pps);
  if (!lens_h265_slice_parse (&slice, sets, octets, length))
    return;
  for (guint i = 0; i < LENS_H265_N_AT; i++)
    fuzz_inside (octets, length, slice.at[i]);
  lens_h265_walker_walk (walker, &slice, octets, length, &walk);
  if (walk.status == LENS_H265_WALK_WHOLE)
    g_assert_cmpuint (walk.rest, <=, length);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  if (length < 3)
    return 0;
  g_autofree guint8 *nal = g_memdup2 (octets + 1, length - 1);
  if (octets[0] & 1)
    walk_h265 (nal, length - 1);
  else
    walk_h264 (octets[0], nal, length - 1);
  return 0;
}
