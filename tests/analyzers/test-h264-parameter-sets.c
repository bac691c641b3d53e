/* Parameter sets that stay, and those that do not. */
#include "tests/analyzers/build.h"

#include <string.h>

#define SPS "6742c01eda0507e4"
#define PPS "68ce3c80"
/* Another width, as after a switch of resolution; with VUI that says 25 pictures a second. */
#define WIDER "6742c01eda02c07e40"

static Build *
session (void)
{
  Build *build = build_new ("h264-parameter-sets");

  build_session (build, build_sdp_h264, FALSE, "");
  return build;
}

static void
the_same_sets_again_are_quiet (void)
{
  g_autoptr (Build) build = session ();

  for (guint i = 0; i < 20; i++)
    {
      build_nal (build, (guint16)(3 * i + 1), build_hex (SPS));
      build_nal (build, (guint16)(3 * i + 2), build_hex (PPS));
      build_nal (build, (guint16)(3 * i + 3), build_hex ("658884ff80"));
    }
  g_assert_null (build_quiet (build, "h264-ps-churn"));
  g_assert_null (build_quiet (build, "h264-sps-vui-fields"));
}

static void
a_switch_of_resolution_is_quiet (void)
{
  g_autoptr (Build) build = session ();

  for (guint i = 0; i < 20; i++)
    {
      build_nal (build, (guint16)(2 * i + 1), build_hex (i < 5 || i > 12 ? SPS : WIDER));
      build_nal (build, (guint16)(2 * i + 2), build_hex ("658884ff80"));
    }
  build_quiet (build, "h264-ps-churn");
}

static void
content_that_changes_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 first = 0;

  build_nal (build, 1, build_hex (SPS));
  build_nal (build, 2, build_hex (PPS));
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *set = g_strdup_printf ("68ce%02x80", 0x3c + (i + 1) * 4);
      build_nal (build, (guint16)(2 * i + 3), build_hex ("658884ff80"));
      guint64 frame = build_nal (build, (guint16)(2 * i + 4), build_hex (set));
      first = i == 0 ? frame : first;
    }
  const LensFindingRow *finding = build_found (build, "h264-ps-churn", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 10);
  build_assert_octets (finding, 0, first, build->offset + 12 + 2, 1);
}

/* Identifiers from 15 on (00001 0000 ...) with octets that are no set. */
static void
sets_that_no_slice_names_are_found (void)
{
  g_autoptr (Build) build = session ();

  build_nal (build, 1, build_hex (SPS));
  build_nal (build, 2, build_hex (PPS));
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *set = g_strdup_printf ("68%02x%02x6c80", 0x08 | i >> 1, (i & 1) << 7 | 0x41);
      build_nal (build, (guint16)(2 * i + 3), build_hex ("658884ff80"));
      build_nal (build, (guint16)(2 * i + 4), build_hex (set));
    }
  const LensFindingRow *finding = build_found (build, "h264-ps-churn", LENS_SEVERITY_MEDIUM);
  g_assert_nonnull (strstr (finding->detail, "no slice needs"));
}

/* The same twelve, sent three times: identifiers say something whether or not they are new. */
static void
sets_that_no_slice_names_are_all_told (void)
{
  g_autoptr (Build) build = session ();

  build_nal (build, 1, build_hex (SPS));
  build_nal (build, 2, build_hex (PPS));
  for (guint i = 0; i < 36; i++)
    {
      guint id = i % 12;
      g_autofree char *set
          = g_strdup_printf ("68%02x%02x6c80", 0x08 | id >> 1, (id & 1) << 7 | 0x41);
      build_nal (build, (guint16)(2 * i + 3), build_hex ("658884ff80"));
      build_nal (build, (guint16)(2 * i + 4), build_hex (set));
    }
  g_assert_cmpuint (build_found (build, "h264-ps-churn", LENS_SEVERITY_MEDIUM)->frame_count, >, 30);
}

static void
reserved_bits_are_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = build_nal (build, 1, build_hex ("6742c21eda0507e4"));

  const LensFindingRow *finding = build_found (build, "h264-sps-vui-fields", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 2, 1);
  g_assert_cmpuint (finding->used_bits, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-parameter-sets/" name, function)
  CASE ("the-same-sets-again-are-quiet", the_same_sets_again_are_quiet);
  CASE ("a-switch-of-resolution-is-quiet", a_switch_of_resolution_is_quiet);
  CASE ("content-that-changes-is-found", content_that_changes_is_found);
  CASE ("sets-that-no-slice-names-are-found", sets_that_no_slice_names_are_found);
  CASE ("sets-that-no-slice-names-are-all-told", sets_that_no_slice_names_are_all_told);
  CASE ("reserved-bits-are-found", reserved_bits_are_found);
  return g_test_run ();
}
