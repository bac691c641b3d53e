/* Packets that are sent twice. */
#include "tests/analyzers/build.h"

static guint64
send (Build *build, guint8 payload_type, guint16 sequence, guint32 timestamp, const char *payload)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .payload_type = payload_type,
                                             .sequence = sequence,
                                             .timestamp = timestamp,
                                             .ssrc = 0xaaaa,
                                             .payload = build_hex (payload) }));
}

static void
another_payload_under_the_same_number_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-repeats");

  build_session (build, build_sdp_h264, FALSE, "");
  send (build, 96, 1, 3600, "419a5c5c");
  send (build, 96, 2, 7200, "419a5c5c");
  guint64 frame = send (build, 96, 1, 3600, "73656372");

  const LensFindingRow *finding
      = build_found (build, "rtp-duplicate-different", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 32);
  build_assert_octets (finding, 0, frame, build->offset + 12, 4);
}

static void
a_true_repeat_has_no_finding (void)
{
  g_autoptr (Build) build = build_new ("rtp-repeats");

  build_session (build, build_sdp_h264, FALSE, "");
  send (build, 96, 1, 3600, "419a5c5c");
  send (build, 96, 1, 3600, "419a5c5c");

  g_assert_null (build_finding (build, "rtp-duplicate-different"));
}

/* Uniview: the private packet has the number of the one that follows. */
static void
another_type_with_the_number_has_no_finding (void)
{
  g_autoptr (Build) build = build_new ("rtp-repeats");

  build_session (build, build_sdp_h264, FALSE, "");
  send (build, 50, 722, 3600, "0102030405");
  send (build, 96, 722, 3600, "419a5c5c");

  g_assert_null (build_finding (build, "rtp-duplicate-different"));
}

/* The sequence starts over, or goes around. */
static void
a_number_that_comes_back_later_has_no_finding (void)
{
  g_autoptr (Build) build = build_new ("rtp-repeats");

  build_session (build, build_sdp_h264, FALSE, "");
  send (build, 96, 1, 3600, "419a5c5c");
  send (build, 96, 1, 990000, "41aabbcc");

  g_assert_null (build_finding (build, "rtp-duplicate-different"));
}

static const char sdp_rtx[] = "v=0\r\n"
                              "o=- 1 1 IN IP4 192.0.2.10\r\n"
                              "s=camera\r\n"
                              "t=0 0\r\n"
                              "m=video 0 RTP/AVPF 96 97\r\n"
                              "a=rtpmap:96 H264/90000\r\n"
                              "a=rtpmap:97 rtx/90000\r\n"
                              "a=fmtp:97 apt=96;rtx-time=3000\r\n"
                              "a=control:track1\r\n";

static void
a_retransmission_holds_what_it_repeats (void)
{
  g_autoptr (Build) build = build_new (NULL);

  build_session (build, sdp_rtx, FALSE, "");
  for (guint16 i = 1; i <= 20; i++)
    send (build, 96, i, 3600u * i, "419a5c5c5c5c");
  for (guint16 i = 1; i <= 20; i++)
    build_media (
        build, CAMERA, 0, FALSE,
        build_rtp ((BuildRtp){
            .payload_type = 97,
            .sequence = (guint16)(500 + i),
            .timestamp = 3600u * i,
            .ssrc = 0xbbbb,
            .payload = build_join (build_hex ("00"), build_join (build_filled ((guint8)i, 1),
                                                                 build_hex ("419a5c5c5c5c"))) }));
  build_quiet (build, "rtp-duplicate-different");
  build_quiet (build, "rtp-extra-ssrc");
}

static void
a_retransmission_of_something_else_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-repeats");

  build_session (build, sdp_rtx, FALSE, "");
  send (build, 96, 7, 7200, "419a5c5c5c5c");
  guint64 frame
      = build_media (build, CAMERA, 0, FALSE,
                     build_rtp ((BuildRtp){ .payload_type = 97,
                                            .sequence = 1,
                                            .timestamp = 7200,
                                            .ssrc = 0xbbbb,
                                            .payload = build_hex ("0007 736563726574") }));
  const LensFindingRow *finding
      = build_found (build, "rtp-duplicate-different", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 2, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtp-repeats/" name, function)
  CASE ("another-payload-under-the-same-number-is-found",
        another_payload_under_the_same_number_is_found);
  CASE ("a-true-repeat-has-no-finding", a_true_repeat_has_no_finding);
  CASE ("another-type-with-the-number-has-no-finding", another_type_with_the_number_has_no_finding);
  CASE ("a-number-that-comes-back-later-has-no-finding",
        a_number_that_comes_back_later_has_no_finding);
  CASE ("a-retransmission-holds-what-it-repeats", a_retransmission_holds_what_it_repeats);
  CASE ("a-retransmission-of-something-else-is-found", a_retransmission_of_something_else_is_found);
  return g_test_run ();
}
