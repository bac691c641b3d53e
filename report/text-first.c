/* The first page of report.txt, as that of report.html. */
#include "report/text-parts.h"

#include "report/departures.h"
#include "report/escape.h"
#include "report/facts.h"
#include "report/reasons.h"
#include "report/run.h"
#include "report/words.h"

enum
{
  MAX_ROWS = 50,
  MAX_LINES = 7,
  KIND_COLUMNS = 38,
};

static LensTone
verdict_tone (LensVerdict verdict)
{
  return verdict == LENS_VERDICT_CONCEALED      ? LENS_TONE_GRAVE
         : verdict >= LENS_VERDICT_INCONCLUSIVE ? LENS_TONE_WARN
                                                : LENS_TONE_CALM;
}

static void
put_title (LensText *text, const LensEvaluation *evaluation)
{
  g_autofree char *title = lens_facts_title (evaluation);
  g_autofree char *sentence = lens_facts_sentence (evaluation);
  g_autofree char *problem = lens_facts_problem (evaluation);
  g_autofree char *bridge = lens_facts_bridge (evaluation);
  g_autofree char *redaction = lens_facts_redaction (evaluation);

  lens_text_tone (text, LENS_TONE_BOLD);
  lens_text_say (text, title, 0, 0);
  lens_text_tone (text, LENS_TONE_PLAIN);
  if (evaluation->laboratory != NULL || evaluation->reference != NULL)
    {
      g_autofree char *order = g_strdup_printf (
          "%s, reference %s", evaluation->laboratory != NULL ? evaluation->laboratory : "-",
          evaluation->reference != NULL ? evaluation->reference : "-");
      lens_text_say (text, order, 0, 0);
    }
  if (redaction != NULL)
    lens_text_say (text, redaction, 0, 0);
  g_string_append_c (text->page, '\n');
  lens_text_tone (text, verdict_tone (evaluation->verdict));
  g_string_append_printf (text->page, "%s", lens_facts_badge (evaluation->verdict));
  lens_text_tone (text, LENS_TONE_PLAIN);
  g_string_append_printf (text->page, "  (%s)\n", lens_verdict_name (evaluation->verdict));
  lens_text_say (text, sentence, 0, 0);
  if (bridge != NULL)
    lens_text_say (text, bridge, 0, 0);
  if (problem != NULL)
    lens_text_say (text, problem, 0, 0);
}

/* "Between A and B port 8443.  Carried ..." */
static void
put_measure (LensText *text, const LensFindingRow *finding)
{
  const LensFlowName *flow = finding->flow;
  g_autoptr (GString) words = g_string_new (NULL);

  if (flow != NULL && flow->src != NULL && flow->dst != NULL)
    {
      g_string_append (words, "Between ");
      lens_escape_text (words, flow->src, LENS_TEXT_MAX_NAME);
      g_string_append (words, " and ");
      lens_escape_text (words, flow->dst, LENS_TEXT_MAX_NAME);
      if (flow->dport != 0)
        g_string_append_printf (words, " port %u", flow->dport);
      g_string_append (words, ". ");
    }
  lens_facts_measure (words, finding);
  if (words->len == 0)
    return;
  lens_text_spaces (text, 5);
  lens_text_wrap (text, words->str, 5, 5);
}

static void
put_reason (LensText *text, const LensEvaluation *evaluation, const LensReason *reason,
            guint number)
{
  const LensFindingRow *finding = evaluation->findings->pdata[reason->finding];

  g_string_append_printf (text->page, "  %u. ", number);
  lens_text_say (text, finding->summary, 5, 5);
  put_measure (text, finding);
  lens_text_spaces (text, 5);
  g_string_append (text->page, "Finding ");
  lens_text_name (text, finding->id);
  for (guint i = 0; i < reason->also->len; i++)
    {
      g_string_append (text->page, i == 0 ? "; the same octets: " : ", ");
      lens_text_name (text, ((const LensFindingRow *)reason->also->pdata[i])->id);
    }
  g_string_append (text->page, reason->also_count > reason->also->len ? " and more.\n" : ".\n");
}

static void
put_balance (LensText *text, const LensEvaluation *evaluation)
{
  const guint64 total = evaluation->ledger.total_bytes;
  g_autofree char *balance = lens_facts_balance (evaluation);
  g_autoptr (GString) words = g_string_new (balance);

  g_string_append_c (words, ' ');
  g_string_append (words, "Every one of ");
  lens_words_some (words, total, "octet");
  g_string_append (words, " captured is accounted for in the ledger.");
  lens_text_wrap (text, words->str, 5, 5);
}

