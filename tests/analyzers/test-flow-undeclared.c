/* Whom the device talks to although nobody declared it. */
#include "tests/analyzers/build.h"

#include <string.h>

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

/* A question for cloud.example (RFC 1035 section 4.1.2). */
static void
ask_for_the_cloud (Build *build)
{
  build_udp (
      build, CAMERA, 50000, 53,
      build_hex ("1234 0100 0001 0000 0000 0000 05636c6f7564 076578616d706c65 00 0001 0001"));
}

/* The finding of this subject: "service NAME" in its detail, or not. */
static const LensFindingRow *
finding_of (Build *build, gboolean perhaps)
{
  build_finding (build, "flow-undeclared-destination"); /* concludes */
  for (guint i = 0; i < build->evaluation->findings->len; i++)
    {
      const LensFindingRow *row = g_ptr_array_index (build->evaluation->findings, i);
      gboolean service = row->detail != NULL && strstr (row->detail, "service cloud") != NULL;
      if (service == perhaps)
        return row;
    }
  return NULL;
}

#define CLOUD STREAM "[service cloud]\nproto = udp\nport = 9000\nto = cloud.example\n"

/* A service with a name whose answer is not there, in a capture with a hole or without.  What goes
 * to the same host on another port is no service. */
static void
a_name_whose_answer_was_lost_is_low_where_the_capture_has_holes (void)
{
  for (guint hole = 0; hole < 2; hole++)
    {
      g_autoptr (Build) build = build_declared ("flow-undeclared", CLOUD);
      BuildTcp other = { 0 };

      ask_for_the_cloud (build);
      build_connect (build, &other, 2000, 41000);
      other.sequence[CAMERA] += hole * 100;
      build_segment (build, &other, VIEWER, build_text ("acknowledges what nobody saw"));
      for (guint i = 0; i < 20; i++)
        {
          build_udp (build, CAMERA, 40000, 9000, build_filled ('x', 100));
          build_udp (build, CAMERA, 40001, 9001, build_filled ('y', 100));
        }
      const LensFindingRow *perhaps = finding_of (build, TRUE), *sure = finding_of (build, FALSE);
      g_assert_nonnull (sure);
      g_assert_cmpint (sure->severity, ==, LENS_SEVERITY_HIGH);
      g_assert_true ((perhaps != NULL) == (hole != 0));
      g_assert_true (perhaps == NULL || perhaps->severity == LENS_SEVERITY_LOW);
    }
}

/* Three flows to one host, thirty packets each. */
static void
every_frame_has_its_octets_listed_as_long_as_they_fit (void)
{
  g_autoptr (Build) build = build_declared ("flow-undeclared", STREAM);

  for (guint i = 0; i < 90; i++)
    build_udp (build, CAMERA, (guint16)(40000 + i % 3), 9000, build_filled ('x', 100));
  const LensFindingRow *finding
      = build_found (build, "flow-undeclared-destination", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 90);
  g_assert_cmpuint (finding->octets->len, ==, 90);
  g_assert_cmpuint (finding->used_bits, ==, 90 * 100 * 8);
}

/* Of a protocol that nothing reads: what IP carries is where it speaks. */
static void
octets_of_no_unit_are_listed_too (void)
{
  g_autoptr (Build) build = build_declared ("flow-undeclared", STREAM);
  guint64 frame = build_ip (build, CAMERA, 170, build_filled ('x', 100), NULL);
  const gsize offset = 14 + 20;

  const LensFindingRow *finding
      = build_found (build, "flow-undeclared-destination", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 800);
  g_assert_cmpuint (finding->octets->len, ==, 1);
  const LensPiece *piece = &g_array_index (finding->octets, LensPiece, 0);
  g_assert_cmpuint (piece->frame, ==, frame);
  g_assert_cmpuint (piece->offset, ==, offset);
  g_assert_cmpuint (piece->length, ==, 100);
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
  CASE ("a-name-whose-answer-was-lost-is-low-where-the-capture-has-holes",
        a_name_whose_answer_was_lost_is_low_where_the_capture_has_holes);
  CASE ("every-frame-has-its-octets-listed-as-long-as-they-fit",
        every_frame_has_its_octets_listed_as_long_as_they_fit);
  CASE ("octets-of-no-unit-are-listed-too", octets_of_no_unit_are_listed_too);
  CASE ("declared-viewers-and-all-where-none-is-named-are-quiet",
        declared_viewers_and_all_where_none_is_named_are_quiet);
  return g_test_run ();
}
