/* Report blocks about streams that are sent to the device, and about others. */
#include "tests/analyzers/build.h"

#define BLOCK "00112233 10200030 00000040 00000005"

static void
a_block_about_nobody_is_found (gconstpointer over_tcp)
{
  g_autoptr (Build) build = build_new ("rtcp-blocks");

  build_session (build, build_sdp_h264, GPOINTER_TO_INT (over_tcp), "");
  build_video (build, 3, 1, 0xaaaa);
  /* RR with one block: SSRC 0xdddd */
  guint64 frame = build_media (build, CAMERA, 0, TRUE,
                               build_hex ("81c90007 0000aaaa 0000dddd 00000000" BLOCK));

  const LensFindingRow *finding
      = build_found (build, "rtcp-rr-report-blocks", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 8, 24);
  g_assert_cmpuint (finding->used_bits, ==, 192);
}

static void
a_block_about_itself_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtcp-blocks");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0xaaaa);
  build_media (build, CAMERA, 0, TRUE, build_hex ("81c90007 0000aaaa 0000aaaa 00000000" BLOCK));

  build_found (build, "rtcp-rr-report-blocks", LENS_SEVERITY_MEDIUM);
}

static void
a_block_about_a_back_channel_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtcp-blocks");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0xaaaa);
  for (guint16 i = 0; i < 2; i++)
    build_media (build, VIEWER, 0, FALSE,
                 build_rtp ((BuildRtp){
                     .sequence = i, .ssrc = 0xdddd, .payload = build_filled (0xd5, 160) }));
  build_media (build, CAMERA, 0, TRUE, build_hex ("81c90007 0000aaaa 0000dddd 00000000" BLOCK));

  const LensFindingRow *room = build_quiet (build, "rtcp-rr-report-blocks");
  g_assert_cmpuint (room->used_bits, ==, 0);
  g_assert_cmpuint (room->room_bits, ==, 160);
}

static void
a_viewer_reports_on_what_it_is_sent (void)
{
  g_autoptr (Build) build = build_new ("rtcp-blocks");

  build_session (build, build_sdp_h264, TRUE, "");
  build_video (build, 3, 1, 0xaaaa);
  build_media (build, VIEWER, 0, TRUE, build_hex ("81c90007 0000dddd 0000aaaa 00000000" BLOCK));

  g_assert_cmpuint (build_quiet (build, "rtcp-rr-report-blocks")->used_bits, ==, 0);
}

static void
an_empty_block_about_a_viewer_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtcp-blocks");

  build_session (build, build_sdp_h264, FALSE, "");
  build_media (build, VIEWER, 0, TRUE, build_hex ("80c90001 0000dddd"));
  build_media (
      build, CAMERA, 0, TRUE,
      build_hex ("81c90007 0000aaaa 0000dddd 00000000 00000000 00000000 00000000 00000000"));

  g_assert_cmpuint (build_quiet (build, "rtcp-rr-report-blocks")->used_bits, ==, 0);
}

static void
an_idle_sender_has_no_finding (void)
{
  g_autoptr (Build) build = build_new ("rtcp-blocks");

  build_session (build, build_sdp_h264, FALSE, "");
  build_media (build, CAMERA, 0, TRUE, build_hex ("80c90001 0000aaaa"));
  build_media (build, CAMERA, 0, TRUE, build_report (0xaaaa, NULL));

  g_assert_null (build_finding (build, "rtcp-rr-report-blocks"));
}

static void
numbers_that_change_are_found (void)
{
  g_autoptr (Build) build = build_new ("rtcp-blocks");
  const char *reports[] = { "80c90001 0000bbbb", "80c90001 0000cccc", "80c90001 0000eeee" };
  guint64 frame = 0;

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0xaaaa);
  for (guint i = 0; i < G_N_ELEMENTS (reports); i++)
    frame = build_media (build, CAMERA, 0, TRUE, build_hex (reports[i]));
  gsize offset = build->offset;
  build_media (build, CAMERA, 0, TRUE, build_hex (reports[2]));

  const LensFindingRow *finding = build_finding (build, "rtcp-rr-report-blocks");
  g_assert_cmpuint (finding->frame_count, ==, 2);
  g_assert_cmpuint (finding->used_bits, ==, 64);
  build_assert_octets (finding, 0, frame, offset + 4, 4);
}

