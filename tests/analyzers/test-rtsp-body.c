/* Bodies of RTSP replies, where they may be and where they may not. */
#include "tests/analyzers/build.h"

#include <string.h>

static void
a_body_that_nobody_asked_for_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtsp-body");
  static const char body[] = "not asked for";

  build_session (build, build_sdp_h264, TRUE, "");
  guint64 frame = build_request (build, "OPTIONS", "", "Public: PLAY\r\n", body);
  static const char head[]
      = "RTSP/1.0 200 OK\r\nCSeq: 5\r\nPublic: PLAY\r\nContent-Length: 13\r\n\r\n";

  const LensFindingRow *finding = build_found (build, "rtsp-unexpected-body", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + strlen (head), strlen (body));
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, strlen (body));
}

static void
descriptions_and_parameters_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtsp-body");

  build_session (build, build_sdp_h264, TRUE, "");
  g_autofree char *ask = g_strdup_printf ("GET_PARAMETER rtsp://192.0.2.10/live RTSP/1.0\r\nCSeq: "
                                          "77\r\nContent-Length: 8\r\n\r\njitter\r\n");
  build_segment (build, &build->rtsp, VIEWER, build_text (ask));
  build_segment (
      build, &build->rtsp, CAMERA,
      build_text ("RTSP/1.0 200 OK\r\nCSeq: 77\r\nContent-Length: 11\r\n\r\njitter: 1\r\n"));

  g_assert_null (build_finding (build, "rtsp-unexpected-body"));
}

static void
an_error_may_explain_itself (void)
{
  g_autoptr (Build) build = build_new ("rtsp-body");

  build_session (build, build_sdp_h264, TRUE, "");
  build_segment (build, &build->rtsp, VIEWER,
                 build_text ("PAUSE rtsp://192.0.2.10/live RTSP/1.0\r\nCSeq: 77\r\n\r\n"));
  build_segment (
      build, &build->rtsp, CAMERA,
      build_text ("RTSP/1.0 501 Not Implemented\r\nCSeq: 77\r\nContent-Type: text/html\r\n"
                  "Content-Length: 6\r\n\r\n<html>"));

  g_assert_cmpuint (build_quiet (build, "rtsp-unexpected-body")->room_bits, ==, 48);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtsp-body/" name, function)
  CASE ("a-body-that-nobody-asked-for-is-found", a_body_that_nobody_asked_for_is_found);
  CASE ("descriptions-and-parameters-are-quiet", descriptions_and_parameters_are_quiet);
  CASE ("an-error-may-explain-itself", an_error_may_explain_itself);
  return g_test_run ();
}
