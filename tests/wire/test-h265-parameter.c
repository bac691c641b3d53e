/* Parameter sets as x265 writes them; what comes behind them; and what nobody may say in them. */
#include "tests/wire/h265-octets.h"

#include "wire/h265-parameter.h"

#include <string.h>

static guint
wrong_bits (const LensH265ReservedList *list, LensH265ReservedKind kind)
{
  guint wrong = 0;

  for (guint i = 0; i < list->n; i++)
    wrong += list->fields[i].kind == kind ? list->fields[i].wrong : 0;
  return wrong;
}

static void
sets_are_read_whole (void)
{
  LensH265Vps vps;
  LensH265Sps sps;
  LensH265Pps pps;

  lens_h265_vps_parse (&vps, h265_vps, sizeof h265_vps);
  g_assert_true (vps.valid && !vps.unread && !vps.end.odd);
  g_assert_cmpuint (vps.end.end, ==, sizeof h265_vps);
  g_assert_cmpuint (vps.max_layers, ==, 1);
  g_assert_cmpuint (vps.max_sub_layers, ==, 1);
  g_assert_cmpuint (vps.profile.profile_idc, ==, 1);
  g_assert_cmphex (vps.profile.compatibility, ==, 0x60000000);

  lens_h265_sps_parse (&sps, h265_sps, sizeof h265_sps);
  g_assert_true (sps.valid && !sps.unread && !sps.end.odd);
  g_assert_cmpuint (sps.end.end, ==, sizeof h265_sps);
  g_assert_cmpuint (sps.width, ==, 64);
  g_assert_cmpuint (sps.height, ==, 64);
  g_assert_cmpuint (sps.log2_ctb, ==, 6);
  g_assert_cmpuint (sps.log2_max_poc_lsb, ==, 8);
  g_assert_true (sps.vui.hrd.present && sps.vui.hrd.nal && !sps.vui.hrd.vcl);
  g_assert_cmpuint (sps.vui.time_scale, ==, 25);
  g_assert_cmpuint (sps.vui.hrd.cpb_cnt, ==, 1);

  lens_h265_pps_parse (&pps, h265_pps, sizeof h265_pps);
  g_assert_true (pps.valid && !pps.unread && !pps.end.odd);
  g_assert_cmpuint (pps.end.end, ==, sizeof h265_pps);
  g_assert_true (pps.sign_data_hiding && !pps.advanced);
  g_assert_cmpuint (pps.num_extra_slice_header_bits, ==, 0);
}

static void
octets_behind_a_set_are_not_its_own (void)
{
  guint8 longer[sizeof h265_sps + 3];
  LensH265Sps sps;

  memcpy (longer, h265_sps, sizeof h265_sps);
  memcpy (longer + sizeof h265_sps, "abc", 3);
  lens_h265_sps_parse (&sps, longer, sizeof longer);
  g_assert_true (sps.valid && !sps.end.odd);
  g_assert_cmpuint (sps.end.end, ==, sizeof h265_sps);
}

static void
reserved_bits_are_named_with_their_place (void)
{
  guint8 octets[sizeof h265_vps];
  LensH265Vps vps;

  lens_h265_vps_parse (&vps, h265_vps, sizeof h265_vps);
  g_assert_cmpuint (wrong_bits (&vps.reserved, LENS_H265_RESERVED_PROFILE), ==, 0);
  memcpy (octets, h265_vps, sizeof octets);
  octets[5] = 0x5f;  /* two of vps_reserved_0xffff_16bits */
  octets[12] = 0x91; /* one of the reserved bits behind the source flags */
  lens_h265_vps_parse (&vps, octets, sizeof octets);
  g_assert_cmpuint (wrong_bits (&vps.reserved, LENS_H265_RESERVED_PROFILE), ==, 3);
  g_assert_cmpuint (vps.reserved.fields[0].wrong, ==, 2);
  g_assert_cmpuint (vps.reserved.fields[0].at.offset, ==, 4);
  g_assert_cmpuint (vps.reserved.fields[0].at.length, ==, 2);
}

