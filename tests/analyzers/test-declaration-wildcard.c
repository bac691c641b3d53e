/* What leaves by a permission that permits anybody. */
#include "tests/analyzers/build.h"

#define STREAM "[stream main]\nurl = rtsp://192.0.2.10/live\n"
#define ANYBODY STREAM "[service upload]\nproto = udp\nport = 9000\n"
#define SOMEBODY STREAM "[service upload]\nproto = udp\nport = 9000\nto = 192.0.2.20\n"

static void
say (Build *build)
{
  for (guint i = 0; i < 3; i++)
    build_udp (build, CAMERA, 40000, 9000, build_text ("what nobody reads"));
}

static void
what_it_let_pass_is_shown (void)
{
  g_autoptr (Build) build = build_declared ("declaration-wildcard", ANYBODY);

  say (build);
  const LensFindingRow *finding = build_found (build, "declaration-wildcard", LENS_SEVERITY_INFO);
  g_assert_cmpuint (finding->room_bits, ==, 3 * 8 * 17);
  g_assert_cmpuint (finding->used_bits, ==, 0);
  g_assert_cmpuint (finding->frame_count, ==, 3);
  g_assert_cmpstr (finding->detail, ==, "It is permitted by service upload.");
}

static void
a_permission_that_names_its_peer_is_quiet (void)
{
  g_autoptr (Build) build = build_declared ("declaration-wildcard", SOMEBODY);

  say (build);
  g_assert_null (build_finding (build, "declaration-wildcard"));
}

static void
what_nobody_permits_is_not_its_business (void)
{
  g_autoptr (Build) build = build_declared ("declaration-wildcard", ANYBODY);

  build_udp (build, CAMERA, 40000, 9001, build_text ("another port"));
  g_assert_null (build_finding (build, "declaration-wildcard"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/declaration-wildcard/what it let pass is shown", what_it_let_pass_is_shown);
  g_test_add_func ("/declaration-wildcard/a permission that names its peer is quiet",
                   a_permission_that_names_its_peer_is_quiet);
  g_test_add_func ("/declaration-wildcard/what nobody permits is not its business",
                   what_nobody_permits_is_not_its_business);
  return g_test_run ();
}
