#include "sandbox/roles.h"

#include <string.h>

static void
no_role_may_make_more_calls_than_published (void)
{
  static const guint opening[LENS_PULL_N_TRANSPORTS] = { 12, 15, 15, 12, 12 };

  g_assert_true (lens_roles_filter_is_shipped ());
  for (LensPullTransport over = 0; over < LENS_PULL_N_TRANSPORTS; over++)
    {
      g_assert_cmpuint (lens_roles_count (LENS_ROLE_CAPTURE, over), ==, 4);
      g_assert_cmpuint (lens_roles_count (LENS_ROLE_PULL_OPENING, over), ==, opening[over]);
      g_assert_cmpuint (lens_roles_count (LENS_ROLE_PULL_STREAMING, over), ==, 6);
      g_assert_cmpuint (lens_roles_count (LENS_ROLE_ANALYZE, over), ==, 9);
      g_assert_cmpuint (lens_roles_count (LENS_ROLE_CARVE, over), ==, 9);
      g_assert_cmpuint (lens_roles_count (LENS_ROLE_REPORT, over), ==, 9);
      g_assert_cmpuint (lens_roles_count (LENS_ROLE_SINK, over), ==, 7);
      g_assert_cmpuint (lens_roles_count (LENS_ROLE_NONE, over), ==, 0);
    }
}

static void
every_row_has_a_reason_and_every_check_its_words (void)
{
  gsize n_rows;
  const LensCallRow *rows = lens_roles_table (&n_rows);

  for (gsize i = 0; i < n_rows; i++)
    {
      g_autofree char *name = lens_roles_call_name (rows[i].call);
      gboolean checked = rows[i].compare[0].mask != 0 || rows[i].fds != LENS_FDS_ANY;

      g_assert_nonnull (name);
      g_assert_nonnull (rows[i].reason);
      g_assert_cmpuint (strlen (rows[i].reason), >, 4);
      g_assert_true (checked == (rows[i].check != NULL));
      g_assert_cmpuint (rows[i].roles, !=, 0);
    }
}

/* "pull-opening" for a puller's transports: "udp, multicast", as the page says it. */
static char *
over_words (const LensCallRow *row)
{
  GString *words = g_string_new (NULL);

  for (LensPullTransport over = 0; over < LENS_PULL_N_TRANSPORTS; over++)
    if ((row->transports & (1u << over)) != 0)
      g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "over ",
                              lens_pull_transport_name (over));
  return g_string_free (words, FALSE);
}

/* The page names each row: its call, its transports, its check or answer, its reason, on one line.
 */
static void
the_page_has_every_row (void)
{
  g_autofree char *path
      = g_test_build_filename (G_TEST_DIST, "..", "..", "sandbox", "README.md", NULL);
  g_autofree char *page = NULL;
  gsize n_rows;
  const LensCallRow *rows = lens_roles_table (&n_rows);

  if (!g_file_get_contents (path, &page, NULL, NULL))
    {
      g_test_skip ("the source folder cannot be read");
      return;
    }
  g_auto (GStrv) lines = g_strsplit (page, "\n", -1);
  for (gsize i = 0; i < n_rows; i++)
    {
      g_autofree char *name = lens_roles_call_name (rows[i].call);
      g_autofree char *start = g_strdup_printf ("| `%s` | ", name);
      g_autofree char *end = g_strdup_printf (" | %s |", rows[i].reason);
      g_autofree char *over = over_words (&rows[i]);
      guint found = 0;

      for (char **line = lines; *line != NULL; line++)
        found += g_str_has_prefix (*line, start) && g_str_has_suffix (*line, end)
                 && (rows[i].check == NULL || strstr (*line, rows[i].check) != NULL)
                 && strstr (*line, over) != NULL
                 && (rows[i].answer != LENS_ANSWER_BROKER || strstr (*line, "**broker**") != NULL);
      if (found == 0)
        g_test_message ("missing: %s...%s %s", start, over, end);
      g_assert_cmpuint (found, >, 0);
    }
}

static void
roles_have_names (void)
{
  g_assert_cmpstr (lens_role_name (LENS_ROLE_NONE), ==, "none");
  g_assert_cmpstr (lens_role_name (LENS_ROLE_PULL_STREAMING), ==, "pull-streaming");
  g_assert_null (lens_role_name (LENS_N_ROLES));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sandbox/roles/no-role-may-make-more-calls-than-published",
                   no_role_may_make_more_calls_than_published);
  g_test_add_func ("/sandbox/roles/every-row-has-a-reason-and-every-check-its-words",
                   every_row_has_a_reason_and_every_check_its_words);
  g_test_add_func ("/sandbox/roles/the-page-has-every-row", the_page_has_every_row);
  g_test_add_func ("/sandbox/roles/roles-have-names", roles_have_names);
  return g_test_run ();
}
