/* Opus packets by hand (RFC 6716 section 3.2). */
#include "wire/opus.h"

static void
the_four_ways_of_packing_are_read (void)
{
  const guint8 one[] = { 0x48, 1, 2, 3 };                 /* SILK 20 ms, mono, code 0 */
  const guint8 two[] = { 0xfd, 1, 2, 3, 4 };              /* CELT 20 ms, stereo, code 1 */
  const guint8 unlike[] = { 0x0a, 1, 9, 8, 7 };           /* code 2: the first has one octet */
  const guint8 many[] = { 0x4b, 0x43, 2, 1, 2, 3, 0, 5 }; /* code 3, padded: three frames */
  LensOpus opus;

  g_assert_true (lens_opus_parse (one, sizeof one, &opus));
  g_assert_cmpuint (opus.frames, ==, 1);
  g_assert_cmpuint (opus.duration, ==, 960);
  g_assert_cmpuint (opus.data.length, ==, 3);
  g_assert_true (lens_opus_parse (two, sizeof two, &opus));
  g_assert_true (opus.stereo);
  g_assert_cmpuint (opus.duration, ==, 1920);
  g_assert_true (lens_opus_parse (unlike, sizeof unlike, &opus));
  g_assert_cmpuint (opus.head.length, ==, 2);
  g_assert_true (lens_opus_parse (many, sizeof many, &opus));
  g_assert_cmpuint (opus.frames, ==, 3);
  g_assert_cmpuint (opus.head.length, ==, 3);
  g_assert_cmpuint (opus.data.length, ==, 3);
  g_assert_cmpuint (opus.padding.offset, ==, 6);
  g_assert_cmpuint (opus.padding.length, ==, 2);
}

static void
what_breaks_a_rule_is_none (void)
{
  const guint8 odd[] = { 0x49, 1, 2, 3 }, none[] = { 0x4b, 0 }, beyond[] = { 0x4b, 0x41, 9, 1 },
               longer[] = { 0x4a, 5, 1 }, lasts[] = { 0x1b, 0x05, 1, 2, 3, 4, 5 };
  LensOpus opus;

  g_assert_false (lens_opus_parse (odd, sizeof odd, &opus));
  g_assert_false (lens_opus_parse (none, sizeof none, &opus));
  g_assert_false (lens_opus_parse (beyond, sizeof beyond, &opus));
  g_assert_false (lens_opus_parse (longer, sizeof longer, &opus));
  g_assert_false (lens_opus_parse (lasts, sizeof lasts, &opus)); /* five frames of 60 ms */
  g_assert_false (lens_opus_parse (odd, 0, &opus));
}

static void
parts_add_up (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (6);
  guint parsed = 0;

  for (guint round = 0; round < 50000; round++)
    {
      gsize length = (gsize)g_rand_int_range (random, 0, 40);
      g_autofree guint8 *octets = g_malloc (length);
      LensOpus opus;
      for (gsize i = 0; i < length; i++)
        octets[i] = (guint8)g_rand_int_range (random, 0, i < 4 ? 256 : 20);
      if (!lens_opus_parse (octets, length, &opus))
        continue;
      parsed++;
      g_assert_cmpuint (opus.head.length, ==, opus.data.offset);
      g_assert_cmpuint (lens_range_end (opus.data), ==, opus.padding.offset);
      g_assert_cmpuint (lens_range_end (opus.padding), ==, length);
    }
  g_assert_cmpuint (parsed, >, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/opus/the-four-ways-of-packing-are-read",
                   the_four_ways_of_packing_are_read);
  g_test_add_func ("/wire/opus/what-breaks-a-rule-is-none", what_breaks_a_rule_is_none);
  g_test_add_func ("/wire/opus/parts-add-up", parts_add_up);
  return g_test_run ();
}
