/* Pause frames. */
#include "tests/analyzers/build.h"

static guint64
send (Build *build, const char *control)
{
  GByteArray *octets = build_hex (control);
  gsize rest = 46 - octets->len;

  return build_ethernet (build, CAMERA, 0x8808, build_join (octets, build_filled (0, rest)), NULL);
}

static void
reserved_octets_with_content_are_found (void)
{
  g_autoptr (Build) build = build_new ("mac-control");
  guint64 frame = send (build, "0001 ffff 00 736563726574");

  build_announce (build);
  const LensFindingRow *finding = build_worst (build, "eth-pause-macctrl", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 14 + 5, 6);
}

static void
an_operation_that_is_not_defined_is_found (void)
{
  g_autoptr (Build) build = build_new ("mac-control");
  guint64 frame = send (build, "1234");

  build_announce (build);
  const LensFindingRow *finding = build_worst (build, "eth-pause-macctrl", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 14, 2);
}

static void
times_that_change_without_end_are_found (void)
{
  g_autoptr (Build) build = build_new ("mac-control");

  build_announce (build);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *control = g_strdup_printf ("0001%04x", 1u + i * i * 7);
      send (build, control);
    }
  build_worst (build, "eth-pause-macctrl", LENS_SEVERITY_MEDIUM);
}

static void
times_of_priorities_are_times_too (void)
{
  g_autoptr (Build) build = build_new ("mac-control");

  build_announce (build);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *control = g_strdup_printf ("0101 0004 00000000%04x", 1u + i * i * 7);
      send (build, control);
    }
  build_worst (build, "eth-pause-macctrl", LENS_SEVERITY_MEDIUM);
}

static void
the_time_of_no_priority_is_found (void)
{
  g_autoptr (Build) build = build_new ("mac-control");
  guint64 frame = send (build, "0101 0001 ffff 7365");

  build_announce (build);
  const LensFindingRow *finding = build_worst (build, "eth-pause-macctrl", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 14 + 6, 2);
}

static void
the_longest_pause_and_its_end_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("mac-control");

  build_announce (build);
  for (guint i = 0; i < 40; i++)
    send (build, i % 2 == 0 ? "0001ffff" : "00010000");
  send (build, "0101 00ff 0001000200030004000500060007ffff");
  build_worst (build, "eth-pause-macctrl", LENS_SEVERITY_INFO);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/mac-control/" name, function)
  CASE ("reserved-octets-with-content-are-found", reserved_octets_with_content_are_found);
  CASE ("an-operation-that-is-not-defined-is-found", an_operation_that_is_not_defined_is_found);
  CASE ("times-that-change-without-end-are-found", times_that_change_without_end_are_found);
  CASE ("times-of-priorities-are-times-too", times_of_priorities_are_times_too);
  CASE ("the-time-of-no-priority-is-found", the_time_of_no_priority_is_found);
  CASE ("the-longest-pause-and-its-end-are-quiet", the_longest_pause_and_its_end_are_quiet);
  return g_test_run ();
}
