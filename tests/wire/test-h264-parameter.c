/* Parameter sets as x264 writes them, read field by field; and what comes behind them. */
#include "wire/h264-parameter.h"

#include <string.h>

/* 176x144, High, --nal-hrd cbr --bitrate 200 --vbv-bufsize 200 --sar 4:3 --colorprim bt709 */
static const guint8 sps_hrd[]
    = { 0x67, 0x64, 0x00, 0x0b, 0xac, 0xd9, 0x42, 0xc4, 0xec, 0x39, 0xa8, 0x08, 0x08,
        0x0a, 0x00, 0x00, 0x03, 0x00, 0x02, 0x00, 0x00, 0x03, 0x00, 0x65, 0xc0, 0x80,
        0x06, 0x1a, 0x80, 0x0c, 0x35, 0xc9, 0x86, 0x00, 0xf1, 0x42, 0x99, 0x60 };
static const guint8 pps_high[] = { 0x68, 0xeb, 0xec, 0xb2, 0x2c };
/* --profile baseline */
static const guint8 sps_base[] = { 0x67, 0x42, 0xc0, 0x0b, 0xd9, 0x02, 0xc4, 0xe8, 0x40, 0x00, 0x00,
                                   0x03, 0x00, 0x40, 0x00, 0x00, 0x0c, 0xa3, 0xc5, 0x0a, 0x92 };
static const guint8 pps_base[] = { 0x68, 0xcb, 0x83, 0xcb, 0x20 };
/* --cqm jvt: the lists of the set say "the default" for all. */
static const guint8 pps_jvt[] = { 0x68, 0xeb, 0xe3, 0xcb, 0x30, 0x02, 0xc0 };

static void
a_sequence_set_is_read_whole (void)
{
  LensH264Sps sps;

  lens_h264_sps_parse (&sps, sps_hrd, sizeof sps_hrd);
  g_assert_true (sps.valid);
  g_assert_false (sps.end.odd || sps.end.short_read);
  g_assert_cmpuint (sps.end.end, ==, sizeof sps_hrd);
  g_assert_cmpuint (sps.profile_idc, ==, 100);
  g_assert_cmpuint (sps.reserved_zero_2bits, ==, 0);
  g_assert_cmpuint (sps.level_idc, ==, 11);
  g_assert_cmpuint (sps.log2_max_frame_num, ==, 4);
  g_assert_cmpuint (sps.log2_max_pic_order_cnt_lsb, ==, 6);
  g_assert_cmpuint (sps.max_num_ref_frames, ==, 4);
  g_assert_cmpuint (lens_h264_sps_width (&sps), ==, 11);
  g_assert_cmpuint (lens_h264_sps_height (&sps), ==, 9);
  g_assert_cmpuint (lens_h264_sps_chroma_array_type (&sps), ==, 1);
}

static void
usability_information_is_read_whole (void)
{
  LensH264Sps sps;

  lens_h264_sps_parse (&sps, sps_hrd, sizeof sps_hrd);
  const LensH264Vui *vui = &sps.vui;
  g_assert_true (vui->present);
  g_assert_cmpuint (vui->aspect_ratio_idc, ==, 14);
  g_assert_cmpuint (vui->video_format, ==, 5);
  g_assert_cmpuint (vui->colour_primaries, ==, 1);
  g_assert_cmpuint (vui->num_units_in_tick, ==, 1);
  g_assert_cmpuint (vui->time_scale, ==, 50);
  g_assert_true (vui->nal_hrd.present && !vui->vcl_hrd.present);
  g_assert_cmpuint (vui->nal_hrd.cpb_cnt, ==, 1);
  g_assert_cmpuint (vui->nal_hrd.cpb_size_scale, ==, 2);
  g_assert_cmpuint (vui->nal_hrd.cpb[0].bit_rate_value, ==, 3125);
  g_assert_cmpuint (vui->nal_hrd.cpb[0].cpb_size_value, ==, 3125);
  g_assert_true (vui->nal_hrd.cpb[0].cbr_flag);
  g_assert_cmpuint (vui->nal_hrd.initial_cpb_removal_delay_length, ==, 19);
  g_assert_cmpuint (vui->nal_hrd.cpb_removal_delay_length, ==, 13);
  g_assert_cmpuint (vui->nal_hrd.dpb_output_delay_length, ==, 7);
  g_assert_cmpuint (vui->log2_max_mv_length_horizontal, ==, 9);
  g_assert_cmpuint (vui->max_num_reorder_frames, ==, 2);
  g_assert_cmpuint (vui->max_dec_frame_buffering, ==, 4);
  /* It begins with bit 69, the second of octet 8 without emulation octets. */
  g_assert_cmpuint (vui->at.offset, ==, 8);
  g_assert_cmpuint (lens_range_end (vui->at), ==, sizeof sps_hrd);
  g_assert_cmpuint (lens_range_end (vui->nal_hrd.at), ==, 34);
}

