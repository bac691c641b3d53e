/* What a viewer loses. */
#include "tests/analyzers/build.h"

#include <string.h>

#define STREAM "[stream main]\nurl = rtsp://192.0.2.10/live\ntransport = tcp\n"
#define SECOND (G_GINT64_CONSTANT (1000000000))

static Build *
playing (gboolean over_tcp)
{
  Build *build = build_declared ("evaluator-blind", STREAM);

  build_session (build, build_sdp_h264, over_tcp, "");
  build_video (build, 10, 1, 0x1234);
  return build;
}

/* A log in which the last packet came at @last, @octets came, and the pull ended at @end for
 * @why. */
static const LensFindingRow *
judged_by (Build *build, gint64 last, guint octets, gint64 end, const char *why)
{
  g_autoptr (LensStreamLog) log = lens_stream_log_new ();
  g_autofree char *text
      = g_strdup_printf ("lenscap-stream-log 1\ntrack\tmain\t0\tvideo\th264\t1/90000\n"
                         "packet\t%" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT "\tmain\t0\t-\t%u\tk\n"
                         "event\t%" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT "\tmain\tend\t%s\n",
                         last / SECOND, last % SECOND, octets, end / SECOND, end % SECOND, why);

  lens_stream_log_feed (log, (const guint8 *)text, strlen (text));
  lens_stream_log_end (log);
  g_assert_cmpuint (log->malformed, ==, 0);
  build->log = log;
  build_conclude (build);
  build->log = NULL;
  return build_finding (build, "evaluator-blind");
}

/* The puller received no more than what came before. */
static const LensFindingRow *
judged (Build *build, gint64 last, gint64 end, const char *why)
{
  return judged_by (build, last, 50, end, why);
}

static GByteArray *
goodbye (void)
{
  return build_report (0x1234, build_hex ("81cb0001 00001234"));
}

static void
a_short_frame_blinds (void)
{
  g_autoptr (Build) build = playing (TRUE);
  gint64 last = build->now;
  guint64 frame = build_interleaved (build, CAMERA, 0, build_hex ("80e0"));
  gsize offset = build->offset;
  build_video (build, 300, 11, 0x1234);

  const LensFindingRow *finding = judged (build, last, build->now + SECOND, "closed");
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, ==, LENS_SEVERITY_CRITICAL);
  build_assert_octets (finding, 0, frame, offset, 2);
  g_assert_nonnull (strstr (finding->summary, "300 packets"));
  /* The frame, and the first packets that were lost. */
  g_assert_cmpuint (finding->frame_count, ==, 17);
}

static void
an_empty_frame_and_one_on_no_channel_blind (void)
{
  static const guint8 channels[] = { 0, 1, 9 };

  for (guint i = 0; i < G_N_ELEMENTS (channels); i++)
    {
      g_autoptr (Build) build = playing (TRUE);
      gint64 last = build->now;
      build_interleaved (build, CAMERA, channels[i],
                         i == 0 ? g_byte_array_new () : build_hex ("80c80000"));
      build_video (build, 300, 11, 0x1234);
      g_assert_nonnull (judged (build, last, build->now + SECOND, "closed"));
    }
}

static void
a_forged_goodbye_blinds (void)
{
  for (guint over_tcp = 0; over_tcp < 2; over_tcp++)
    {
      g_autoptr (Build) build = playing (over_tcp);
      gint64 last = build->now;
      build_media (build, CAMERA, 0, TRUE, goodbye ());
      build->now += SECOND;
      build_video (build, 3, 11, 0x1234);
      g_assert_nonnull (judged (build, last, build->now + SECOND, "closed"));
    }
}

static void
a_message_without_an_end_blinds (void)
{
  g_autoptr (Build) build = playing (TRUE);
  gint64 last = build->now;
  build_segment (build, &build->rtsp, CAMERA,
                 build_text ("RTSP/1.0 200 OK\r\nCSeq: 77\r\nContent-Length: x\r\n\r\n"));
  build_video (build, 300, 11, 0x1234);

  g_assert_nonnull (judged (build, last, build->now + SECOND, "media-timeout"));
}

