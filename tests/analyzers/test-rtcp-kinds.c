/* Control packets that a sender of media has no use for, and those that it may send. */
#include "tests/analyzers/build.h"

static guint64
report (Build *build, const char *more)
{
  return build_media (build, CAMERA, 0, TRUE, build_report (0xaaaa, build_hex (more)));
}

/* An extended report of a private block type, behind an SR of 28 octets. */
static void
an_extended_report_is_found (gconstpointer over_tcp)
{
  g_autoptr (Build) build = build_new ("rtcp-kinds");

  build_session (build, build_sdp_h264, GPOINTER_TO_INT (over_tcp), "");
  build_video (build, 3, 1, 0xaaaa);
  guint64 frame = report (build, "80cf0003 0000aaaa f0000001 73656372");

  const LensFindingRow *finding = build_found (build, "rtcp-unknown-pt-xr", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 28 + 8, 8);
  g_assert_cmpuint (finding->used_bits, ==, 64);
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, 8);
}

static void
a_type_that_nobody_assigned_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtcp-kinds");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0xaaaa);
  guint64 frame = report (build, "80dc0002 0000aaaa 01020304");

  build_assert_octets (build_found (build, "rtcp-unknown-pt-xr", LENS_SEVERITY_MEDIUM), 0, frame,
                       build->offset + 28 + 8, 4);
}

static void
feedback_of_one_who_receives_nothing_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtcp-kinds");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0xaaaa);
  report (build, "8fce0004 0000aaaa 0000bbbb 52454d42 01020304");

  g_assert_cmpuint (build_found (build, "rtcp-unknown-pt-xr", LENS_SEVERITY_MEDIUM)->used_bits, ==,
                    96);
}

static void
feedback_of_a_viewer_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtcp-kinds");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0xaaaa);
  build_media (build, VIEWER, 0, TRUE, build_hex ("80c90001 0000cccc 81ce0002 0000cccc 0000aaaa"));

  g_assert_cmpuint (build_quiet (build, "rtcp-unknown-pt-xr")->used_bits, ==, 0);
}

/* What opens the way through a firewall may look like RTP. */
static void
feedback_about_a_stray_packet_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtcp-kinds");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0xaaaa);
  for (guint16 i = 0; i < 3; i++)
    build_media (build, VIEWER, 0, FALSE,
                 build_rtp ((BuildRtp){ .sequence = (guint16)(i * 7919),
                                        .ssrc = 0xcccc,
                                        .payload = build_filled (0xd5, 160) }));
  report (build, "81cd0003 0000aaaa 0000cccc 00010000");

  build_found (build, "rtcp-unknown-pt-xr", LENS_SEVERITY_MEDIUM);
}

static void
feedback_about_a_back_channel_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtcp-kinds");

  build_session (build, build_sdp_h264, TRUE, "");
  build_video (build, 3, 1, 0xaaaa);
  for (guint16 i = 0; i < 2; i++)
    build_media (build, VIEWER, 0, FALSE,
                 build_rtp ((BuildRtp){
                     .sequence = i, .ssrc = 0xcccc, .payload = build_filled (0xd5, 160) }));
  report (build, "81cd0003 0000aaaa 0000cccc 00010000");

  g_assert_cmpuint (build_quiet (build, "rtcp-unknown-pt-xr")->used_bits, ==, 0);
}

/* 81 cb, 3 words behind the first: SSRC, 3 octets "end". */
static void
a_goodbye_with_a_plain_reason_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtcp-kinds");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0xaaaa);
  report (build, "81cb0002 0000aaaa 03656e64");
  report (build, "81cb0002 0000aaaa 03656e64");

  g_assert_cmpuint (build_quiet (build, "rtcp-unknown-pt-xr")->room_bits, ==, 24);
}

static void
a_reason_that_changes_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtcp-kinds");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0xaaaa);
  report (build, "81cb0002 0000aaaa 03656e64");
  guint64 frame = report (build, "81cb0002 0000aaaa 03747779");

  build_assert_octets (build_found (build, "rtcp-unknown-pt-xr", LENS_SEVERITY_MEDIUM), 0, frame,
                       build->offset + 28 + 9, 3);
}

static void
a_goodbye_for_somebody_else_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtcp-kinds");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0xaaaa);
  guint64 frame = report (build, "82cb0002 0000aaaa 73656372");

  build_assert_octets (build_found (build, "rtcp-unknown-pt-xr", LENS_SEVERITY_MEDIUM), 0, frame,
                       build->offset + 28 + 8, 4);
}

static void
reports_and_descriptions_have_no_finding (void)
{
  g_autoptr (Build) build = build_new ("rtcp-kinds");

  build_session (build, build_sdp_h264, FALSE, "");
  report (build, "81ca0003 0000aaaa 0104 63616d31 0000 81cb0001 0000aaaa");
  build_media (build, CAMERA, 0, TRUE, build_hex ("80c90001 0000aaaa"));

  g_assert_null (build_finding (build, "rtcp-unknown-pt-xr"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/analyzers/rtcp-kinds/an-extended-report-is-found-over-udp",
                        GINT_TO_POINTER (FALSE), an_extended_report_is_found);
  g_test_add_data_func ("/analyzers/rtcp-kinds/an-extended-report-is-found-over-tcp",
                        GINT_TO_POINTER (TRUE), an_extended_report_is_found);
#define CASE(name, function) g_test_add_func ("/analyzers/rtcp-kinds/" name, function)
  CASE ("a-type-that-nobody-assigned-is-found", a_type_that_nobody_assigned_is_found);
  CASE ("feedback-of-one-who-receives-nothing-is-found",
        feedback_of_one_who_receives_nothing_is_found);
  CASE ("feedback-of-a-viewer-is-quiet", feedback_of_a_viewer_is_quiet);
  CASE ("feedback-about-a-stray-packet-is-found", feedback_about_a_stray_packet_is_found);
  CASE ("feedback-about-a-back-channel-is-quiet", feedback_about_a_back_channel_is_quiet);
  CASE ("a-goodbye-with-a-plain-reason-is-quiet", a_goodbye_with_a_plain_reason_is_quiet);
  CASE ("a-reason-that-changes-is-found", a_reason_that_changes_is_found);
  CASE ("a-goodbye-for-somebody-else-is-found", a_goodbye_for_somebody_else_is_found);
  CASE ("reports-and-descriptions-have-no-finding", reports_and_descriptions_have_no_finding);
  return g_test_run ();
}
