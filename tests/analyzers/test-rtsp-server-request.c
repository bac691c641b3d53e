/* Requests of the camera. */
#include "tests/analyzers/build.h"

#include <string.h>

static void
a_parameter_that_the_camera_sets_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtsp-server-request");
  static const char text[]
      = "SET_PARAMETER * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 5\r\n\r\nhello";

  build_session (build, build_sdp_h264, TRUE, "");
  guint64 frame = build_segment (build, &build->rtsp, CAMERA, build_text (text));
  gsize offset = build->offset;
  build_segment (build, &build->rtsp, VIEWER, build_text ("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"));
  build_video (build, 3, 1, 0x1234);

  const LensFindingRow *finding = build_found (build, "rtsp-server-request", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, offset, strlen (text));
  /* The viewer's answer does not make it the server: the video stays the camera's. */
  g_assert_cmpuint (build_class (build, LENS_CLASS_DECLARED_VIDEO), >, 0);
}

static void
a_question_for_the_viewer_is_room (void)
{
  g_autoptr (Build) build = build_new ("rtsp-server-request");

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 1; i < 12; i++)
    {
      g_autofree char *text
          = g_strdup_printf ("OPTIONS * RTSP/1.0\r\nCSeq: %u\r\nSession: 4711\r\n\r\n", i);
      build_segment (build, &build->rtsp, CAMERA, build_text (text));
    }

  g_assert_cmpuint (build_quiet (build, "rtsp-server-request")->room_bits, >, 0);
}

static void
the_viewers_requests_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtsp-server-request");

  build_session (build, build_sdp_h264, TRUE, "");
  build_request (build, "SET_PARAMETER", "", "", "");

  g_assert_null (build_finding (build, "rtsp-server-request"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtsp-server-request/" name, function)
  CASE ("a-parameter-that-the-camera-sets-is-found", a_parameter_that_the_camera_sets_is_found);
  CASE ("a-question-for-the-viewer-is-room", a_question_for_the_viewer_is_room);
  CASE ("the-viewers-requests-are-quiet", the_viewers_requests_are_quiet);
  return g_test_run ();
}