static void
a_goodbye_at_the_end_is_quiet (void)
{
  g_autoptr (Build) build = playing (TRUE);
  build_media (build, CAMERA, 0, TRUE, goodbye ());

  g_assert_null (judged (build, build->now, build->now + SECOND, "closed"));
}

static void
what_the_puller_gets_over_is_quiet (void)
{
  g_autoptr (Build) build = playing (TRUE);
  build_interleaved (build, CAMERA, 0, build_hex ("80e0"));
  build_video (build, 300, 11, 0x1234);

  g_assert_null (judged_by (build, build->now, 1000000, build->now + SECOND, "closed"));
}

/* The packets of a codec whose octets libavformat rewrites by a rule that is not known. */
static void
where_octets_say_nothing_the_time_does (void)
{
  for (guint lost = 0; lost < 2; lost++)
    {
      g_autoptr (Build) build = playing (TRUE);
      gint64 last = build->now;
      build_interleaved (build, CAMERA, 0, build_hex ("80e0"));
      build_video (build, 200, 11, 0x1234);
      build_video (build, 2, 500, 0x9999); /* of another source: mixed */
      g_assert_cmpint (
          judged_by (build, lost ? last : build->now, 1000000, build->now + SECOND, "closed")
              != NULL,
          ==, lost);
    }
}

static void
what_was_in_flight_when_it_was_stopped_is_quiet (void)
{
  g_autoptr (Build) build = playing (TRUE);
  gint64 last = build->now;
  build_interleaved (build, CAMERA, 0, build_hex ("80e0"));
  build_video (build, 20, 11, 0x1234);

  g_assert_null (judged (build, last, build->now + SECOND, "stopped"));
}

static void
a_viewer_that_is_blind_until_it_is_stopped_counts (void)
{
  g_autoptr (Build) build = playing (TRUE);
  gint64 last = build->now;
  build_interleaved (build, CAMERA, 0, build_hex ("80e0"));
  build_video (build, 300, 11, 0x1234);

  g_assert_nonnull (judged (build, last, build->now, "stopped"));
}

static void
without_a_log_nobody_knows (void)
{
  g_autoptr (Build) build = playing (TRUE);
  build_interleaved (build, CAMERA, 0, build_hex ("80e0"));
  build_video (build, 300, 11, 0x1234);

  g_assert_null (build_finding (build, "evaluator-blind"));
  for (guint i = 0; i < build->evaluation->coverage->len; i++)
    {
      const LensCoverageRow *row = g_ptr_array_index (build->evaluation->coverage, i);
      if (g_str_equal (row->channel, "evaluator-blind"))
        g_assert_cmpint (row->status, ==, LENS_COVERAGE_NOT_EXAMINABLE);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/evaluator-blind/" name, function)
  CASE ("a-short-frame-blinds", a_short_frame_blinds);
  CASE ("an-empty-frame-and-one-on-no-channel-blind", an_empty_frame_and_one_on_no_channel_blind);
  CASE ("a-forged-goodbye-blinds", a_forged_goodbye_blinds);
  CASE ("a-message-without-an-end-blinds", a_message_without_an_end_blinds);
  CASE ("a-goodbye-at-the-end-is-quiet", a_goodbye_at_the_end_is_quiet);
  CASE ("what-the-puller-gets-over-is-quiet", what_the_puller_gets_over_is_quiet);
  CASE ("where-octets-say-nothing-the-time-does", where_octets_say_nothing_the_time_does);
  CASE ("what-was-in-flight-when-it-was-stopped-is-quiet",
        what_was_in_flight_when_it_was_stopped_is_quiet);
  CASE ("a-viewer-that-is-blind-until-it-is-stopped-counts",
        a_viewer_that_is_blind_until_it_is_stopped_counts);
  CASE ("without-a-log-nobody-knows", without_a_log_nobody_knows);
  return g_test_run ();
}
