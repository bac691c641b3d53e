/* Payload types that mean the same. */
#include "tests/analyzers/build.h"

static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=S\r\nt=0 0\r\n"
                          "m=video 0 RTP/AVP 96 97 98\r\na=rtpmap:96 H264/90000\r\n"
                          "a=rtpmap:97 H264/90000\r\na=rtpmap:98 H265/90000\r\n"
                          "a=control:track1\r\n";

static guint64
send (Build *build, guint16 sequence, guint8 type)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .payload_type = type,
                                             .sequence = sequence,
                                             .timestamp = 3600u * sequence,
                                             .ssrc = 7,
                                             .payload = build_hex ("41 9a 5c 5c") }));
}

static void
types_that_change_are_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-types");
  guint64 first = 0;
  guint second = 0;

  build_session (build, sdp, FALSE, "");
  for (guint16 i = 0; i < 200; i++)
    {
      guint8 type = (guint8)(96 + ((i * 2654435761u) >> 31));
      guint64 frame = send (build, i, type);
      second += type == 97;
      first = type == 97 && first == 0 ? frame : first;
    }
  const LensFindingRow *finding = build_found (build, "rtp-undeclared-pt", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, second);
  build_assert_octets (finding, 0, first, 42 + 1, 1);
}

static void
one_of_them_is_room (void)
{
  g_autoptr (Build) build = build_new ("rtp-types");

  build_session (build, sdp, FALSE, "");
  for (guint16 i = 0; i < 200; i++)
    send (build, i, i < 100 ? 97 : 96);
  g_assert_cmpuint (build_quiet (build, "rtp-undeclared-pt")->room_bits, ==, 200);
}

static void
another_codec_is_no_choice (void)
{
  g_autoptr (Build) build = build_new ("rtp-types");

  build_session (build, sdp, FALSE, "");
  for (guint16 i = 0; i < 200; i++)
    send (build, i, i % 3 == 0 ? 98 : 96);
  build_quiet (build, "rtp-undeclared-pt");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtp-types/" name, function)
  CASE ("types-that-change-are-found", types_that_change_are_found);
  CASE ("one-of-them-is-room", one_of_them_is_room);
  CASE ("another-codec-is-no-choice", another_codec_is_no_choice);
  return g_test_run ();
}
