/* What TLS clients bring back. */
#include "tests/analyzers/build-tls.h"

#include <string.h>

/* A server's hello of TLS 1.2 with a session of four octets (or "00": none); a ticket of four. */
#define ANSWER(session) "160303002a 02000026 0303" QUIET_RANDOM session "c02f00"
#define ANSWER_4 "160303002e 0200002a 0303" QUIET_RANDOM
#define TICKET "160303000e 0400000a 00000e10 0004"
#define CHANGE "1403030001 01"
/* A HelloRetryRequest of TLS 1.3 with the cookie "abcd". */
#define RETRY                                                                                      \
  "1603030036 02000032 0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"      \
  "00 1301 00 000a 002c 0006 0004 61626364"

static void
open_talk (Build *build, BuildTcp *tcp, guint16 port, const char *extensions)
{
  g_autofree char *all = g_strconcat (NAMED, extensions, NULL);

  build_connect (build, tcp, port, 443);
  build_segment (build, tcp, CAMERA, build_client_hello (QUIET_RANDOM, "c02f", all));
}

/* One connection that brings @ticket and is given @given (or NULL). */
static void
resume (Build *build, guint16 port, guint32 ticket, const char *given)
{
  BuildTcp tcp;
  g_autofree char *extension = g_strdup_printf ("0023 0004 %08x", ticket);

  open_talk (build, &tcp, port, extension);
  build_segment (build, &tcp, VIEWER, build_hex (ANSWER ("00")));
  if (given != NULL)
    build_segment (build, &tcp, VIEWER, build_hex (given));
  build_segment (build, &tcp, VIEWER, build_hex (CHANGE));
}

static void
tickets_that_nobody_gave_are_found (void)
{
  g_autoptr (Build) build = build_cloud ("tls-given");

  for (guint16 i = 0; i < 6; i++)
    resume (build, (guint16)(40000 + i), 0xa1b2c3d4 + 12345u * i, NULL);
  const LensFindingRow *finding = build_found (build, "tls-hello-extensions", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 6);
  g_assert_cmpuint (finding->used_bits, ==, 6 * 32);
}

/* One from before the capture, then each the one that the server gave last; and one again and
 * again. */
static void
tickets_that_were_given_are_quiet (void)
{
  g_autoptr (Build) build = build_cloud ("tls-given"), again = build_cloud ("tls-given");

  for (guint16 i = 0; i < 8; i++)
    {
      g_autofree char *next = g_strdup_printf (TICKET "%08x", 0xa1b2c3d4 + 12345u * (i + 1));
      resume (build, (guint16)(40000 + i), 0xa1b2c3d4 + 12345u * i, next);
      resume (again, (guint16)(40000 + i), 0xa1b2c3d4, NULL);
    }
  g_assert_null (build_finding (build, "tls-hello-extensions"));
  g_assert_null (build_finding (again, "tls-hello-extensions"));
}

/* Of the server nothing was captured: it may have given them. */
static void
one_half_of_a_connection_says_nothing (void)
{
  g_autoptr (Build) build = build_cloud ("tls-given");

  for (guint16 i = 0; i < 8; i++)
    {
      BuildTcp tcp;
      g_autofree char *extension = g_strdup_printf ("0023 0004 %08x", 0xa1b2c3d4 + 12345u * i);
      open_talk (build, &tcp, (guint16)(40000 + i), extension);
    }
  g_assert_null (build_finding (build, "tls-hello-extensions"));
}

/* A hello of TLS 1.2 with this session; the server gives @given. */
static void
with_session (Build *build, guint16 port, guint32 session, guint32 given)
{
  BuildTcp tcp;
  g_autofree char *hello
      = g_strdup_printf ("1603010031 0100002d 0303" QUIET_RANDOM "04 %08x 0002c02f 0100", session);
  g_autofree char *answer = g_strdup_printf (ANSWER_4 "04 %08x c02f00", given);

  build_connect (build, &tcp, port, 443);
  build_segment (build, &tcp, CAMERA, build_hex (hello));
  build_segment (build, &tcp, VIEWER, build_hex (answer));
  build_segment (build, &tcp, VIEWER, build_hex (CHANGE));
}

static void
sessions_that_nobody_gave_are_found (void)
{
  g_autoptr (Build) build = build_cloud ("tls-given"), honest = build_cloud ("tls-given");

  for (guint16 i = 0; i < 6; i++)
    {
      with_session (build, (guint16)(40000 + i), 0xa1b2c3d4 + 12345u * i, 0x91929394 + 7u * i);
      with_session (honest, (guint16)(40000 + i), 0xa1b2c3d4 + 12345u * i,
                    0xa1b2c3d4 + 12345u * (i + 1));
    }
  const LensFindingRow *finding = build_found (build, "tls-hello-extensions", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 6 * 32);
  g_assert_null (build_finding (honest, "tls-hello-extensions"));
}

static void
cookies_that_nobody_gave_are_found (void)
{
  g_autoptr (Build) build = build_cloud ("tls-given");
  BuildTcp tcp;

  open_talk (build, &tcp, 40000, "002c 0006 0004 61626364");
  open_talk (build, &tcp, 40001, "002c 0006 0004 61626365");
  const LensFindingRow *finding = build_found (build, "tls-hello-extensions", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 2);
  g_assert_cmpuint (g_array_index (finding->octets, LensPiece, 0).length, ==, 6);
}

/* The second hello of a connection brings back the cookie, and nothing but it. */
static void
a_cookie_that_was_given_is_quiet (void)
{
  g_autoptr (Build) build = build_cloud ("tls-given"), other = build_cloud ("tls-given");

  for (guint16 i = 0; i < 4; i++)
    {
      BuildTcp tcp, wrong;
      open_talk (build, &tcp, (guint16)(40000 + i), "");
      build_segment (build, &tcp, VIEWER, build_hex (RETRY));
      build_segment (build, &tcp, CAMERA,
                     build_client_hello (QUIET_RANDOM, "c02f", NAMED "002c 0006 0004 61626364"));
      open_talk (other, &wrong, (guint16)(40000 + i), "");
      build_segment (other, &wrong, VIEWER, build_hex (RETRY));
      g_autofree char *cookie = g_strdup_printf (NAMED "002c 0006 0004 616263%02x", 0x65u + i);
      build_segment (other, &wrong, CAMERA, build_client_hello (QUIET_RANDOM, "c02f", cookie));
    }
  g_assert_null (build_finding (build, "tls-hello-extensions"));
  build_found (other, "tls-hello-extensions", LENS_SEVERITY_MEDIUM);
}

#define CASE(name, function) g_test_add_func ("/analyzers/tls-given/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("tickets-that-nobody-gave-are-found", tickets_that_nobody_gave_are_found);
  CASE ("tickets-that-were-given-are-quiet", tickets_that_were_given_are_quiet);
  CASE ("one-half-of-a-connection-says-nothing", one_half_of_a_connection_says_nothing);
  CASE ("sessions-that-nobody-gave-are-found", sessions_that_nobody_gave_are_found);
  CASE ("cookies-that-nobody-gave-are-found", cookies_that_nobody_gave_are_found);
  CASE ("a-cookie-that-was-given-is-quiet", a_cookie_that_was_given_is_quiet);
  return g_test_run ();
}
