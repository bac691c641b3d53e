/* The sample profiles are what a newcomer copies: they must load. */
#include "ledger/profile.h"

static LensProfile *
load (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = 0;

  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  LensProfile *profile = lens_profile_parse (text, length, &error);
  g_assert_no_error (error);
  return profile;
}

static void
declares_the_camera_over (const char *name, LensStreamTransport transport)
{
  g_autoptr (LensProfile) profile = load (name);
  const LensDeclaredStream *stream = g_ptr_array_index (profile->streams, 0);

  g_assert_cmpuint (profile->streams->len, ==, 1);
  g_assert_cmpint (stream->transport, ==, transport);
  g_assert_cmpstr (stream->url, ==, "rtsp://192.0.2.100:554/Streaming/Channels/101");
  g_assert_cmpuint (profile->dns_names->len, ==, 2);
  g_assert_true (profile->has_mac);
}

static void
the_camera_over_tcp_loads (void)
{
  declares_the_camera_over ("camera.ini", LENS_STREAM_OVER_TCP);
}

static void
the_camera_over_udp_loads (void)
{
  declares_the_camera_over ("camera-udp.ini", LENS_STREAM_OVER_UDP);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/samples/profiles/the-camera-over-tcp-loads", the_camera_over_tcp_loads);
  g_test_add_func ("/samples/profiles/the-camera-over-udp-loads", the_camera_over_udp_loads);
  return g_test_run ();
}
