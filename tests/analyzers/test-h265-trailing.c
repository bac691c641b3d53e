/* What lies behind the end of NAL units. */
#include "tests/analyzers/build-h265.h"

static Build *
session (void)
{
  Build *build = build_new ("h265-trailing");

  build_session (build, build_sdp_h265, FALSE, "");
  return build;
}

static void
octets_behind_the_trailing_bits_are_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = build_nal (build, 1, build_join (UNIT (h265_vps), build_text ("leak")));
  gsize offset = build->offset + 12 + sizeof h265_vps;

  build_nal (build, 2, build_join (UNIT (h265_aud_i), build_text ("more")));
  build_nal (build, 3, build_join (build_hex ("4801"), build_text ("end"))); /* EOS */
  const LensFindingRow *finding
      = build_found (build, "h265-rbsp-trailing-cabac-zero", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, offset, 4);
  g_assert_cmpuint (finding->used_bits, ==, 8 * (4 + 4 + 3));
}

/* Two grey halves, whole as x265 encodes them in 64x64. */
#define GREY_SPS "42010103700000030090000003000003001ea0208105965654a4c2e01000003e8000061a8080"
#define GREY_PPS "4401c0718112"
#define GREY_IDR "2801ac5609affaa482742d66db7e"

static void
octets_behind_slice_data_are_found (void)
{
  g_autoptr (Build) build = session ();

  build_nal (build, 1, build_hex (GREY_SPS));
  build_nal (build, 2, build_hex (GREY_PPS));
  build_nal (build, 3, build_hex (GREY_IDR));
  guint64 frame = build_nal (build, 4, build_join (build_hex (GREY_IDR), build_text ("leak")));
  const LensFindingRow *finding
      = build_found (build, "h265-rbsp-trailing-cabac-zero", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 14, 4);
  g_assert_cmpuint (finding->used_bits, ==, 8 * 4);
}

/* Cut slices are none: that their walks lose the way says nothing. */
static void
slices_that_cannot_be_walked_say_nothing (void)
{
  g_autoptr (Build) build = session ();
  guint16 sequence = build_honest (build);

  for (guint i = 0; i < 20; i++)
    build_nal (build, sequence++, build_join (UNIT (h265_idr), build_filled (0x5a, i)));
  build_nal (build, sequence++, build_hex (GREY_SPS));
  build_nal (build, sequence++, build_hex (GREY_PPS));
  build_nal (build, sequence, build_join (build_hex (GREY_IDR), build_text ("leak")));
  g_assert_null (build_quiet (build, "h265-rbsp-trailing-cabac-zero"));
}

static void
trailing_bits_of_a_delimiter_must_be_so (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = build_nal (build, 1, build_hex ("4601 1b"));

  const LensFindingRow *finding
      = build_found (build, "h265-rbsp-trailing-cabac-zero", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 2, 1);
}

static void
a_zero_left_of_each_start_code_is_room (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 20; i++)
    build_nal (build, i, build_join (UNIT (h265_p), build_hex ("00")));
  g_assert_cmpuint (build_quiet (build, "h265-rbsp-trailing-cabac-zero")->room_bits, ==, 8 * 20);
}

static void
zeros_whose_number_speaks_are_found (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 40; i++)
    build_nal (build, i, build_join (UNIT (h265_p), build_filled (0, i * i % 7)));
  build_found (build, "h265-rbsp-trailing-cabac-zero", LENS_SEVERITY_MEDIUM);
}

static void
slices_rounded_up_with_zeros_are_room (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 60; i++)
    {
      GByteArray *slice = build_join (UNIT (h265_p), build_filled (0x5a, i * i % 7));
      build_nal (build, i, build_join (slice, build_filled (0, -slice->len % 4)));
    }
  build_quiet (build, "h265-rbsp-trailing-cabac-zero");
}

static void
prevention_that_is_not_needed_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = build_nal (build, 1, build_hex ("0201 d0195f84460c10 0000 03 77 fe9350"));

  const LensFindingRow *finding
      = build_found (build, "h265-rbsp-trailing-cabac-zero", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 9, 4);
  g_assert_cmpuint (finding->used_bits, ==, 1);
}

static void
an_encoder_s_own_units_are_quiet (void)
{
  g_autoptr (Build) build = session ();

  build_honest (build);
  g_assert_null (build_quiet (build, "h265-rbsp-trailing-cabac-zero"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h265-trailing/" name, function)
  CASE ("octets-behind-the-trailing-bits-are-found", octets_behind_the_trailing_bits_are_found);
  CASE ("octets-behind-slice-data-are-found", octets_behind_slice_data_are_found);
  CASE ("slices-that-cannot-be-walked-say-nothing", slices_that_cannot_be_walked_say_nothing);
  CASE ("trailing-bits-of-a-delimiter-must-be-so", trailing_bits_of_a_delimiter_must_be_so);
  CASE ("a-zero-left-of-each-start-code-is-room", a_zero_left_of_each_start_code_is_room);
  CASE ("zeros-whose-number-speaks-are-found", zeros_whose_number_speaks_are_found);
  CASE ("slices-rounded-up-with-zeros-are-room", slices_rounded_up_with_zeros_are_room);
  CASE ("prevention-that-is-not-needed-is-found", prevention_that_is_not_needed_is_found);
  CASE ("an-encoder-s-own-units-are-quiet", an_encoder_s_own_units_are_quiet);
  return g_test_run ();
}
