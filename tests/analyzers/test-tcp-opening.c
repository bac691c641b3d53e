/* How a host opens its connections. */
#include "tests/analyzers/build.h"
#include "wire/transport.h"

enum
{
  CONNECTIONS = 60,
};

static guint64
open_one (Build *build, guint index, guint16 window, guint16 size)
{
  g_autofree char *options = g_strdup_printf ("0204%04x 01030307", size);

  return build_tcp (build, CAMERA, (guint16)(40000 + index), 8443,
                    (BuildSegment){ .flags = LENS_TCP_SYN,
                                    .sequence = 1000003 * index,
                                    .window = window,
                                    .options = build_hex (options) });
}

static void
windows_that_are_new_each_time_are_found (void)
{
  g_autoptr (Build) build = build_new ("tcp-opening");
  guint64 second = 0;

  for (guint i = 0; i < CONNECTIONS; i++)
    {
      guint64 frame = open_one (build, i, (guint16)(i * 40503), 1460);
      second = i == 1 ? frame : second;
    }
  const LensFindingRow *finding
      = build_found (build, "tcp-window-modulation", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, second, 14 + 20 + 14, 2);
  build_quiet (build, "tcp-option-padding-unknown");
}

static void
sizes_that_are_new_each_time_are_found (void)
{
  g_autoptr (Build) build = build_new ("tcp-opening");

  for (guint i = 0; i < CONNECTIONS; i++)
    open_one (build, i, 64240, (guint16)(1200 + i * 89 % 256));
  build_found (build, "tcp-option-padding-unknown", LENS_SEVERITY_MEDIUM);
  build_quiet (build, "tcp-window-modulation");
}

/* Another link half way, four programs with windows of their own. */
static void
a_few_ways_side_by_side_are_quiet (void)
{
  static const guint16 windows[] = { 64240, 29200, 65535, 5840 };
  g_autoptr (Build) build = build_new ("tcp-opening");

  for (guint i = 0; i < CONNECTIONS; i++)
    open_one (build, i, windows[i * i % 7 % 4], i < CONNECTIONS / 2 ? 1460 : 1420);
  build_quiet (build, "tcp-window-modulation");
  build_quiet (build, "tcp-option-padding-unknown");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/tcp-opening/" name, function)
  CASE ("windows-that-are-new-each-time-are-found", windows_that_are_new_each_time_are_found);
  CASE ("sizes-that-are-new-each-time-are-found", sizes_that_are_new_each_time_are_found);
  CASE ("a-few-ways-side-by-side-are-quiet", a_few_ways_side_by_side_are_quiet);
  return g_test_run ();
}
