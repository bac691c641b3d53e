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

  build_quiet (build, "rtsp-bytes-between");
}

static void
a_line_end_behind_each_packet_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtsp-between");

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 0; i < 60; i++)
    {
      build_video (build, 1, (guint16)i, 0x1234);
      build_segment (build, &build->rtsp, CAMERA, build_text ("\r\n"));
    }

  g_assert_cmpuint (build_quiet (build, "rtsp-bytes-between")->room_bits, ==, 60);
}

static void
a_line_end_every_second_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtsp-between");

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 0; i < 40; i++)
    {
      build_video (build, 90 + i * i % 11, (guint16)(200 * i), 0x1234);
      build_segment (build, &build->rtsp, CAMERA, build_text ("\r\n"));
    }

  build_quiet (build, "rtsp-bytes-between");
}

/* Message bits as line ends, one or two. */
static void
line_ends_that_count_are_found (void)
{
  g_autoptr (Build) build = build_new ("rtsp-between");

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 0; i < 60; i++)
    {
      build_video (build, 2, (guint16)(2 * i), 0x1234);
      build_segment (build, &build->rtsp, CAMERA,
                     build_text ((i * 2654435761u) >> 31 ? "\r\n\r\n" : "\r\n"));
    }

  const LensFindingRow *finding = build_found (build, "rtsp-bytes-between", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, >=, 48);
}

/* Two bits of a message as none to three empty frames behind a packet. */
static void
empty_frames_that_count_are_found (void)
{
  g_autoptr (Build) build = build_new ("rtsp-between");

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 0; i < 80; i++)
    {
      build_video (build, 2, (guint16)(2 * i), 0x1234);
      for (guint n = (i * 2654435761u) >> 30; n > 0; n--)
        build_interleaved (build, CAMERA, 1, g_byte_array_new ());
    }

  build_found (build, "rtsp-bytes-between", LENS_SEVERITY_MEDIUM);
}

static void
an_empty_frame_now_and_then_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtsp-between");

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 0; i < 60; i++)
    {
      build_video (build, 100 + i % 7, (guint16)(110 * i), 0x1234);
      build_interleaved (build, CAMERA, 1, g_byte_array_new ());
    }

  build_quiet (build, "rtsp-bytes-between");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/rtsp-between/junk-between-messages-is-found",
                   junk_between_messages_is_found);
  g_test_add_func ("/analyzers/rtsp-between/line-ends-between-messages-are-quiet",
                   line_ends_between_messages_are_quiet);
  g_test_add_func ("/analyzers/rtsp-between/a-line-end-behind-each-packet-is-quiet",
                   a_line_end_behind_each_packet_is_quiet);
  g_test_add_func ("/analyzers/rtsp-between/a-line-end-every-second-is-quiet",
                   a_line_end_every_second_is_quiet);
  g_test_add_func ("/analyzers/rtsp-between/line-ends-that-count-are-found",
                   line_ends_that_count_are_found);
  g_test_add_func ("/analyzers/rtsp-between/empty-frames-that-count-are-found",
                   empty_frames_that_count_are_found);
  g_test_add_func ("/analyzers/rtsp-between/an-empty-frame-now-and-then-is-quiet",
                   an_empty_frame_now_and_then_is_quiet);
  return g_test_run ();
}
