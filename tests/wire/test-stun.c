#include "wire/stun.h"

#include <string.h>

/* Binding request: SOFTWARE "abc" with a zero behind it, and PADDING of two octets. */
static const guint8 request[]
    = { 0,  1,  0,    16,   0x21, 0x12, 0xa4, 0x42, 1,   2, 3, 4,    5, 6, 7,   8,   9, 10,
        11, 12, 0x80, 0x22, 0,    3,    'a',  'b',  'c', 0, 0, 0x26, 0, 2, 'x', 'y', 0, 0 };

static void
attributes_are_read_with_their_padding (void)
{
  LensStun stun;
  LensRange left, value, padding;
  guint16 type;

  g_assert_true (lens_stun_parse (request, sizeof request, &stun));
  g_assert_cmpuint (stun.type, ==, 1);
  g_assert_cmpuint (stun.length, ==, sizeof request);
  left = stun.attributes;
  g_assert_true (lens_stun_attribute_next (request, &left, &type, &value, &padding));
  g_assert_cmpuint (type, ==, LENS_STUN_SOFTWARE);
  g_assert_cmpmem (request + value.offset, value.length, "abc", 3);
  g_assert_cmpuint (padding.length, ==, 1);
  g_assert_true (lens_stun_attribute_next (request, &left, &type, &value, &padding));
  g_assert_cmpuint (type, ==, LENS_STUN_PADDING);
  g_assert_cmpuint (padding.length, ==, 2);
  g_assert_false (lens_stun_attribute_next (request, &left, &type, &value, &padding));
}

static void
no_length_leads_outside (void)
{
  for (guint at = 0; at < sizeof request; at++)
    for (gsize length = 0; length <= sizeof request; length++)
      {
        guint8 *exact = g_memdup2 (request, length);
        LensStun stun;
        LensRange left, value, padding;
        guint16 type;
        if (at < length)
          exact[at] ^= 0xff;
        if (lens_stun_parse (exact, length, &stun))
          for (left = stun.attributes;
               lens_stun_attribute_next (exact, &left, &type, &value, &padding);)
            g_assert_cmpuint (lens_range_end (padding), <=, length);
        g_free (exact);
      }
}

static void
channels_of_turn_are_told_by_their_length (void)
{
  LensRange data;

  g_assert_true (lens_turn_channel ((const guint8 *)"\x40\x01\0\3abc", 7, &data));
  g_assert_cmpuint (data.length, ==, 3);
  g_assert_true (lens_turn_channel ((const guint8 *)"\x40\x01\0\3abc\0", 8, &data));
  g_assert_false (lens_turn_channel ((const guint8 *)"\x40\x01\0\4abc", 7, &data));
  g_assert_false (lens_turn_channel ((const guint8 *)"\x50\x01\0\3abc", 7, &data));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/stun/attributes-are-read-with-their-padding",
                   attributes_are_read_with_their_padding);
  g_test_add_func ("/wire/stun/no-length-leads-outside", no_length_leads_outside);
  g_test_add_func ("/wire/stun/channels-of-turn-are-told-by-their-length",
                   channels_of_turn_are_told_by_their_length);
  return g_test_run ();
}
