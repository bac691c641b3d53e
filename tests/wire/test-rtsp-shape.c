#include "wire/rtsp-shape.h"

#include <string.h>

static guint64
shape (const char *line, gsize *longest)
{
  const LensRange headers = { 0, strlen (line) };
  LensRtspHeader header;
  gsize position = 0;

  g_assert_true (lens_rtsp_header_next ((const guint8 *)line, headers, &position, &header));
  return lens_rtsp_header_shape ((const guint8 *)line, &header, longest);
}

static gboolean
same (const char *a, const char *b)
{
  gsize longest;

  return shape (a, &longest) == shape (b, &longest);
}

static void
what_varies_by_its_definition_is_left_out (void)
{
  gsize longest;

  g_assert_true (same ("Session: 1234;timeout=60\r\n", "Session: ab98;timeout=60\r\n"));
  g_assert_false (same ("Session: 1234;timeout=60\r\n", "Session: 1234;timeout=61\r\n"));
  g_assert_true (same ("Transport: RTP/AVP;unicast;client_port=1-2;ssrc= 0A\r\n",
                       "Transport: RTP/AVP;unicast;client_port=77-78;ssrc= 1F\r\n"));
  g_assert_false (
      same ("Transport: RTP/AVP;unicast;x=1\r\n", "Transport: RTP/AVP;unicast;x=2\r\n"));
  g_assert_true (same ("Range: npt=0.5-\r\n", "Range: npt=17.25-\r\n"));
  g_assert_true (same ("WWW-Authenticate: Digest realm=\"a, b\", nonce=\"11\"\r\n",
                       "WWW-Authenticate: Digest realm=\"a, b\", nonce=\"22\"\r\n"));
  g_assert_false (same ("WWW-Authenticate: Digest realm=\"a, b\", nonce=\"11\"\r\n",
                        "WWW-Authenticate: Digest realm=\"a, c\", nonce=\"11\"\r\n"));
  g_assert_false (same ("Server: a\r\n", "Server: b\r\n"));
  shape ("Session: 12345678;timeout=60\r\n", &longest);
  g_assert_cmpuint (longest, ==, 8);
}

static void
a_time_of_day_is_read_anywhere (void)
{
  static const char date[] = "Tue, Nov 14 2023 22:13:20 GMT";

  g_assert_cmpint (lens_rtsp_time_of_day ((const guint8 *)date, (LensRange){ 0, strlen (date) }),
                   ==, (22 * 60 + 13) * 60 + 20);
  g_assert_cmpint (lens_rtsp_time_of_day ((const guint8 *)date, (LensRange){ 0, 16 }), ==, -1);
}

static void
names_are_known_in_any_case (void)
{
  const guint8 *name = (const guint8 *)"x-NOTEcseqDATE";

  g_assert_cmpint (lens_rtsp_header_nature (name, (LensRange){ 0, 6 }), ==,
                   LENS_RTSP_NATURE_UNKNOWN);
  g_assert_cmpint (lens_rtsp_header_nature (name, (LensRange){ 6, 4 }), ==, LENS_RTSP_NATURE_OWN);
  g_assert_cmpint (lens_rtsp_header_nature (name, (LensRange){ 10, 4 }), ==, LENS_RTSP_NATURE_DATE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/rtsp-shape/what-varies-by-its-definition-is-left-out",
                   what_varies_by_its_definition_is_left_out);
  g_test_add_func ("/wire/rtsp-shape/a-time-of-day-is-read-anywhere",
                   a_time_of_day_is_read_anywhere);
  g_test_add_func ("/wire/rtsp-shape/names-are-known-in-any-case", names_are_known_in_any_case);
  return g_test_run ();
}
