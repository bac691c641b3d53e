#include "harness/preflight.h"

#include <string.h>

static gboolean
says (GPtrArray *remarks, LensPreflightSeverity severity, const char *words)
{
  for (guint i = 0; i < remarks->len; i++)
    {
      const LensPreflightRemark *remark = g_ptr_array_index (remarks, i);
      if (remark->severity == severity && strstr (remark->sentence, words) != NULL)
        return TRUE;
    }
  return FALSE;
}

static void
a_missing_interface_is_fatal (void)
{
  g_autoptr (GPtrArray) remarks = lens_preflight_new ();

  lens_preflight_interface (remarks, "nosuch0");
  lens_preflight_interface (remarks, "a-name-longer-than-any-interface");
  g_assert_cmpuint (remarks->len, ==, 2);
  g_assert_true (says (remarks, LENS_PREFLIGHT_FATAL, "There is no interface nosuch0"));
  g_assert_cmpint (lens_preflight_worst (remarks), ==, LENS_PREFLIGHT_FATAL);
}

static void
the_loopback_has_offloads_and_the_command_is_named (void)
{
  g_autoptr (GPtrArray) remarks = lens_preflight_new ();

  lens_preflight_interface (remarks, "lo");
  if (says (remarks, LENS_PREFLIGHT_FATAL, "is down"))
    {
      g_test_skip ("lo is down here");
      return;
    }
  g_assert_true (says (remarks, LENS_PREFLIGHT_WARNING, "ethtool -K lo tso off"));
}

static LensProfile *
profile_of (guint streams, guint64 max_bytes)
{
  LensProfile *profile = g_new0 (LensProfile, 1);

  profile->idle_s = 60;
  profile->stream_s = 120;
  profile->after_s = 60;
  profile->max_bytes = max_bytes;
  profile->streams = g_ptr_array_new ();
  for (guint i = 0; i < streams; i++)
    g_ptr_array_add (profile->streams, GUINT_TO_POINTER (i + 1));
  return profile;
}

static void
a_run_is_as_large_as_its_streams_and_phases (void)
{
  LensProfile *profile = profile_of (2, 50000000000);

  /* 240 s of 50 kbit/s beside two streams of 8 Mbit/s for 120 s */
  g_assert_cmpuint (lens_preflight_expected_bytes (profile), ==, 241500000);
  profile->max_bytes = 1000;
  g_assert_cmpuint (lens_preflight_expected_bytes (profile), ==, 1000);
  g_ptr_array_unref (profile->streams);
  g_free (profile);
}

static void
space_is_judged_by_what_is_needed (void)
{
  g_autoptr (GPtrArray) remarks = lens_preflight_new ();
  guint64 free_bytes = lens_preflight_free_bytes (g_get_tmp_dir ());

  if (free_bytes < 2 * LENS_PREFLIGHT_FREE_BYTES || free_bytes == G_MAXUINT64)
    {
      g_test_skip ("too little space here");
      return;
    }
  lens_preflight_space (remarks, g_get_tmp_dir (), 1);
  g_assert_cmpuint (remarks->len, ==, 0);
  lens_preflight_space (remarks, g_get_tmp_dir (), free_bytes);
  g_assert_true (says (remarks, LENS_PREFLIGHT_WARNING, "would end early"));
}

static void
a_mirror_port_is_recognised (void)
{
  g_autoptr (GPtrArray) remarks = lens_preflight_new ();
  const LensPreflightTraffic good = { .packets = 1000, .duplicates = 20 };
  const LensPreflightTraffic bad = { .packets = 1000, .duplicates = 480, .tagged = 3 };

  lens_preflight_traffic (remarks, "eth1", &good);
  g_assert_cmpuint (remarks->len, ==, 0);
  lens_preflight_traffic (remarks, "eth1", &bad);
  g_assert_true (says (remarks, LENS_PREFLIGHT_NOTE, "VLAN"));
  g_assert_true (says (remarks, LENS_PREFLIGHT_WARNING, "came twice"));
}

static void
a_step_of_the_clock_is_noticed (void)
{
  g_autoptr (GPtrArray) remarks = lens_preflight_new ();
  gint64 offset = lens_preflight_clock_offset_us ();

  lens_preflight_clock_step (remarks, offset, lens_preflight_clock_offset_us ());
  g_assert_cmpuint (remarks->len, ==, 0);
  lens_preflight_clock_step (remarks, offset, offset - 3600 * G_GINT64_CONSTANT (1000000));
  g_assert_true (says (remarks, LENS_PREFLIGHT_WARNING, "-3600.000 s"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/harness/preflight/a-missing-interface-is-fatal", a_missing_interface_is_fatal);
  g_test_add_func ("/harness/preflight/the-loopback-has-offloads-and-the-command-is-named",
                   the_loopback_has_offloads_and_the_command_is_named);
  g_test_add_func ("/harness/preflight/a-run-is-as-large-as-its-streams-and-phases",
                   a_run_is_as_large_as_its_streams_and_phases);
  g_test_add_func ("/harness/preflight/space-is-judged-by-what-is-needed",
                   space_is_judged_by_what_is_needed);
  g_test_add_func ("/harness/preflight/a-mirror-port-is-recognised", a_mirror_port_is_recognised);
  g_test_add_func ("/harness/preflight/a-step-of-the-clock-is-noticed",
                   a_step_of_the_clock_is_noticed);
  return g_test_run ();
}
