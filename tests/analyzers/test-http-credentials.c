/* Credentials and references of HTTP requests. */
#include "tests/analyzers/build.h"

#include <string.h>

enum
{
  TIMES = 12
};

static guint16 next_port = 40000;

/* The camera, a client of its declared service, asks for @target with @field, and gets
 * @answer. */
static guint64
ask (Build *build, const char *target, const char *field, const char *answer)
{
  BuildTcp tcp = { 0 };
  g_autofree char *request
      = g_strconcat ("GET ", target, " HTTP/1.1\r\nHost: a\r\n", field, "\r\n\r\n", NULL);
  g_autofree char *reply = g_strconcat ("HTTP/1.1 ", answer, "\r\nContent-Length: 0\r\n\r\n", NULL);

  build_connect (build, &tcp, next_port++, 80);
  guint64 frame = build_segment (build, &tcp, CAMERA, build_text (request));
  build_segment (build, &tcp, VIEWER, build_text (reply));
  return frame;
}

static Build *
client (void)
{
  return build_declared ("http-credentials",
                         "[service cloud]\nproto = tcp\nport = 80\nto = 192.0.2.20\n");
}

static guint32
drawn (guint i)
{
  return (i + 1) * 2654435761u ^ 0x5bd1e995u;
}

/* Three accounts; and one that is ever another. */
static void
accounts_come_back (void)
{
  static const char *const accounts[] = { "Y2FtOnNlY3JldA==", "YWRtaW46YWRtaW4=", "bG9nOmxvZw==" };
  g_autoptr (Build) build = client (), other = client ();

  for (guint i = 0; i < TIMES; i++)
    {
      g_autofree char *known = g_strconcat ("Authorization: Basic ", accounts[i % 3], NULL);
      g_autofree char *news
          = g_strdup_printf ("Authorization: Basic %08x%08x", drawn (i), drawn (~i));
      ask (build, "/", known, "200 OK");
      ask (other, "/", news, "200 OK");
    }
  build_quiet (build, "http-header-covert");
  const LensFindingRow *finding = build_found (other, "http-header-covert", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, TIMES - 1);
  g_assert_nonnull (strstr (finding->detail, "credentials"));
}

/* Tokens that a device signs are new for each request, and cannot be told from data. */
static void
signed_tokens_are_a_bound (void)
{
  g_autoptr (Build) build = client ();

  for (guint i = 0; i < TIMES; i++)
    {
      g_autofree char *field
          = g_strdup_printf ("Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.e30.%08x", drawn (i));
      ask (build, "/", field, "200 OK");
    }
  build_quiet (build, "http-header-covert");
}

/* Each answer gives the nonce of the next request; the client draws its own. */
static void
nonces_that_answers_gave_are_quiet (void)
{
  g_autoptr (Build) build = client ();

  for (guint i = 0; i < TIMES; i++)
    {
      g_autofree char *field = g_strdup_printf (
          "Authorization: Digest username=\"a\", realm=\"r\", nonce=\"%08x\", uri=\"/\", qop=auth, "
          "nc=00000001, cnonce=\"%08x\", response=\"%08x%08x\"",
          drawn (i), drawn (100 + i), drawn (200 + i), drawn (300 + i));
      g_autofree char *answer = g_strdup_printf (
          i % 2 == 0
              ? "401 No\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"%08x\", qop=\"auth\""
              : "200 OK\r\nAuthentication-Info: nextnonce=\"%08x\"",
          drawn (i + 1));
      ask (build, "/", field, answer);
    }
  build_quiet (build, "http-header-covert");
}

static void
nonces_that_nobody_gave_are_found (void)
{
  g_autoptr (Build) build = client ();

  for (guint i = 0; i < TIMES; i++)
    {
      g_autofree char *field = g_strdup_printf (
          "Authorization: Digest username=\"a\", realm=\"r\", nonce=\"%08x\", uri=\"/\", qop=auth, "
          "nc=00000001, cnonce=\"x\", response=\"y\"",
          drawn (i));
      ask (build, "/", field, "200 OK");
    }
  const LensFindingRow *finding = build_found (build, "http-header-covert", LENS_SEVERITY_MEDIUM);
  g_assert_nonnull (strstr (finding->detail, "digest"));
}

/* The response follows from the rest where no qop is said, and the count counts. */
static void
responses_follow_from_the_rest (void)
{
  g_autoptr (Build) build = client (), other = client ();

  for (guint i = 0; i < TIMES; i++)
    {
      g_autofree char *field = g_strdup_printf (
          "Authorization: Digest username=\"a\", realm=\"r\", nonce=\"n\", uri=\"/%u\", "
          "response=\"%08x\"",
          i % 4, drawn (i % 4));
      g_autofree char *news = g_strdup_printf ("Authorization: Digest username=\"a\", realm=\"r\", "
                                               "nonce=\"n\", uri=\"/\", response=\"%08x\"",
                                               drawn (i));
      ask (build, "/", field, "200 OK");
      ask (other, "/", news, "200 OK");
    }
  build_quiet (build, "http-header-covert");
  build_found (other, "http-header-covert", LENS_SEVERITY_MEDIUM);
}

static void
counts_go_on (void)
{
  g_autoptr (Build) build = client (), other = client ();

  for (guint i = 0; i < 2 * TIMES; i++)
    for (guint kind = 0; kind < 2; kind++)
      {
        g_autofree char *field = g_strdup_printf (
            "Authorization: Digest username=\"a\", realm=\"r\", nonce=\"n\", uri=\"/\", qop=auth, "
            "nc=%08x, cnonce=\"%08x\", response=\"%08x\"",
            kind == 0 ? i + 1 : drawn (i), drawn (100 + i), drawn (200 + i));
        ask (kind == 0 ? build : other, "/", field, "200 OK");
      }
  build_quiet (build, "http-header-covert");
  build_found (other, "http-header-covert", LENS_SEVERITY_MEDIUM);
}

/* Pages of which some come from before the capture; their parts refer to them. */
static void
references_name_what_was_shown (void)
{
  g_autoptr (Build) build = client (), other = client ();

  for (guint i = 0; i < TIMES; i++)
    {
      g_autofree char *page = g_strdup_printf ("/page-%08x", drawn (i));
      g_autofree char *field = g_strdup_printf ("Referer: http://a/page-%08x", drawn (i));
      if (i % 2 == 0)
        ask (build, page, "Accept: */*", "200 OK");
      ask (build, "/style.css", field, "200 OK");
      ask (build, "/logo.png", field, "200 OK");
      ask (other, "/style.css", field, "200 OK");
    }
  build_quiet (build, "http-header-covert");
  const LensFindingRow *finding = build_found (other, "http-header-covert", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, TIMES);
  g_assert_nonnull (strstr (finding->detail, "references"));
}

#define CASE(name, function) g_test_add_func ("/analyzers/http-credentials/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("accounts-come-back", accounts_come_back);
  CASE ("signed-tokens-are-a-bound", signed_tokens_are_a_bound);
  CASE ("nonces-that-answers-gave-are-quiet", nonces_that_answers_gave_are_quiet);
  CASE ("nonces-that-nobody-gave-are-found", nonces_that_nobody_gave_are_found);
  CASE ("responses-follow-from-the-rest", responses_follow_from_the_rest);
  CASE ("counts-go-on", counts_go_on);
  CASE ("references-name-what-was-shown", references_name_what_was_shown);
  return g_test_run ();
}
