/* gzip headers by hand (RFC 1952 section 2.3), and members as gzip(1) makes them. */
#include "wire/gzip.h"

#include <string.h>

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

/* printf '<a>hello hello hello hello</a>' | gzip -n -9 */
static const guint8 member[]
    = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xb3, 0x49,
        0xb4, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc0, 0x20, 0x6d, 0xf4, 0x13,
        0xed, 0x00, 0xa8, 0x16, 0x60, 0xe1, 0x1e, 0x00, 0x00, 0x00 };
static const char text[] = "<a>hello hello hello hello</a>";

static void
unpack (const guint8 *octets, gsize length, gsize max, GByteArray *into, LensGunzip *end)
{
  LensGzip gzip;

  g_assert_true (lens_gzip_parse (octets, length, &gzip));
  lens_gzip_unpack (octets, length, &gzip, max, into, end);
  g_assert_cmpuint (into->len, <=, max);
}

static void
a_member_of_gzip_is_unpacked (void)
{
  g_autoptr (GByteArray) into = g_byte_array_new ();
  guint8 more[sizeof member + 3] = { 0 };
  LensGunzip end;

  memcpy (more, member, sizeof member);
  unpack (more, sizeof more, 100, into, &end);
  g_assert_cmpmem (into->data, into->len, text, strlen (text));
  g_assert_true (end.whole && !end.differs && !end.capped && !end.broken);
  g_assert_cmpuint (end.trailer.offset, ==, sizeof member - 8);
  g_assert_cmpuint (end.behind.offset, ==, sizeof member);
  g_assert_cmpuint (end.behind.length, ==, 3);
}

static void
what_is_wrong_is_told (void)
{
  g_autoptr (GByteArray) into = g_byte_array_new ();
  guint8 other[sizeof member];
  LensGunzip end;

  unpack (member, sizeof member, 10, into, &end);
  g_assert_true (end.capped && !end.whole && !end.broken);
  g_assert_cmpmem (into->data, into->len, text, 10);

  for (gsize length = 10; length < sizeof member; length++)
    {
      unpack (member, length, 100, into, &end);
      g_assert_true (!end.whole && end.broken);
    }
  for (guint i = 10; i < sizeof member; i++)
    {
      memcpy (other, member, sizeof member);
      other[i] ^= 0x10;
      unpack (other, sizeof other, 100, into, &end);
      g_assert_true (end.differs || end.broken || end.capped);
    }
}

static void
a_header_is_checked (void)
{
  guint8 octets[] = { 0x1f, 0x8b, 8, 2, 0, 0, 0, 0, 0, 3, 0xa7, 0x77, 0, 0 };
  LensGzip gzip;

  g_assert_true (lens_gzip_parse (octets, sizeof octets, &gzip));
  g_assert_cmpuint (gzip.header_check.offset, ==, 10);
  g_assert_false (gzip.header_differs);
  octets[4] = 1;
  g_assert_true (lens_gzip_parse (octets, sizeof octets, &gzip));
  g_assert_true (gzip.header_differs);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/gzip/all-parts-of-a-header-are-named", all_parts_of_a_header_are_named);
  g_test_add_func ("/wire/gzip/a-plain-header-has-ten-octets", a_plain_header_has_ten_octets);
  g_test_add_func ("/wire/gzip/a-member-of-gzip-is-unpacked", a_member_of_gzip_is_unpacked);
  g_test_add_func ("/wire/gzip/what-is-wrong-is-told", what_is_wrong_is_told);
  g_test_add_func ("/wire/gzip/a-header-is-checked", a_header_is_checked);
  return g_test_run ();
}
