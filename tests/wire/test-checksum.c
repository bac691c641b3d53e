#include "wire/checksum.h"

/* RFC 1071 section 3: these eight octets sum to ddf2. */
static const guint8 example[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };

static void
sums_the_example_of_rfc_1071 (void)
{
  g_assert_cmphex (lens_checksum_add (0, example, sizeof example), ==, 0xddf2);
  g_assert_cmphex (lens_checksum_end (0xddf2), ==, 0x220d);
}

static void
does_not_mind_how_octets_are_parted (void)
{
  guint32 sum = lens_checksum_add (0, example, 2);

  sum = lens_checksum_add (sum, example + 2, 6);
  g_assert_cmphex (sum, ==, 0xddf2);
}

static void
is_zero_over_octets_with_a_right_field (void)
{
  guint8 octets[10] = { 0 };

  memcpy (octets, example, sizeof example);
  octets[8] = 0x22;
  octets[9] = 0x0d;
  g_assert_cmphex (lens_checksum_end (lens_checksum_add (0, octets, sizeof octets)), ==, 0);
}

static void
takes_a_last_octet_as_the_high_half_of_a_word (void)
{
  const guint8 odd[] = { 0x01, 0x02, 0x03 };

  g_assert_cmphex (lens_checksum_add (0, odd, sizeof odd), ==, 0x0402);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/checksum/sums-the-example-of-rfc-1071", sums_the_example_of_rfc_1071);
  g_test_add_func ("/wire/checksum/does-not-mind-how-octets-are-parted",
                   does_not_mind_how_octets_are_parted);
  g_test_add_func ("/wire/checksum/is-zero-over-octets-with-a-right-field",
                   is_zero_over_octets_with_a_right_field);
  g_test_add_func ("/wire/checksum/takes-a-last-octet-as-the-high-half-of-a-word",
                   takes_a_last_octet_as_the_high_half_of_a_word);
  return g_test_run ();
}
