#include "report/html.h"

#include "report/chart.h"
#include "report/facts.h"
#include "report/page.h"
#include "report/record.h"
#include "report/run.h"
#include "report/words.h"

enum
{
  MAX_DEVICES = 500,
  MAX_PARTS = 200,
  MAX_REASONS = 50,
  MAX_NOTES = 50, /* of run.json, each list */
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
  g_string_append (page, "</header>\n");
}

static void
put_verdict (GString *page, const LensEvaluation *evaluation)
{
  g_autofree char *sentence = lens_facts_sentence (evaluation);
  const GPtrArray *reasons = evaluation->reasons;

  g_string_append_printf (page,
                          "<section class=\"verdict v-%s\" aria-label=\"Verdict\">\n"
                          "<p class=\"badge\">%s</p>\n<p class=\"sentence\">",
                          lens_verdict_name (evaluation->verdict),
                          lens_facts_badge (evaluation->verdict));
  lens_page_text (page, sentence);
  g_string_append_printf (page,
                          "</p>\n<p class=\"small soft\">Verdict of the record: <code>%s</code>",
                          lens_verdict_name (evaluation->verdict));
  for (guint i = 0; i < MIN (reasons->len, MAX_REASONS); i++)
    {
      g_string_append (page, i == 0 ? ". Reasons: " : "; ");
      lens_page_text (page, reasons->pdata[i]);
    }
  g_string_append (page, "</p>\n</section>\n"
                         "<nav aria-label=\"Sections\"><a href=\"#ledger\">Ledger</a> "
                         "<a href=\"#findings\">Findings</a> <a href=\"#declared\">Declared</a> "
                         "<a href=\"#witnesses\">Witnesses</a> <a href=\"#flows\">Flows</a> "
                         "<a href=\"#coverage\">Coverage</a> <a href=\"#unseen\">Not seen</a> "
                         "<a href=\"#check\">How to check</a></nav>\n");
}

static void
begin_tile (GString *page, const char *name)
{
  g_string_append_printf (page, "<div><dt>%s</dt><dd>", name);
}

static void
put_severity_counts (GString *page, const LensEvaluation *evaluation)
{
  gboolean any = FALSE;

  for (gint i = LENS_SEVERITY_CRITICAL; i >= LENS_SEVERITY_INFO; i--)
    {
      const guint64 count = lens_facts_count_severity (evaluation, (LensSeverity)i);

      if (count == 0)
        continue;
      g_string_append (page, any ? ", " : "");
      lens_words_count (page, count);
      g_string_append_printf (page, " %s", lens_severity_name ((LensSeverity)i));
      any = TRUE;
    }
}

static void
put_numbers (GString *page, const LensEvaluation *evaluation)
{
  const double bound = lens_facts_bound (evaluation);

  g_string_append (page, "<dl class=\"tiles\" aria-label=\"Key numbers\">\n");
  begin_tile (page, "Captured");
  lens_words_size (page, evaluation->ledger.total_bytes);
  g_string_append (page, "</dd><dd>in ");
  lens_words_some (page, evaluation->ledger.total_packets, "packet");
  g_string_append (page, "</dd></div>\n");
  begin_tile (page, "Hidden, undeclared, unexplained");
  lens_words_size (page, lens_facts_beyond (evaluation));
  g_string_append (page, "</dd><dd>");
  lens_words_share (page, lens_facts_beyond (evaluation), evaluation->ledger.total_bytes);
  g_string_append (page, " of the capture</dd></div>\n");
  begin_tile (page, "Findings");
  g_string_append_printf (page, "%u</dd><dd>", evaluation->findings->len);
  put_severity_counts (page, evaluation);
  g_string_append (page, "</dd></div>\n");
  begin_tile (page, "Channels examined");
  lens_words_count (page, lens_facts_count_status (evaluation, LENS_COVERAGE_EXAMINED));
  g_string_append_printf (page, "</dd><dd>of %u in the catalogue</dd></div>\n",
                          evaluation->coverage->len);
  begin_tile (page, "Residual capacity");
  if (lens_facts_count_status (evaluation, LENS_COVERAGE_EXAMINED) == 0)
    g_string_append (page, "not known</dd><dd>nothing was examined");
  else
    {
      lens_words_rate (page, bound);
      g_string_append (page, "</dd><dd>");
      lens_words_rate_meaning (page, bound);
    }
  g_string_append (page, "</dd></div>\n</dl>\n");
}

#define MAX_FILES 100 /* of a set, and notes of its seams */

