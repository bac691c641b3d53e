/* Slice headers as x264 writes them: the sets and the first octets of slices of one stream
 * (--profile high --cqm jvt --keyint 4 --slices 2 --bframes 2, 176x144). */
#include "wire/h264-slice.h"

#include <string.h>

static const guint8 sps[]
    = { 0x67, 0x64, 0x00, 0x0b, 0xac, 0xd9, 0x42, 0xc4, 0xe8, 0x40, 0x00, 0x00,
        0x03, 0x00, 0x40, 0x00, 0x00, 0x0c, 0xa3, 0xc5, 0x0a, 0x65, 0x80 };
static const guint8 pps[] = { 0x68, 0xeb, 0xe3, 0xcb, 0x30, 0x02, 0xc0 };
static const guint8 idr[] = { 0x65, 0x07, 0x02, 0x21, 0x00, 0x0c, 0xff, 0xfe, 0xdf };
static const guint8 p[] = { 0x41, 0x9a, 0x23, 0x6c, 0x42, 0xdf, 0xce, 0xd8, 0xb3 };

static LensH264Sets *
known_sets (void)
{
  LensH264Sets *sets = lens_h264_sets_new ();

  g_assert_nonnull (lens_h264_sets_take (sets, sps, sizeof sps));
  g_assert_nonnull (lens_h264_sets_take (sets, pps, sizeof pps));
  return sets;
}

static void
an_idr_header_is_read (void)
{
  g_autoptr (LensH264Sets) sets = known_sets ();
  LensH264Slice slice;

  g_assert_true (lens_h264_slice_parse (&slice, sets, idr, sizeof idr));
  g_assert_cmpuint (slice.first_mb, ==, 55);
  g_assert_cmpuint (slice.slice_type_sent, ==, 7);
  g_assert_cmpint (slice.slice_type, ==, LENS_H264_I);
  g_assert_true (slice.has_idr_pic_id);
  g_assert_cmpuint (slice.idr_pic_id, ==, 0);
  g_assert_cmpint (slice.slice_qp_delta, ==, -12);
  g_assert_cmpint (slice.slice_qp, ==, 11);
  g_assert_cmpuint (slice.at[LENS_H264_AT_IDR_PIC_ID].offset, ==, 3);
  g_assert_cmpuint (slice.at[LENS_H264_AT_IDR_PIC_ID].length, ==, 1);
  g_assert_cmpuint (slice.at[LENS_H264_AT_REDUNDANT_PIC_CNT].length, ==, 0);
  g_assert_cmpuint (lens_rbsp_offset (&slice.data), ==, 6);
  g_assert_cmpuint (slice.data.bit, ==, 4);
  g_assert_cmpuint (lens_h264_slice_picture_size (&slice), ==, 99);
}

static void
an_inter_header_is_read (void)
{
  g_autoptr (LensH264Sets) sets = known_sets ();
  LensH264Slice slice;

  g_assert_true (lens_h264_slice_parse (&slice, sets, p, sizeof p));
  g_assert_cmpint (slice.slice_type, ==, LENS_H264_P);
  g_assert_cmpuint (slice.frame_num, ==, 1);
  g_assert_cmpuint (slice.pic_order_cnt_lsb, ==, 6);
  g_assert_true (slice.num_ref_idx_override && slice.has_weights);
  g_assert_cmpuint (slice.num_ref_idx[0], ==, 1);
  g_assert_cmpuint (slice.num_ref_idx[1], ==, 0);
  g_assert_cmpint (slice.slice_qp_delta, ==, 11);
  g_assert_cmpuint (lens_rbsp_offset (&slice.data), ==, 5);
  g_assert_cmpuint (slice.data.bit, ==, 6);
}

static void
without_its_sets_only_the_first_fields_are_read (void)
{
  g_autoptr (LensH264Sets) sets = lens_h264_sets_new ();
  LensH264Slice slice;

  g_assert_false (lens_h264_slice_parse (&slice, sets, idr, sizeof idr));
  g_assert_cmpuint (slice.first_mb, ==, 55);
  g_assert_null (slice.sps);
  g_assert_false (slice.short_read);
}

static void
broken_headers_do_no_harm (void)
{
  g_autoptr (LensH264Sets) sets = known_sets ();
  LensH264Slice slice;

  for (gsize length = 0; length < 6; length++)
    g_assert_false (lens_h264_slice_parse (&slice, sets, idr, length));
  for (gsize bit = 0; bit < 8 * sizeof p; bit++)
    {
      guint8 turned[sizeof p];
      memcpy (turned, p, sizeof turned);
      turned[bit / 8] ^= (guint8)(0x80 >> bit % 8);
      if (lens_h264_slice_parse (&slice, sets, turned, sizeof turned))
        g_assert_cmpuint (slice.first_mb, <, 99);
    }
  guint8 zeros[400] = { 0x65, 0xb8 };
  lens_h264_slice_parse (&slice, sets, zeros, sizeof zeros);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/wire/h264-slice/" name, function)
  CASE ("an-idr-header-is-read", an_idr_header_is_read);
  CASE ("an-inter-header-is-read", an_inter_header_is_read);
  CASE ("without-its-sets-only-the-first-fields-are-read",
        without_its_sets_only_the_first_fields_are_read);
  CASE ("broken-headers-do-no-harm", broken_headers_do_no_harm);
  return g_test_run ();
}