/* Where nothing grave was found: that, and what the record says instead. */
static void
put_calm_reasons (LensText *text, const LensEvaluation *evaluation)
{
  guint said = 0;

  if (evaluation->verdict < LENS_VERDICT_INCONCLUSIVE && evaluation->ledger.total_bytes > 0)
    {
      g_string_append_printf (text->page, "  %u. ", ++said);
      put_balance (text, evaluation);
    }
  for (guint i = 0; i < evaluation->reasons->len && said < LENS_REASONS_MAX; i++)
    {
      g_string_append_printf (text->page, "  %u. ", ++said);
      lens_text_say (text, lens_facts_reason (evaluation->reasons->pdata[i]), 5, 5);
    }
  if (said == 0)
    g_string_append (text->page, "  The record gives none.\n");
}

static void
put_why (LensText *text, const LensEvaluation *evaluation)
{
  g_auto (LensReasons) reasons = { 0 };

  lens_text_heading (text, "Why");
  lens_reasons_pick (&reasons, evaluation);
  for (guint i = 0; i < reasons.n_reasons; i++)
    put_reason (text, evaluation, &reasons.reasons[i], i + 1);
  if (reasons.n_reasons == 0)
    put_calm_reasons (text, evaluation);
  if (reasons.left_out == 0)
    return;
  lens_text_spaces (text, 2);
  lens_words_some (text->page, reasons.left_out, "more finding");
  g_string_append (text->page, " at medium severity or above: see Findings.\n");
}

static void
put_departure (LensText *text, const LensDeparture *departure, gboolean has_day)
{
  g_autoptr (GString) run = g_string_new (NULL);
  g_autoptr (GString) day = g_string_new (NULL);

  lens_words_size (run, departure->octets);
  if (has_day)
    lens_words_size (day, departure->per_day);
  if (departure->beyond && departure->octets > 0)
    lens_text_tone (text, LENS_TONE_GRAVE);
  g_string_append_printf (text->page, "  %-*s%12s%s%s%s\n", KIND_COLUMNS, departure->name, run->str,
                          has_day ? "  a day: " : "", day->str,
                          departure->beyond && departure->octets > 0 ? " !" : "");
  lens_text_tone (text, LENS_TONE_PLAIN);
}

static void
put_departures (LensText *text, const LensEvaluation *evaluation)
{
  LensDeparture departures[LENS_N_DEPARTURES];
  const gboolean has_day = lens_departures_sum (evaluation, departures);
  g_autofree char *lost = lens_facts_lost_streams (evaluation);
  guint64 sum = 0;

  lens_text_heading (text, has_day ? "What leaves the device, in this run and in a day like it"
                                   : "What left the device in this run (too short for a day)");
  for (guint i = 0; i < LENS_N_DEPARTURES; i++)
    sum += departures[i].octets > 0;
  if (sum == 0)
    g_string_append (text->page, "  No packet of a device under test was seen.\n");
  for (guint i = 0; sum > 0 && i < LENS_N_DEPARTURES; i++)
    put_departure (text, &departures[i], has_day);
  if (lost == NULL)
    return;
  lens_text_spaces (text, 2);
  lens_text_say (text, lost, 2, 2);
}

static void
put_blind (LensText *text, const LensEvaluation *evaluation)
{
  g_autoptr (GPtrArray) lines = lens_facts_unseen_in_short (evaluation);

  lens_text_heading (text, "What this run could not see, in short");
  for (guint i = 0; i < MIN (lines->len, MAX_LINES); i++)
    {
      g_string_append (text->page, "  - ");
      lens_text_say (text, lines->pdata[i], 4, 4);
    }
}

static void
put_run (LensText *text, GBytes *octets)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensRun) run = NULL;
  GString *words = g_string_new (NULL);

  if (octets != NULL)
    run = lens_run_read (g_bytes_get_data (octets, NULL), g_bytes_get_size (octets), &error);
  lens_text_heading (text, "How the run was confined");
  lens_text_key (text, "confinement");
  if (octets == NULL)
    g_string_append (words, "not known, run.json was not given");
  else if (run == NULL)
    g_string_append_printf (words, "not known, run.json could not be read: %s", error->message);
  else if (!lens_run_tells_confinement (run))
    g_string_append (words, "not known, run.json does not say");
  else if (run->missing->len == 0)
    g_string_append (words, "no layer is missing");
  for (guint i = 0; run != NULL && i < MIN (run->missing->len, MAX_ROWS); i++)
    {
      g_string_append (words, i == 0 ? "missing on this machine: " : ", ");
      lens_escape_text (words, run->missing->pdata[i], LENS_TEXT_MAX_NAME);
    }
  lens_text_value (text, words);
  for (guint i = 0; run != NULL && i < MIN (run->incomplete->len, MAX_ROWS); i++)
    {
      GString *lack = g_string_new (NULL);
      lens_text_key (text, "incomplete");
      lens_escape_text (lack, run->incomplete->pdata[i], LENS_TEXT_MAX);
      lens_text_value (text, lack);
    }
}

void
lens_text_first (LensText *text, const LensEvaluation *evaluation, GBytes *run)
{
  put_title (text, evaluation);
  put_why (text, evaluation);
  put_departures (text, evaluation);
  put_blind (text, evaluation);
  put_run (text, run);
}
