#include "wire/quic.h"

static void
a_long_header_is_read (void)
{
  static const guint8 octets[] = { 0xc3, 0, 0, 0, 1, 3, 'a', 'b', 'c', 2, 'd', 'e', 0 };
  LensQuic quic;

  g_assert_true (lens_quic_parse (octets, sizeof octets, &quic));
  g_assert_cmpuint (quic.version, ==, 1);
  g_assert_cmpuint (quic.destination_id.offset, ==, 6);
  g_assert_cmpuint (quic.destination_id.length, ==, 3);
  g_assert_cmpuint (quic.source_id.offset, ==, 10);
  for (gsize length = 0; length < 12; length++)
    {
      guint8 *exact = g_memdup2 (octets, length);
      g_assert_false (lens_quic_parse (exact, length, &quic));
      g_free (exact);
    }
}

static void
versions_are_registered_or_reserved (void)
{
  g_assert_true (lens_quic_is_known (1));
  g_assert_true (lens_quic_is_known (0x6b3343cf));
  g_assert_true (lens_quic_is_known (0xff00001d));
  g_assert_true (lens_quic_is_known (0x1a2a3a4a));
  g_assert_false (lens_quic_is_known (0x12345678));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/quic/a-long-header-is-read", a_long_header_is_read);
  g_test_add_func ("/wire/quic/versions-are-registered-or-reserved",
                   versions_are_registered_or_reserved);
  return g_test_run ();
}
