/* What slice headers carry beside their fields. */
#include "tests/analyzers/build-h265.h"

static Build *
session (void)
{
  Build *build = build_new ("h265-slice");

  build_session (build, build_sdp_h265, FALSE, "");
  return build;
}

/* See tests/wire/test-h265-slice.c: three reserved flags, and an extension of two octets. */
#define PPS "4401 c671801a"
#define IDR "2801 b5f6c2c5 ff80"

static void
extensions_and_reserved_flags_are_found (void)
{
  g_autoptr (Build) build = session ();

  build_nal (build, 1, UNIT (h265_sps));
  build_nal (build, 2, build_hex (PPS));
  guint64 frame = build_nal (build, 3, build_hex (IDR));
  const LensFindingRow *finding
      = build_found (build, "h265-slice-header-extension", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 3, 3);
  g_assert_cmpuint (finding->used_bits, ==, 16 + 2); /* two of three flags are set */
}

static void
an_encoder_s_own_headers_are_quiet (void)
{
  g_autoptr (Build) build = session ();

  build_honest (build);
  g_assert_null (build_quiet (build, "h265-slice-header-extension"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h265-slice/" name, function)
  CASE ("extensions-and-reserved-flags-are-found", extensions_and_reserved_flags_are_found);
  CASE ("an-encoder-s-own-headers-are-quiet", an_encoder_s_own_headers_are_quiet);
  return g_test_run ();
}