static void
a_picture_set_is_read_whole (void)
{
  LensH264Sps sps;
  LensH264Pps pps;

  lens_h264_sps_parse (&sps, sps_hrd, sizeof sps_hrd);
  lens_h264_pps_parse (&pps, &sps, pps_high, sizeof pps_high);
  g_assert_true (pps.valid && pps.entropy_coding_mode && pps.weighted_pred && pps.extended);
  g_assert_cmpuint (pps.num_ref_idx_default[0], ==, 3);
  g_assert_cmpuint (pps.weighted_bipred_idc, ==, 2);
  g_assert_cmpint (pps.pic_init_qp, ==, 26);
  g_assert_cmpint (pps.second_chroma_qp_index_offset, ==, -2);
  g_assert_true (pps.transform_8x8_mode && !pps.scaling.present);
  g_assert_cmpuint (pps.end.end, ==, sizeof pps_high);

  lens_h264_pps_parse (&pps, &sps, pps_jvt, sizeof pps_jvt);
  g_assert_true (pps.valid && pps.scaling.present && !pps.end.odd);
  g_assert_cmpuint (pps.end.end, ==, sizeof pps_jvt);
  g_assert_cmphex (pps.scaling.sent, ==, pps.scaling.use_default);
}

/* Octets behind the trailing bits: the set is the same, and its end is where it was. */
static void
octets_behind_a_set_are_not_its_own (void)
{
  guint8 longer[64];
  LensH264Sps sps;
  LensH264Pps pps;

  memcpy (longer, sps_base, sizeof sps_base);
  memcpy (longer + sizeof sps_base, "leak", 4);
  lens_h264_sps_parse (&sps, longer, sizeof sps_base + 4);
  g_assert_true (sps.valid && !sps.end.odd);
  g_assert_cmpuint (sps.end.end, ==, sizeof sps_base);

  memcpy (longer, pps_base, sizeof pps_base);
  memcpy (longer + sizeof pps_base, "leak", 4);
  lens_h264_pps_parse (&pps, &sps, longer, sizeof pps_base + 4);
  g_assert_true (pps.valid && !pps.extended && !pps.end.odd);
  g_assert_cmpuint (pps.end.end, ==, sizeof pps_base);
  lens_h264_pps_parse (&pps, NULL, longer, sizeof pps_base + 4);
  g_assert_false (pps.extended);

  lens_h264_sps_parse (&sps, sps_hrd, sizeof sps_hrd);
  memcpy (longer, pps_high, sizeof pps_high);
  memcpy (longer + sizeof pps_high, "leak", 4);
  lens_h264_pps_parse (&pps, &sps, longer, sizeof pps_high + 4);
  g_assert_true (pps.valid && pps.extended && !pps.end.odd);
  g_assert_cmpuint (pps.end.end, ==, sizeof pps_high);
}

/* Every set that is cut or has any one bit turned is read without harm; a cut one is short, or
 * ends where it ended, or is odd. */
static void
broken_sets_do_no_harm (void)
{
  LensH264Sps sps;
  LensH264Pps pps;

  for (gsize length = 0; length < sizeof sps_hrd; length++)
    {
      lens_h264_sps_parse (&sps, sps_hrd, length);
      g_assert_true (sps.end.short_read || sps.end.odd);
      g_assert_cmpuint (sps.end.end, <=, length);
    }
  for (gsize bit = 8; bit < 8 * sizeof sps_hrd; bit++)
    {
      guint8 turned[sizeof sps_hrd];
      memcpy (turned, sps_hrd, sizeof turned);
      turned[bit / 8] ^= (guint8)(0x80 >> bit % 8);
      lens_h264_sps_parse (&sps, turned, sizeof turned);
      g_assert_cmpuint (sps.end.end, <=, sizeof turned);
      lens_h264_pps_parse (&pps, &sps, turned, sizeof turned);
      g_assert_cmpuint (pps.end.end, <=, sizeof turned);
    }
}

static void
sets_are_kept_by_their_ids (void)
{
  g_autoptr (LensH264Sets) sets = lens_h264_sets_new ();

  g_assert_nonnull (lens_h264_sets_take (sets, pps_base, sizeof pps_base));
  g_assert_nonnull (lens_h264_sets_take (sets, sps_base, sizeof sps_base));
  g_assert_null (lens_h264_sets_take (sets, sps_base, 3));
  g_assert_null (lens_h264_sets_take (sets, (const guint8 *)"\x06\x05", 2));
  g_assert_cmpuint (lens_h264_sets_sps (sets, 0)->profile_idc, ==, 66);
  g_assert_false (lens_h264_sets_pps (sets, 0)->entropy_coding_mode);
  g_assert_null (lens_h264_sets_sps (sets, 1));
  g_assert_null (lens_h264_sets_pps (sets, 1000));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/wire/h264-parameter/" name, function)
  CASE ("a-sequence-set-is-read-whole", a_sequence_set_is_read_whole);
  CASE ("usability-information-is-read-whole", usability_information_is_read_whole);
  CASE ("a-picture-set-is-read-whole", a_picture_set_is_read_whole);
  CASE ("octets-behind-a-set-are-not-its-own", octets_behind_a_set_are_not_its_own);
  CASE ("broken-sets-do-no-harm", broken_sets_do_no_harm);
  CASE ("sets-are-kept-by-their-ids", sets_are_kept_by_their_ids);
  return g_test_run ();
}
