/* Contributing sources, which a camera does not have. */
#include "tests/analyzers/build.h"

static void
a_list_of_sources_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-csrc");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0x11223344);
  guint64 frame = build_media (build, CAMERA, 0, FALSE,
                               build_rtp ((BuildRtp){ .payload_type = 96,
                                                      .sequence = 4,
                                                      .ssrc = 0x11223344,
                                                      .csrc = build_hex ("61626364 65666768"),
                                                      .payload = build_hex ("419a5c") }));

  const LensFindingRow *finding = build_found (build, "rtp-csrc", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12, 8);
  g_assert_cmpuint (finding->used_bits, ==, 64);
}

static void
packets_without_a_list_have_no_finding (void)
{
  g_autoptr (Build) build = build_new ("rtp-csrc");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 20, 1, 0x11223344);
  g_assert_null (build_finding (build, "rtp-csrc"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/rtp-csrc/a-list-of-sources-is-found", a_list_of_sources_is_found);
  g_test_add_func ("/analyzers/rtp-csrc/packets-without-a-list-have-no-finding",
                   packets_without_a_list_have_no_finding);
  return g_test_run ();
}
