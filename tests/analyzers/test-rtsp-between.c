/* Octets between RTSP messages. */
#include "tests/analyzers/build.h"

static void
junk_between_messages_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtsp-between");

  build_session (build, build_sdp_h264, TRUE, "");
  guint64 frame = build_segment (build, &build->rtsp, CAMERA, build_hex ("01 6c65616b 02 03"));
  gsize offset = build->offset;
  build_request (build, "GET_PARAMETER", "Session: 12345678\r\n", "Session: 12345678\r\n", "");

  const LensFindingRow *finding = build_found (build, "rtsp-bytes-between", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, offset, 7);
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, 7);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNEXPLAINED), ==, 0);
}

static void
line_ends_between_messages_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtsp-between");

  build_session (build, build_sdp_h264, TRUE, "");
  build_segment (build, &build->rtsp, CAMERA, build_text ("\r\n"));
  build_request (build, "GET_PARAMETER", "Session: 12345678\r\n", "Session: 12345678\r\n", "");

  g_assert_null (build_finding (build, "rtsp-bytes-between"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/rtsp-between/junk-between-messages-is-found",
                   junk_between_messages_is_found);
  g_test_add_func ("/analyzers/rtsp-between/line-ends-between-messages-are-quiet",
                   line_ends_between_messages_are_quiet);
  return g_test_run ();
}
