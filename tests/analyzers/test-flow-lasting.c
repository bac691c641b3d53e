/* Sessions that last. */
#include "tests/analyzers/build.h"

#include <string.h>

#define MINUTE (G_GINT64_CONSTANT (60) * 1000000000)

/* The camera says a word each minute for @minutes to 203.0.113.5 behind a router. */
static void
keep_open (Build *build, guint minutes, gsize length)
{
  for (guint i = 0; i < minutes; i++)
    {
      GByteArray *frame = build_hex ("020000000001 020000000010 0800"
                                     "45000000 00000000 40110000 c000020a cb007105 9c40 1f90 0000 "
                                     "0000");
      frame->data[14 + 2] = (guint8)((28 + length) >> 8);
      frame->data[14 + 3] = (guint8)(28 + length);
      frame->data[14 + 24] = (guint8)((8 + length) >> 8);
      frame->data[14 + 25] = (guint8)(8 + length);
      build_frame (build, build_join (frame, build_filled (1, length)));
      build->now += MINUTE;
    }
}

static void
an_hour_of_next_to_nothing_is_named (void)
{
  g_autoptr (Build) build = build_declared ("flow-lasting", "");

  keep_open (build, 67, 4);
  const LensFindingRow *finding
      = build_found (build, "flow-long-lived-idle-tunnel", LENS_SEVERITY_MEDIUM);
  g_assert_nonnull (strstr (finding->detail, "1.1 hours"));
}

static void
less_than_an_hour_and_more_than_nothing_are_not (void)
{
  g_autoptr (Build) build = build_declared ("flow-lasting", "");
  g_autoptr (Build) other = build_declared ("flow-lasting", "");

  keep_open (build, 50, 4);
  g_assert_null (build_finding (build, "flow-long-lived-idle-tunnel"));
  keep_open (other, 70, 1200);
  g_assert_null (build_finding (other, "flow-long-lived-idle-tunnel"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/flow-lasting/an-hour-of-next-to-nothing-is-named",
                   an_hour_of_next_to_nothing_is_named);
  g_test_add_func ("/analyzers/flow-lasting/less-than-an-hour-and-more-than-nothing-are-not",
                   less_than_an_hour_and_more_than_nothing_are_not);
  return g_test_run ();
}
