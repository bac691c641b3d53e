/* What is not RTP on a track's ports: keep-alives are room, all else is found. */
#include "tests/analyzers/build.h"

static void
a_datagram_that_is_no_rtp_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-version");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0x11223344);
  guint64 frame
      = build_media (build, CAMERA, 0, FALSE, build_text ("a datagram that is no media at all"));

  const LensFindingRow *finding = build_found (build, "rtp-version-hdr", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset, 34);
  g_assert_cmpuint (finding->used_bits, ==, 34 * 8);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNEXPLAINED), ==, 0);
}

static void
keep_alives_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtp-version");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0x11223344);
  build_media (build, CAMERA, 0, FALSE, build_text ("\r\n"));
  build_media (build, CAMERA, 0, FALSE, build_hex ("00000000"));
  /* a STUN binding indication with FINGERPRINT */
  build_media (build, CAMERA, 0, FALSE,
               build_hex ("0011 0008 2112a442 0102030405060708090a0b0c 8028 0004 11223344"));

  g_assert_cmpuint (build_quiet (build, "rtp-version-hdr")->room_bits, ==, 96);
}

static void
zeros_that_are_no_header_are_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-version");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0x11223344);
  build_media (build, CAMERA, 0, FALSE, build_filled (0, 13));
  build_media (build, CAMERA, 0, FALSE, build_hex ("00000001"));

  g_assert_cmpuint (build_found (build, "rtp-version-hdr", LENS_SEVERITY_MEDIUM)->used_bits, ==,
                    8 * 17);
}

static void
attributes_of_a_binding_are_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-version");

  build_session (build, build_sdp_h264, FALSE, "");
  guint64 frame
      = build_media (build, CAMERA, 0, FALSE,
                     build_hex ("0011 0008 2112a442 0102030405060708090a0b0c 8022 0004 61626364"));

  const LensFindingRow *finding = build_found (build, "rtp-version-hdr", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 20, 8);
}

static void
what_the_viewer_sends_is_the_viewer_s (void)
{
  g_autoptr (Build) build = build_new ("rtp-version");

  build_session (build, build_sdp_h264, FALSE, "");
  build_video (build, 3, 1, 0x11223344);
  build_media (build, VIEWER, 0, FALSE, build_hex ("cefaedfe"));

  g_assert_nonnull (build_quiet (build, "rtp-version-hdr"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/rtp-version/a-datagram-that-is-no-rtp-is-found",
                   a_datagram_that_is_no_rtp_is_found);
  g_test_add_func ("/analyzers/rtp-version/keep-alives-are-quiet", keep_alives_are_quiet);
  g_test_add_func ("/analyzers/rtp-version/zeros-that-are-no-header-are-found",
                   zeros_that_are_no_header_are_found);
  g_test_add_func ("/analyzers/rtp-version/attributes-of-a-binding-are-found",
                   attributes_of_a_binding_are_found);
  g_test_add_func ("/analyzers/rtp-version/what-the-viewer-sends-is-the-viewer-s",
                   what_the_viewer_sends_is_the_viewer_s);
  return g_test_run ();
}
