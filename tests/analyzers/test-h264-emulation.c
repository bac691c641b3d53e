/* Emulation prevention octets: where they must be, and nowhere else. */
#include "tests/analyzers/build.h"

static Build *
session (void)
{
  Build *build = build_new ("h264-emulation");

  build_session (build, build_sdp_h264, FALSE, "");
  return build;
}

static void
one_that_is_not_needed_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = build_nal (build, 1, build_hex ("419a 0000 03 99 77 0000 03 01 80"));

  const LensFindingRow *finding = build_found (build, "h264-emulation-03", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 1);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 2, 4);
}

static void
one_that_is_missing_is_found (void)
{
  g_autoptr (Build) build = session ();

  build_nal (build, 1, build_hex ("419a 0000 02 99 80"));
  build_nal (build, 2, build_hex ("419b 0000 00 00 99 80"));
  g_assert_cmpuint (build_found (build, "h264-emulation-03", LENS_SEVERITY_MEDIUM)->used_bits, ==,
                    3);
}

static void
what_must_be_is_quiet (void)
{
  g_autoptr (Build) build = session ();

  build_nal (build, 1, build_hex ("419a 000003 00 00 03 01 000003 02 000003 03 0004 80"));
  build_nal (build, 2, build_hex ("419a 0102 80 000003 000003"));
  build_nal (build, 3, build_hex ("419a 0102 80 000000"));
  build_nal (build, 4, build_hex ("68ce3c80 00000001 419a 0102 80"));
  build_quiet (build, "h264-emulation-03");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-emulation/" name, function)
  CASE ("one-that-is-not-needed-is-found", one_that_is_not_needed_is_found);
  CASE ("one-that-is-missing-is-found", one_that_is_missing_is_found);
  CASE ("what-must-be-is-quiet", what_must_be_is_quiet);
  return g_test_run ();
}
