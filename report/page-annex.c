/* The annex of report.html: how each finding is derived again. */
#include "report/page.h"

#include "report/annex.h"

enum
{
  MAX_FINDINGS = 500,
};

static void
put_lines (GString *page, GPtrArray *lines)
{
  for (guint i = 0; i < lines->len; i++)
    {
      const LensAnnexLine *line = lines->pdata[i];
      if (*line->what != '\0')
        g_string_append_printf (page, "<p class=\"small\">%s</p>\n", line->what);
      g_string_append (page, "<code class=\"copy\">");
      lens_page_code (page, line->command);
      g_string_append (page, "</code>\n");
    }
  g_ptr_array_unref (lines);
}

void
lens_page_annex (GString *page, const LensEvaluation *evaluation)
{
  const guint n = evaluation->findings->len;

  g_string_append (page, "<h2 id=\"annex\">Annex: how each finding is derived again</h2>\n");
  if (evaluation->redacted_from != NULL)
    {
      g_string_append (page, "<p>" LENS_ANNEX_REDACTED "</p>\n");
      return;
    }
  g_string_append (page, "<p>For whoever made the device, and everybody else: these lines are for "
                         "a shell in the folder that holds this case, with <code>lenscap</code> of "
                         "the same version and Wireshark's <code>tshark</code>. First say where "
                         "things lie.</p>\n");
  put_lines (page, lens_annex_settings (evaluation));
  put_lines (page, lens_annex_whole (evaluation));
  for (guint i = 0; i < MIN (n, MAX_FINDINGS); i++)
    {
      const LensFindingRow *finding = evaluation->findings->pdata[i];
      g_string_append (page, "<h3>");
      lens_page_name (page, finding->id);
      g_string_append (page, ", ");
      lens_page_name (page, finding->channel);
      g_string_append (page, "</h3>\n");
      put_lines (page, lens_annex_finding (evaluation, finding));
    }
  if (n > MAX_FINDINGS)
    g_string_append_printf (
        page, "<p class=\"soft\">%u more findings are in evaluation.json.</p>\n", n - MAX_FINDINGS);
}
