/* Secrets in clear. */
#include "tests/analyzers/build.h"

#include <string.h>

/* The camera opens a connection to 203.0.113.5 behind a router and says @text. */
static guint64
post (Build *build, GByteArray *text)
{
  gsize length = text->len;
  GByteArray *frame
      = build_hex ("020000000001 020000000010 0800"
                   "45000000 00000000 40110000 c000020a cb007105 9c40 1f90 0000 0000");

  frame->data[14 + 3] = (guint8)(28 + length);
  frame->data[14 + 25] = (guint8)(8 + length);
  return build_frame (build, build_join (frame, text));
}

static void
a_password_that_leaves_is_found_and_not_shown (void)
{
  g_autoptr (Build) build = build_new ("content-credential");

  build_session (build, build_sdp_h264, FALSE, "");
  guint64 frame = post (build, build_text ("user=admin&password=hunter2&x=1"));
  const LensFindingRow *finding = build_found (build, "content-credential", LENS_SEVERITY_HIGH);
  build_assert_octets (finding, 0, frame, 42 + 11, 16);
  g_assert_null (memmem (finding->excerpt->data, finding->excerpt->len, "hunter2", 7));
  g_assert_nonnull (memmem (finding->excerpt->data, finding->excerpt->len, "password", 8));
  g_assert_cmpuint (finding->used_bits, ==, 8 * 7);
}

static void
the_password_of_mqtt_is_found (void)
{
  g_autoptr (Build) build = build_new ("content-credential");

  build_session (build, build_sdp_h264, FALSE, "");
  /* CONNECT, user name and password, client "c", user "u", password "secret". */
  guint64 frame = post (build, build_hex ("10 1a 0004 4d515454 04 c2 003c 0001 63 0001 75 0006"
                                          "736563726574 0000"));
  const LensFindingRow *finding = build_found (build, "content-credential", LENS_SEVERITY_HIGH);
  build_assert_octets (finding, 0, frame, 42 + 20, 6);
}

static void
a_cookie_is_little (void)
{
  g_autoptr (Build) build = build_new ("content-credential");

  build_session (build, build_sdp_h264, FALSE, "");
  post (build, build_text ("Cookie: session=0123456789\r\n"));
  build_found (build, "content-credential", LENS_SEVERITY_LOW);
}

/* Who logs in is the viewer: his password, and not the camera's leak. */
static void
a_viewer_who_logs_in_is_not_the_camera (void)
{
  g_autoptr (Build) build = build_new ("content-credential");

  build_session (build, build_sdp_h264, FALSE, "");
  build_udp (build, VIEWER, 8080, 40000, build_text ("user=admin&password=hunter2&x=1"));
  g_assert_nonnull (build_quiet (build, "content-credential"));
}

static void
masked_values_are_none (void)
{
  g_autoptr (Build) build = build_new ("content-credential");

  build_session (build, build_sdp_h264, FALSE, "");
  post (build, build_text ("user=admin&password=********&x=1"));
  g_assert_null (build_finding (build, "content-credential"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/content-credential/a-password-that-leaves-is-found-and-not-shown",
                   a_password_that_leaves_is_found_and_not_shown);
  g_test_add_func ("/analyzers/content-credential/the-password-of-mqtt-is-found",
                   the_password_of_mqtt_is_found);
  g_test_add_func ("/analyzers/content-credential/a-cookie-is-little", a_cookie_is_little);
  g_test_add_func ("/analyzers/content-credential/a-viewer-who-logs-in-is-not-the-camera",
                   a_viewer_who_logs_in_is_not_the_camera);
  g_test_add_func ("/analyzers/content-credential/masked-values-are-none", masked_values_are_none);
  return g_test_run ();
}