/* The hash of the capture, or of each of its files. */
static void
put_hashes (GString *page, const LensInputSection *input)
{
  lens_page_pair (page, "SHA-256");
  if (input->sha256 != NULL)
    {
      g_string_append (page, "<code>");
      lens_page_text (page, input->sha256);
      g_string_append (page, "</code>");
    }
  for (guint i = 0; i < MIN (input->files->len, MAX_FILES); i++)
    {
      const LensFileRow *file = input->files->pdata[i];
      g_string_append (page, i > 0 ? "<br>" : "");
      lens_page_text (page, file->name);
      g_string_append_printf (page, ", from frame %" G_GUINT64_FORMAT ": <code>",
                              file->first_frame);
      lens_page_text (page, file->sha256);
      g_string_append (page, "</code>");
    }
  if (input->files->len > MAX_FILES)
    g_string_append_printf (page, "<br>and %u more: see evaluation.json",
                            input->files->len - MAX_FILES);
  g_string_append (page, "</dd>\n");
}

/* What shows between the files of a set. */
static void
put_seams (GString *page, const LensInputSection *input)
{
  if (input->notes->len == 0)
    return;
  lens_page_pair (page, "Between the files");
  for (guint i = 0; i < MIN (input->notes->len, MAX_FILES); i++)
    {
      g_string_append (page, i > 0 ? "<br>" : "");
      lens_page_text (page, input->notes->pdata[i]);
    }
  g_string_append (page, "</dd>\n");
}

static void
put_input (GString *page, const LensInputSection *input)
{
  lens_page_pair (page, "Capture");
  lens_page_text (page, input->name);
  g_string_append (page, ", ");
  lens_words_size (page, input->bytes);
  g_string_append (page, "</dd>\n");
  put_hashes (page, input);
  put_seams (page, input);
  lens_page_pair (page, "Time");
  if (input->has_times)
    {
      lens_words_time (page, input->first);
      g_string_append (page, ", for ");
      lens_words_duration (page, (gint64)((guint64)input->last - (guint64)input->first));
    }
  else
    g_string_append (page, "no packet");
  g_string_append (page, "</dd>\n");
  lens_page_pair (page, "State");
  lens_page_text (page, input->status);
  if (input->problem != NULL)
    {
      g_string_append (page, ": ");
      lens_page_text (page, input->problem);
    }
  g_string_append (page, "</dd>\n");
}

static void
put_tool (GString *page, const LensToolSection *tool)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  lens_page_pair (page, "Tool");
  g_string_append (page, "lenscap ");
  lens_page_text (page, tool->version);
  g_string_append (page, "; analyzers: ");
  lens_page_text (page, tool->only != NULL ? tool->only : "all");
  g_string_append_printf (page, "; limits of detection %s; bound on false statistical alarms %s",
                          tool->limits ? "measured" : "not measured",
                          g_ascii_formatd (digits, sizeof digits, "%.6g", tool->alpha));
  g_string_append (page, "</dd>\n");
  lens_page_pair (page, "Declaration");
  g_string_append_printf (page, "%s</dd>\n",
                          tool->profile_sha256 != NULL && tool->mud_sha256 != NULL
                              ? "profile and MUD file"
                          : tool->profile_sha256 != NULL ? "profile"
                          : tool->mud_sha256 != NULL     ? "MUD file"
                                                         : "none: only the session itself");
}

static void
put_list (GString *page, const char *name, const GPtrArray *list, const char *when_empty)
{
  lens_page_pair (page, name);
  for (guint i = 0; i < MIN (list->len, MAX_NOTES); i++)
    {
      g_string_append (page, i > 0 ? ", " : "");
      lens_page_text (page, list->pdata[i]);
    }
  g_string_append (page, list->len == 0 ? when_empty : "");
  g_string_append (page, "</dd>\n");
}

static void
put_run (GString *page, const LensRun *run)
{
  put_list (page, "Confined by", run->in_force, "not recorded");
  put_list (page, "Layers missing", run->missing, "none");
  if (run->losses->len > 0)
    put_list (page, "Losses of the tool", run->losses, "");
  if (run->libraries->len > 0)
    put_list (page, "Libraries", run->libraries, "");
  if (run->host != NULL)
    {
      lens_page_pair (page, "Host");
      lens_page_text (page, run->host);
      g_string_append (page, "</dd>\n");
    }
}

