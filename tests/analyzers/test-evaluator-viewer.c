/* What the supervisor saw of the viewer. */
#include "tests/analyzers/build.h"

#include <string.h>

#define STREAM "[stream main]\nurl = rtsp://192.0.2.10/live\ntransport = tcp\n"
#define SECOND (G_GINT64_CONSTANT (1000000000))

static Build *
playing (void)
{
  Build *build = build_declared ("evaluator-viewer", STREAM);

  build_session (build, build_sdp_h264, TRUE, "");
  build_video (build, 100, 1, 0x1234);
  return build;
}

/* The events of the log, one a line, "kind text", 1 ms apart from just behind the last packet on;
 * some packets follow on the wire. */
static LensEvaluation *
judged (Build *build, const char *events)
{
  g_autoptr (LensStreamLog) log = lens_stream_log_new ();
  g_autoptr (GString) text = g_string_new ("lenscap-stream-log 1\n");
  g_auto (GStrv) lines = g_strsplit (events, "\n", -1);
  gint64 at = build->now - build->step;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *space = strchr (lines[i], ' ');
      at += SECOND / 1000;
      g_string_append_printf (
          text, "event\t%" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT "\tmain\t%.*s\t%s\n", at / SECOND,
          at % SECOND, (int)(space - lines[i]), lines[i], space + 1);
    }
  build_video (build, 5, 101, 0x1234);
  lens_stream_log_feed (log, (const guint8 *)text->str, text->len);
  lens_stream_log_end (log);
  g_assert_cmpuint (log->malformed, ==, 0);
  build->log = log;
  build_conclude (build);
  build->log = NULL;
  return build->evaluation;
}

static void
assert_crash (const char *events, gboolean found)
{
  g_autoptr (Build) build = playing ();
  guint64 last = build->frame;

  g_test_message ("%s", events);
  judged (build, events);
  if (!found)
    {
      g_assert_null (build_finding (build, "evaluator-crash"));
      return;
    }
  const LensFindingRow *finding = build_found (build, "evaluator-crash", LENS_SEVERITY_CRITICAL);
  /* The last 64 frames before it, and none behind. */
  const LensFrameRange *range = &g_array_index (finding->ranges, LensFrameRange, 0);
  g_assert_cmpuint (finding->ranges->len, ==, 1);
  g_assert_cmpuint (range->last, ==, last);
  g_assert_cmpuint (finding->frame_count, >=, 59);
  g_assert_cmpstr (finding->device, ==, "Camera");
  g_assert_cmpint (build->evaluation->verdict, ==, LENS_VERDICT_CONCEALED);
}

static void
a_crash_a_hang_and_a_forbidden_call_are_critical (void)
{
  assert_crash ("signal ended by signal 11 (Segmentation fault)\nend crashed", TRUE);
  assert_crash ("signal ended by signal 6 (Aborted)", TRUE);
  assert_crash ("deadline no heartbeat for 5 s\nsignal ended by signal 9 (Killed)", TRUE);
  assert_crash ("forbidden-call killed: forbidden system call", TRUE);
  assert_crash ("forbidden-call killed: forbidden system call execve", TRUE);
  assert_crash ("denied connect udp 192.0.2.10:53: no rule\n"
                "forbidden-call killed: forbidden system call",
                TRUE);
}

static void
what_ends_from_outside_or_is_late_is_quiet (void)
{
  assert_crash ("signal ended by signal 9 (Killed)\nend crashed", FALSE);
  assert_crash ("signal ended by signal 15 (Terminated)", FALSE);
  assert_crash ("deadline did not stop within 2 s\nsignal ended by signal 9 (Killed)", FALSE);
  assert_crash ("deadline media-timeout\nend media-timeout", FALSE);
  assert_crash ("end stopped", FALSE);
}

static void
assert_denied (const char *channel, const char *events)
{
  g_autoptr (Build) build = playing ();

  g_test_message ("%s", events);
  judged (build, events);
  if (channel != NULL)
    build_found (build, channel, LENS_SEVERITY_CRITICAL);
  g_assert_cmpuint (build->evaluation->findings->len, ==, channel != NULL);
}

static void
a_refused_connection_is_critical (void)
{
  assert_denied ("evaluator-redirect", "denied connect tcp 192.0.2.66:554: no rule");
  assert_denied ("evaluator-redirect", "denied connect tcp [2001:db8::66]:554: no rule");
  assert_denied ("evaluator-redirect", "denied connect tcp 127.0.0.1:22: no rule");
  assert_denied ("evaluator-steer", "denied connect udp 192.0.2.66:6000: no rule");
  assert_denied ("evaluator-redirect", "denied socket tcp -: quota");
}

static void
the_device_itself_and_nowhere_are_quiet (void)
{
  assert_denied (NULL, "denied connect tcp 192.0.2.10:8554: no rule");
  assert_denied (NULL, "denied connect udp 0.0.0.0:6000: no rule");
  assert_denied (NULL, "denied connect tcp 127.0.0.1:554: no rule");
  assert_denied (NULL, "denied connect tcp 192.0.2.66:554: unreadable");
  assert_denied (NULL, "denied socket tcp -: malformed");
  assert_denied (NULL, "denied socket udp 0.0.0.0:0: quota");
  assert_denied (NULL, "denied \ndenied connect\ndenied connect tcp :: no rule");
  assert_denied (NULL, "log connect tcp 192.0.2.66:554: no rule");
}

static void
what_the_messages_say_is_not_said_twice (void)
{
  g_autoptr (Build) build = build_declared (NULL, STREAM);

  build_connect (build, &build->rtsp, 554, 40000);
  build_answer (build, "DESCRIBE", "rtsp://192.0.2.10/live", "302 Found",
                "Location: rtsp://192.0.2.66/\r\n");
  judged (build, "denied connect tcp 192.0.2.66:554: no rule");

  const LensFindingRow *finding = build_found (build, "evaluator-redirect", LENS_SEVERITY_CRITICAL);
  g_assert_cmpstr (finding->analyzer, ==, "evaluator-redirect");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/evaluator-viewer/" name, function)
  CASE ("a-crash-a-hang-and-a-forbidden-call-are-critical",
        a_crash_a_hang_and_a_forbidden_call_are_critical);
  CASE ("what-ends-from-outside-or-is-late-is-quiet", what_ends_from_outside_or_is_late_is_quiet);
  CASE ("a-refused-connection-is-critical", a_refused_connection_is_critical);
  CASE ("the-device-itself-and-nowhere-are-quiet", the_device_itself_and_nowhere_are_quiet);
  CASE ("what-the-messages-say-is-not-said-twice", what_the_messages_say_is_not_said_twice);
  return g_test_run ();
}