/* A set of bits to write, most significant first. */
typedef struct
{
  guint8 octets[64];
  gsize bits;
} Bits;

static void
put (Bits *bits, guint64 value, guint count)
{
  for (guint i = count; i > 0; i--, bits->bits++)
    bits->octets[bits->bits / 8] |= (guint8)((value >> (i - 1) & 1) << (7 - bits->bits % 8));
}

static void
extensions_are_named_with_their_place (void)
{
  Bits bits = { { 0 }, 0 };
  LensH265Pps pps;

  /* x265's PPS up to its last octet, which begins with pps_extension_present_flag; then four
   * flags of defined extensions, pps_extension_4bits 1, data, trailing bits */
  for (gsize i = 0; i + 1 < sizeof h265_pps; i++)
    put (&bits, h265_pps[i], 8);
  put (&bits, 1, 1);
  put (&bits, 0, 4);
  put (&bits, 1, 4);
  put (&bits, 0x2345, 14);
  put (&bits, 1, 1);
  lens_h265_pps_parse (&pps, bits.octets, (bits.bits + 7) / 8);
  g_assert_true (pps.valid && pps.extended && !pps.end.odd);
  g_assert_cmpuint (wrong_bits (&pps.reserved, LENS_H265_RESERVED_EXTENSION), ==, 1 + 14);
  g_assert_cmpuint (pps.end.end, ==, (bits.bits + 7) / 8);
}

static void
a_set_takes_the_place_of_the_one_before (void)
{
  g_autoptr (LensH265Sets) sets = lens_h265_sets_new ();
  guint8 cut[10];

  g_assert_null (lens_h265_sets_sps (sets, 0));
  lens_h265_sets_take (sets, h265_vps, sizeof h265_vps);
  lens_h265_sets_take (sets, h265_sps, sizeof h265_sps);
  lens_h265_sets_take (sets, h265_pps, sizeof h265_pps);
  memcpy (cut, h265_sps, sizeof cut);
  lens_h265_sets_take (sets, cut, sizeof cut);
  g_assert_nonnull (lens_h265_sets_vps (sets, 0));
  g_assert_cmpuint (lens_h265_sets_sps (sets, 0)->width, ==, 64);
  g_assert_nonnull (lens_h265_sets_pps (sets, 0));
  g_assert_null (lens_h265_sets_pps (sets, 64));
}

static void
hostile_sets_do_no_harm (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  g_autoptr (LensH265Sets) sets = lens_h265_sets_new ();
  static const guint8 *const seeds[] = { h265_vps, h265_sps, h265_pps };
  static const gsize lengths[] = { sizeof h265_vps, sizeof h265_sps, sizeof h265_pps };

  for (guint round = 0; round < 60000; round++)
    {
      guint8 octets[80] = { 0 };
      guint which = round % 3;
      gsize length = (gsize)g_rand_int_range (random, 2, sizeof octets);
      memcpy (octets, seeds[which], lengths[which]);
      for (gsize i = (gsize)g_rand_int_range (random, 2, 60); i < length; i++)
        octets[i] = round % 2 == 0 ? (guint8)g_rand_int (random)
                                   : octets[i] ^ (guint8)(1u << g_rand_int_range (random, 0, 8));
      lens_h265_sets_take (sets, octets, length);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/wire/h265-parameter/" name, function)
  CASE ("sets-are-read-whole", sets_are_read_whole);
  CASE ("octets-behind-a-set-are-not-its-own", octets_behind_a_set_are_not_its_own);
  CASE ("reserved-bits-are-named-with-their-place", reserved_bits_are_named_with_their_place);
  CASE ("extensions-are-named-with-their-place", extensions_are_named_with_their_place);
  CASE ("a-set-takes-the-place-of-the-one-before", a_set_takes_the_place_of_the_one_before);
  CASE ("hostile-sets-do-no-harm", hostile_sets_do_no_harm);
  return g_test_run ();
}
