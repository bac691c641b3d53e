/* Where a payload stands in its unit. */
#include "wire/rtp-fragment.h"

static LensRtpFragment
read_of (const char *codec, const guint8 *payload, gsize length)
{
  return lens_rtp_fragment (lens_fragment_of (codec), payload, length);
}

static void
an_h264_fragment_says_where_it_stands (void)
{
  /* FU indicator 0x7c (NRI 3, type 28), FU header: S, none, E, both; type 5 */
  const guint8 first[] = { 0x7c, 0x85, 1 }, middle[] = { 0x7c, 0x05, 1 };
  const guint8 last[] = { 0x7c, 0x45, 1 }, only[] = { 0x7c, 0xc5, 1 };
  const guint8 whole[] = { 0x67, 0x42 }, cut[] = { 0x7c };

  g_assert_cmpint (read_of ("H264", first, 3).place, ==, LENS_FRAGMENT_FIRST);
  g_assert_cmpint (read_of ("H264", middle, 3).place, ==, LENS_FRAGMENT_MIDDLE);
  g_assert_cmpint (read_of ("H264", last, 3).place, ==, LENS_FRAGMENT_LAST);
  g_assert_cmpint (read_of ("H264", only, 3).place, ==, LENS_FRAGMENT_ONLY);
  g_assert_cmpint (read_of ("H264", cut, 1).place, ==, LENS_FRAGMENT_UNKNOWN);
  g_assert_cmpint (read_of ("H264", first, 3).unit, ==, 5);
  g_assert_cmpint (read_of ("H264", first, 3).head, ==, 2);
  g_assert_false (read_of ("H264", first, 3).parameter);
  g_assert_cmpint (read_of ("H264", whole, 2).place, ==, LENS_FRAGMENT_WHOLE);
  g_assert_true (read_of ("H264", whole, 2).parameter);
}

static void
an_h265_fragment_says_where_it_stands (void)
{
  /* payload header of type 49, FU header: E, type 19; a VPS */
  const guint8 last[] = { 0x62, 0x01, 0x53, 1 }, vps[] = { 0x40, 0x01, 1 };

  g_assert_cmpint (read_of ("H265", last, 4).place, ==, LENS_FRAGMENT_LAST);
  g_assert_cmpint (read_of ("H265", last, 4).unit, ==, 19);
  g_assert_cmpint (read_of ("H265", last, 4).head, ==, 3);
  g_assert_true (read_of ("H265", vps, 3).parameter);
}

static void
a_jpeg_fragment_says_where_its_octets_go (void)
{
  /* type-specific, offset, type 1, Q, width, height; tables: mbz, precision, length */
  const guint8 tables[] = { 0, 0, 0, 0, 1, 255, 80, 45, 0, 0, 0, 2, 7, 7, 1 };
  const guint8 next[] = { 0, 0, 5, 0, 65, 255, 80, 45, 0, 0, 0, 0, 1 };
  const guint8 cut[] = { 0, 0, 0, 0, 1, 255, 80, 45, 0, 0, 0, 200, 7 };
  LensRtpFragment fragment = read_of ("JPEG", tables, sizeof tables);

  g_assert_cmpint (fragment.place, ==, LENS_FRAGMENT_FIRST);
  g_assert_cmpint (fragment.head, ==, 14);
  fragment = read_of ("JPEG", next, sizeof next);
  g_assert_cmpint (fragment.place, ==, LENS_FRAGMENT_MIDDLE);
  g_assert_cmpint (fragment.position, ==, 0x500);
  g_assert_cmpint (fragment.head, ==, 12);
  fragment = read_of ("JPEG", cut, sizeof cut);
  g_assert_cmpint (fragment.place, ==, LENS_FRAGMENT_UNKNOWN);
}

static void
other_codecs_say_nothing (void)
{
  const guint8 sound[] = { 0xd5, 0xd5 };

  g_assert_cmpint (read_of ("PCMA", sound, 2).place, ==, LENS_FRAGMENT_UNKNOWN);
  g_assert_cmpint (read_of (NULL, sound, 2).place, ==, LENS_FRAGMENT_UNKNOWN);
  g_assert_cmpint (read_of ("H264", sound, 0).place, ==, LENS_FRAGMENT_UNKNOWN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/wire/rtp-fragment/" name, function)
  CASE ("an-h264-fragment-says-where-it-stands", an_h264_fragment_says_where_it_stands);
  CASE ("an-h265-fragment-says-where-it-stands", an_h265_fragment_says_where_it_stands);
  CASE ("a-jpeg-fragment-says-where-its-octets-go", a_jpeg_fragment_says_where_its_octets_go);
  CASE ("other-codecs-say-nothing", other_codecs_say_nothing);
  return g_test_run ();
}
