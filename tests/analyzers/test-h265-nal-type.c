/* Types of NAL units that nobody reads. */
#include "tests/analyzers/build-h265.h"

static Build *
session (void)
{
  Build *build = build_new ("h265-nal-type");

  build_session (build, build_sdp_h265, FALSE, "");
  return build;
}

static void
types_without_a_meaning_are_found (void)
{
  static const guint8 types[] = { 10, 15, 22, 31, 41, 47, 51, 63 };
  g_autoptr (Build) build = session ();
  guint16 sequence = build_honest (build);
  guint64 frame = 0;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      GByteArray *nal = build_hex ("00 01 6162636465");
      nal->data[0] = (guint8)(types[i] << 1);
      nal->data[2] = (guint8)i;
      guint64 at = build_nal (build, sequence++, nal);
      frame = frame == 0 ? at : frame;
    }
  const LensFindingRow *finding = build_found (build, "h265-nal-41-47-48-63", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12, 7);
  g_assert_cmpuint (finding->frame_count, ==, 8);
}

static void
an_aggregate_inside_an_aggregate_is_found (void)
{
  g_autoptr (Build) build = session ();

  /* AP: AUD, then a unit of type 48 */
  guint64 frame = build_nal (build, 1, build_hex ("6001 0003 460110 0004 60016162"));
  const LensFindingRow *finding = build_found (build, "h265-nal-41-47-48-63", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 2 + 5 + 2, 4);
}

static void
an_encoder_s_own_units_are_quiet (void)
{
  g_autoptr (Build) build = session ();

  build_honest (build);
  g_assert_null (build_quiet (build, "h265-nal-41-47-48-63"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h265-nal-type/" name, function)
  CASE ("types-without-a-meaning-are-found", types_without_a_meaning_are_found);
  CASE ("an-aggregate-inside-an-aggregate-is-found", an_aggregate_inside_an_aggregate_is_found);
  CASE ("an-encoder-s-own-units-are-quiet", an_encoder_s_own_units_are_quiet);
  return g_test_run ();
}
