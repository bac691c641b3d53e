/* Headers of NAL units: what must be 0, layers that are not there, temporal ids. */
#include "tests/analyzers/build-h265.h"

static Build *
session (void)
{
  Build *build = build_new ("h265-nal-header");

  build_session (build, build_sdp_h265, FALSE, "");
  return build;
}

static void
a_layer_that_nobody_declared_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint16 sequence = build_honest (build);
  GByteArray *nal = UNIT (h265_p);

  nal->data[1] = 5 << 3 | 1;
  guint64 frame = build_nal (build, sequence, nal);
  const LensFindingRow *finding = build_found (build, "h265-layer-id-tid", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12, 2);
}

static void
forbidden_bits_and_temporal_ids_are_found (void)
{
  g_autoptr (Build) build = session ();
  guint16 sequence = build_honest (build);
  GByteArray *forbidden = UNIT (h265_p), *above = UNIT (h265_p);

  forbidden->data[0] |= 0x80;
  guint64 frame = build_nal (build, sequence++, forbidden);
  gsize offset = build->offset + 12;
  above->data[1] = 3; /* the SPS has one sub-layer */
  build_nal (build, sequence++, above);
  const LensFindingRow *finding = build_found (build, "h265-layer-id-tid", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, offset, 1);
  g_assert_cmpuint (finding->used_bits, ==, 1 + 3);
}

static void
declared_layers_are_room (void)
{
  g_autoptr (Build) build = session ();
  GByteArray *vps = UNIT (h265_vps), *nal = UNIT (h265_p);

  vps->data[3] = 0x11; /* vps_max_layers_minus1 1 */
  build_nal (build, 1, vps);
  nal->data[1] = 1 << 3 | 1;
  build_nal (build, 2, nal);
  g_assert_nonnull (build_quiet (build, "h265-layer-id-tid"));
}

static void
an_encoder_s_own_headers_are_quiet (void)
{
  g_autoptr (Build) build = session ();

  build_honest (build);
  g_assert_null (build_quiet (build, "h265-layer-id-tid"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h265-nal-header/" name, function)
  CASE ("a-layer-that-nobody-declared-is-found", a_layer_that_nobody_declared_is_found);
  CASE ("forbidden-bits-and-temporal-ids-are-found", forbidden_bits_and_temporal_ids_are_found);
  CASE ("declared-layers-are-room", declared_layers_are_room);
  CASE ("an-encoder-s-own-headers-are-quiet", an_encoder_s_own_headers_are_quiet);
  return g_test_run ();
}
