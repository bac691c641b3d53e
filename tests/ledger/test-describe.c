/* Octets in words. */
#include "ledger/describe.h"

#include <string.h>

static char *
described (const void *octets, gsize length)
{
  LensHistogram histogram = { 0 };

  lens_histogram_add (&histogram, octets, length);
  return lens_describe_use (8 * length, length, &histogram, octets, length);
}

static void
text_is_told_by_its_printable_share (void)
{
  g_autofree char *text = described ("meet me at nine", 15);

  g_assert_cmpstr (text, ==, "15 octets, 100 % printable.");
  g_assert_null (described ("", 0));
}

/* What is used, where it lies, and what was looked at are three numbers. */
static void
numbers_that_differ_say_what_they_count (void)
{
  LensHistogram ten = { 0 };
  static const struct
  {
    guint64 bits, octets;
    gboolean looked_at;
    const char *text;
  } rows[] = {
    { 80, 10, TRUE, "10 octets, 100 % printable." },
    { 60, 10, TRUE, "60 bits used in 10 octets, 100 % printable." },
    { 160, 20, TRUE, "20 octets; of 10 that were looked at, 100 % printable." },
    { 100, 20, TRUE, "100 bits used in 20 octets; of 10 that were looked at, 100 % printable." },
    { 1, 1, FALSE, "1 bit used in 1 octet." },
    { 24, 1, FALSE, "24 bits used, of which the places of 1 octet are known." },
    { 80, 10, FALSE, NULL },
    { 80, 0, TRUE, NULL },
  };

  lens_histogram_add (&ten, (const guint8 *)"ten octets", 10);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text
          = lens_describe_use (rows[i].bits, rows[i].octets, rows[i].looked_at ? &ten : NULL,
                               (const guint8 *)"ten octets", 10);
      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
random_octets_have_high_entropy_and_repeated_ones_have_not (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  guint8 octets[512];

  for (guint i = 0; i < sizeof octets; i++)
    octets[i] = (guint8)g_rand_int (random);
  g_autofree char *high = described (octets, sizeof octets);
  memset (octets, 'a', sizeof octets);
  g_autofree char *low = described (octets, sizeof octets);
  g_assert_nonnull (strstr (high, ", high entropy (8.0 bits an octet)"));
  g_assert_nonnull (strstr (low, ", entropy 0.0 bits an octet"));
}

static void
too_few_octets_have_no_entropy (void)
{
  guint8 octets[100];

  for (guint i = 0; i < sizeof octets; i++)
    octets[i] = (guint8)(i * 37);
  g_autofree char *text = described (octets, sizeof octets);
  g_assert_null (strstr (text, "entropy"));
}

static void
known_formats_are_named (void)
{
  g_autofree char *gzip = described ("\x1f\x8b\x08\0abc", 7);

  g_assert_true (g_str_has_suffix (gzip, "; they begin like gzip."));
  g_assert_cmpstr (lens_magic_name ((const guint8 *)"\0\0\0\x18"
                                                    "ftypmp42",
                                    12),
                   ==, "MP4");
  g_assert_cmpstr (lens_magic_name ((const guint8 *)"\x7f"
                                                    "EL",
                                    3),
                   ==, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/ledger/describe/" name, function)
  CASE ("text-is-told-by-its-printable-share", text_is_told_by_its_printable_share);
  CASE ("numbers-that-differ-say-what-they-count", numbers_that_differ_say_what_they_count);
  CASE ("random-octets-have-high-entropy-and-repeated-ones-have-not",
        random_octets_have_high_entropy_and_repeated_ones_have_not);
  CASE ("too-few-octets-have-no-entropy", too_few_octets_have_no_entropy);
  CASE ("known-formats-are-named", known_formats_are_named);
  return g_test_run ();
}
