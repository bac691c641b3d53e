/* gzip headers by hand (RFC 1952 section 2.3). */
#include "wire/gzip.h"

static void
all_parts_of_a_header_are_named (void)
{
  const guint8 octets[] = { 0x1f, 0x8b, 8,    0x1e,       /* deflate; all parts */
                            0x78, 0x56, 0x34, 0x12, 2, 3, /* time, XFL, Unix */
                            2,    0,    'e',  'x',        /* FEXTRA */
                            'n',  0,                      /* FNAME */
                            'c',  'c',  0,                /* FCOMMENT */
                            1,    2,                      /* checksum */
                            9,    9,    9 };              /* data */
  LensGzip gzip;

  g_assert_true (lens_gzip_parse (octets, sizeof octets, &gzip));
  g_assert_cmpuint (gzip.mtime, ==, 0x12345678);
  g_assert_cmpuint (gzip.system, ==, 3);
  g_assert_cmpuint (gzip.extra.offset, ==, 10);
  g_assert_cmpuint (gzip.extra.length, ==, 4);
  g_assert_cmpuint (gzip.name.offset, ==, 14);
  g_assert_cmpuint (gzip.name.length, ==, 2);
  g_assert_cmpuint (gzip.comment.offset, ==, 16);
  g_assert_cmpuint (gzip.comment.length, ==, 3);
  g_assert_cmpuint (gzip.data.offset, ==, 21);
  g_assert_cmpuint (gzip.data.length, ==, 3);
  for (gsize length = 0; length < 21; length++)
    g_assert_false (lens_gzip_parse (octets, length, &gzip));
}

static void
a_plain_header_has_ten_octets (void)
{
  const guint8 octets[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 7 };
  LensGzip gzip;

  g_assert_true (lens_gzip_parse (octets, sizeof octets, &gzip));
  g_assert_cmpuint (gzip.data.offset, ==, 10);
  g_assert_cmpuint (gzip.extra.length + gzip.name.length + gzip.comment.length, ==, 0);
  g_assert_false (lens_gzip_parse (octets + 1, sizeof octets - 1, &gzip));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/gzip/all-parts-of-a-header-are-named", all_parts_of_a_header_are_named);
  g_test_add_func ("/wire/gzip/a-plain-header-has-ten-octets", a_plain_header_has_ten_octets);
  return g_test_run ();
}
