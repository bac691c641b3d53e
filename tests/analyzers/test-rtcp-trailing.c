/* What lies behind the meaningful parts of control packets. */
#include "tests/analyzers/build.h"

static Build *
session (void)
{
  Build *build = build_new ("rtcp-trailing");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0xaaaa);
  return build;
}

static const LensFindingRow *
found (Build *build)
{
  return build_found (build, "rtcp-profile-extension", LENS_SEVERITY_MEDIUM);
}

static void
words_behind_the_blocks_are_found (void)
{
  g_autoptr (Build) build = session ();
  GByteArray *report = build_report (0xaaaa, build_hex ("6162636465666768"));

  report->data[3] += 2; /* the words are part of the report */
  guint64 frame = build_media (build, CAMERA, 0, TRUE, report);

  build_assert_octets (found (build), 0, frame, build->offset + 28, 8);
}

static void
octets_behind_the_compound_are_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = build_media (build, CAMERA, 0, TRUE, build_report (0xaaaa, build_hex ("616263")));

  build_assert_octets (found (build), 0, frame, build->offset + 28, 3);
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, 3);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNEXPLAINED), ==, 0);
}

static GByteArray *
padded (const char *padding)
{
  GByteArray *report = build_report (0xaaaa, build_hex (padding));

  report->data[0] |= 0x20;
  report->data[3] += 2;
  return report;
}

static void
padding_with_content_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = build_media (build, CAMERA, 0, TRUE, padded ("61626364656667 08"));

  build_assert_octets (found (build), 0, frame, build->offset + 28, 7);
}

static void
padding_of_zeros_is_room (void)
{
  g_autoptr (Build) build = session ();

  build_media (build, CAMERA, 0, TRUE, padded ("00000000000000 08"));

  g_assert_cmpuint (build_quiet (build, "rtcp-profile-extension")->room_bits, ==, 56);
}

static void
the_tag_of_srtcp_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtcp-trailing");

  build_session (build,
                 "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=S\r\nt=0 0\r\n"
                 "m=video 0 RTP/SAVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n",
                 FALSE, "");
  build_media (build, CAMERA, 0, TRUE,
               build_report (0xaaaa, build_hex ("80000001 0102030405060708090a")));

  g_assert_null (build_quiet (build, "rtcp-profile-extension"));
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNEXPLAINED), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtcp-trailing/" name, function)
  CASE ("words-behind-the-blocks-are-found", words_behind_the_blocks_are_found);
  CASE ("octets-behind-the-compound-are-found", octets_behind_the_compound_are_found);
  CASE ("padding-with-content-is-found", padding_with_content_is_found);
  CASE ("padding-of-zeros-is-room", padding_of_zeros_is_room);
  CASE ("the-tag-of-srtcp-is-quiet", the_tag_of_srtcp_is_quiet);
  return g_test_run ();
}
