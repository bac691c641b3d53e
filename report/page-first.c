/* The first page: what somebody who decides has to know, on one sheet of A4. */
#include "report/page.h"

#include "report/chart.h"
#include "report/departures.h"
#include "report/escape.h"
#include "report/facts.h"
#include "report/reasons.h"
#include "report/words.h"

enum
{
  MAX_SAID = 200,  /* characters of a sentence on this page */
  MAX_NAMED = 6,   /* devices of one verdict */
  MAX_DEVICE = 40, /* characters of a name among several */
  MAX_HOST = 46,   /* more than any address has */
  MAX_LINES = 7,
  MAX_LAYERS = 20,
};

static void
say (GString *page, const char *text)
{
  lens_escape_html (page, text != NULL && *text != '\0' ? text : "–", MAX_SAID);
}

/* What was watched, in one line. */
static void
put_watched (GString *page, const LensEvaluation *evaluation)
{
  const LensInputSection *input = &evaluation->input;
  g_autofree char *problem = lens_facts_problem (evaluation);

  if (problem != NULL)
    {
      g_string_append (page, "<p class=\"notice\">");
      say (page, problem);
      g_string_append (page, "</p>\n");
    }
  if (g_strcmp0 (input->status, "failed") == 0)
    return; /* nothing was watched */
  g_string_append (page, "<p class=\"soft\">");
  if (input->has_times)
    {
      g_string_append (page, "Watched from ");
      lens_words_time (page, input->first);
      g_string_append (page, " for ");
      lens_words_duration (page, lens_facts_length (evaluation));
      g_string_append (page, ": ");
    }
  lens_words_some (page, evaluation->ledger.total_packets, "packet");
  g_string_append (page, ", ");
  lens_words_size (page, evaluation->ledger.total_bytes);
  g_string_append (page, ". Looked into ");
  lens_words_count (page, lens_facts_count_status (evaluation, LENS_COVERAGE_EXAMINED));
  g_string_append_printf (page, " of %u known ways to hide data.</p>\n", evaluation->coverage->len);
}

/* Where there are several devices: which have which verdict, the worst first. */
static void
put_devices (GString *page, const GPtrArray *devices)
{
  if (devices->len < 2)
    return;
  g_string_append (page, "<ul class=\"devices\">\n");
  for (gint verdict = LENS_VERDICT_CONCEALED; verdict >= LENS_VERDICT_CONFORMS; verdict--)
    {
      guint count = 0;

      for (guint i = 0; i < devices->len; i++)
        {
          const LensDeviceRow *device = devices->pdata[i];

          if (device->verdict != (LensVerdict)verdict)
            continue;
          if (count == 0)
            g_string_append_printf (page, "<li><b>%s:</b> ",
                                    lens_facts_badge ((LensVerdict)verdict));
          if (count < MAX_NAMED)
            {
              g_string_append (page, count > 0 ? ", " : "");
              lens_escape_html (page, device->name != NULL ? device->name : "–", MAX_DEVICE);
            }
          count++;
        }
      if (count > MAX_NAMED)
        g_string_append_printf (page, " and <a href=\"#devices\">%u more</a>", count - MAX_NAMED);
      if (count > 0)
        g_string_append (page, "</li>\n");
    }
  g_string_append (page, "</ul>\n");
}

/* All five verdicts, so that one can be weighed against the others. */
static void
put_scale (GString *page, LensVerdict verdict)
{
  g_string_append (page, "<ol class=\"scale\" aria-label=\"The five verdicts, best first\">\n");
  for (guint i = LENS_VERDICT_CONFORMS; i <= LENS_VERDICT_CONCEALED; i++)
    {
      const gboolean here = i == verdict;

      g_string_append_printf (
          page, "<li class=\"v-%s\"%s><b>%s</b>", lens_verdict_name ((LensVerdict)i),
          here ? " aria-current=\"true\"" : "", lens_facts_badge ((LensVerdict)i));
      g_string_append_printf (page, "%s <span>%s</span></li>\n",
                              here ? "<em>this verdict</em>" : "",
                              lens_facts_meaning ((LensVerdict)i));
    }
  g_string_append (page, "</ol>\n");
}

static void
put_verdict (GString *page, const LensEvaluation *evaluation)
{
  g_autofree char *sentence = lens_facts_sentence (evaluation);
  g_autofree char *bridge = lens_facts_bridge (evaluation);

  g_string_append_printf (page,
                          "<section class=\"verdict v-%s\" aria-label=\"Verdict\">\n"
                          "<p class=\"badge\">%s</p>\n<p class=\"sentence\">",
                          lens_verdict_name (evaluation->verdict),
                          lens_facts_badge (evaluation->verdict));
  say (page, sentence);
  g_string_append (page, "</p>\n");
  if (bridge != NULL)
    g_string_append_printf (page, "<p class=\"small\">%s</p>\n", bridge);
  put_devices (page, evaluation->devices);
  put_scale (page, evaluation->verdict);
  g_string_append (page, "</section>\n");
}

