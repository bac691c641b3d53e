/* Severities and the verdict, rule by rule. */
#include "tests/ledger/scene.h"

#include <string.h>

#define SECOND (G_GINT64_CONSTANT (1000) * 1000 * 1000)

static const char syslog[] = "[service syslog]\nproto = udp\nport = 514\nto = 192.0.2.1\n";

/* @n uses of 64 bits in @seconds, all alike or each another. */
static LensSeverity
severity_of (guint n, guint seconds, gboolean constant)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);

  scene_watch (scene, LENS_UNIT_CONTENT);
  scene->step = seconds * SECOND / MAX (n - 1, 1);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("HIDE%04u", constant ? 0 : i);
      scene_udp_text (scene, &camera, &router, 514, 514, text);
    }
  const LensFindingRow *finding = scene_finding (scene, "icmp-payload");
  g_assert_cmpuint (finding->used_bits, ==, 64 * n);
  return finding->severity;
}

static void
severity_is_the_rate_of_use (void)
{
  g_assert_cmpint (severity_of (100, 10, TRUE), ==, LENS_SEVERITY_LOW);
  g_assert_cmpint (severity_of (2, 100, FALSE), ==, LENS_SEVERITY_MEDIUM);
  g_assert_cmpint (severity_of (100, 65, FALSE), ==, LENS_SEVERITY_MEDIUM); /* 98 bit/s */
  g_assert_cmpint (severity_of (100, 63, FALSE), ==, LENS_SEVERITY_HIGH);
  /* A short look counts as 10 s: 15 x 64 / 10 is 96 bit/s. */
  g_assert_cmpint (severity_of (15, 1, FALSE), ==, LENS_SEVERITY_MEDIUM);
  g_assert_cmpint (severity_of (16, 1, FALSE), ==, LENS_SEVERITY_HIGH);
  /* What was said once is not constant. */
  g_assert_cmpint (severity_of (1, 10, FALSE), ==, LENS_SEVERITY_MEDIUM);
}

static void
an_honest_device_conforms (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);

  scene_udp_text (scene, &camera, &router, 514, 514, "log");
  g_assert_cmpint (scene_conclude (scene)->verdict, ==, LENS_VERDICT_CONFORMS);
}

static void
without_a_declaration_capacity_remains (void)
{
  g_autoptr (Scene) scene = scene_new (NULL);

  scene->options.device = "192.0.2.10";
  scene_arp (scene, &camera);
  g_assert_cmpint (scene_conclude (scene)->verdict, ==,
                   LENS_VERDICT_CONFORMS_WITH_RESIDUAL_CAPACITY);
  g_assert_true (scene_has_reason (scene, "no-declaration"));
}

static void
random_fields_leave_capacity (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("[service web]\nproto = tcp\nport = 80\n");
  Talk talk = scene_connect (scene, &camera, 40000, &server, 80);

  scene_ask (scene, &talk, "GET", 3);
  g_assert_cmpint (scene_conclude (scene)->verdict, ==,
                   LENS_VERDICT_CONFORMS_WITH_RESIDUAL_CAPACITY);
}

static void
what_hides_is_concealed_and_low_is_not (void)
{
  for (guint constant = 0; constant < 2; constant++)
    {
      g_autoptr (Scene) scene = scene_of_camera (syslog);
      scene_watch (scene, LENS_UNIT_CONTENT);
      scene_udp_text (scene, &camera, &router, 514, 514, "HIDE0000");
      scene_udp_text (scene, &camera, &router, 514, 514, constant ? "HIDE0000" : "HIDE0001");
      scene->frame--;
      g_assert_cmpint (scene_conclude (scene)->verdict, ==,
                       constant ? LENS_VERDICT_CONFORMS : LENS_VERDICT_CONCEALED);
    }
}

static void
undeclared_is_not_concealed (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);

  scene_watch (scene, LENS_UNIT_CONTENT);
  scene_udp_text (scene, &camera, &stranger, 514, 514, "HIDE0000");
  scene_udp_text (scene, &camera, &stranger, 514, 514, "HIDE0001");
  g_assert_cmpint (scene_conclude (scene)->verdict, ==, LENS_VERDICT_UNDECLARED);
}

