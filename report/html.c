#include "report/html.h"

#include "report/chart.h"
#include "report/facts.h"
#include "report/page.h"
#include "report/record.h"
#include "report/run.h"
#include "report/words.h"

enum
{
  MAX_UNSEEN = 50,
  SHORT_FILTER = 300,
};

static void
put_head (GString *page, const LensEvaluation *evaluation)
{
  g_autofree char *title = lens_facts_title (evaluation);

  lens_page_head (page, "Evaluation of ", title, NULL);
}

static void
put_identity (GString *page, const LensDeviceRow *device)
{
  const char *const declared[] = { device->vendor, device->model, device->firmware };
  gboolean any = FALSE;

  g_string_append (page, "<p class=\"soft\">");
  for (guint i = 0; i < G_N_ELEMENTS (declared); i++)
    if (declared[i] != NULL)
      {
        g_string_append (page, any ? ", " : "");
        lens_page_name (page, declared[i]);
        any = TRUE;
      }
  for (guint i = 0; i < MIN (device->addresses->len, 8); i++)
    {
      g_string_append (page, any ? " · " : "");
      lens_page_name (page, device->addresses->pdata[i]);
      any = TRUE;
    }
  if (device->mac != NULL)
    {
      g_string_append (page, any ? " · " : "");
      lens_page_name (page, device->mac);
    }
  g_string_append (page, "</p>\n");
}

static void
put_title (GString *page, const LensEvaluation *evaluation)
{
  g_autofree char *title = lens_facts_title (evaluation);
  g_autofree char *redaction = lens_facts_redaction (evaluation);

  g_string_append (page, "<header>\n<div class=\"top\"><span>");
  if (evaluation->laboratory != NULL)
    lens_page_name (page, evaluation->laboratory);
  else
    g_string_append (page, "Evaluation of a network camera");
  g_string_append (page, "</span>");
  if (evaluation->evaluator != NULL)
    {
      g_string_append (page, "<span>");
      lens_page_name (page, evaluation->evaluator);
      g_string_append (page, "</span>");
    }
  if (evaluation->reference != NULL)
    {
      g_string_append (page, "<span>Reference ");
      lens_page_name (page, evaluation->reference);
      g_string_append (page, "</span>");
    }
  g_string_append (page, "</div>\n<h1>");
  lens_page_name (page, title);
  g_string_append (page, "</h1>\n");
  if (evaluation->devices->len == 1)
    put_identity (page, evaluation->devices->pdata[0]);
  if (redaction != NULL)
    {
      g_string_append (page, "<p class=\"notice\">");
      lens_page_text (page, redaction);
      g_string_append (page, "</p>\n");
    }
  g_string_append (page, "</header>\n");
}

static void
put_unseen (GString *page, const LensEvaluation *evaluation)
{
  g_autoptr (GPtrArray) sentences = lens_facts_unseen (evaluation);

  g_string_append (page, "<h2 id=\"unseen\">What this run could not see</h2>\n<ul>\n");
  for (guint i = 0; i < sentences->len; i++)
    {
      g_string_append (page, "<li>");
      lens_page_text (page, sentences->pdata[i]);
      g_string_append (page, "</li>\n");
    }
  g_string_append (page, "</ul>\n");
}

static void
put_check (GString *page, const LensEvaluation *evaluation)
{
  const char *file = lens_facts_shell_word (evaluation->input.name, "CAPTURE");

  g_string_append (page, "<h2 id=\"check\">How to check</h2>\n");
  if (evaluation->redacted_from != NULL)
    {
      g_string_append (page, "<p>Whoever has the case that this copy was made of can make it "
                             "again:</p>\n"
                             "<code class=\"copy\">lenscap verify COPY --input CASE</code>\n");
      return;
    }
  if (evaluation->input.sha256 != NULL)
    {
      g_string_append_printf (page,
                              "<p>The capture is the one that was evaluated:</p>\n"
                              "<code class=\"copy\">sha256sum %s</code>\n<p class=\"small\">"
                              "must say <code>",
                              file);
      lens_page_text (page, evaluation->input.sha256);
      g_string_append (page, "</code></p>\n");
    }
  g_string_append_printf (page,
                          "<p>The analysis again gives the same record:</p>\n"
                          "<code class=\"copy\">lenscap verify CASE --input %s</code>\n",
                          file);
  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      g_autofree char *filter = lens_record_filter (evaluation->findings->pdata[i]);

      if (filter == NULL || strlen (filter) > SHORT_FILTER)
        continue;
      g_string_append_printf (page,
                              "<p>The packets of a finding, without lenscap:</p>\n"
                              "<code class=\"copy\">tshark -r %s -x -Y '%s'</code>\n",
                              file, filter);
      break;
    }
}

static void
put_links (GString *page)
{
  static const struct
  {
    const char *id, *name;
  } sections[] = {
    { "ledger", "Ledger" },     { "time", "Time line" },     { "peers", "Peers" },
    { "findings", "Findings" }, { "declared", "Declared" },  { "witnesses", "Witnesses" },
    { "coverage", "Coverage" }, { "unseen", "Not seen" },    { "devices", "Devices" },
    { "scope", "Scope" },       { "check", "How to check" }, { "annex", "Annex" },
  };

  g_string_append (page, "<nav aria-label=\"Sections\">");
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    g_string_append_printf (page, "<a href=\"#%s\">%s</a> ", sections[i].id, sections[i].name);
  g_string_append (page, "</nav>\n");
}

GBytes *
lens_html_from_record (GBytes *record, GBytes *run, const LensMapping *mapping, GError **error)
{
  g_autoptr (LensEvaluation) evaluation
      = lens_record_read (g_bytes_get_data (record, NULL), g_bytes_get_size (record), error);

  return evaluation != NULL ? lens_html_page (evaluation, run, mapping) : NULL;
}

GBytes *
lens_html_page (const LensEvaluation *evaluation, GBytes *run_octets, const LensMapping *mapping)
{
  g_autoptr (GError) complaint = NULL;
  g_autoptr (LensRun) run = NULL;

  if (run_octets != NULL)
    run = lens_run_read (g_bytes_get_data (run_octets, NULL), g_bytes_get_size (run_octets),
                         &complaint);
  GString *page = g_string_sized_new (64 * 1024);
  put_head (page, evaluation);
  put_title (page, evaluation);
  put_links (page);
  lens_page_begin_main (page);
  lens_chart_patterns (page);
  lens_page_first (page, evaluation, run);
  lens_page_ledger (page, evaluation);
  lens_page_timeline (page, evaluation);
  lens_page_flows (page, evaluation);
  lens_page_findings (page, evaluation, mapping);
  lens_page_declared (page, evaluation);
  lens_page_witnesses (page, evaluation);
  lens_page_coverage (page, evaluation);
  put_unseen (page, evaluation);
  lens_page_devices (page, evaluation);
  lens_page_scope (page, evaluation, run, complaint != NULL ? complaint->message : NULL);
  put_check (page, evaluation);
  lens_page_annex (page, evaluation);
  lens_page_end (page, evaluation->tool.version, "evaluation.json, which is the record", NULL);
  return g_string_free_to_bytes (page);
}