/* "To 198.51.100.23 port 8443; about 34 pages of text in this run, at 45.5 kbit/s: enough ..." */
static void
put_measure (GString *page, const LensFindingRow *finding)
{
  const LensFlowName *flow = finding->flow;

  if (flow != NULL && flow->dst != NULL)
    {
      g_string_append (page, "Between ");
      lens_escape_html (page, flow->src != NULL ? flow->src : "–", MAX_HOST);
      g_string_append (page, " and ");
      lens_escape_html (page, flow->dst, MAX_HOST);
      if (flow->dport != 0)
        {
          g_string_append_printf (page, " port %u", flow->dport);
        }
      g_string_append (page, ". ");
    }
  lens_facts_measure (page, finding);
}

static void
put_reason (GString *page, const LensEvaluation *evaluation, const LensReason *reason)
{
  const LensFindingRow *finding = evaluation->findings->pdata[reason->finding];

  g_string_append (page, "<li><b>");
  say (page, finding->summary);
  g_string_append (page, "</b> <span>");
  put_measure (page, finding);
  g_string_append (page, " Finding ");
  lens_page_finding_link (page, finding, reason->finding, reason->rank);
  for (guint i = 0; i < reason->also->len; i++)
    {
      g_string_append (page, i == 0 ? "; the same octets: " : ", ");
      lens_page_name (page, ((const LensFindingRow *)reason->also->pdata[i])->id);
    }
  g_string_append (page, reason->also_count > reason->also->len ? " and more" : "");
  g_string_append (page, ".</span></li>\n");
}

static void
put_balance (GString *page, const LensEvaluation *evaluation)
{
  const guint64 total = evaluation->ledger.total_bytes;
  g_autofree char *balance = lens_facts_balance (evaluation);

  g_string_append_printf (page, "<li><b>%s</b> <span>", balance);
  g_string_append (page, "Every one of ");
  lens_words_some (page, total, "octet");
  g_string_append (page, " captured is accounted for in the ledger.</span></li>\n");
}

/* Where nothing grave was found: that, and what the record says instead. */
static void
put_calm_reasons (GString *page, const LensEvaluation *evaluation)
{
  guint said = 0;

  if (evaluation->verdict < LENS_VERDICT_INCONCLUSIVE && evaluation->ledger.total_bytes > 0)
    {
      put_balance (page, evaluation);
      said++;
    }
  for (guint i = 0; i < evaluation->reasons->len && said < LENS_REASONS_MAX; i++, said++)
    {
      g_autofree char *reason = g_strdup (lens_facts_reason (evaluation->reasons->pdata[i]));

      *reason = g_ascii_toupper (*reason);
      g_string_append (page, "<li>");
      say (page, reason);
      g_string_append (page, g_str_has_suffix (reason, ".") ? "</li>\n" : ".</li>\n");
    }
  if (said == 0)
    g_string_append (page, "<li>The record gives none.</li>\n");
}

static void
put_reasons (GString *page, const LensEvaluation *evaluation)
{
  g_auto (LensReasons) reasons = { 0 };

  lens_reasons_pick (&reasons, evaluation);
  g_string_append (page, "<section aria-labelledby=\"why\"><h2 id=\"why\">Why</h2>\n"
                         "<ol class=\"why\">\n");
  for (guint i = 0; i < reasons.n_reasons; i++)
    put_reason (page, evaluation, &reasons.reasons[i]);
  if (reasons.n_reasons == 0)
    put_calm_reasons (page, evaluation);
  g_string_append (page, "</ol>\n");
  if (reasons.left_out > 0)
    {
      g_string_append (page, "<p class=\"small\">");
      lens_words_some (page, reasons.left_out, "more finding");
      g_string_append (page, " at medium severity or above: see <a href=\"#findings\">Findings</a>."
                             "</p>\n");
    }
  g_string_append (page, "</section>\n");
}

static void
put_departure (GString *page, const LensDeparture *departure, gboolean has_day)
{
  const gboolean alarming = departure->beyond && departure->octets > 0;

  g_string_append_printf (page, "<tr%s><th scope=\"row\">", alarming ? " class=\"alarm\"" : "");
  lens_chart_swatch (page, departure->class_);
  g_string_append_printf (page, "%s</th>", departure->name);
  lens_page_size_cell (page, departure->octets);
  if (has_day)
    lens_page_size_cell (page, departure->per_day);
  g_string_append (page, "<td>");
  lens_words_amount_meaning (
      page, MIN (has_day ? departure->per_day : departure->octets, G_MAXUINT64 / 8) * 8);
  g_string_append (page, "</td></tr>\n");
}

static gboolean
sent_anything (const LensDeparture departures[LENS_N_DEPARTURES])
{
  for (guint i = 0; i < LENS_N_DEPARTURES; i++)
    if (departures[i].octets > 0)
      return TRUE;
  return FALSE;
}

static void
put_lost_streams (GString *page, const LensEvaluation *evaluation)
{
  g_autofree char *lost = lens_facts_lost_streams (evaluation);

  if (lost != NULL)
    g_string_append_printf (page, "<p><b>%s</b></p>\n", lost);
}

