/* Octets of media packets that belong to no NAL unit. */
#include "tests/analyzers/build.h"

static guint64
send (Build *build, const char *payload)
{
  return build_media (
      build, CAMERA, 0, FALSE,
      build_rtp ((BuildRtp){
          .payload_type = 96, .sequence = 1, .ssrc = 0xaaaa, .payload = build_hex (payload) }));
}

/* STAP-A: two units of two octets; then a size of 0 and four octets. */
static void
octets_behind_the_last_unit_are_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-spans");

  build_session (build, build_sdp_h264, TRUE, "");
  guint64 frame = send (build, "78 0002 6742 0002 68ce 0000 73656372");

  const LensFindingRow *finding
      = build_found (build, "rtp-trailing-in-payload", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 9, 6);
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, 6);
}

static void
a_fragment_too_short_for_its_header_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-spans");

  build_session (build, build_sdp_h264, FALSE, "");
  guint64 frame = send (build, "7c");

  build_assert_octets (build_found (build, "rtp-trailing-in-payload", LENS_SEVERITY_MEDIUM), 0,
                       frame, build->offset + 12, 1);
}

static void
an_aggregate_that_is_full_has_no_finding (void)
{
  g_autoptr (Build) build = build_new ("rtp-spans");

  build_session (build, build_sdp_h264, FALSE, "");
  send (build, "78 0002 6742 0002 68ce");
  build_video (build, 5, 2, 0xaaaa);

  g_assert_null (build_finding (build, "rtp-trailing-in-payload"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtp-spans/" name, function)
  CASE ("octets-behind-the-last-unit-are-found", octets_behind_the_last_unit_are_found);
  CASE ("a-fragment-too-short-for-its-header-is-found",
        a_fragment_too_short_for_its_header_is_found);
  CASE ("an-aggregate-that-is-full-has-no-finding", an_aggregate_that_is_full_has_no_finding);
  return g_test_run ();
}
