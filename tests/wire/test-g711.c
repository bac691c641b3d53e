/* Code words of ITU-T G.711. */
#include "wire/g711.h"

static void
a_segment_is_how_loud_it_is (void)
{
  /* G.711 Tables 1a and 2a: the largest, and zero, of both signs. */
  g_assert_cmpuint (lens_g711_segment (TRUE, 0xaa), ==, 7);
  g_assert_cmpuint (lens_g711_segment (TRUE, 0x2a), ==, 7);
  g_assert_cmpuint (lens_g711_segment (TRUE, 0xd5), ==, 0);
  g_assert_cmpuint (lens_g711_segment (TRUE, 0x55), ==, 0);
  g_assert_cmpuint (lens_g711_segment (FALSE, 0x80), ==, 7);
  g_assert_cmpuint (lens_g711_segment (FALSE, 0x00), ==, 7);
  g_assert_cmpuint (lens_g711_segment (FALSE, 0xff), ==, 0);
  g_assert_cmpuint (lens_g711_segment (FALSE, 0x7f), ==, 0);
}

static void
silence_is_four_codes (void)
{
  for (guint a_law = 0; a_law < 2; a_law++)
    {
      guint silent = 0;
      for (guint code = 0; code < 256; code++)
        if (lens_g711_is_silent (a_law != 0, (guint8)code))
          {
            silent++;
            g_assert_cmpuint (lens_g711_segment (a_law != 0, (guint8)code), ==, 0);
          }
      g_assert_cmpuint (silent, ==, 4);
    }
  g_assert_true (lens_g711_is_silent (TRUE, 0xd5) && lens_g711_is_silent (FALSE, 0xff));
}

/* G.711 Tables 1 and 2: decoder output values, of 13 and 14 bits, here of 16. */
static void
a_code_word_stands_for_a_value (void)
{
  g_assert_cmpint (lens_g711_sample (TRUE, 0xaa), ==, 4032 * 8);
  g_assert_cmpint (lens_g711_sample (TRUE, 0x2a), ==, -4032 * 8);
  g_assert_cmpint (lens_g711_sample (TRUE, 0xd5), ==, 8);
  g_assert_cmpint (lens_g711_sample (TRUE, 0x55), ==, -8);
  g_assert_cmpint (lens_g711_sample (FALSE, 0x80), ==, 8031 * 4);
  g_assert_cmpint (lens_g711_sample (FALSE, 0x00), ==, -8031 * 4);
  g_assert_cmpint (lens_g711_sample (FALSE, 0xff), ==, 0);
  g_assert_cmpint (lens_g711_sample (FALSE, 0x7e), ==, -8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/g711/a-segment-is-how-loud-it-is", a_segment_is_how_loud_it_is);
  g_test_add_func ("/wire/g711/a-code-word-stands-for-a-value", a_code_word_stands_for_a_value);
  g_test_add_func ("/wire/g711/silence-is-four-codes", silence_is_four_codes);
  return g_test_run ();
}
