#include "report/stamp.h"

static void
assert_stamp (gint64 ns, guint digits, const char *zone, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  lens_stamp (text, ns, digits, zone);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
a_fraction_is_cut_and_not_rounded (void)
{
  assert_stamp (G_GINT64_CONSTANT (1767225600999999999), 9, "Z", "2026-01-01T00:00:00.999999999Z");
  assert_stamp (G_GINT64_CONSTANT (1767225600999999999), 6, "+0000",
                "2026-01-01T00:00:00.999999+0000");
  assert_stamp (G_GINT64_CONSTANT (1767225600999999999), 0, "Z", "2026-01-01T00:00:00Z");
}

static void
times_before_1970_count_forwards_too (void)
{
  assert_stamp (-1, 9, "Z", "1969-12-31T23:59:59.999999999Z");
  assert_stamp (0, 3, "Z", "1970-01-01T00:00:00.000Z");
}

static void
any_64_bits_have_a_date (void)
{
  assert_stamp (G_MININT64, 3, "Z", "1677-09-21T00:12:43.145Z");
  assert_stamp (G_MAXINT64, 3, "Z", "2262-04-11T23:47:16.854Z");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/stamp/a-fraction-is-cut-and-not-rounded",
                   a_fraction_is_cut_and_not_rounded);
  g_test_add_func ("/report/stamp/times-before-1970-count-forwards-too",
                   times_before_1970_count_forwards_too);
  g_test_add_func ("/report/stamp/any-64-bits-have-a-date", any_64_bits_have_a_date);
  return g_test_run ();
}