static void
put_departures (GString *page, const LensEvaluation *evaluation)
{
  static const char *const columns[]
      = { "Kind", "#In this run", "#In a day", "A day of it is as much as", NULL };
  static const char *const short_columns[] = { "Kind", "#In this run", "As much as", NULL };
  LensDeparture departures[LENS_N_DEPARTURES];

  const gboolean has_day = lens_departures_sum (evaluation, departures);
  g_string_append (page, "<section aria-labelledby=\"leaves\"><h2 id=\"leaves\">What leaves the "
                         "device</h2>\n");
  if (!sent_anything (departures))
    {
      g_string_append (page, "<p>No packet of a device under test was seen.</p>\n");
      put_lost_streams (page, evaluation);
      g_string_append (page, "</section>\n");
      return;
    }
  if (has_day)
    lens_page_begin_table (page, "Sent by the device; a day as if all of it were like this run",
                           columns);
  else
    lens_page_begin_table (
        page, "Sent by the device; no day is reckoned from a run of less than 10 s", short_columns);
  for (guint i = 0; i < LENS_N_DEPARTURES; i++)
    put_departure (page, &departures[i], has_day);
  lens_page_end_table (page);
  put_lost_streams (page, evaluation);
  g_string_append (page, "</section>\n");
}

static void
put_blind (GString *page, const LensEvaluation *evaluation)
{
  g_autoptr (GPtrArray) lines = lens_facts_unseen_in_short (evaluation);

  g_string_append (page, "<section aria-labelledby=\"blind\"><h2 id=\"blind\">What this run could "
                         "not see</h2>\n<ul>\n");
  for (guint i = 0; i < MIN (lines->len, MAX_LINES); i++)
    {
      g_string_append (page, "<li>");
      say (page, lines->pdata[i]);
      g_string_append (page, "</li>\n");
    }
  g_string_append (page,
                   "</ul>\n<p class=\"small\">In full: <a href=\"#unseen\">Not seen</a>.</p>\n"
                   "</section>\n");
}

static void
put_names (GString *page, const GPtrArray *names)
{
  for (guint i = 0; i < MIN (names->len, MAX_LAYERS); i++)
    {
      g_string_append (page, i > 0 ? ", " : "");
      lens_page_name (page, names->pdata[i]);
    }
}

/* How far the run itself can be trusted. */
static void
put_confinement (GString *page, const LensRun *run, gboolean was_read)
{
  if (run == NULL)
    {
      g_string_append (page, "<p class=\"small soft\">How the processes of this run were confined "
                             "is not known: run.json was not given, or cannot be read.</p>\n");
      return;
    }
  for (guint i = 0; i < MIN (run->incomplete->len, MAX_LINES); i++)
    {
      g_string_append (page, "<p class=\"notice\">This case is incomplete: ");
      say (page, run->incomplete->pdata[i]);
      g_string_append (page, ".</p>\n");
    }
  if (run->missing->len > 0)
    {
      g_string_append (page, "<p class=\"notice\">Confinement of this run was weaker than it could "
                             "be; missing on that machine: ");
      put_names (page, run->missing);
      g_string_append (page, ".</p>\n");
    }
  else
    g_string_append_printf (
        page, "<p class=\"small soft\">%s</p>\n",
        run->in_force->len > 0 && !was_read ? "No layer of confinement was missing (run.json)."
        : run->in_force->len > 0 ? "Whatever read the device's octets was confined; no layer was "
                                   "missing."
                                 : "How the processes of this run were confined is not known: "
                                   "run.json does not say.");
}

static gboolean
is_longer (const char *text, glong characters)
{
  return text != NULL && g_utf8_strlen (text, -1) > characters;
}

/* Whether strings of strangers need more lines here than those that devices really have. */
static gboolean
needs_room (const LensEvaluation *evaluation)
{
  gboolean is_long = is_longer (evaluation->input.problem, MAX_SAID / 2);

  for (guint i = 0; i < evaluation->devices->len; i++)
    is_long |= is_longer (((const LensDeviceRow *)evaluation->devices->pdata[i])->name, MAX_DEVICE);
  for (guint i = 0; i < evaluation->reasons->len; i++)
    is_long |= is_longer (evaluation->reasons->pdata[i], MAX_SAID);
  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      const LensFindingRow *finding = evaluation->findings->pdata[i];

      is_long |= is_longer (finding->summary, MAX_SAID)
                 || (finding->flow != NULL
                     && (is_longer (finding->flow->src, MAX_HOST)
                         || is_longer (finding->flow->dst, MAX_HOST)));
    }
  return is_long;
}

void
lens_page_first (GString *page, const LensEvaluation *evaluation, const LensRun *run)
{
  g_string_append_printf (page, "<div class=\"first%s\">\n",
                          needs_room (evaluation) ? " crowded" : "");
  put_watched (page, evaluation);
  put_verdict (page, evaluation);
  put_reasons (page, evaluation);
  put_departures (page, evaluation);
  put_blind (page, evaluation);
  put_confinement (page, run, g_strcmp0 (evaluation->input.status, "failed") != 0);
  g_string_append (page, "</div>\n");
}
