#include "wire/sprop.h"

#include <string.h>

static gboolean
decodes (const char *text, const void *octets, gsize length)
{
  g_autoptr (GByteArray) into = g_byte_array_new ();
  gboolean proper = lens_sprop_decode ((const guint8 *)text, strlen (text), into);

  g_assert_cmpmem (into->data, into->len, octets, length);
  return proper;
}

static void
units_are_written_in_one_way (void)
{
  g_assert_true (decodes ("QAEM", "\x40\x01\x0c", 3));
  g_assert_true (decodes ("QAE=", "\x40\x01", 2));
  g_assert_true (decodes ("QAE", "\x40\x01", 2));   /* padding left away */
  g_assert_false (decodes ("QAF=", "\x40\x01", 2)); /* bits that no octet takes */
  g_assert_false (decodes ("QAEM!", "\x40\x01\x0c", 3));
  g_assert_false (decodes ("QAEM==", "\x40\x01\x0c", 3));
}

static void
values_end_where_the_parameter_ends (void)
{
  static const char text[] = "a=fmtp:96 sprop-vps=QAE=;sprop-sps=QgE=,QgF=\r\na=sprop-sps=Qg\r\n";
  const guint8 *octets = (const guint8 *)text;
  LensRange value;
  gsize at = 0;

  g_assert_true (lens_sprop_next (octets, strlen (text), "sprop-vps=", &at, &value));
  g_assert_cmpmem (text + value.offset, value.length, "QAE=", 4);
  g_assert_false (lens_sprop_next (octets, strlen (text), "sprop-vps=", &at, &value));
  at = 0;
  g_assert_true (lens_sprop_next (octets, strlen (text), "sprop-sps=", &at, &value));
  g_assert_cmpuint (value.length, ==, 9);
  g_assert_true (lens_sprop_next (octets, strlen (text), "sprop-sps=", &at, &value));
  g_assert_cmpuint (value.length, ==, 2);
}

static void
emulation_prevention_and_zeros_make_no_difference (void)
{
  static const guint8 bare[] = { 0x42, 1, 0, 0, 0, 7 }, prevented[] = { 0x42, 1, 0, 0, 3, 0, 7, 0 },
                      other[] = { 0x42, 1, 0, 0, 3, 0, 8 },
                      annex_b[] = { 0, 0, 0, 1, 0x42, 1, 0, 0, 0, 7 };

  g_assert_true (lens_sprop_same (bare, sizeof bare, prevented, sizeof prevented));
  g_assert_false (lens_sprop_same (bare, sizeof bare, other, sizeof other));
  g_assert_false (lens_sprop_same (bare, 2, bare, 6));
  g_assert_cmpuint (lens_sprop_start (annex_b, sizeof annex_b), ==, 4);
  g_assert_cmpuint (lens_sprop_start (bare, sizeof bare), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/sprop/units-are-written-in-one-way", units_are_written_in_one_way);
  g_test_add_func ("/wire/sprop/values-end-where-the-parameter-ends",
                   values_end_where_the_parameter_ends);
  g_test_add_func ("/wire/sprop/emulation-prevention-and-zeros-make-no-difference",
                   emulation_prevention_and_zeros_make_no_difference);
  return g_test_run ();
}
