#include "report/index.h"

#include <string.h>

static void
add (GPtrArray *rows, const char *name, LensVerdict verdict, guint worst, guint64 undeclared)
{
  LensIndexRow *row = g_new0 (LensIndexRow, 1);

  row->name = g_strdup (name);
  row->is_kept = TRUE;
  row->verdict = verdict;
  row->worst = worst;
  row->undeclared_octets = undeclared;
  row->findings = worst > 0;
  row->channel = worst > 0 ? g_strdup ("dns-qname-tunnel") : NULL;
  g_ptr_array_add (rows, row);
}

static GPtrArray *
new_rows (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)lens_index_row_free);
}

/* Where @names come in @octets, in that order; FALSE when one is missing or earlier. */
static gboolean
come_in_order (GBytes *octets, const char *const *names)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (octets, NULL), g_bytes_get_size (octets));
  const char *at = text;

  for (; *names != NULL; names++)
    {
      g_autofree char *cell = g_strconcat (*names, ".case", NULL);
      at = strstr (at, cell);
      if (at == NULL)
        return FALSE;
      at++;
    }
  return TRUE;
}

static void
the_worst_comes_first (void)
{
  static const char *const by_gravity[] = { "d", "c", "b", "a", "e", NULL };
  static const char *const by_name[] = { "a", "b", "c", "d", "e", NULL };
  g_autoptr (GPtrArray) rows = new_rows ();

  add (rows, "a", LENS_VERDICT_UNDECLARED, 1 + LENS_SEVERITY_HIGH, 5);
  add (rows, "b", LENS_VERDICT_UNDECLARED, 1 + LENS_SEVERITY_HIGH, 6);
  add (rows, "c", LENS_VERDICT_CONCEALED, 1 + LENS_SEVERITY_MEDIUM, 0);
  add (rows, "d", LENS_VERDICT_CONCEALED, 1 + LENS_SEVERITY_CRITICAL, 0);
  add (rows, "e", LENS_VERDICT_CONFORMS, 0, 0);
  g_autoptr (GBytes) html = lens_index_html (rows);
  g_autoptr (GBytes) json = lens_index_json (rows);
  g_assert_true (come_in_order (html, by_gravity));
  g_assert_true (come_in_order (json, by_name));
}

static void
the_order_of_rows_shows_in_nothing (void)
{
  g_autoptr (GPtrArray) rows = new_rows ();
  g_autoptr (GPtrArray) turned = g_ptr_array_new ();

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("in/%u", i * 7 % 20);
      add (rows, name, LENS_VERDICT_CONCEALED, 1 + LENS_SEVERITY_LOW, i % 3);
    }
  for (guint i = rows->len; i > 0; i--)
    g_ptr_array_add (turned, rows->pdata[i - 1]);
  g_autoptr (GBytes) html = lens_index_html (rows);
  g_autoptr (GBytes) html_turned = lens_index_html (turned);
  g_autoptr (GBytes) json = lens_index_json (rows);
  g_autoptr (GBytes) json_turned = lens_index_json (turned);
  g_assert_true (g_bytes_equal (html, html_turned));
  g_assert_true (g_bytes_equal (json, json_turned));
}

static gboolean
has (GBytes *octets, const char *text)
{
  return g_strstr_len (g_bytes_get_data (octets, NULL), (gssize)g_bytes_get_size (octets), text)
         != NULL;
}

static void
a_name_is_only_text (void)
{
  g_autoptr (GPtrArray) rows = new_rows ();

  add (rows, "javascript:alert(1)/\"><script>x</script>\xff\xe2\x80\xae", LENS_VERDICT_CONCEALED, 1,
       1);
  LensIndexRow *row = rows->pdata[0];
  row->device = g_strdup ("<img src=x>");
  row->problem = g_strdup ("</td><b>\x1b[2J");
  g_free (row->channel);
  row->channel = g_strdup ("<i>");
  g_autoptr (GBytes) html = lens_index_html (rows);
  g_autoptr (GBytes) json = lens_index_json (rows);
  g_assert_false (has (html, "<script>x"));
  g_assert_false (has (html, "<img"));
  g_assert_false (has (html, "<b>"));
  g_assert_false (has (html, "<i>"));
  g_assert_false (has (html, "\x1b"));
  g_assert_false (has (html, "\xe2\x80\xae"));
  g_assert_false (has (html, "\"javascript:"));
  g_assert_true (has (html, "href=\"javascript%3Aalert"));
  g_assert_true (
      g_utf8_validate (g_bytes_get_data (html, NULL), (gssize)g_bytes_get_size (html), NULL));
  g_assert_true (
      g_utf8_validate (g_bytes_get_data (json, NULL), (gssize)g_bytes_get_size (json), NULL));
  g_assert_false (has (json, "\x1b"));
}

static void
a_case_that_is_not_there_is_no_link (void)
{
  g_autoptr (GPtrArray) rows = new_rows ();

  add (rows, "lost.pcap", LENS_VERDICT_INCONCLUSIVE, 0, 0);
  LensIndexRow *row = rows->pdata[0];
  row->is_kept = FALSE;
  row->failed = TRUE;
  row->problem = g_strdup ("No space left on device");
  g_autoptr (GBytes) html = lens_index_html (rows);
  g_autoptr (GBytes) json = lens_index_json (rows);
  g_assert_false (has (html, "lost.pcap.case"));
  g_assert_true (has (html, "lost.pcap"));
  g_assert_true (has (html, "No space left on device"));
  g_assert_true (has (json, "\"case\": null"));
  g_assert_true (has (json, "\"failed\": true"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/index/the-worst-comes-first", the_worst_comes_first);
  g_test_add_func ("/report/index/the-order-of-rows-shows-in-nothing",
                   the_order_of_rows_shows_in_nothing);
  g_test_add_func ("/report/index/a-name-is-only-text", a_name_is_only_text);
  g_test_add_func ("/report/index/a-case-that-is-not-there-is-no-link",
                   a_case_that_is_not_there_is_no_link);
  return g_test_run ();
}
