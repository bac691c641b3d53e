/* Reserved bits and extensions of parameter sets. */
#include "tests/analyzers/build-h265.h"

static Build *
session (void)
{
  Build *build = build_new ("h265-parameter");

  build_session (build, build_sdp_h265, FALSE, "");
  return build;
}

static void
reserved_bits_that_speak_are_found (void)
{
  g_autoptr (Build) build = session ();
  GByteArray *vps = UNIT (h265_vps);

  vps->data[5] = 0x5f; /* two of vps_reserved_0xffff_16bits */
  guint64 frame = build_nal (build, 1, vps);
  const LensFindingRow *finding
      = build_found (build, "h265-reserved-ptl-bits", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 4, 2);
  g_assert_cmpuint (finding->used_bits, ==, 2);
}

static void
extensions_that_nobody_defined_are_found (void)
{
  g_autoptr (Build) build = session ();
  GByteArray *pps = UNIT (h265_pps);

  build_honest (build);
  /* pps_extension_present_flag, no defined extension, pps_extension_4bits 1111, data */
  pps->data[6] = 0x87;
  pps = build_join (pps, build_hex ("e1 6c65616b 80"));
  guint64 frame = build_nal (build, 90, pps);
  const LensFindingRow *finding
      = build_found (build, "h265-vps-sps-pps-extension", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 6, 2);
  build_assert_octets (finding, 1, frame, build->offset + 12 + 7, 5);
}

static void
extensions_that_the_profile_has_not_are_found (void)
{
  g_autoptr (Build) build = session ();
  GByteArray *pps = UNIT (h265_pps);

  build_honest (build);
  pps->data[6] = 0xa0; /* pps_multilayer_extension_flag, of a video in profile 1 */
  build_nal (build, 90, build_join (pps, build_hex ("6c65616b 80")));
  build_found (build, "h265-vps-sps-pps-extension", LENS_SEVERITY_MEDIUM);
}

static void
an_encoder_s_own_sets_are_room (void)
{
  g_autoptr (Build) build = session ();

  build_honest (build);
  build_honest (build);
  g_assert_nonnull (build_quiet (build, "h265-reserved-ptl-bits"));
  g_assert_nonnull (build_quiet (build, "h265-vps-sps-pps-extension"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h265-parameter/" name, function)
  CASE ("reserved-bits-that-speak-are-found", reserved_bits_that_speak_are_found);
  CASE ("extensions-that-nobody-defined-are-found", extensions_that_nobody_defined_are_found);
  CASE ("extensions-that-the-profile-has-not-are-found",
        extensions_that_the_profile_has_not_are_found);
  CASE ("an-encoder-s-own-sets-are-room", an_encoder_s_own_sets_are_room);
  return g_test_run ();
}
