/* Session identifiers: the same within a session. */
#include "tests/analyzers/build.h"

#include <string.h>

static void
an_identifier_that_changes_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtsp-session");
  static const char head[] = "RTSP/1.0 200 OK\r\nCSeq: 5\r\nSession: ";
  guint64 frame = 0;
  gsize offset = 0;

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *reply = g_strdup_printf ("Session: %08u\r\n", 77712345 + i * 91);
      guint64 at = build_request (build, "GET_PARAMETER", "Session: 12345678\r\n", reply, "");
      frame = i == 0 ? at : frame;
      offset = i == 0 ? build->offset : offset;
    }

  const LensFindingRow *finding = build_found (build, "rtsp-session-nonce", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, offset + strlen (head), 8);
  g_assert_cmpuint (finding->used_bits, ==, 3 * 64);
}

static void
one_session_after_the_other_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtsp-session");

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *reply = g_strdup_printf ("Session: %08X;timeout=60\r\n", 0x7712345 + i * 91);
      g_autofree char *ask = g_strdup_printf ("Session: %08X\r\n", 0x7712345 + i * 91);
      build_connect (build, &build->rtsp, 554, (guint16)(40000 + i));
      build_request (build, "SETUP", "", reply, "");
      build_request (build, "PLAY", ask, reply, "");
      build_request (build, "TEARDOWN", ask, ask, "");
    }

  g_assert_null (build_finding (build, "rtsp-session-nonce"));
}

static void
a_session_from_before_the_capture_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("rtsp-session");

  build->rtsp = (BuildTcp){ 554, 40000, { 100, 200 } };
  for (guint i = 0; i < 4; i++)
    build_request (build, "GET_PARAMETER", "Session: A1\r\n", "Session: A1\r\n", "");

  g_assert_null (build_finding (build, "rtsp-session-nonce"));
}

static void
a_long_nonce_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtsp-session");
  char nonce[201] = { 0 };

  memset (nonce, 'a', 200);
  build_connect (build, &build->rtsp, 554, 40000);
  g_autofree char *reply = g_strdup_printf ("RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n"
                                            "WWW-Authenticate: Digest realm=\"c\", nonce=\"%s\""
                                            "\r\n\r\n",
                                            nonce);
  build_segment (build, &build->rtsp, VIEWER,
                 build_text ("DESCRIBE rtsp://192.0.2.10/live RTSP/1.0\r\nCSeq: 1\r\n\r\n"));
  build_segment (build, &build->rtsp, CAMERA, build_text (reply));

  const LensFindingRow *finding = build_found (build, "rtsp-session-nonce", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->used_bits, ==, 1600);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtsp-session/" name, function)
  CASE ("an-identifier-that-changes-is-found", an_identifier_that_changes_is_found);
  CASE ("one-session-after-the-other-is-quiet", one_session_after_the_other_is_quiet);
  CASE ("a-session-from-before-the-capture-is-quiet", a_session_from_before_the_capture_is_quiet);
  CASE ("a-long-nonce-is-found", a_long_nonce_is_found);
  return g_test_run ();
}