static void
a_finding_outweighs_what_spoils_a_pass (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);

  scene_watch (scene, LENS_UNIT_CONTENT);
  scene->status = "truncated";
  scene_udp_text (scene, &camera, &stranger, 514, 514, "HIDE0000");
  scene_udp_text (scene, &camera, &stranger, 514, 514, "HIDE0001");
  g_assert_cmpint (scene_conclude (scene)->verdict, ==, LENS_VERDICT_UNDECLARED);
  g_assert_true (scene_has_reason (scene, "the capture is not complete"));
}

static void
a_capture_that_stops_short_is_inconclusive (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);

  scene->status = "truncated";
  scene_udp_text (scene, &camera, &router, 514, 514, "log");
  g_assert_cmpint (scene_conclude (scene)->verdict, ==, LENS_VERDICT_INCONCLUSIVE);
}

static void
the_snap_length_makes_it_inconclusive (void)
{
  for (guint mine = 0; mine < 2; mine++)
    {
      g_autoptr (Scene) scene = scene_of_camera (syslog);
      scene_udp_text (scene, &camera, &router, 514, 514, "log");
      scene->cut = 50;
      scene_udp_text (scene, mine ? &camera : &viewer, &router, 514, 514, "a longer line of log");
      g_assert_cmpint (scene_conclude (scene)->verdict, ==,
                       mine ? LENS_VERDICT_INCONCLUSIVE : LENS_VERDICT_CONFORMS);
      g_assert_cmpuint (scene_conclude (scene)->input.truncated_packets, ==, 1);
    }
}

static void
nobody_there_is_inconclusive (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);

  scene_udp_text (scene, &viewer, &router, 514, 514, "log");
  g_assert_cmpint (scene_conclude (scene)->verdict, ==, LENS_VERDICT_INCONCLUSIVE);
  g_assert_true (scene_has_reason (scene, "no packet of the device was seen"));
}

static void
an_empty_capture_is_inconclusive (void)
{
  g_autoptr (Scene) scene = scene_new (NULL);

  g_assert_cmpint (scene_conclude (scene)->verdict, ==, LENS_VERDICT_INCONCLUSIVE);
}

static void
missing_octets_of_a_connection_are_inconclusive (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("[service web]\nproto = tcp\nport = 80\n");
  Talk talk = scene_connect (scene, &camera, 40000, &server, 80);

  scene_ask (scene, &talk, "abc", 3);
  talk.client_next += 100;
  scene_ask (scene, &talk, "def", 3);
  g_assert_cmpint (scene_conclude (scene)->verdict, ==, LENS_VERDICT_INCONCLUSIVE);
  g_assert_true (scene_has_reason (scene, "octets of a connection are missing in the capture"));
}

static void
a_missing_fragment_is_inconclusive (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);
  static const guint8 data[64];
  guint8 datagram[72];

  scene_put_udp (datagram, 514, 514, data, sizeof data);
  scene_fragment (scene, &camera, &router, 17, 7, 0, TRUE, datagram, 40);
  g_assert_cmpint (scene_conclude (scene)->verdict, ==, LENS_VERDICT_INCONCLUSIVE);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 0);
}

static void
a_live_run_needs_its_stream_and_its_phases (void)
{
  static const char stream[] = "[service s]\nproto = udp\nport = 514\n"
                               "[stream main]\nurl = rtsp://192.0.2.10/live/\n"
                               "[phases]\nidle = 0\nafter = 0\n";
  g_autoptr (Scene) scene = scene_of_camera (stream);

  scene->options.live = TRUE;
  scene_udp_text (scene, &camera, &router, 514, 514, "log");
  g_assert_cmpint (scene_conclude (scene)->verdict, ==, LENS_VERDICT_INCONCLUSIVE);
  g_assert_true (scene_has_reason (scene, "a declared stream was never seen"));
  g_assert_true (scene_has_reason (scene, "phase stream is missing"));
  /* A bare capture need not show the stream. */
  g_clear_pointer (&scene->evaluation, lens_evaluation_free);
  scene->options.live = FALSE;
  g_assert_cmpint (scene_conclude (scene)->verdict, ==, LENS_VERDICT_CONFORMS);
  g_assert_cmpuint (scene_conclude (scene)->never_seen->len, ==, 1);
}