static void
put_facts (GString *page, const LensEvaluation *evaluation, GBytes *run_octets)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensRun) run = NULL;

  if (run_octets != NULL)
    run = lens_run_read (g_bytes_get_data (run_octets, NULL), g_bytes_get_size (run_octets),
                         &error);
  for (guint i = 0; run != NULL && i < MIN (run->incomplete->len, MAX_NOTES); i++)
    {
      g_string_append (page, "<p class=\"notice\">This case is incomplete: ");
      lens_page_text (page, run->incomplete->pdata[i]);
      g_string_append (page, ".</p>\n");
    }
  if (run != NULL && run->missing->len > 0)
    g_string_append (page, "<p class=\"notice\">This machine lacks layers of confinement, see "
                           "below.</p>\n");
  g_string_append (page, "<h2 id=\"run\">This run</h2>\n<dl class=\"pairs\">\n");
  put_input (page, &evaluation->input);
  put_tool (page, &evaluation->tool);
  if (run != NULL)
    put_run (page, run);
  g_string_append (page, "</dl>\n");
  if (error != NULL)
    {
      g_string_append (page, "<p class=\"notice\">run.json could not be read: ");
      lens_page_text (page, error->message);
      g_string_append (page, ".</p>\n");
    }
  else if (run == NULL)
    g_string_append (page, "<p class=\"small soft\">What confined the processes of the run is not "
                           "known here: run.json was not given.</p>\n");
  if (evaluation->notes != NULL)
    {
      g_string_append (page, "<p>Notes: ");
      lens_page_text (page, evaluation->notes);
      g_string_append (page, "</p>\n");
    }
}

/* Short words that are read as one. */
static void
put_unbroken_cell (GString *page, const char *text)
{
  g_string_append (page, "<td class=\"u\">");
  lens_page_name (page, text);
  g_string_append (page, "</td>");
}

static void
put_device_row (GString *page, const LensDeviceRow *device)
{
  g_string_append (page, "<tr>");
  lens_page_cell (page, device->name);
  put_unbroken_cell (page, device->kind);
  put_unbroken_cell (page, device->addresses->len > 0 ? device->addresses->pdata[0] : NULL);
  put_unbroken_cell (page, device->mac);
  g_string_append_printf (page, "<td>%s</td><td class=\"w\">", lens_facts_badge (device->verdict));
  for (guint i = 0; i < MIN (device->reasons->len, MAX_REASONS); i++)
    {
      g_string_append (page, i > 0 ? "; " : "");
      lens_page_text (page, device->reasons->pdata[i]);
    }
  g_string_append (page, "</td></tr>\n");
}

static void
put_identity_table (GString *page, const LensEvaluation *evaluation)
{
  static const char *const columns[]
      = { "Device", "Field", "Value", "Told by", "#Confidence", NULL };
  gboolean any = FALSE;

  for (guint i = 0; i < MIN (evaluation->devices->len, MAX_DEVICES); i++)
    {
      const LensDeviceRow *device = evaluation->devices->pdata[i];

      for (guint n = 0; n < MIN (device->identity->len, MAX_NOTES); n++)
        {
          const LensIdentityRow *row = device->identity->pdata[n];

          if (!any)
            lens_page_begin_table (page, "What the traffic says the device is", columns);
          any = TRUE;
          g_string_append (page, "<tr>");
          lens_page_cell (page, device->name);
          lens_page_cell (page, row->field);
          lens_page_cell (page, row->value);
          lens_page_cell (page, row->signal);
          g_string_append (page, "<td class=\"n\">");
          lens_words_decimal (page, CLAMP (row->confidence, 0, 1), 2);
          g_string_append (page, "</td></tr>\n");
        }
    }
  if (any)
    lens_page_end_table (page);
}

static void
put_devices (GString *page, const LensEvaluation *evaluation)
{
  static const char *const columns[]
      = { "Device", "Kind", "Address", "MAC", "Verdict", "Reasons", NULL };
  const GPtrArray *devices = evaluation->devices;

  if (devices->len == 0)
    return;
  g_string_append (page, "<h2 id=\"devices\">Devices under test</h2>\n");
  lens_page_begin_table (page, "Each device and its verdict", columns);
  for (guint i = 0; i < MIN (devices->len, MAX_DEVICES); i++)
    put_device_row (page, devices->pdata[i]);
  lens_page_end_table (page);
  put_identity_table (page, evaluation);
}

static void
put_class_row (GString *page, const LensLedgerSection *ledger, guint class_)
{
  const LensClassRow *row = &ledger->classes[class_];

  g_string_append (page, "<tr><th scope=\"row\">");
  lens_chart_swatch (page, (LensClass)class_);
  g_string_append_printf (page, "%s</th>", lens_class_name ((LensClass)class_));
  lens_page_count_cell (page, row->bytes);
  g_string_append (page, "<td class=\"n\">");
  lens_words_share (page, row->bytes, ledger->total_bytes);
  g_string_append (page, "</td>");
  lens_page_count_cell (page, row->packets);
  g_string_append_printf (page, "<td class=\"w soft about\">%s</td></tr>\n",
                          lens_class_sentence ((LensClass)class_));
}

