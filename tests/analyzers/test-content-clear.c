/* RTP that no session announced. */
#include "tests/analyzers/build.h"

#include <string.h>

enum
{
  PACKETS = 20,
  FROM_PORT = 40010,
  TO_PORT = 50010,
};

/* Packets of @length octets, @step ticks apart; the last frame. */
static guint64
send_stream (Build *build, guint8 type, const char *head, guint length, guint32 step)
{
  guint64 frame = 0;

  for (guint16 i = 0; i < PACKETS; i++)
    frame
        = build_udp (build, CAMERA, FROM_PORT, TO_PORT,
                     build_rtp ((BuildRtp){
                         .payload_type = type,
                         .sequence = (guint16)(100 + i),
                         .timestamp = step * i,
                         .ssrc = 0x77,
                         .payload = build_join (build_hex (head), build_filled (0xd5, length)) }));
  return frame;
}

static void
sound_that_nobody_announced_has_its_channel (void)
{
  g_autoptr (Build) build = build_new ("content-clear");

  build_session (build, build_sdp_h264, FALSE, "");
  guint64 last = send_stream (build, 0, "", 160, 160);
  build_conclude (build);
  const LensFindingRow *finding = build_found (build, "audio-undeclared-track", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, PACKETS);
  g_assert_cmpuint (g_array_index (finding->ranges, LensFrameRange, 0).last, ==, last);
  g_assert_nonnull (strstr (finding->detail, "PCMU"));
  g_assert_null (build_finding (build, "content-media"));
}

/* H.264: no more than a part of the time that its octets would take as samples. */
static void
other_media_that_nobody_announced_are_found (void)
{
  g_autoptr (Build) build = build_new ("content-clear");

  build_session (build, build_sdp_h264, FALSE, "");
  send_stream (build, 96, "41 9a", 160, 3000);
  build_conclude (build);
  const LensFindingRow *finding = build_found (build, "content-media", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, PACKETS);
  g_assert_null (build_finding (build, "audio-undeclared-track"));
}

/* STUN, a handshake of DTLS, and what its keys protect. */
static void
send_webrtc (Build *build)
{
  build_session (build, build_sdp_h264, FALSE, "");
  build_udp (build, CAMERA, FROM_PORT, TO_PORT,
             build_hex ("0001 0000 2112a442 000102030405060708090a0b"));
  build_udp (build, VIEWER, FROM_PORT, TO_PORT,
             build_hex ("16 feff 0000 000000000000 0004 01000000"));
  send_stream (build, 0, "", 160, 160);
  build_conclude (build);
}

/* Type 0 does not make it PCMU. */
static void
what_dtls_protects_is_named_and_not_guessed (void)
{
  g_autoptr (Build) build = build_new ("content-clear");

  send_webrtc (build);
  const LensFindingRow *finding = build_found (build, "content-media", LENS_SEVERITY_HIGH);
  g_assert_nonnull (strstr (finding->detail, "WebRTC"));
  g_assert_null (strstr (finding->detail, "PCMU"));
  g_assert_null (build_finding (build, "audio-undeclared-track"));
  const LensFlowRow *flow = g_ptr_array_index (build->evaluation->flows, 0);
  for (guint i = 0; i < build->evaluation->flows->len && flow->sport != FROM_PORT; i++)
    flow = g_ptr_array_index (build->evaluation->flows, i);
  g_assert_cmpstr (flow->application, ==, "webrtc");
}

/* A service may be sealed, and then says no less than TLS would; in clear it is no place for media
 * that nobody declared. */
static void
a_declared_service_may_be_webrtc (void)
{
  static const char service[] = "[service talk]\nproto = udp\nport = %u\nto = 192.0.2.20\n"
                                "direction = both\n";
  g_autofree char *text = g_strdup_printf (service, TO_PORT);
  g_autoptr (Build) sealed = build_declared ("content-clear", text);
  g_autoptr (Build) clear = build_declared ("content-clear", text);

  send_webrtc (sealed);
  build_found (sealed, "content-media", LENS_SEVERITY_INFO);
  build_session (clear, build_sdp_h264, FALSE, "");
  send_stream (clear, 96, "41 9a", 160, 3000);
  build_conclude (clear);
  build_found (clear, "content-media", LENS_SEVERITY_HIGH);
}

static void
what_was_announced_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("content-clear");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, PACKETS, 1, 7);
  build_conclude (build);
  g_assert_null (build_finding (build, "content-media"));
  g_assert_null (build_finding (build, "audio-undeclared-track"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/content-clear/" name, function)
  CASE ("sound-that-nobody-announced-has-its-channel", sound_that_nobody_announced_has_its_channel);
  CASE ("other-media-that-nobody-announced-are-found", other_media_that_nobody_announced_are_found);
  CASE ("what-dtls-protects-is-named-and-not-guessed", what_dtls_protects_is_named_and_not_guessed);
  CASE ("a-declared-service-may-be-webrtc", a_declared_service_may_be_webrtc);
  CASE ("what-was-announced-is-quiet", what_was_announced_is_quiet);
  return g_test_run ();
}
