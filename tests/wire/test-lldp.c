#include "wire/lldp.h"

static const guint8 message[] = {
  0x02, 7, 4,    0x02, 0,    0, 0,   0, 0x10, /* chassis: a link address */
  0x04, 2, 7,    '1',                         /* port */
  0x06, 2, 0,    120,                         /* time to live */
  0x0a, 3, 'C',  'a',  'm',                   /* system name */
  0xfe, 5, 0x00, 0x12, 0xbb, 9, 'A',          /* LLDP-MED: the maker */
  0x14, 1, 'x',                               /* type 10 is reserved */
  0x00, 0,                                    /* end */
  0,    0, 0,                                 /* padding */
};

static void
tlvs_follow_each_other_up_to_the_end (void)
{
  static const guint8 types[] = { 1, 2, 3, 5, 127, 10, 0 };
  LensLldp lldp = lens_lldp_over (message, sizeof message);
  LensLldpTlv tlv;
  guint n = 0;

  while (lens_lldp_next (&lldp, &tlv))
    {
      g_assert_cmpuint (tlv.type, ==, types[n++]);
      g_assert_false (tlv.cut);
    }
  g_assert_cmpuint (n, ==, sizeof types);
  g_assert_cmpuint (lldp.position, ==, sizeof message - 3);
}

static void
an_organization_has_a_number_and_a_sort (void)
{
  LensLldp lldp = lens_lldp_over (message + 22, sizeof message - 22);
  LensLldpTlv tlv;

  g_assert_true (lens_lldp_next (&lldp, &tlv));
  g_assert_cmphex (tlv.oui, ==, LENS_LLDP_OUI_MED);
  g_assert_cmpuint (tlv.subtype, ==, 9);
  g_assert_cmpuint (tlv.value.offset, ==, 6);
  g_assert_cmpuint (tlv.value.length, ==, 1);
}

static void
the_parts_add_up_for_any_octets (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (8021);

  for (guint run = 0; run < 20000; run++)
    {
      gsize length = (gsize)g_rand_int_range (rand, 0, 40), position = 0;
      guint8 octets[40];
      for (gsize i = 0; i < length; i++)
        octets[i] = (guint8)g_rand_int_range (rand, 0, i % 3 == 0 ? 256 : 6);
      g_autofree guint8 *exact = g_memdup2 (octets, length);
      LensLldp lldp = lens_lldp_over (exact, length);
      LensLldpTlv tlv;
      while (lens_lldp_next (&lldp, &tlv))
        {
          g_assert_cmpuint (tlv.whole.offset, ==, position);
          g_assert_cmpuint (lens_range_end (tlv.value), ==, lens_range_end (tlv.whole));
          position = lens_range_end (tlv.whole);
        }
      g_assert_cmpuint (lldp.position, ==, position);
      g_assert_cmpuint (position, <=, length);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/lldp/" name, function)
  ADD ("tlvs-follow-each-other-up-to-the-end", tlvs_follow_each_other_up_to_the_end);
  ADD ("an-organization-has-a-number-and-a-sort", an_organization_has_a_number_and_a_sort);
  ADD ("the-parts-add-up-for-any-octets", the_parts_add_up_for_any_octets);
  return g_test_run ();
}
