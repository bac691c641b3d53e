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
  g_test_add_func ("/analyzers/rtp-padding/an-unpadded-stream-has-no-finding",
                   an_unpadded_stream_has_no_finding);
  return g_test_run ();
}
