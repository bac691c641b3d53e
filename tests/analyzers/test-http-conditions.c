/* Conditions of HTTP requests. */
#include "tests/analyzers/build.h"

#include <string.h>

enum
{
  TIMES = 10
};

static guint16 next_port = 40000;

/* The camera, a client of its declared service, asks for one resource with @field, and gets
 * @answer. */
static guint64
ask (Build *build, const char *field, const char *answer)
{
  BuildTcp tcp = { 0 };
  g_autofree char *request
      = g_strconcat ("GET /conf.json HTTP/1.1\r\nHost: a\r\n", field, "\r\n\r\n", NULL);
  g_autofree char *reply = g_strconcat ("HTTP/1.1 ", answer, "\r\nContent-Length: 0\r\n\r\n", NULL);

  build_connect (build, &tcp, next_port++, 80);
  guint64 frame = build_segment (build, &tcp, CAMERA, build_text (request));
  build_segment (build, &tcp, VIEWER, build_text (reply));
  return frame;
}

static Build *
client (void)
{
  return build_declared ("http-conditions",
                         "[service cloud]\nproto = tcp\nport = 80\nto = 192.0.2.20\n");
}

static guint32
mark_of (guint i)
{
  return i * 2654435761u ^ 0x5bd1e995u;
}

/* Each answer gives a mark, and the next request has it; a weak one is the same mark.  A copy from
 * before the capture has one that nobody gave. */
static void
marks_that_answers_gave_are_quiet (void)
{
  g_autoptr (Build) build = client ();

  for (guint i = 0; i < TIMES; i++)
    {
      g_autofree char *field = g_strdup_printf ("If-None-Match: \"%x\"", mark_of (i));
      g_autofree char *answer = g_strdup_printf ("200 OK\r\nETag: W/\"%x\"", mark_of (i + 1));
      ask (build, field, answer);
    }
  build_quiet (build, "http-header-covert");
}

static void
marks_that_nobody_gave_are_found (void)
{
  g_autoptr (Build) build = client ();

  for (guint i = 0; i < TIMES; i++)
    {
      g_autofree char *field = g_strdup_printf ("If-None-Match: \"q%x\"", mark_of (i));
      ask (build, field, "200 OK\r\nETag: \"same\"");
    }
  const LensFindingRow *finding = build_found (build, "http-header-covert", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, TIMES);
  g_assert_nonnull (strstr (finding->detail, "marks"));
}

static void
dates_go_on_or_were_given (void)
{
  g_autoptr (Build) build = client (), other = client ();

  for (guint i = 0; i < TIMES; i++)
    {
      g_autofree char *field
          = g_strdup_printf ("If-Modified-Since: Thu, 26 Nov 2026 20:15:%02u GMT", 10 + 3 * i);
      g_autofree char *drawn = g_strdup_printf (
          "If-Modified-Since: Thu, %02u Nov 20%02u %02u:%02u:%02u GMT", 1 + mark_of (i) % 28,
          mark_of (i) % 31 % 26, mark_of (i) % 23, mark_of (i) % 59, mark_of (i) % 57);
      ask (build, field, "304 Not Modified");
      ask (other, drawn, "304 Not Modified");
    }
  build_quiet (build, "http-header-covert");
  build_found (other, "http-header-covert", LENS_SEVERITY_MEDIUM);
}

/* Any parts of what is served in parts; and of what is not. */
static void
parts_are_asked_for_where_there_are_any (void)
{
  g_autoptr (Build) build = client (), other = client ();

  for (guint i = 0; i < 2 * TIMES; i++)
    {
      g_autofree char *field
          = g_strdup_printf ("Range: bytes=%u-%u", mark_of (i) >> 8, (mark_of (i) >> 8) + 4711 * i);
      ask (build, field, "206 Partial Content");
      ask (other, field, "200 OK");
    }
  build_quiet (build, "http-header-covert");
  const LensFindingRow *finding = build_found (other, "http-header-covert", LENS_SEVERITY_HIGH);
  g_assert_nonnull (strstr (finding->detail, "ranges"));
}

#define CASE(name, function) g_test_add_func ("/analyzers/http-conditions/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("marks-that-answers-gave-are-quiet", marks_that_answers_gave_are_quiet);
  CASE ("marks-that-nobody-gave-are-found", marks_that_nobody_gave_are_found);
  CASE ("dates-go-on-or-were-given", dates_go_on_or_were_given);
  CASE ("parts-are-asked-for-where-there-are-any", parts_are_asked_for_where_there_are_any);
  return g_test_run ();
}
