/* Payload types and sources that do not belong to a track, and those that may change. */
#include "tests/analyzers/build.h"

static guint64
send (Build *build, guint8 payload_type, guint16 sequence, guint32 ssrc, const char *payload)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .payload_type = payload_type,
                                             .sequence = sequence,
                                             .ssrc = ssrc,
                                             .payload = build_hex (payload) }));
}

static void
a_private_type_inside_the_stream_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-identity");

  build_session (build, build_sdp_h264, TRUE, "");
  build_video (build, 5, 1, 0xaaaa);
  guint64 frame = send (build, 50, 6, 0xaaaa, "0102030405060708090a0b0c0d0e0f");
  gsize offset = build->offset + 12;
  build_video (build, 5, 6, 0xaaaa);

  const LensFindingRow *finding
      = build_found (build, "rtp-private-pt-in-ssrc", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, offset, 15);
  g_assert_nonnull (strstr (finding->detail, "Uniview"));
  g_assert_null (build_finding (build, "rtp-undeclared-pt"));
  g_assert_null (build_finding (build, "rtp-extra-ssrc"));
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, 15);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNEXPLAINED), ==, 0);
}

static void
an_undeclared_type_beside_the_stream_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-identity");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 5, 1, 0xaaaa);
  guint64 frame = send (build, 97, 100, 0xbbbb, "aabbccdd");

  const LensFindingRow *finding = build_found (build, "rtp-undeclared-pt", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12, 4);
  g_assert_true (g_str_has_prefix (finding->detail, "Payload type 97 (1 packet)."));
}

static void
a_second_stream_on_the_track_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-identity");
  guint64 frames[3];

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 5, 1, 0xaaaa);
  frames[0] = send (build, 96, 900, 0xbbbb, "aabbccdd");
  frames[1] = send (build, 96, 901, 0xbbbb, "aabbccdd");
  build_video (build, 5, 6, 0xaaaa);
  frames[2] = send (build, 96, 902, 0xbbbb, "11223344");

  const LensFindingRow *finding = build_found (build, "rtp-extra-ssrc", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 3);
  /* From the SSRC to the end of the payload. */
  build_assert_octets (finding, 0, frames[0], build->offset + 8, 8);
  build_assert_octets (finding, 1, frames[1], build->offset + 8, 8);
  build_assert_octets (finding, 2, frames[2], build->offset + 8, 8);
}

static void
a_number_that_changes_inside_the_stream_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-identity");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 5, 1, 0xaaaa);
  build_video (build, 1, 6, 0x73656372);
  guint64 frame = build->frame;
  gsize offset = build->offset + 8;
  build_video (build, 1, 7, 0x65742121);
  build_video (build, 5, 8, 0xaaaa);

  const LensFindingRow *finding = build_found (build, "rtp-extra-ssrc", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const LensPiece *piece = &g_array_index (finding->octets, LensPiece, i);
      g_assert_cmpuint (piece->frame, ==, frame + i);
      g_assert_cmpuint (piece->offset, ==, offset);
    }
  g_assert_cmpuint (finding->used_bits, >, 64);
}

static void
an_encoder_that_starts_again_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtp-identity");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 50, 1, 0xaaaa);
  build_video (build, 50, 9000, 0xbbbb);

  g_assert_cmpuint (build_quiet (build, "rtp-extra-ssrc")->room_bits, ==, 32);
}

static void
a_source_that_says_goodbye_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtp-identity");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 5, 1, 0xaaaa);
  build_media (build, CAMERA, 0, TRUE, build_report (0xaaaa, build_hex ("81cb0001 0000aaaa")));
  build_video (build, 5, 6, 0xbbbb);

  g_assert_nonnull (build_quiet (build, "rtp-extra-ssrc"));
}

static void
a_capture_that_ends_after_a_change_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtp-identity");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 50, 1, 0xaaaa);
  build_video (build, 5, 9000, 0xbbbb);

  g_assert_null (build_quiet (build, "rtp-extra-ssrc"));
}

/* Picture and sound of a call in one pair of ports; nobody says that there is one source. */
static void
media_that_nobody_announced_may_have_two_sources (void)
{
  g_autoptr (Build) build = build_new ("rtp-identity");

  for (guint i = 0; i < 30; i++)
    {
      gboolean sound = i >= 10 && i % 2 == 0;
      build_media (build, CAMERA, 0, FALSE,
                   build_rtp ((BuildRtp){ .payload_type = sound ? 97 : 96,
                                          .sequence = (guint16)(sound ? 5000 + i / 2 : i),
                                          .ssrc = sound ? 0xbbbb : 0xaaaa,
                                          .payload = build_filled (0x5c, 40) }));
    }
  g_assert_null (build_finding (build, "rtp-extra-ssrc"));
}

static void
rtcp_on_the_rtp_channel_is_no_packet_of_type_72 (void)
{
  g_autoptr (Build) build = build_new ("rtp-identity");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 5, 1, 0xaaaa);
  build_media (build, CAMERA, 0, FALSE, build_report (0xaaaa, NULL));

  g_assert_cmpuint (build_conclude (build)->findings->len, ==, 0);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNEXPLAINED), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtp-identity/" name, function)
  CASE ("a-private-type-inside-the-stream-is-found", a_private_type_inside_the_stream_is_found);
  CASE ("an-undeclared-type-beside-the-stream-is-found",
        an_undeclared_type_beside_the_stream_is_found);
  CASE ("a-second-stream-on-the-track-is-found", a_second_stream_on_the_track_is_found);
  CASE ("a-number-that-changes-inside-the-stream-is-found",
        a_number_that_changes_inside_the_stream_is_found);
  CASE ("an-encoder-that-starts-again-is-quiet", an_encoder_that_starts_again_is_quiet);
  CASE ("a-source-that-says-goodbye-is-quiet", a_source_that_says_goodbye_is_quiet);
  CASE ("a-capture-that-ends-after-a-change-is-quiet", a_capture_that_ends_after_a_change_is_quiet);
  CASE ("media-that-nobody-announced-may-have-two-sources",
        media_that_nobody_announced_may_have_two_sources);
  CASE ("rtcp-on-the-rtp-channel-is-no-packet-of-type-72",
        rtcp_on_the_rtp_channel_is_no_packet_of_type_72);
  return g_test_run ();
}