static guint64
sum_of (const LensClassRow classes[LENS_N_CLASSES], gboolean beyond_only)
{
  guint64 sum = 0;

  for (guint i = 0; i < LENS_N_CLASSES; i++)
    if (!beyond_only || lens_facts_is_beyond ((LensClass)i))
      sum += classes[i].bytes;
  return sum;
}

static void
put_parts (GString *page, const LensLedgerSection *ledger)
{
  static const char *const columns[]
      = { "Device", "Direction", "Phase", "#Octets", "#Hidden, undeclared, unexplained", NULL };

  if (ledger->parts->len == 0)
    return;
  lens_page_begin_table (page, "The same by device, direction and phase", columns);
  for (guint i = 0; i < MIN (ledger->parts->len, MAX_PARTS); i++)
    {
      const LensLedgerPart *part = ledger->parts->pdata[i];

      g_string_append (page, "<tr>");
      lens_page_cell (page, part->device);
      lens_page_cell (page, part->direction);
      lens_page_cell (page, part->phase);
      lens_page_count_cell (page, sum_of (part->classes, FALSE));
      lens_page_count_cell (page, sum_of (part->classes, TRUE));
      g_string_append (page, "</tr>\n");
    }
  lens_page_end_table (page);
}

static void
put_ledger (GString *page, const LensEvaluation *evaluation)
{
  static const char *const columns[]
      = { "Class", "#Octets", "#Share", "#Packets", "What it is", NULL };
  const LensLedgerSection *ledger = &evaluation->ledger;
  const guint64 sum = sum_of (ledger->classes, FALSE);

  g_string_append (page, "<h2 id=\"ledger\">The ledger</h2>\n<p>Every captured octet lies in "
                         "exactly one class.</p>\n");
  lens_chart_patterns (page);
  lens_chart_ledger_bar (page, ledger);
  g_string_append (page, "<div class=\"keep\">\n");
  lens_page_begin_table (page, "Octets by class", columns);
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    put_class_row (page, ledger, i);
  g_string_append (page, "</tbody>\n<tfoot><tr><th scope=\"row\">Sum</th>");
  lens_page_count_cell (page, sum);
  g_string_append (page, "<td class=\"n\"></td>");
  lens_page_count_cell (page, ledger->total_packets);
  g_string_append_printf (page,
                          "<td class=\"about\">%s</td></tr></tfoot>\n</table>\n</div>\n</div>\n",
                          sum == ledger->total_bytes ? "equals the octets captured" : "");
  if (sum != ledger->total_bytes)
    {
      g_string_append (page, "<p class=\"notice\">The classes of this record do not add up: the "
                             "capture has ");
      lens_words_some (page, ledger->total_bytes, "octet");
      g_string_append (page, ". Do not rely on this record.</p>\n");
    }
  put_parts (page, ledger);
}

static void
put_timeline (GString *page, const LensEvaluation *evaluation)
{
  const gsize before = page->len;

  g_string_append (page, "<figure>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                         "aria-label=\"Traffic over time\">\n");
  const gsize drawn = page->len;
  lens_chart_timeline (page, evaluation);
  if (page->len == drawn)
    {
      g_string_truncate (page, before);
      return;
    }
  g_string_append (page, "</div>\n<figcaption>Traffic over time, from ");
  lens_words_time (page, evaluation->ledger.timeline_start);
  g_string_append (page, "; phases are shaded, findings are marked with their ids.</figcaption>\n"
                         "</figure>\n");
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

GBytes *
lens_html_from_record (GBytes *record, GBytes *run, GError **error)
{
  g_autoptr (LensEvaluation) evaluation
      = lens_record_read (g_bytes_get_data (record, NULL), g_bytes_get_size (record), error);

  if (evaluation == NULL)
    return NULL;
  GString *page = g_string_sized_new (64 * 1024);
  put_head (page, evaluation);
  put_title (page, evaluation);
  lens_page_begin_main (page);
  put_verdict (page, evaluation);
  put_numbers (page, evaluation);
  put_facts (page, evaluation, run);
  put_devices (page, evaluation);
  put_ledger (page, evaluation);
  put_timeline (page, evaluation);
  lens_page_findings (page, evaluation);
  lens_page_declared (page, evaluation);
  lens_page_witnesses (page, evaluation);
  lens_page_flows (page, evaluation);
  lens_page_coverage (page, evaluation);
  put_unseen (page, evaluation);
  put_check (page, evaluation);
  lens_page_end (page, evaluation->tool.version, "evaluation.json, which is the record", NULL);
  return g_string_free_to_bytes (page);
}
