/* Challenges that draw the password. */
#include "tests/analyzers/build.h"

#include <string.h>

#define LIVE "rtsp://192.0.2.10/live"
#define BASIC "WWW-Authenticate: Basic realm=\"camera\"\r\n"
#define DIGEST "WWW-Authenticate: Digest realm=\"camera\", nonce=\"abc\"\r\n"

static Build *
declared (const char *more)
{
  g_autofree char *stream
      = g_strconcat ("[stream main]\nurl = " LIVE "\ntransport = tcp\n", more, NULL);
  Build *build = build_declared ("evaluator-credentials", stream);

  build_connect (build, &build->rtsp, 554, 40000);
  return build;
}

static void
basic_alone_is_critical (void)
{
  g_autoptr (Build) build = declared ("credentials = env:SECRET\n");
  guint64 frame = build_answer (build, "DESCRIBE", LIVE, "401 Unauthorized", BASIC);
  gsize offset = build->offset + strlen ("RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n");

  const LensFindingRow *finding
      = build_found (build, "evaluator-credentials", LENS_SEVERITY_CRITICAL);
  build_assert_octets (finding, 0, frame, offset + strlen ("WWW-Authenticate: "),
                       strlen ("Basic realm=\"camera\""));
}

static void
so_is_that_of_a_proxy (void)
{
  g_autoptr (Build) build = declared ("credentials = env:SECRET\n");

  build_answer (build, "DESCRIBE", LIVE, "407 Proxy Authentication Required",
                "Proxy-Authenticate: Basic realm=\"camera\"\r\n");

  build_found (build, "evaluator-credentials", LENS_SEVERITY_CRITICAL);
}

static void
basic_that_is_allowed_is_quiet (void)
{
  g_autoptr (Build) build = declared ("credentials = env:SECRET\nallow-basic = yes\n");

  build_answer (build, "DESCRIBE", LIVE, "401 Unauthorized", BASIC);

  g_assert_null (build_finding (build, "evaluator-credentials"));
}

static void
digest_is_quiet (void)
{
  g_autoptr (Build) build = declared ("");

  build_answer (build, "DESCRIBE", LIVE, "401 Unauthorized", DIGEST);
  build_answer (build, "DESCRIBE", LIVE, "401 Unauthorized", BASIC DIGEST);
  build_answer (build, "DESCRIBE", LIVE, "401 Unauthorized", DIGEST BASIC);
  build_answer (build, "DESCRIBE", LIVE, "401 Unauthorized",
                "WWW-Authenticate: Basic realm=\"x\", Digest realm=\"x\", nonce=\"1\"\r\n");

  g_assert_null (build_finding (build, "evaluator-credentials"));
}

static void
without_a_declaration_basic_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("evaluator-credentials");

  build_connect (build, &build->rtsp, 554, 40000);
  build_answer (build, "DESCRIBE", LIVE, "401 Unauthorized", BASIC);

  g_assert_null (build_finding (build, "evaluator-credentials"));
}

/* A segment from (@reply) or to another host, 198.51.100.7. */
static void
elsewhere (Build *build, gboolean reply, const char *text)
{
  static guint32 sequence[2];
  gsize length = strlen (text);
  GByteArray *octets = build_hex (reply ? "020000000020 020000000001 0800"
                                          "4500 0000 0001 4000 4006 0000 c6336407 c0000214"
                                          "022a 9c41 00000000 00000000 5018 ffff 0000 0000"
                                        : "020000000001 020000000020 0800"
                                          "4500 0000 0001 4000 4006 0000 c0000214 c6336407"
                                          "9c41 022a 00000000 00000000 5018 ffff 0000 0000");

  octets->data[16] = (guint8)((40 + length) >> 8);
  octets->data[17] = (guint8)(40 + length);
  guint32 own = GUINT32_TO_BE (1 + sequence[reply]), peer = GUINT32_TO_BE (1 + sequence[!reply]);
  memcpy (octets->data + 38, &own, 4);
  memcpy (octets->data + 42, &peer, 4);
  sequence[reply] += (guint32)length;
  g_byte_array_append (octets, (const guint8 *)text, (guint)length);
  build_frame (build, octets);
}

static void
a_challenge_where_the_viewer_was_sent_is_critical (void)
{
  g_autoptr (Build) build = declared ("");

  guint64 sent = build_answer (build, "DESCRIBE", LIVE, "302 Found",
                               "Location: rtsp://198.51.100.7/live\r\n");
  elsewhere (build, FALSE, "DESCRIBE rtsp://198.51.100.7/live RTSP/1.0\r\nCSeq: 1\r\n\r\n");
  elsewhere (build, TRUE, "RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n" DIGEST "\r\n");

  const LensFindingRow *finding
      = build_found (build, "evaluator-credentials", LENS_SEVERITY_CRITICAL);
  g_assert_cmpstr (finding->device, ==, "Camera");
  g_assert_cmpuint (g_array_index (finding->ranges, LensFrameRange, 0).first, ==, sent + 2);
}

static void
a_challenge_of_another_hosts_own_viewer_is_quiet (void)
{
  g_autoptr (Build) build = declared ("");

  build_answer (build, "DESCRIBE", LIVE, "200 OK", "");
  elsewhere (build, FALSE, "DESCRIBE rtsp://198.51.100.7/live RTSP/1.0\r\nCSeq: 1\r\n\r\n");
  elsewhere (build, TRUE, "RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n" BASIC "\r\n");

  g_assert_null (build_finding (build, "evaluator-credentials"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/evaluator-credentials/" name, function)
  CASE ("basic-alone-is-critical", basic_alone_is_critical);
  CASE ("so-is-that-of-a-proxy", so_is_that_of_a_proxy);
  CASE ("basic-that-is-allowed-is-quiet", basic_that_is_allowed_is_quiet);
  CASE ("digest-is-quiet", digest_is_quiet);
  CASE ("without-a-declaration-basic-is-quiet", without_a_declaration_basic_is_quiet);
  CASE ("a-challenge-where-the-viewer-was-sent-is-critical",
        a_challenge_where_the_viewer_was_sent_is_critical);
  CASE ("a-challenge-of-another-hosts-own-viewer-is-quiet",
        a_challenge_of_another_hosts_own_viewer_is_quiet);
  return g_test_run ();
}
