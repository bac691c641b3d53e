/* Two pictures in one track. */
#include "tests/analyzers/build.h"

/* Baseline, 4:2:0, level 3: 20x15 macroblocks as set 0, 6x5 as set 1; a picture set for each. */
#define SPS_LARGE "67 42001eda0507e4"
#define SPS_SMALL "67 42001e56862e40"

static void
send_set (Build *build, guint16 sequence, GByteArray *set)
{
  build_nal (build, sequence, set);
}

/* An IDR slice of picture parameter set @id: first_mb 0, slice_type 7, the set, frame_num 0. */
static guint64
send_picture (Build *build, guint16 sequence, guint id)
{
  return build_nal (build, sequence,
                    build_join (build_hex (id == 0 ? "65 8884ff" : "65 88413f"),
                                build_filled ((guint8)(0x40 + sequence), 40)));
}

static Build *
session (void)
{
  Build *build = build_new ("video-substream");

  build_session (build, build_sdp_h264, FALSE, "");
  send_set (build, 1, build_hex (SPS_LARGE));
  send_set (build, 2, build_hex (SPS_SMALL));
  send_set (build, 3, build_hex ("68 ce3880"));
  send_set (build, 4, build_hex ("68 48e388"));
  return build;
}

static void
pictures_to_and_fro_are_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 first = 0;

  for (guint16 i = 0; i < 40; i++)
    {
      guint64 frame = send_picture (build, 5 + i, i % 4 == 3);
      first = first == 0 && i % 4 == 3 ? frame : first;
    }
  const LensFindingRow *finding
      = build_found (build, "video-substream-hidden-view", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 10);
  g_assert_cmpuint (g_array_index (finding->ranges, LensFrameRange, 0).first, ==, first);
}

static void
another_resolution_is_quiet (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 40; i++)
    send_picture (build, 5 + i, i >= 20);
  build_quiet (build, "video-substream-hidden-view");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/video-substream/" name, function)
  CASE ("pictures-to-and-fro-are-found", pictures_to_and_fro_are_found);
  CASE ("another-resolution-is-quiet", another_resolution_is_quiet);
  return g_test_run ();
}
