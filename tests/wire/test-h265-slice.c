/* Slice segment headers as x265 writes them. */
#include "tests/wire/h265-octets.h"

#include "wire/h265-slice.h"

#include <string.h>

static LensH265Sets *
known_sets (void)
{
  LensH265Sets *sets = lens_h265_sets_new ();

  lens_h265_sets_take (sets, h265_sps, sizeof h265_sps);
  lens_h265_sets_take (sets, h265_pps, sizeof h265_pps);
  return sets;
}

static void
an_idr_header_is_read (void)
{
  g_autoptr (LensH265Sets) sets = known_sets ();
  LensH265Slice slice;

  g_assert_true (lens_h265_slice_parse (&slice, sets, h265_idr, sizeof h265_idr));
  g_assert_true (slice.first && !slice.bad_alignment);
  g_assert_cmpuint (slice.slice_type, ==, LENS_H265_I);
  g_assert_cmpuint (slice.n_entry_points, ==, 0);
  g_assert_cmpuint (slice.at[LENS_H265_AT_ORDER_COUNT].length, ==, 0);
}

static void
inter_headers_are_read (void)
{
  g_autoptr (LensH265Sets) sets = known_sets ();
  LensH265Slice slice;

  g_assert_true (lens_h265_slice_parse (&slice, sets, h265_p, sizeof h265_p));
  g_assert_false (slice.bad_alignment);
  g_assert_cmpuint (slice.slice_type, ==, LENS_H265_P);
  g_assert_cmpuint (slice.poc_lsb, ==, 3);
  g_assert_cmpuint (slice.ref_set.n_negative, ==, 1);
  g_assert_cmpint (slice.ref_set.delta[0], ==, -3);
  g_assert_true (lens_h265_slice_parse (&slice, sets, h265_b_reference, sizeof h265_b_reference));
  g_assert_cmpuint (slice.slice_type, ==, LENS_H265_B);
  g_assert_cmpuint (slice.poc_lsb, ==, 2);
  g_assert_cmpuint (slice.num_ref_idx[1], ==, 1);
  g_assert_true (lens_h265_slice_parse (&slice, sets, h265_b, sizeof h265_b));
  g_assert_false (slice.bad_alignment);
  g_assert_cmpuint (slice.poc_lsb, ==, 1);
}

/* Sets whose PPS ends in an extension of the slice header, and three reserved flags. */
static void
reserved_flags_and_extensions_are_told (void)
{
  /* PPS 0 of SPS 0: dependent 0, output 0, extra bits 3, sign hiding 0, cabac init 0; ref idx 1,
   * 1; qp 0; intra 0, skip 0, cu_qp_delta 0; cb 0, cr 0; offsets 0, weights 00, bypass 0, tiles
   * 0, sync 0; filter 0; control 0; scaling 0; lists 0; merge 2; extension 1; more 0; stop
   * 1 1 0 0 011 0 0 1 1 1 0 0 0 1 1 0 00 0 0 0 0 0 0 0 1 1 0 1 */
  static const guint8 pps[] = { 0x44, 0x01, 0xc6, 0x71, 0x80, 0x1a };
  /* IDR_N_LP: first 1, no_output 0, pps 1, flags 101, type I 011, SAO 1 1, qp 1; length 2: 011;
   * "ab"; 1 */
  static const guint8 idr[] = { 0x28, 0x01, 0xb5, 0xf6, 0xc2, 0xc5, 0xff };
  g_autoptr (LensH265Sets) sets = known_sets ();
  LensH265Slice slice;
  LensH265Pps parsed;

  lens_h265_pps_parse (&parsed, pps, sizeof pps);
  g_assert_true (parsed.valid && !parsed.end.odd);
  g_assert_true (parsed.slice_header_extension_present);
  g_assert_cmpuint (parsed.num_extra_slice_header_bits, ==, 3);
  lens_h265_sets_take (sets, pps, sizeof pps);
  g_assert_true (lens_h265_slice_parse (&slice, sets, idr, sizeof idr));
  g_assert_cmpuint (slice.reserved, ==, 5);
  g_assert_cmpuint (slice.extension_length, ==, 2);
  g_assert_cmpuint (slice.at[LENS_H265_AT_EXTENSION].offset, ==, 3);
  g_assert_cmpuint (slice.at[LENS_H265_AT_EXTENSION].length, ==, 3);
  g_assert_cmpuint (lens_rbsp_offset (&slice.data), ==, 6);
}

static void
without_its_sets_nothing_more_is_read (void)
{
  g_autoptr (LensH265Sets) sets = lens_h265_sets_new ();
  LensH265Slice slice;

  g_assert_false (lens_h265_slice_parse (&slice, sets, h265_p, sizeof h265_p));
  g_assert_true (slice.first);
  g_assert_null (slice.sps);
}

static void
broken_headers_do_no_harm (void)
{
  g_autoptr (LensH265Sets) sets = known_sets ();
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  LensH265Slice slice;

  for (gsize length = 0; length < 6; length++)
    g_assert_false (lens_h265_slice_parse (&slice, sets, h265_b, length));
  for (guint round = 0; round < 60000; round++)
    {
      guint8 octets[40];
      gsize length = (gsize)g_rand_int_range (random, 2, sizeof octets);
      for (gsize i = 0; i < length; i++)
        octets[i] = (guint8)g_rand_int (random);
      octets[0] = (guint8)(2 * g_rand_int_range (random, 0, 22));
      octets[1] = 1;
      octets[2] |= 0x80;
      lens_h265_slice_parse (&slice, sets, octets, length);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/wire/h265-slice/" name, function)
  CASE ("an-idr-header-is-read", an_idr_header_is_read);
  CASE ("inter-headers-are-read", inter_headers_are_read);
  CASE ("reserved-flags-and-extensions-are-told", reserved_flags_and_extensions_are_told);
  CASE ("without-its-sets-nothing-more-is-read", without_its_sets_nothing_more_is_read);
  CASE ("broken-headers-do-no-harm", broken_headers_do_no_harm);
  return g_test_run ();
}
