/* Interleaved frames on channels that no SETUP granted. */
#include "tests/analyzers/build.h"

static void
a_channel_that_nobody_set_up_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtsp-unsetup");

  build_session (build, build_sdp_h264, TRUE, "");
  build_video (build, 3, 1, 0xaaaa);
  guint64 frame = build_interleaved (build, CAMERA, 7, build_text ("hidden in channel seven"));

  const LensFindingRow *finding
      = build_found (build, "rtsp-interleaved-unsetup", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset, 23);
  g_assert_true (g_str_has_prefix (finding->detail, "Channels 7."));
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, 23);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNEXPLAINED), ==, 0);
}

static void
rtcp_on_the_granted_channel_has_no_finding (void)
{
  g_autoptr (Build) build = build_new ("rtsp-unsetup");

  build_session (build, build_sdp_h264, TRUE, "");
  build_video (build, 3, 1, 0xaaaa);
  build_media (build, CAMERA, 0, TRUE, build_report (0xaaaa, NULL));

  g_assert_null (build_finding (build, "rtsp-interleaved-unsetup"));
}

static void
a_capture_that_begins_late_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtsp-unsetup");

  build->over_tcp = TRUE;
  build->rtsp = (BuildTcp){ 554, 40000, { 1000, 5000 } };
  build_video (build, 10, 1, 0xaaaa);

  build_quiet (build, "rtsp-interleaved-unsetup");
  build_quiet (build, "ledger-unexplained");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtsp-unsetup/" name, function)
  CASE ("a-channel-that-nobody-set-up-is-found", a_channel_that_nobody_set_up_is_found);
  CASE ("rtcp-on-the-granted-channel-has-no-finding", rtcp_on_the_granted_channel_has_no_finding);
  CASE ("a-capture-that-begins-late-is-quiet", a_capture_that_begins_late_is_quiet);
  return g_test_run ();
}