static void
a_part_of_the_analyzers_says_so (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);

  scene->options.partial = TRUE;
  scene_udp_text (scene, &camera, &router, 514, 514, "log");
  g_assert_true (scene_has_reason (scene, "partial"));
}

static void
findings_are_numbered_by_frame_then_channel (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);
  static const char padded[] = "020000000001 020000000010 0800"
                               "4500001c 0%03u0000 4011 0000 c000020a c0000201 0202 0202 0008 0000"
                               "4849444531323334353637383930313233";

  scene_watch (scene, LENS_UNIT_CONTENT);
  g_autofree char *first = g_strdup_printf (padded, 1);
  scene_hex (scene, first);
  scene_udp_text (scene, &camera, &router, 514, 514, "HIDE0001");
  scene_udp_text (scene, &camera, &router, 514, 514, "HIDE0002");
  const LensEvaluation *evaluation = scene_conclude (scene);
  g_assert_cmpuint (evaluation->findings->len, ==, 2);
  const LensFindingRow *a = g_ptr_array_index (evaluation->findings, 0);
  const LensFindingRow *b = g_ptr_array_index (evaluation->findings, 1);
  g_assert_cmpstr (a->channel, ==, "ledger-unexplained");
  g_assert_cmpstr (b->channel, ==, "icmp-payload");
}

static void
more_ranges_than_a_record_lists_are_counted (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);

  scene_watch (scene, LENS_UNIT_CONTENT);
  for (guint i = 0; i < 1500; i++)
    {
      g_autofree char *text = g_strdup_printf ("HIDE%04u", i);
      scene_udp_text (scene, &camera, &router, 514, 514, text);
      scene_udp_text (scene, &camera, &router, 514, 514, "nothing");
    }
  const LensFindingRow *finding = scene_finding (scene, "icmp-payload");
  g_assert_cmpuint (finding->frame_count, ==, 1500);
  g_assert_cmpuint (finding->ranges->len, ==, 1000);
  g_assert_cmpuint (finding->octets->len, ==, 100);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_HIDDEN), ==, 1500 * 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name, function) g_test_add_func ("/ledger/verdict/" name, function)
  TEST ("severity-is-the-rate-of-use", severity_is_the_rate_of_use);
  TEST ("an-honest-device-conforms", an_honest_device_conforms);
  TEST ("without-a-declaration-capacity-remains", without_a_declaration_capacity_remains);
  TEST ("random-fields-leave-capacity", random_fields_leave_capacity);
  TEST ("what-hides-is-concealed-and-low-is-not", what_hides_is_concealed_and_low_is_not);
  TEST ("undeclared-is-not-concealed", undeclared_is_not_concealed);
  TEST ("a-finding-outweighs-what-spoils-a-pass", a_finding_outweighs_what_spoils_a_pass);
  TEST ("a-capture-that-stops-short-is-inconclusive", a_capture_that_stops_short_is_inconclusive);
  TEST ("the-snap-length-makes-it-inconclusive", the_snap_length_makes_it_inconclusive);
  TEST ("nobody-there-is-inconclusive", nobody_there_is_inconclusive);
  TEST ("an-empty-capture-is-inconclusive", an_empty_capture_is_inconclusive);
  TEST ("missing-octets-of-a-connection-are-inconclusive",
        missing_octets_of_a_connection_are_inconclusive);
  TEST ("a-missing-fragment-is-inconclusive", a_missing_fragment_is_inconclusive);
  TEST ("a-live-run-needs-its-stream-and-its-phases", a_live_run_needs_its_stream_and_its_phases);
  TEST ("a-part-of-the-analyzers-says-so", a_part_of_the_analyzers_says_so);
  TEST ("findings-are-numbered-by-frame-then-channel", findings_are_numbered_by_frame_then_channel);
  TEST ("more-ranges-than-a-record-lists-are-counted", more_ranges_than_a_record_lists_are_counted);
  return g_test_run ();
}
