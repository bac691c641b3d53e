/* Application-defined control packets. */
#include "tests/analyzers/build.h"

static void
an_app_packet_is_found (gconstpointer over_tcp)
{
  g_autoptr (Build) build = build_new ("rtcp-app");

  build_session (build, build_sdp_h264, GPOINTER_TO_INT (over_tcp), "");
  build_video (build, 3, 1, 0xaaaa);
  /* subtype 1, SSRC, "leak", eight octets */
  guint64 frame = build_media (
      build, CAMERA, 0, TRUE,
      build_report (0xaaaa, build_hex ("81cc0004 0000aaaa 6c65616b 0102030405060708")));

  const LensFindingRow *finding = build_found (build, "rtcp-app", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 28 + 8, 12);
  g_assert_cmpuint (finding->used_bits, ==, 5 + 96);
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, 12);
}

static void
one_from_the_viewer_is_the_viewer_s (void)
{
  g_autoptr (Build) build = build_new ("rtcp-app");

  build_session (build, build_sdp_h264, FALSE, "");
  build_media (build, VIEWER, 0, TRUE,
               build_hex ("80c90001 0000cccc 80cc0003 0000cccc 6c65616b 01020304"));

  g_assert_nonnull (build_quiet (build, "rtcp-app"));
}

static void
reports_and_descriptions_have_no_finding (void)
{
  g_autoptr (Build) build = build_new ("rtcp-app");

  build_session (build, build_sdp_h264, FALSE, "");
  build_media (build, CAMERA, 0, TRUE,
               build_report (0xaaaa, build_hex ("81ca0003 0000aaaa 0104 63616d31 0000")));

  g_assert_null (build_finding (build, "rtcp-app"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/analyzers/rtcp-app/an-app-packet-is-found-over-udp",
                        GINT_TO_POINTER (FALSE), an_app_packet_is_found);
  g_test_add_data_func ("/analyzers/rtcp-app/an-app-packet-is-found-over-tcp",
                        GINT_TO_POINTER (TRUE), an_app_packet_is_found);
  g_test_add_func ("/analyzers/rtcp-app/one-from-the-viewer-is-the-viewer-s",
                   one_from_the_viewer_is_the_viewer_s);
  g_test_add_func ("/analyzers/rtcp-app/reports-and-descriptions-have-no-finding",
                   reports_and_descriptions_have_no_finding);
  return g_test_run ();
}
