#include "tests/analyzers/aac.h"

static Build *
session (void)
{
  Build *build = build_new ("aac-latm");

  build_session (build, aac_sdp_latm, TRUE, "");
  for (guint16 i = 0; i < 10; i++)
    aac_send_payload (build, i, build_hex ("04 00c80007"));
  return build;
}

static void
elements_and_nothing_else_are_quiet (void)
{
  g_autoptr (Build) build = session ();

  build_conclude (build);
  build_quiet (build, "aac-latm-other-data");
}

static void
octets_behind_an_element_are_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = aac_send_payload (build, 10, build_hex ("04 00c80007 cafe"));

  build_conclude (build);
  const LensFindingRow *finding = build_found (build, "aac-latm-other-data", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 5, 2);
}

static void
octets_behind_an_access_unit_are_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = aac_send_payload (build, 10, build_hex ("06 00c80007 cafe"));

  build_conclude (build);
  const LensFindingRow *finding = build_found (build, "aac-latm-other-data", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 5, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/aac-latm/elements-and-nothing-else-are-quiet",
                   elements_and_nothing_else_are_quiet);
  g_test_add_func ("/analyzers/aac-latm/octets-behind-an-element-are-found",
                   octets_behind_an_element_are_found);
  g_test_add_func ("/analyzers/aac-latm/octets-behind-an-access-unit-are-found",
                   octets_behind_an_access_unit_are_found);
  return g_test_run ();
}
