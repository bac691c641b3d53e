#include "report/escape.h"

static void
assert_text (const char *from, const char *to)
{
  g_autoptr (GString) text = g_string_new (NULL);

  lens_escape_text (text, from, 0);
  g_assert_cmpstr (text->str, ==, to);
}

static void
a_terminal_gets_no_orders (void)
{
  assert_text ("a\x1b[2Jb", "a\\u001B[2Jb");
  assert_text ("\xc2\x9b\x31m", "\\u009B1m");
  assert_text ("line\r\n", "line\\u000D\\u000A");
  assert_text ("\x7f", "\\u007F");
}

static void
a_reader_is_not_misled (void)
{
  assert_text ("\xe2\x80\xaegnp.exe", "\\u202Egnp.exe");
  assert_text ("a\xe2\x80\x8b"
               "b",
               "a\\u200Bb");
  assert_text ("\xf3\xa0\x81\x81", "\\uE0041");
}

static void
what_is_legible_stays (void)
{
  assert_text ("Zürich \xe6\x97\xa5\xe6\x9c\xac 👍", "Zürich \xe6\x97\xa5\xe6\x9c\xac 👍");
  assert_text (NULL, "");
}

static void
octets_that_are_not_utf8_are_named (void)
{
  assert_text ("\xff\xc3(", "\\xFF\\xC3(");
  assert_text ("\xed\xa0\x80", "\\xED\\xA0\\x80");
  assert_text ("cut \xe2\x80", "cut \\xE2\\x80");
}

static void
marks_do_not_pile_up (void)
{
  assert_text ("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81!", "e\xcc\x81\xcc\x81\xcc\x81\\u0301!");
}

static void
markup_is_text (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  lens_escape_html (text, "<a href=\"'&'\">\x1b", 0);
  g_assert_cmpstr (text->str, ==, "&lt;a href=&quot;&#39;&amp;&#39;&quot;&gt;\\u001B");
}

static void
a_long_string_is_cut_and_says_so (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  lens_escape_text (text, "abcdef", 3);
  g_assert_cmpstr (text->str, ==, "abc… (6 octets in all)");
  g_string_truncate (text, 0);
  lens_escape_text (text, "abc", 3);
  g_assert_cmpstr (text->str, ==, "abc");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/escape/a-terminal-gets-no-orders", a_terminal_gets_no_orders);
  g_test_add_func ("/report/escape/a-reader-is-not-misled", a_reader_is_not_misled);
  g_test_add_func ("/report/escape/what-is-legible-stays", what_is_legible_stays);
  g_test_add_func ("/report/escape/octets-that-are-not-utf8-are-named",
                   octets_that_are_not_utf8_are_named);
  g_test_add_func ("/report/escape/marks-do-not-pile-up", marks_do_not_pile_up);
  g_test_add_func ("/report/escape/markup-is-text", markup_is_text);
  g_test_add_func ("/report/escape/a-long-string-is-cut-and-says-so",
                   a_long_string_is_cut_and_says_so);
  return g_test_run ();
}
