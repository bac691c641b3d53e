/* Heads of HTTP messages. */
#include "tests/analyzers/build.h"

#include <string.h>

static guint16 next_port = 40000;

/* The camera, a client of its declared service, sends one request. */
static guint64 G_GNUC_PRINTF (2, 3) ask (Build *build, const char *format, ...)
{
  BuildTcp tcp = { 0 };
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *request = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  build_connect (build, &tcp, next_port++, 80);
  return build_segment (build, &tcp, CAMERA, build_text (request));
}

static Build *
client (void)
{
  return build_declared ("http-fields",
                         "[service cloud]\nproto = tcp\nport = 80\nto = 192.0.2.20\n");
}

static void
a_field_that_changes_each_time_is_found (void)
{
  static const char *const notes[] = { "alpha", "bravo", "charlie", "delta", "echo", "foxtrot" };
  g_autoptr (Build) build = client ();

  for (guint i = 0; i < G_N_ELEMENTS (notes); i++)
    ask (build, "GET / HTTP/1.1\r\nHost: a\r\nX-Note: %s\r\n\r\n", notes[i]);
  const LensFindingRow *finding = build_found (build, "http-header-covert", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, G_N_ELEMENTS (notes));
  g_assert_cmpuint (finding->used_bits, >=, 8 * strlen ("alphabravocharliedeltaechofoxtrot"));
}

static void
spelling_and_blanks_are_a_habit (void)
{
  static const char *const heads[]
      = { "host: a\r\nAccept: b",  "Host: a\r\naccept: b",   "HOST: a\r\nAccept: b",
          "Host:  a\r\nAccept: b", "Host: a\r\nACCEPT:   b", "hosT: a\r\nAccept: b" };
  g_autoptr (Build) build = client ();

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    ask (build, "GET / HTTP/1.1\r\n%s\r\n\r\n", heads[i]);
  const LensFindingRow *finding = build_found (build, "http-header-covert", LENS_SEVERITY_MEDIUM);
  g_assert_nonnull (strstr (finding->detail, "spelling"));
}

/* Which fields there are: in a way that no program has; and by three programs. */
static void
fields_that_come_and_go_are_found (void)
{
  static const char *const programs[]
      = { "User-Agent: Wget/1.21\r\nAccept: */*\r\n",
          "User-Agent: curl/7.88\r\nAccept: */*\r\nX-Why: a\r\n", "Accept-Language: en\r\n" };
  g_autoptr (Build) build = client (), other = client ();

  for (guint i = 0; i < 40; i++)
    {
      guint sum = i * 2654435761u >> 20;
      GString *fields = g_string_new (NULL);
      for (guint bit = 0; bit < 10; bit++)
        if ((sum >> bit & 1) != 0)
          g_string_append_printf (fields, "X-%c: 1\r\n", 'A' + (gint)bit);
      ask (build, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", fields->str);
      ask (other, "GET / HTTP/1.1\r\nHost: a\r\n%s%s\r\n", programs[sum % 3],
           sum % 2 == 0 ? "" : "If-None-Match: \"a\"\r\nCookie: a=b\r\n");
      g_string_free (fields, TRUE);
    }
  const LensFindingRow *finding = build_found (build, "http-header-covert", LENS_SEVERITY_MEDIUM);
  g_assert_nonnull (strstr (finding->detail, "fields"));
  build_quiet (other, "http-header-covert");
}

/* Each of them differs from the others in several fields, once. */
static void
programs_may_differ (void)
{
  static const char *const programs[]
      = { "User-Agent: Wget/1.21.3\r\nAccept-Encoding: identity\r\nX-A: z\r\nX-B: q",
          "User-Agent: curl/7.88.1\r\nAccept-Encoding: gzip\r\nX-A: y\r\nX-B: r",
          "User-Agent: Python-urllib\r\nAccept-Encoding: br\r\nX-A: x\r\nX-B: s" };
  g_autoptr (Build) build = client ();

  for (guint i = 0; i < 30; i++)
    ask (build, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n", programs[i % 3]);
  build_quiet (build, "http-header-covert");
}

static void
dense_words_in_targets_are_found (void)
{
  static const char *const words[]
      = { "4a7283a3baeaffa8", "b1f6dd6109211369", "c0ffee1234567890", "7b4776506b88ac3c" };
  g_autoptr (Build) build = client ();

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    ask (build, "GET /v/%s HTTP/1.1\r\nHost: a\r\n\r\n", words[i]);
  const LensFindingRow *finding = build_found (build, "http-header-covert", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 4 * 16 * 6);
}

/* Dates, lengths, digests, numbers that go on, a cookie that the server set. */
static void
what_changes_by_its_nature_is_quiet (void)
{
  g_autoptr (Build) build = client ();

  for (guint i = 0; i < 8; i++)
    {
      BuildTcp tcp = { 0 };
      g_autofree char *request = g_strdup_printf (
          "GET /snap.jpg?t=%u HTTP/1.1\r\nHost: a\r\nDate: %c\r\nAuthorization: Digest nc=%u\r\n"
          "X-Count: %u\r\nIf-None-Match: \"%u\"\r\nCookie: sid=k%uz\r\n\r\n",
          1000 + i, 'a' + i, 77 * i, 100 + i, i * i * 91, i > 0 ? (i - 1) * (i - 1) * 17 : 900);
      g_autofree char *reply = g_strdup_printf (
          "HTTP/1.1 200 OK\r\nSet-Cookie: sid=k%uz; path=/\r\nContent-Length: 0\r\n\r\n",
          i * i * 17);
      build_connect (build, &tcp, (guint16)(45000 + i), 80);
      build_segment (build, &tcp, CAMERA, build_text (request));
      build_segment (build, &tcp, VIEWER, build_text (reply));
    }
  build_quiet (build, "http-header-covert");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/http-fields/a-field-that-changes-each-time-is-found",
                   a_field_that_changes_each_time_is_found);
  g_test_add_func ("/analyzers/http-fields/spelling-and-blanks-are-a-habit",
                   spelling_and_blanks_are_a_habit);
  g_test_add_func ("/analyzers/http-fields/fields-that-come-and-go-are-found",
                   fields_that_come_and_go_are_found);
  g_test_add_func ("/analyzers/http-fields/programs-may-differ", programs_may_differ);
  g_test_add_func ("/analyzers/http-fields/dense-words-in-targets-are-found",
                   dense_words_in_targets_are_found);
  g_test_add_func ("/analyzers/http-fields/what-changes-by-its-nature-is-quiet",
                   what_changes_by_its_nature_is_quiet);
  return g_test_run ();
}
