#include "wire/media-mux.h"

static void
the_first_octet_and_the_head_tell_what_it_is (void)
{
  guint8 stun[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
  guint8 dtls[14] = { 22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1 };
  guint8 rtp[12] = { 0x80, 96 };

  g_assert_cmpuint (lens_media_mux (stun, sizeof stun), ==, LENS_MEDIA_MUX_STUN);
  g_assert_cmpuint (lens_media_mux (dtls, sizeof dtls), ==, LENS_MEDIA_MUX_DTLS);
  g_assert_cmpuint (lens_media_mux (rtp, sizeof rtp), ==, LENS_MEDIA_MUX_RTP);
  stun[4] = 0;
  dtls[1] = 3;
  rtp[0] = 0xc0;
  g_assert_cmpuint (lens_media_mux (stun, sizeof stun), ==, 0);
  g_assert_cmpuint (lens_media_mux (dtls, sizeof dtls), ==, 0);
  g_assert_cmpuint (lens_media_mux (rtp, sizeof rtp), ==, 0);
}

static void
what_is_cut_is_nothing (void)
{
  const guint8 dtls[13] = { 22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 200 };
  const guint8 stun[20] = { 0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42 };

  for (gsize length = 0; length <= sizeof dtls; length++)
    g_assert_cmpuint (lens_media_mux (dtls, length), ==, 0);
  for (gsize length = 0; length <= sizeof stun; length++)
    g_assert_cmpuint (lens_media_mux (stun, length), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/media-mux/the-first-octet-and-the-head-tell-what-it-is",
                   the_first_octet_and_the_head_tell_what_it_is);
  g_test_add_func ("/wire/media-mux/what-is-cut-is-nothing", what_is_cut_is_nothing);
  return g_test_run ();
}
