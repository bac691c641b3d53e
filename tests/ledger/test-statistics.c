#include "ledger/statistics.h"

#include <math.h>

static double
entropy (const guint8 *octets, gsize length, gboolean corrected)
{
  LensHistogram histogram = { 0 };

  lens_histogram_add (&histogram, octets, length);
  return lens_histogram_entropy (&histogram, corrected);
}

static void
entropy_is_what_shannon_says (void)
{
  guint8 all[256];

  for (guint i = 0; i < 256; i++)
    all[i] = (guint8)i;
  g_assert_cmpfloat (entropy (all, 0, FALSE), ==, 0);
  g_assert_cmpfloat (entropy ((const guint8 *)"aaaa", 4, FALSE), ==, 0);
  g_assert_cmpfloat (entropy ((const guint8 *)"abab", 4, FALSE), ==, 1);
  /* 1/2, 1/4, 1/4: 1.5 bits. */
  g_assert_cmpfloat (entropy ((const guint8 *)"aabc", 4, FALSE), ==, 1.5);
  g_assert_cmpfloat (entropy (all, 256, FALSE), ==, 8);
}

static void
the_correction_repairs_short_samples (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1955);
  double plain = 0, corrected = 0;
  guint8 octets[512];

  for (guint round = 0; round < 200; round++)
    {
      for (guint i = 0; i < sizeof octets; i++)
        octets[i] = (guint8)g_rand_int_range (rand, 0, 64);
      plain += entropy (octets, sizeof octets, FALSE) / 200;
      corrected += entropy (octets, sizeof octets, TRUE) / 200;
    }
  /* 64 values drawn evenly have 6 bits; 63 / (2 ln 2 512) = 0.089. */
  g_assert_cmpfloat (plain, <, 5.93);
  g_assert_cmpfloat (fabs (corrected - 6), <, 0.01);
  g_assert_cmpfloat (entropy ((const guint8 *)"ab", 2, TRUE), ==, 1);
}

static void
a_histogram_counts_every_octet (void)
{
  LensHistogram histogram = { 0 };

  lens_histogram_add (&histogram, (const guint8 *)"\0\xff\xff", 3);
  lens_histogram_add (&histogram, (const guint8 *)"\xff", 1);
  g_assert_cmpuint (histogram.total, ==, 4);
  g_assert_cmpuint (histogram.counts[0], ==, 1);
  g_assert_cmpuint (histogram.counts[255], ==, 3);
  g_assert_cmpuint (lens_histogram_distinct (&histogram), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/statistics/entropy-is-what-shannon-says", entropy_is_what_shannon_says);
  g_test_add_func ("/ledger/statistics/the-correction-repairs-short-samples",
                   the_correction_repairs_short_samples);
  g_test_add_func ("/ledger/statistics/a-histogram-counts-every-octet",
                   a_histogram_counts_every_octet);
  return g_test_run ();
}
