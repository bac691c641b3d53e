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

/* RFC 7826 section 13.5.1. */
static void
notify (Build *build, guint cseq, const char *reason)
{
  g_autofree char *text = g_strdup_printf (
      "PLAY_NOTIFY rtsp://192.0.2.10/live RTSP/2.0\r\nCSeq: %u\r\nNotify-Reason: %s\r\n"
      "Request-Status: cseq=%u status=200 reason=\"OK\"\r\nRange: npt=-145.%u\r\n"
      "RTP-Info: url=\"rtsp://192.0.2.10/live/track1\" ssrc=0D12F1%02X:seq=%u;rtptime=%u\r\n"
      "Session: uZ3ci0K+Ld-M\r\nDate: Mon, 08 Mar 2010 13:37:%02u GMT\r\n\r\n",
      cseq, reason, cseq - 1, cseq, cseq * 37 % 256, 14783 + cseq, 2345962545u + cseq, cseq % 60);

  build_segment (build, &build->rtsp, CAMERA, build_text (text));
}

static void
a_notice_of_the_session_is_room (void)
{
  g_autoptr (Build) build = build_new ("rtsp-server-request");

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 1; i < 12; i++)
    {
      notify (build, 2 * i, "end-of-stream");
      notify (build, 2 * i + 1, "scale-change");
    }
  build_segment (build, &build->rtsp, CAMERA,
                 build_text ("TEARDOWN rtsp://192.0.2.10/live RTSP/2.0\r\nCSeq: 60\r\n"
                             "Session: uZ3ci0K+Ld-M\r\nTerminate-Reason: "
                             "Session-Timeout;time=1268055436\r\n\r\n"));

  g_assert_cmpuint (build_quiet (build, "rtsp-server-request")->room_bits, >, 0);
}

static void
a_notice_without_a_reason_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtsp-server-request");

  build_session (build, build_sdp_h264, TRUE, "");
  notify (build, 8, "door-open");

  build_found (build, "rtsp-server-request", LENS_SEVERITY_HIGH);
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
  CASE ("a-notice-of-the-session-is-room", a_notice_of_the_session_is_room);
  CASE ("a-notice-without-a-reason-is-found", a_notice_without_a_reason_is_found);
  CASE ("the-viewers-requests-are-quiet", the_viewers_requests_are_quiet);
  return g_test_run ();
}
