#include "ledger/key-file.h"

#include <string.h>

static void
refused (const char *text, gsize length, const char *says)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) file = lens_key_file_load (text, length, &error);

  g_assert_null (file);
  g_assert_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE);
  g_assert_cmpstr (error->message, ==, says);
}

static void
what_a_key_file_would_merge_is_refused (void)
{
  static const struct
  {
    const char *text, *says;
  } rows[] = {
    { "[a]\nk = 1\n[b]\n[a]\nl = 2\n", "[a]: line 4: a second group of that name; allowed: one" },
    { "[a]\nk = 1\n k=2\n", "[a] k: line 3: given a second time; allowed: once" },
    { "k = 1\n", "line 1: a key before the first group; allowed: inside a [group]" },
    { "[a]\nsecret\n", "line 2: allowed: [group], key = value, or a # comment" },
    { "[a]\n= 1\n", "line 2: allowed: [group], key = value, or a # comment" },
    { "[a\n", "line 1: a group without its closing bracket; allowed: [group]" },
    { "[a] # more\n", "line 1: a group without its closing bracket; allowed: [group]" },
    { "[a]\nk = \x01\n", "line 2: a control character; allowed: text" },
    { "[a]\r\rk = 1\n", "line 1: a control character; allowed: text" },
    { "[a]\nk[ = 1\n", "a group or key with a name that a key file cannot hold; allowed: letters, "
                       "digits and hyphens" },
    { "\xef\xbb\xbf[a]\n", "starts with a byte order mark; allowed: UTF-8 without one" },
    { "[a]\nk = \xff\n", "not UTF-8 at offset 8; allowed: UTF-8 text" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    refused (rows[i].text, strlen (rows[i].text), rows[i].says);
  refused ("[a]\n\0k=1\n", 9, "a zero octet at offset 4; allowed: UTF-8 text");
}

static void
long_texts_and_names_are_refused (void)
{
  g_autofree char *text = g_strnfill (LENS_KEY_FILE_MAX + 1, '#');

  refused (text, LENS_KEY_FILE_MAX + 1, "1048577 octets long; allowed: at most 1048576");
  memcpy (text, "[a]\n", 4);
  memset (text + 4, 'k', 500);
  text[400] = '=';
  refused (text + 4, 500, "line 1: a name of more than 256 octets");
  text[4] = '[';
  text[400] = ']';
  refused (text + 4, 397, "line 1: a name of more than 256 octets");
}

static void
what_a_person_sees_is_read (void)
{
  static const char text[] = "# first\r\n\n [a] \nk = one \\n two\n[b]\n\tk=\nl[de] = 3";
  g_autoptr (GKeyFile) file = lens_key_file_load (text, strlen (text), NULL);

  g_assert_nonnull (file);
  g_autofree char *a = g_key_file_get_string (file, "a", "k", NULL);
  g_autofree char *b = g_key_file_get_string (file, "b", "k", NULL);
  g_assert_cmpstr (a, ==, "one \n two");
  g_assert_cmpstr (b, ==, "");
  /* A translated key is kept, so that the reader sees a key that it does not know. */
  g_assert_true (g_key_file_has_key (file, "b", "l[de]", NULL));
  g_autoptr (GKeyFile) empty = lens_key_file_load ("", 0, NULL);
  g_assert_nonnull (empty);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/key-file/what-a-key-file-would-merge-is-refused",
                   what_a_key_file_would_merge_is_refused);
  g_test_add_func ("/ledger/key-file/long-texts-and-names-are-refused",
                   long_texts_and_names_are_refused);
  g_test_add_func ("/ledger/key-file/what-a-person-sees-is-read", what_a_person_sees_is_read);
  return g_test_run ();
}
