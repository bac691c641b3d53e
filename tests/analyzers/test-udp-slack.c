/* Octets behind the length that UDP states. */
#include "tests/analyzers/build.h"

static void
octets_behind_the_stated_end_are_found (void)
{
  g_autoptr (Build) build = build_new ("udp-slack");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0xaaaa);
  GByteArray *datagram = build_datagram (
      CAMERA, 6000, 5000,
      build_rtp ((BuildRtp){
          .payload_type = 96, .sequence = 4, .ssrc = 0xaaaa, .payload = build_hex ("419a5c5c") }));
  guint64 frame = build_ip (build, CAMERA, 17, build_join (datagram, build_text ("surplus")), NULL);

  const LensFindingRow *finding = build_found (build, "udp-length-slack", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 8 + 12 + 4, 7);
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, 7);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNEXPLAINED), ==, 0);
}

static void
padding_of_the_frame_is_no_surplus (void)
{
  g_autoptr (Build) build = build_new ("udp-slack");

  build_session (build, build_sdp_h264, FALSE, "");
  build_ip (build, CAMERA, 17, build_datagram (CAMERA, 6000, 5000, build_hex ("0d0a")),
            build_filled (0, 16));

  g_assert_null (build_finding (build, "udp-length-slack"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/udp-slack/octets-behind-the-stated-end-are-found",
                   octets_behind_the_stated_end_are_found);
  g_test_add_func ("/analyzers/udp-slack/padding-of-the-frame-is-no-surplus",
                   padding_of_the_frame_is_no_surplus);
  return g_test_run ();
}
