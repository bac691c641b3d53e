#include "report/text.h"

#include <string.h>

#include "report/escape.h"
#include "report/record.h"
#include "sample.h"

static char *
render (LensEvaluation *evaluation, gboolean colours)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) record = lens_record_octets (evaluation, LENS_EMIT_COMPACT);
  g_autoptr (LensRun) facts = sample_run ();
  g_autoptr (GBytes) run = lens_run_octets (facts);
  g_autoptr (LensMapping) mapping = lens_mapping_new ();
  g_autoptr (GBytes) page = lens_text_from_record (record, run, mapping, colours, &error);

  g_assert_no_error (error);
  return g_strndup (g_bytes_get_data (page, NULL), g_bytes_get_size (page));
}

static void
it_tells_verdict_ledger_and_findings (void)
{
  g_autoptr (LensEvaluation) evaluation = sample_rich ();
  g_autofree char *page = render (evaluation, FALSE);

  g_assert_nonnull (strstr (page, "Conceals data  (concealed)"));
  g_assert_nonnull (strstr (page, "  declared-video            18,209,460        87.1 %  ####"));
  g_assert_nonnull (strstr (page, "missing on this machine: Landlock (TCP),"));
  g_assert_nonnull (strstr (page, "F003  critical  flow-undeclared-destination"));
  g_assert_nonnull (strstr (page, "frame.number in {21010..21105}"));
  g_assert_nonnull (strstr (page, "    supports        NIST SP 800-53 SC-31, SC-31(1), SI-4(18);"));
  g_assert_nonnull (strstr (page, "    not proof of    NIST SP 800-53 SC-31(3);"));
  g_assert_nonnull (strstr (page, "    could carry     "));
  g_assert_null (strstr (page, "    rate  "));
  g_assert_nonnull (strstr (page, "What this run could not see"));
}

/* In the order of the first page of report.html, before anything else. */
static void
it_begins_with_what_somebody_who_decides_has_to_know (void)
{
  static const char *const lines[]
      = { "Entrance camera\n",
          "Conceals data  (concealed)\n",
          "\nWhy\n  1. The device sends 68 kB to 198.51.100.23, which nobody declared.\n",
          "Could carry 45.5 kbit/s",
          "     Finding F003.\n  2. The video carries text",
          "\n  3. Padding octets",
          "\nWhat leaves the device, in this run and in a day like it\n",
          "  Undeclared                                 69.5 kB  a day: 25.0 MB !\n",
          "  Unexplained                               0 octets  a day: 0 octets\n",
          "\nWhat this run could not see, in short\n  - What speaks less often",
          "  confinement       missing on this machine: Landlock (TCP),",
          "\nCapture\n" };
  g_autoptr (LensEvaluation) evaluation = sample_rich ();
  g_autofree char *page = render (evaluation, FALSE);
  const char *at = page;

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      at = strstr (at, lines[i]);
      g_assert_nonnull (at);
    }
}

static void
each_finding_has_its_octets (void)
{
  g_autoptr (LensEvaluation) evaluation = sample_rich ();
  g_autofree char *page = render (evaluation, FALSE);

  g_assert_nonnull (
      strstr (page, "    octets          frame: first-last from 0. 1204: 86-133; 1241: 86-133;"));
  g_assert_nonnull (strstr (page, "; 92 more in evaluation.json\n"));
}

/* Device, verdict, reasons: whatever strangers call themselves. */
static void
the_first_page_keeps_its_width_with_hostile_names (void)
{
  g_autoptr (LensEvaluation) evaluation = sample_hostile ();
  g_autofree char *page = render (evaluation, FALSE);
  char *end = strstr (page, "\nCapture\n");

  g_assert_nonnull (end);
  *end = '\0';
  g_auto (GStrv) lines = g_strsplit (page, "\n", -1);
  for (guint n = 0; lines[n] != NULL; n++)
    g_assert_cmpuint (lens_escape_columns (lines[n]), <=, 80);
}

static void
no_line_is_longer_than_a_terminal_but_a_filter (void)
{
  const char *const names[] = { "rich", "hostile", "extreme", "failed", "clean" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (LensEvaluation) evaluation = sample_named (names[i]);
      g_autofree char *page = render (evaluation, FALSE);
      g_auto (GStrv) lines = g_strsplit (page, "\n", -1);

      for (guint n = 0; lines[n] != NULL; n++)
        if (strstr (lines[n], "frame.number in") == NULL && strstr (lines[n], "sha256") == NULL
            && !g_str_has_prefix (lines[n], "      ") /* a command of the annex */
            && strcmp (names[i], "hostile") != 0)
          g_assert_cmpuint (lens_escape_columns (lines[n]), <=, 80);
    }
}

static void
a_terminal_gets_no_orders_of_strangers (void)
{
  g_autoptr (LensEvaluation) evaluation = sample_hostile ();
  g_autofree char *page = render (evaluation, FALSE);

  g_assert_true (g_utf8_validate (page, -1, NULL));
  for (const char *at = page; *at != '\0';)
    {
      gunichar c;
      at = lens_escape_next (at, &c);
      g_assert_true (c == '\n' || !lens_escape_is_hidden (c));
    }
}

static void
colours_are_only_added (void)
{
  g_autoptr (LensEvaluation) evaluation = sample_rich ();
  g_autofree char *plain = render (evaluation, FALSE);
  g_autofree char *coloured = render (evaluation, TRUE);
  g_autoptr (GRegex) codes = g_regex_new ("\x1b\\[[0-9;]+m", 0, 0, NULL);
  g_autofree char *stripped = g_regex_replace_literal (codes, coloured, -1, 0, "", 0, NULL);

  g_assert_cmpstr (stripped, ==, plain);
  g_assert_cmpuint (strlen (coloured), >, strlen (plain));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/text/it-tells-verdict-ledger-and-findings",
                   it_tells_verdict_ledger_and_findings);
  g_test_add_func ("/report/text/it-begins-with-what-somebody-who-decides-has-to-know",
                   it_begins_with_what_somebody_who_decides_has_to_know);
  g_test_add_func ("/report/text/each-finding-has-its-octets", each_finding_has_its_octets);
  g_test_add_func ("/report/text/the-first-page-keeps-its-width-with-hostile-names",
                   the_first_page_keeps_its_width_with_hostile_names);
  g_test_add_func ("/report/text/no-line-is-longer-than-a-terminal-but-a-filter",
                   no_line_is_longer_than_a_terminal_but_a_filter);
  g_test_add_func ("/report/text/a-terminal-gets-no-orders-of-strangers",
                   a_terminal_gets_no_orders_of_strangers);
  g_test_add_func ("/report/text/colours-are-only-added", colours_are_only_added);
  return g_test_run ();
}
