#include "wire/cursor.h"

static void
reads_in_both_orders (void)
{
  const guint8 octets[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08 };
  LensCursor big = lens_cursor_over (octets, sizeof octets);
  LensCursor little = big;

  g_assert_cmphex (lens_cursor_u8 (&big), ==, 0x01);
  g_assert_cmphex (lens_cursor_u24 (&big), ==, 0x020304);
  g_assert_cmphex (lens_cursor_u32 (&big), ==, 0x05060708);
  g_assert_cmphex (lens_cursor_u64_le (&little), ==, 0x0807060504030201);
  g_assert_cmpuint (lens_cursor_left (&big), ==, 0);
  g_assert_false (big.short_read);
}

static void
a_short_read_stays_short (void)
{
  const guint8 octets[] = { 0xaa, 0xbb };
  LensCursor cursor = lens_cursor_over (octets, sizeof octets);

  g_assert_cmphex (lens_cursor_u32 (&cursor), ==, 0);
  g_assert_true (cursor.short_read);
  g_assert_cmphex (lens_cursor_u8 (&cursor), ==, 0);
  g_assert_null (lens_cursor_take (&cursor, 0));
  g_assert_cmpuint (lens_cursor_left (&cursor), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/cursor/reads-in-both-orders", reads_in_both_orders);
  g_test_add_func ("/wire/cursor/a-short-read-stays-short", a_short_read_stays_short);
  return g_test_run ();
}
