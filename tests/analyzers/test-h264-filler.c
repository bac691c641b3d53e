/* Filler NAL units. */
#include "tests/analyzers/build.h"

static Build *
session (gboolean over_tcp)
{
  Build *build = build_new ("h264-filler");

  build_session (build, build_sdp_h264, over_tcp, "");
  return build;
}

static void
filler_that_is_no_filler_is_found (void)
{
  g_autoptr (Build) build = session (FALSE);
  guint64 frame = build_nal (build, 1, build_hex ("0c ffffff 6c65616b ffff 80"));

  const LensFindingRow *finding = build_found (build, "h264-filler-nal", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 4, 4);
  g_assert_cmpuint (finding->used_bits, ==, 32);
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, 4);
}

static void
it_is_found_across_fragments (void)
{
  g_autoptr (Build) build = session (TRUE);
  guint64 frame = build_fragments (build, 1, 4, build_hex ("0c ffffff 6c 65616b ff ff 80"));

  const LensFindingRow *finding = build_found (build, "h264-filler-nal", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 2);
  build_assert_octets (finding, 0, frame, build->offset + 14 + 3, 1);
  build_assert_octets (finding, 1, frame + 1, build->offset + 14, 3);
}

static void
a_constant_rate_is_room (void)
{
  g_autoptr (Build) build = session (FALSE);

  build_nal (
      build, 1,
      build_join (build_join (build_hex ("0c"), build_filled (0xff, 100)), build_hex ("80")));

  g_assert_cmpuint (build_quiet (build, "h264-filler-nal")->room_bits, ==, 8 * 101);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-filler/" name, function)
  CASE ("filler-that-is-no-filler-is-found", filler_that_is_no_filler_is_found);
  CASE ("it-is-found-across-fragments", it_is_found_across_fragments);
  CASE ("a-constant-rate-is-room", a_constant_rate_is_room);
  return g_test_run ();
}
