/* Whom the device talks to although nobody declared it. */
#include "tests/analyzers/build.h"

#define STREAM "[stream main]\nurl = rtsp://192.0.2.10/live\n"
#define OURS STREAM "[viewer]\naddress = 192.0.2.20\n"
#define NOT_OURS STREAM "[viewer]\naddress = 192.0.2.99\n"

static void
view (Build *build, gboolean over_tcp)
{
  build_session (build, build_sdp_h264, over_tcp, "");
  build_video (build, 20, 1, 0xaaaa);
  build_media (build, CAMERA, 0, TRUE, build_report (0xaaaa, NULL));
}

static void
media_for_another_viewer_is_one_critical_finding (void)
{
  for (guint over_tcp = 0; over_tcp < 2; over_tcp++)
    {
      g_autoptr (Build) build = build_declared ("flow-undeclared", NOT_OURS);

      view (build, over_tcp != 0);
      const LensFindingRow *finding
          = build_found (build, "rtsp-second-client-session", LENS_SEVERITY_CRITICAL);
      g_assert_true (g_str_has_prefix (finding->summary, "The declared media goes to a host"));
      g_assert_null (build_finding (build, "flow-undeclared-destination"));
    }
}

static void
a_session_without_media_speaks_by_its_rate (void)
{
  g_autoptr (Build) build = build_declared ("flow-undeclared", NOT_OURS);

  build_connect (build, &build->rtsp, 554, 40000);
  build_request (build, "OPTIONS", "", "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n", "");
  build_found (build, "rtsp-second-client-session", LENS_SEVERITY_MEDIUM);
  g_assert_null (build_finding (build, "flow-undeclared-destination"));
}

static void
a_page_for_another_host_is_such_a_session (void)
{
  g_autoptr (Build) build = build_declared ("flow-undeclared", NOT_OURS);
  BuildTcp web = { 0 };

  build_connect (build, &web, 80, 41000);
  build_segment (build, &web, VIEWER, build_text ("GET / HTTP/1.1\r\nHost: 192.0.2.10\r\n\r\n"));
  build_segment (build, &web, CAMERA,
                 build_text ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
  build_found (build, "rtsp-second-client-session", LENS_SEVERITY_MEDIUM);
}

static void
other_flows_keep_their_channel (void)
{
  g_autoptr (Build) build = build_declared ("flow-undeclared", NOT_OURS);
  BuildTcp other = { 0 };

  build_connect (build, &other, 2000, 41000);
  build_segment (build, &other, CAMERA, build_text ("what nobody knows"));
  build_found (build, "flow-undeclared-destination", LENS_SEVERITY_MEDIUM);
  g_assert_null (build_finding (build, "rtsp-second-client-session"));
}

static void
declared_viewers_and_all_where_none_is_named_are_quiet (void)
{
  static const char *const profiles[] = { OURS, STREAM, NULL };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (profiles); i++)
    {
      const char *profile = profiles[i / 2];
      g_autoptr (Build) build = profile != NULL ? build_declared ("flow-undeclared", profile)
                                                : build_new ("flow-undeclared");

      view (build, i % 2 == 0);
      g_assert_null (build_finding (build, "rtsp-second-client-session"));
      g_assert_null (build_finding (build, "flow-undeclared-destination"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/flow-undeclared/" name, function)
  CASE ("media-for-another-viewer-is-one-critical-finding",
        media_for_another_viewer_is_one_critical_finding);
  CASE ("a-session-without-media-speaks-by-its-rate", a_session_without_media_speaks_by_its_rate);
  CASE ("a-page-for-another-host-is-such-a-session", a_page_for_another_host_is_such_a_session);
  CASE ("other-flows-keep-their-channel", other_flows_keep_their_channel);
  CASE ("declared-viewers-and-all-where-none-is-named-are-quiet",
        declared_viewers_and_all_where_none_is_named_are_quiet);
  return g_test_run ();
}
