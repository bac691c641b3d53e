/* Redirects of the viewer. */
#include "tests/analyzers/build.h"

#include <string.h>

#define LIVE "rtsp://192.0.2.10/live"

static Build *
connected (void)
{
  Build *build = build_new ("evaluator-redirect");

  build_connect (build, &build->rtsp, 554, 40000);
  return build;
}

static void
assert_location (const char *location, gboolean elsewhere)
{
  g_autoptr (Build) build = connected ();
  g_autofree char *headers = g_strdup_printf ("Location: %s\r\n", location);
  guint64 frame = build_answer (build, "DESCRIBE", LIVE, "302 Found", headers);
  gsize offset = build->offset + strlen ("RTSP/1.0 302 Found\r\nCSeq: 1\r\nLocation: ");

  g_test_message ("%s", location);
  if (!elsewhere)
    {
      g_assert_null (build_finding (build, "evaluator-redirect"));
      return;
    }
  const LensFindingRow *finding = build_found (build, "evaluator-redirect", LENS_SEVERITY_CRITICAL);
  build_assert_octets (finding, 0, frame, offset, strlen (location));
  g_assert_true (finding->hides);
  g_assert_cmpint (build->evaluation->verdict, ==, LENS_VERDICT_CONCEALED);
}

static void
a_redirect_to_another_host_is_critical (void)
{
  assert_location ("rtsp://192.0.2.66/live", TRUE);
  assert_location ("rtsp://127.0.0.1:22/", TRUE);
  assert_location ("rtsp://192.0.2.10@192.0.2.66/live", TRUE);
  assert_location ("rtsp://[2001:db8::66]:554/live", TRUE);
  assert_location ("rtsp://3221226050/live", TRUE); /* 192.0.2.66 */
  assert_location ("http://evil.example/live", TRUE);
  assert_location ("//192.0.2.66/live", TRUE);
  assert_location ("rtsp://*/live", TRUE);
}

static void
a_redirect_to_the_device_itself_is_quiet (void)
{
  assert_location (LIVE "/2", FALSE);
  assert_location ("rtsp://192.0.2.10:8554/live", FALSE);
  assert_location ("rtsp://user@192.0.2.10/live", FALSE);
  assert_location ("rtsp://0300.0.2.10/live", FALSE);
  assert_location ("rtsp://[::ffff:192.0.2.10]/live", FALSE);
  assert_location ("/live/2", FALSE);
  assert_location ("", FALSE);
}

static void
a_redirect_to_the_declared_name_is_quiet (void)
{
  g_autoptr (Build) build
      = build_declared ("evaluator-redirect", "[stream main]\nurl = rtsp://camera.example/live\n"
                                              "transport = tcp\n");

  build_connect (build, &build->rtsp, 554, 40000);
  build_answer (build, "DESCRIBE", LIVE, "302 Found", "Location: rtsp://Camera.Example/other\r\n");

  g_assert_null (build_finding (build, "evaluator-redirect"));
}

static void
a_second_location_is_seen (void)
{
  g_autoptr (Build) build = connected ();

  build_answer (build, "DESCRIBE", LIVE, "302 Found",
                "Location: " LIVE "/2\r\nlocation: rtsp://192.0.2.66/\r\n");

  build_found (build, "evaluator-redirect", LENS_SEVERITY_CRITICAL);
}

static void
a_request_to_go_elsewhere_is_critical (void)
{
  g_autoptr (Build) build = build_new ("evaluator-redirect");

  build_session (build, build_sdp_h264, TRUE, "");
  build_segment (build, &build->rtsp, CAMERA,
                 build_text ("REDIRECT " LIVE " RTSP/1.0\r\nCSeq: 1\r\n"
                             "Location: rtsp://192.0.2.66/live\r\n\r\n"));

  build_found (build, "evaluator-redirect", LENS_SEVERITY_CRITICAL);
}