static void
a_constant_number_of_its_own_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtcp-blocks");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0xaaaa);
  for (guint i = 0; i < 9; i++)
    build_media (build, CAMERA, 0, TRUE, build_hex ("80c90001 0000bbbb"));

  g_assert_null (build_finding (build, "rtcp-rr-report-blocks"));
}

static void
numbers_that_follow_the_media_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtcp-blocks");

  build_session (build, build_sdp_h264, FALSE, "");
  for (guint32 i = 0; i < 9; i++)
    {
      build_video (build, 3, 1, 0xaaaa + i);
      build_media (build, CAMERA, 0, TRUE, build_report (0xaaaa + i, NULL));
    }

  g_assert_null (build_finding (build, "rtcp-rr-report-blocks"));
}

/* The viewer opens the way with an empty packet, then speaks RTCP. */
static const LensFindingRow *
report_on_opening (Build *build, const char *block)
{
  build_session (build, build_sdp_h264, FALSE, "");
  build_media (build, VIEWER, 0, FALSE, build_rtp ((BuildRtp){ .sequence = 0, .ssrc = 0 }));
  build_media (build, VIEWER, 0, TRUE, build_hex ("80c90001 00000000"));
  build_video (build, 3, 1, 0xaaaa);
  build_media (build, CAMERA, 0, TRUE,
               build_join (build_hex ("81c90007 0000aaaa 00000000 00000000"), build_hex (block)));
  return build_finding (build, "rtcp-rr-report-blocks");
}

static void
reception_of_an_opening_packet_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtcp-blocks");

  g_assert_cmpuint (report_on_opening (build, "00010000 00000567 17fecc8d 000fa128")->used_bits, ==,
                    192);
  build_found (build, "rtcp-rr-report-blocks", LENS_SEVERITY_MEDIUM);
}

static void
an_empty_block_about_an_opening_packet_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtcp-blocks");

  g_assert_cmpuint (report_on_opening (build, "00010000 00000000 00000000 00000000")->used_bits, ==,
                    0);
  build_quiet (build, "rtcp-rr-report-blocks");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/analyzers/rtcp-blocks/a-block-about-nobody-is-found-over-udp",
                        GINT_TO_POINTER (FALSE), a_block_about_nobody_is_found);
  g_test_add_data_func ("/analyzers/rtcp-blocks/a-block-about-nobody-is-found-over-tcp",
                        GINT_TO_POINTER (TRUE), a_block_about_nobody_is_found);
#define CASE(name, function) g_test_add_func ("/analyzers/rtcp-blocks/" name, function)
  CASE ("a-block-about-itself-is-found", a_block_about_itself_is_found);
  CASE ("a-block-about-a-back-channel-is-quiet", a_block_about_a_back_channel_is_quiet);
  CASE ("a-viewer-reports-on-what-it-is-sent", a_viewer_reports_on_what_it_is_sent);
  CASE ("an-empty-block-about-a-viewer-is-quiet", an_empty_block_about_a_viewer_is_quiet);
  CASE ("an-idle-sender-has-no-finding", an_idle_sender_has_no_finding);
  CASE ("numbers-that-change-are-found", numbers_that_change_are_found);
  CASE ("a-constant-number-of-its-own-is-quiet", a_constant_number_of_its_own_is_quiet);
  CASE ("numbers-that-follow-the-media-are-quiet", numbers_that_follow_the_media_are_quiet);
  CASE ("reception-of-an-opening-packet-is-found", reception_of_an_opening_packet_is_found);
  CASE ("an-empty-block-about-an-opening-packet-is-quiet",
        an_empty_block_about_an_opening_packet_is_quiet);
  return g_test_run ();
}
