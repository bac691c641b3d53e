/* Filler data NAL units. */
#include "tests/analyzers/build-h265.h"

static Build *
session (void)
{
  Build *build = build_new ("h265-filler");

  build_session (build, build_sdp_h265, FALSE, "");
  return build;
}

static void
filler_of_other_octets_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = build_nal (build, 1, build_hex ("4c01 ff6162ff ff80"));

  const LensFindingRow *finding = build_found (build, "h265-fd-nal", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 3, 2);
  g_assert_cmpuint (finding->used_bits, ==, 16);
}

static void
filler_is_room (void)
{
  g_autoptr (Build) build = session ();

  build_honest (build);
  build_nal (
      build, 90,
      build_join (build_join (build_hex ("4c01"), build_filled (0xff, 50)), build_hex ("80")));
  g_assert_cmpuint (build_quiet (build, "h265-fd-nal")->room_bits, ==, 8 * 51);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h265-filler/" name, function)
  CASE ("filler-of-other-octets-is-found", filler_of_other_octets_is_found);
  CASE ("filler-is-room", filler_is_room);
  return g_test_run ();
}
