#include "report/words.h"

#define ASSERT_WORDS(call, words)                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (GString) into = g_string_new (NULL);                                                \
    call;                                                                                          \
    g_assert_cmpstr (into->str, ==, words);                                                        \
  }                                                                                                \
  G_STMT_END

#define SECOND G_GINT64_CONSTANT (1000000000)

static void
counts_are_grouped (void)
{
  ASSERT_WORDS (lens_words_count (into, 0), "0");
  ASSERT_WORDS (lens_words_count (into, 999), "999");
  ASSERT_WORDS (lens_words_count (into, 1234567), "1,234,567");
  ASSERT_WORDS (lens_words_some (into, 1, "frame"), "1 frame");
  ASSERT_WORDS (lens_words_some (into, 2, "frame"), "2 frames");
}

static void
sizes_have_three_digits (void)
{
  ASSERT_WORDS (lens_words_size (into, 1), "1 octet");
  ASSERT_WORDS (lens_words_size (into, 999), "999 octets");
  ASSERT_WORDS (lens_words_size (into, 1000), "1.00 kB");
  ASSERT_WORDS (lens_words_size (into, 68250), "68.2 kB");
  ASSERT_WORDS (lens_words_size (into, 999600), "1.00 MB");
  ASSERT_WORDS (lens_words_size (into, G_MAXUINT64), "18.4 EB");
}

static void
rates_say_what_they_could_carry (void)
{
  ASSERT_WORDS (lens_words_rate (into, 0), "0 bit/s");
  ASSERT_WORDS (lens_words_rate (into, 0.001), "below 0.01 bit/s");
  ASSERT_WORDS (lens_words_rate (into, 45500), "45.5 kbit/s");
  ASSERT_WORDS (lens_words_rate (into, 1e300), "beyond 1 Ebit/s");
  ASSERT_WORDS (lens_words_rate_meaning (into, 0), "nothing");
  ASSERT_WORDS (lens_words_rate_meaning (into, 222), "about one JPEG picture (100 kB) every hour");
  ASSERT_WORDS (lens_words_rate_meaning (into, 672),
                "about one JPEG picture (100 kB) every 20 minutes");
  ASSERT_WORDS (lens_words_rate_meaning (into, 0.27), "about one page of text every 16 hours");
  ASSERT_WORDS (lens_words_rate_meaning (into, 6000),
                "about one JPEG picture (100 kB) every 2 minutes");
  ASSERT_WORDS (lens_words_rate_meaning (into, 0.0001), "less than a page of text in a month");
  ASSERT_WORDS (lens_words_rate_meaning (into, 9000), "enough for live speech");
  ASSERT_WORDS (lens_words_rate_meaning (into, 1e9), "enough for live video");
}

static void
rates_lie_in_the_bands_of_the_orange_book (void)
{
  g_assert_true (g_str_has_prefix (lens_words_rate_band (100.1), "above 100 bit/s"));
  g_assert_true (g_str_has_prefix (lens_words_rate_band (100), "1 to 100"));
  g_assert_true (g_str_has_prefix (lens_words_rate_band (1), "0.1 to 1 "));
  g_assert_true (g_str_has_prefix (lens_words_rate_band (0.1), "below 0.1"));
  g_assert_cmpstr (lens_words_rate_band (0), ==, "nothing");
}

static void
amounts_say_what_they_could_be (void)
{
  ASSERT_WORDS (lens_words_amount_meaning (into, 0), "nothing");
  ASSERT_WORDS (lens_words_amount_meaning (into, 7), "less than a character");
  ASSERT_WORDS (lens_words_amount_meaning (into, 8), "about 1 character");
  ASSERT_WORDS (lens_words_amount_meaning (into, 80640), "about 5 pages of text");
  ASSERT_WORDS (lens_words_amount_meaning (into, 8000000), "about 10 JPEG pictures (100 kB each)");
  ASSERT_WORDS (lens_words_amount_meaning (into, 6000000000), "about 100 minutes of video");
  ASSERT_WORDS (lens_words_amount_meaning (into, 7200000000), "about 2 hours of video");
}

static void
durations_and_times_are_short (void)
{
  ASSERT_WORDS (lens_words_duration (into, SECOND / 4), "0.250 s");
  ASSERT_WORDS (lens_words_duration (into, 59 * SECOND), "59 s");
  ASSERT_WORDS (lens_words_duration (into, 240 * SECOND), "4 min 0 s");
  ASSERT_WORDS (lens_words_duration (into, 3720 * SECOND), "1 h 2 min");
  ASSERT_WORDS (lens_words_duration (into, G_MININT64), "-106751 d 23 h");
  ASSERT_WORDS (lens_words_time (into, 1767225600 * SECOND + 5), "2026-01-01 00:00:00 UTC");
  ASSERT_WORDS (lens_words_time (into, -1), "1969-12-31 23:59:59 UTC");
}

static void
shares_never_round_to_nothing_or_all (void)
{
  ASSERT_WORDS (lens_words_share (into, 0, 10), "0 %");
  ASSERT_WORDS (lens_words_share (into, 1, 100000), "below 0.1 %");
  ASSERT_WORDS (lens_words_share (into, 99999, 100000), "above 99.9 %");
  ASSERT_WORDS (lens_words_share (into, 5, 5), "100.0 %");
  ASSERT_WORDS (lens_words_share (into, 5, 0), "0 %");
  ASSERT_WORDS (lens_words_share (into, 6, 5), "above 100 %");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/words/counts-are-grouped", counts_are_grouped);
  g_test_add_func ("/report/words/sizes-have-three-digits", sizes_have_three_digits);
  g_test_add_func ("/report/words/rates-say-what-they-could-carry",
                   rates_say_what_they_could_carry);
  g_test_add_func ("/report/words/rates-lie-in-the-bands-of-the-orange-book",
                   rates_lie_in_the_bands_of_the_orange_book);
  g_test_add_func ("/report/words/amounts-say-what-they-could-be", amounts_say_what_they_could_be);
  g_test_add_func ("/report/words/durations-and-times-are-short", durations_and_times_are_short);
  g_test_add_func ("/report/words/shares-never-round-to-nothing-or-all",
                   shares_never_round_to_nothing_or_all);
  return g_test_run ();
}
