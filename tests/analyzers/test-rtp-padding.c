/* Padding of RTP packets, found where it speaks and shown as room where it is zero. */
#include "tests/analyzers/build.h"

static guint64
send_padded (Build *build, guint16 sequence, GByteArray *padding)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .payload_type = 96,
                                             .sequence = sequence,
                                             .ssrc = 0x11223344,
                                             .payload = build_hex ("41 9a 5c 5c"),
                                             .padding = padding }));
}

static void
data_in_padding_is_found (gconstpointer over_tcp)
{
  g_autoptr (Build) build = build_new ("rtp-padding");

  build_session (build, build_sdp_h264, GPOINTER_TO_INT (over_tcp), "");
  build_video (build, 5, 1, 0x11223344);
  guint64 frame = send_padded (build, 6, build_hex ("73 65 63 72 65 74 00 08"));
  gsize offset = build->offset + 12 + 4;

  const LensFindingRow *finding = build_found (build, "rtp-padding-content", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, offset, 8);
  g_assert_cmpuint (finding->used_bits, ==, 6 * 8);
  g_assert_cmpuint (finding->room_bits, ==, 7 * 8);
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, 8);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNEXPLAINED), ==, 0);
}

static void
zero_padding_is_room (void)
{
  g_autoptr (Build) build = build_new ("rtp-padding");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 5, 1, 0x11223344);
  send_padded (build, 6, build_hex ("00 00 00 04"));

  const LensFindingRow *room = build_quiet (build, "rtp-padding-content");
  g_assert_nonnull (room);
  g_assert_cmpuint (room->room_bits, ==, 24);
  g_assert_cmpuint (room->used_bits, ==, 0);
}

static GByteArray *
zeros (guint8 count)
{
  return g_byte_array_append (build_filled (0, count - 1u), &count, 1);
}

static void
lengths_that_follow_no_rule_are_found (void)
{
  static const guint8 message[] = { 3, 17, 9, 4, 22, 11, 5, 30, 14, 6, 25, 8, 19, 2, 28, 7 };
  g_autoptr (Build) build = build_new ("rtp-padding");

  build_session (build, build_sdp_h264, FALSE, "");
  for (guint16 i = 0; i < G_N_ELEMENTS (message); i++)
    send_padded (build, i, zeros (message[i]));

  const LensFindingRow *finding = build_found (build, "rtp-padding-content", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, >=, 12);
}

static void
padding_to_a_boundary_is_room (void)
{
  g_autoptr (Build) build = build_new ("rtp-padding");

  build_session (build, build_sdp_h264, FALSE, "");
  for (guint16 i = 0; i < 60; i++)
    {
      gsize length = 30 + i * 7 % 23;
      build_media (build, CAMERA, 0, FALSE,
                   build_rtp ((BuildRtp){ .payload_type = 96,
                                          .sequence = i,
                                          .ssrc = 0x11223344,
                                          .payload = build_filled (0x41, length),
                                          .padding = zeros ((guint8)(16 - (12 + length) % 16)) }));
    }
  g_assert_nonnull (build_quiet (build, "rtp-padding-content"));
}

static void
an_unpadded_stream_has_no_finding (void)
{
  g_autoptr (Build) build = build_new (NULL);

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 50, 1, 0x11223344);

  g_assert_cmpuint (build_conclude (build)->findings->len, ==, 0);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNDECLARED), ==, 0);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNEXPLAINED), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/analyzers/rtp-padding/data-in-padding-is-found-over-udp",
                        GINT_TO_POINTER (FALSE), data_in_padding_is_found);
  g_test_add_data_func ("/analyzers/rtp-padding/data-in-padding-is-found-over-tcp",
                        GINT_TO_POINTER (TRUE), data_in_padding_is_found);
  g_test_add_func ("/analyzers/rtp-padding/zero-padding-is-room", zero_padding_is_room);
  g_test_add_func ("/analyzers/rtp-padding/lengths-that-follow-no-rule-are-found",
                   lengths_that_follow_no_rule_are_found);
  g_test_add_func ("/analyzers/rtp-padding/padding-to-a-boundary-is-room",
                   padding_to_a_boundary_is_room);
  g_test_add_func ("/analyzers/rtp-padding/an-unpadded-stream-has-no-finding",
                   an_unpadded_stream_has_no_finding);
  return g_test_run ();
}
