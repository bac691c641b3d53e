#include "wire/cdp.h"

static const guint8 message[] = {
  2, 180, 0x12, 0x34,                /* version, time to live, checksum */
  0, 1,   0,    7,    'C', 'a', 'm', /* device */
  0, 5,   0,    6,    'V', '1',      /* version */
  9, 9,   0,    4,                   /* nobody knows it */
};

static void
tlvs_follow_the_header (void)
{
  static const guint16 types[] = { 1, 5, 0x0909 };
  LensCdp cdp = lens_cdp_over (message, sizeof message);
  LensCdpTlv tlv;
  guint n = 0;

  while (lens_cdp_next (&cdp, &tlv))
    {
      g_assert_cmpuint (tlv.type, ==, types[n++]);
      g_assert_false (tlv.cut);
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (types));
  g_assert_cmpuint (cdp.position, ==, sizeof message);
}

static void
a_length_below_its_own_header_is_said (void)
{
  const guint8 octets[] = { 2, 180, 0, 0, 0, 1, 0, 3, 'x' };
  LensCdp cdp = lens_cdp_over (octets, sizeof octets);
  LensCdpTlv tlv;

  g_assert_true (lens_cdp_next (&cdp, &tlv));
  g_assert_true (tlv.cut);
  g_assert_false (lens_cdp_next (&cdp, &tlv));
  g_assert_cmpuint (cdp.position, ==, 8);
}

static void
types_that_are_known_have_a_name (void)
{
  g_assert_cmpstr (lens_cdp_type_name (5), ==, "version");
  g_assert_null (lens_cdp_type_name (0));
  g_assert_null (lens_cdp_type_name (0x0909));
  g_assert_null (lens_cdp_type_name (0xffff));
}

static void
the_parts_add_up_for_any_octets (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2000);

  for (guint run = 0; run < 20000; run++)
    {
      gsize length = (gsize)g_rand_int_range (rand, 0, 40);
      guint8 octets[40];
      for (gsize i = 0; i < length; i++)
        octets[i] = (guint8)g_rand_int_range (rand, 0, i % 4 == 3 ? 12 : 2);
      g_autofree guint8 *exact = g_memdup2 (octets, length);
      LensCdp cdp = lens_cdp_over (exact, length);
      LensCdpTlv tlv;
      gsize position = cdp.position;
      while (lens_cdp_next (&cdp, &tlv))
        {
          g_assert_cmpuint (tlv.whole.offset, ==, position);
          g_assert_cmpuint (lens_range_end (tlv.value), ==, lens_range_end (tlv.whole));
          position = lens_range_end (tlv.whole);
        }
      g_assert_cmpuint (cdp.position, ==, position);
      g_assert_cmpuint (position, <=, length);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/cdp/" name, function)
  ADD ("tlvs-follow-the-header", tlvs_follow_the_header);
  ADD ("a-length-below-its-own-header-is-said", a_length_below_its_own_header_is_said);
  ADD ("types-that-are-known-have-a-name", types_that_are_known_have_a_name);
  ADD ("the-parts-add-up-for-any-octets", the_parts_add_up_for_any_octets);
  return g_test_run ();
}