static void
a_redirect_inside_http_is_critical (void)
{
  g_autoptr (Build) build = connected ();

  build_segment (build, &build->rtsp, VIEWER,
                 build_text ("GET /live HTTP/1.1\r\nx-sessioncookie: 1234\r\n"
                             "Accept: application/x-rtsp-tunnelled\r\n\r\n"));
  build_segment (build, &build->rtsp, CAMERA,
                 build_text ("HTTP/1.1 301 Moved\r\nLocation: http://192.0.2.66/live\r\n"
                             "Content-Length: 0\r\n\r\n"));

  build_found (build, "evaluator-redirect", LENS_SEVERITY_CRITICAL);
}

/* @times that the camera sends its viewer on to @location, each time on a new connection. */
static void
send_on (Build *build, guint times, const char *location, const char *asked)
{
  g_autofree char *headers = g_strdup_printf ("Location: %s\r\n", location);

  for (guint i = 0; i < times; i++)
    {
      build_connect (build, &build->rtsp, 554, (guint16)(50000 + build->cseq));
      build_answer (build, "OPTIONS", asked, "200 OK", "");
      build_answer (build, "SETUP", asked, "302 Found", headers);
    }
}

static void
a_circle_is_critical_from_its_sixth_turn_on (void)
{
  g_autoptr (Build) short_one = build_new ("evaluator-redirect");
  g_autoptr (Build) long_one = build_new ("evaluator-redirect");

  send_on (short_one, 5, LIVE "/", LIVE "/track1");
  g_assert_null (build_finding (short_one, "evaluator-redirect"));

  send_on (long_one, 9, LIVE "/", LIVE "/track1");
  const LensFindingRow *finding
      = build_found (long_one, "evaluator-redirect", LENS_SEVERITY_CRITICAL);
  g_assert_cmpuint (finding->frame_count, ==, 4);
}

static void
a_viewer_that_comes_again_and_again_is_no_circle (void)
{
  g_autoptr (Build) build = build_new ("evaluator-redirect");

  /* What it asks for is never what it was sent to. */
  send_on (build, 40, LIVE "/2", "rtsp://192.0.2.10/old");

  g_assert_null (build_finding (build, "evaluator-redirect"));
}

static void
a_thousand_hosts_cost_no_more_than_a_few (void)
{
  g_autoptr (Build) build = connected ();

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *headers
          = g_strdup_printf ("Location: rtsp://198.51.%u.%u/\r\n", i / 250, 1 + i % 250);
      build_answer (build, "DESCRIBE", LIVE, "302 Found", headers);
    }

  build_worst (build, "evaluator-redirect", LENS_SEVERITY_CRITICAL);
  g_assert_cmpuint (build->evaluation->findings->len, <=, 18);
}

static void
what_is_no_redirect_is_quiet (void)
{
  g_autoptr (Build) build = connected ();

  build_answer (build, "DESCRIBE", LIVE, "200 OK", "Location: rtsp://192.0.2.66/\r\n");
  build_answer (build, "DESCRIBE", LIVE, "302 Found", "");
  build_answer (build, "DESCRIBE", LIVE, "404 Not Found", "Location: rtsp://192.0.2.66/\r\n");

  g_assert_null (build_finding (build, "evaluator-redirect"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/evaluator-redirect/" name, function)
  CASE ("a-redirect-to-another-host-is-critical", a_redirect_to_another_host_is_critical);
  CASE ("a-redirect-to-the-device-itself-is-quiet", a_redirect_to_the_device_itself_is_quiet);
  CASE ("a-redirect-to-the-declared-name-is-quiet", a_redirect_to_the_declared_name_is_quiet);
  CASE ("a-second-location-is-seen", a_second_location_is_seen);
  CASE ("a-request-to-go-elsewhere-is-critical", a_request_to_go_elsewhere_is_critical);
  CASE ("a-redirect-inside-http-is-critical", a_redirect_inside_http_is_critical);
  CASE ("a-circle-is-critical-from-its-sixth-turn-on", a_circle_is_critical_from_its_sixth_turn_on);
  CASE ("a-viewer-that-comes-again-and-again-is-no-circle",
        a_viewer_that_comes_again_and_again_is_no_circle);
  CASE ("a-thousand-hosts-cost-no-more-than-a-few", a_thousand_hosts_cost_no_more_than_a_few);
  CASE ("what-is-no-redirect-is-quiet", what_is_no_redirect_is_quiet);
  return g_test_run ();
}
