/* Whether a permitted service carries more than was declared. */
#include "tests/analyzers/build.h"

#define STREAM "[stream main]\nurl = rtsp://192.0.2.10/live\n"
#define UPLOAD(limit) STREAM "[service upload]\nproto = udp\nport = 9000\nto = 192.0.2.20\n" limit
#define DAY (G_GINT64_CONSTANT (86400) * 1000 * 1000 * 1000)

/* @count datagrams of 100 octets. */
static void
say (Build *build, guint count)
{
  for (guint i = 0; i < count; i++)
    build_udp (build, CAMERA, 40000, 9000, build_filled ('x', 100));
}

static void
more_than_was_declared_is_found (void)
{
  g_autoptr (Build) build
      = build_declared ("declaration-exceeded", UPLOAD ("max-bytes-per-day = 1000\n"));

  say (build, 15);
  const LensFindingRow *finding = build_found (build, "declaration-exceeded", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->used_bits, ==, 8 * 500);
  g_assert_cmpuint (finding->frame_count, ==, 15);
}

static void
as_much_as_was_declared_is_quiet (void)
{
  g_autoptr (Build) build
      = build_declared ("declaration-exceeded", UPLOAD ("max-bytes-per-day = 1000\n"));

  say (build, 10);
  g_assert_null (build_finding (build, "declaration-exceeded"));
}

static void
each_day_has_its_own (void)
{
  g_autoptr (Build) build
      = build_declared ("declaration-exceeded", UPLOAD ("max-bytes-per-day = 1000\n"));

  say (build, 9);
  build->now += DAY;
  say (build, 9);
  g_assert_null (build_finding (build, "declaration-exceeded"));
}

/* A file may say any time of its packets: not all of its days can be kept. */
static void
more_days_than_are_kept_count_as_one (void)
{
  g_autoptr (Build) build
      = build_declared ("declaration-exceeded", UPLOAD ("max-bytes-per-day = 1000\n"));

  for (guint i = 0; i < 1100; i++)
    {
      say (build, 1);
      build->now += DAY;
    }
  const LensFindingRow *finding = build_found (build, "declaration-exceeded", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 8 * (77 * 100 - 1000));
}

static void
the_peer_s_octets_count_too (void)
{
  g_autoptr (Build) build
      = build_declared ("declaration-exceeded", UPLOAD ("max-bytes-per-day = 1000\n"));

  say (build, 9);
  for (guint i = 0; i < 2; i++)
    build_udp (build, VIEWER, 40000, 9000, build_filled ('y', 100));
  g_assert_nonnull (build_finding (build, "declaration-exceeded"));
}

static void
without_a_number_there_is_no_limit (void)
{
  g_autoptr (Build) build = build_declared ("declaration-exceeded", UPLOAD (""));

  say (build, 1000);
  g_assert_null (build_finding (build, "declaration-exceeded"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/declaration-exceeded/more than was declared is found",
                   more_than_was_declared_is_found);
  g_test_add_func ("/declaration-exceeded/as much as was declared is quiet",
                   as_much_as_was_declared_is_quiet);
  g_test_add_func ("/declaration-exceeded/each day has its own", each_day_has_its_own);
  g_test_add_func ("/declaration-exceeded/more days than are kept count as one",
                   more_days_than_are_kept_count_as_one);
  g_test_add_func ("/declaration-exceeded/the peer's octets count too",
                   the_peer_s_octets_count_too);
  g_test_add_func ("/declaration-exceeded/without a number there is no limit",
                   without_a_number_there_is_no_limit);
  return g_test_run ();
}
