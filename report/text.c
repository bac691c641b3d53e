#include "report/text.h"

#include <string.h>

#include "report/annex.h"
#include "report/escape.h"
#include "report/facts.h"
#include "report/record.h"
#include "report/text-parts.h"
#include "report/words.h"

enum
{
  BAR_COLUMNS = 18,
  MAX_FINDINGS = 200,
  MAX_ROWS = 50,
  MAX_RANGES = 8,
  MAX_FILTER = 400,
  MAX_PLACES = 8,
};

static LensTone
severity_tone (LensSeverity severity)
{
  return severity >= LENS_SEVERITY_HIGH     ? LENS_TONE_GRAVE
         : severity == LENS_SEVERITY_MEDIUM ? LENS_TONE_WARN
                                            : LENS_TONE_PLAIN;
}

/* The files of a set, and what shows between them. */
static void
put_files (LensText *text, const LensInputSection *input)
{
  for (guint i = 0; i < MIN (input->files->len, MAX_ROWS); i++)
    {
      const LensFileRow *file = input->files->pdata[i];
      lens_text_key (text, i == 0 ? "files" : "");
      lens_text_name (text, file->name);
      g_string_append_printf (text->page, ", from frame %" G_GUINT64_FORMAT "\n",
                              file->first_frame);
      lens_text_key (text, "");
      lens_text_name (text, file->sha256);
      g_string_append_c (text->page, '\n');
    }
  if (input->files->len > MAX_ROWS)
    {
      lens_text_key (text, "");
      g_string_append_printf (text->page, "and %u more: see evaluation.json\n",
                              input->files->len - MAX_ROWS);
    }
  for (guint i = 0; i < MIN (input->notes->len, MAX_ROWS); i++)
    {
      lens_text_key (text, i == 0 ? "between" : "");
      lens_text_say (text, input->notes->pdata[i], LENS_TEXT_NAME_COLUMNS + 2,
                     LENS_TEXT_NAME_COLUMNS + 2);
    }
}

static void
put_input (LensText *text, const LensEvaluation *evaluation)
{
  const LensInputSection *input = &evaluation->input;
  GString *time = g_string_new (NULL);

  lens_text_heading (text, "Capture");
  lens_text_key (text, "file");
  lens_text_say (text, input->name, LENS_TEXT_NAME_COLUMNS + 2, LENS_TEXT_NAME_COLUMNS + 2);
  if (input->files->len == 0)
    {
      lens_text_key (text, "sha256");
      lens_text_name (text, input->sha256);
      g_string_append_c (text->page, '\n');
    }
  put_files (text, input);
  lens_text_key (text, "time");
  if (input->has_times)
    {
      lens_words_time (time, input->first);
      g_string_append (time, ", for ");
      lens_words_duration (time, (gint64)((guint64)input->last - (guint64)input->first));
    }
  else
    g_string_append (time, "no packet");
  lens_text_value (text, time);
  lens_text_key (text, "state");
  lens_text_name (text, input->status);
  g_string_append_c (text->page, '\n');
  if (input->problem != NULL)
    {
      lens_text_key (text, "problem");
      lens_text_say (text, input->problem, LENS_TEXT_NAME_COLUMNS + 2, LENS_TEXT_NAME_COLUMNS + 2);
    }
}

static void
put_class (LensText *text, const LensLedgerSection *ledger, guint class_, guint64 most)
{
  const LensClassRow *row = &ledger->classes[class_];
  const guint length
      = most > 0 ? (guint)((double)row->bytes / (double)most * BAR_COLUMNS + 0.5) : 0;
  g_autoptr (GString) octets = g_string_new (NULL);
  g_autoptr (GString) share = g_string_new (NULL);

  lens_words_count (octets, row->bytes);
  lens_words_share (share, row->bytes, ledger->total_bytes);
  if (lens_facts_is_beyond ((LensClass)class_) && row->bytes > 0)
    lens_text_tone (text, LENS_TONE_GRAVE);
  g_string_append_printf (text->page, "  %-*s%18s  %12s", LENS_TEXT_NAME_COLUMNS,
                          lens_class_name ((LensClass)class_), octets->str, share->str);
  if (row->bytes > 0)
    g_string_append (text->page, "  ");
  for (guint i = 0; i < MAX (length, row->bytes > 0); i++)
    g_string_append_c (text->page, lens_facts_is_beyond ((LensClass)class_) ? '!' : '#');
  lens_text_tone (text, LENS_TONE_PLAIN);
  g_string_append_c (text->page, '\n');
}

static void
put_ledger (LensText *text, const LensLedgerSection *ledger)
{
  g_autoptr (GString) total = g_string_new (NULL);
  guint64 sum = 0, most = 0;

  lens_text_heading (text, "Ledger: octets by class");
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    {
      sum += ledger->classes[i].bytes;
      most = MAX (most, ledger->classes[i].bytes);
    }
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    put_class (text, ledger, i, most);
  lens_words_count (total, sum);
  g_string_append_printf (text->page, "  %-*s%18s  in ", LENS_TEXT_NAME_COLUMNS, "sum", total->str);
  lens_words_some (text->page, ledger->total_packets, "packet");
  g_string_append_c (text->page, '\n');
  if (sum != ledger->total_bytes)
    g_string_append (text->page,
                     "  The classes of this record do not add up: do not rely on it.\n");
}

static void
put_where (LensText *text, const LensFindingRow *finding)
{
  GString *frames = g_string_new (NULL);

  lens_words_count (frames, finding->frame_count);
  for (guint i = 0; i < MIN (finding->ranges->len, MAX_RANGES); i++)
    {
      const LensFrameRange *range = &g_array_index (finding->ranges, LensFrameRange, i);

      g_string_append_printf (frames, "%s%" G_GUINT64_FORMAT, i == 0 ? ": " : ", ", range->first);
      if (range->last != range->first)
        g_string_append_printf (frames, "-%" G_GUINT64_FORMAT, range->last);
    }
  if (finding->ranges->len > MAX_RANGES)
    g_string_append (frames, ", ...");
  lens_text_key (text, "  frames");
  lens_text_value (text, frames);
}

/* "278: 66-1513": frame, first and last octet. */
static void
put_places (LensText *text, const LensFindingRow *finding)
{
  const guint n = finding->octets->len;
  GString *places;

  if (n == 0)
    return;
  places = g_string_new ("frame: first-last from 0. ");
  for (guint i = 0; i < MIN (n, MAX_PLACES); i++)
    {
      const LensPiece *piece = &g_array_index (finding->octets, LensPiece, i);

      g_string_append_printf (places, "%s%" G_GUINT64_FORMAT ": %u", i == 0 ? "" : "; ",
                              (guint64)piece->frame, (guint)piece->offset);
      if (piece->length > 1)
        g_string_append_printf (places, "-%" G_GUINT64_FORMAT,
                                (guint64)piece->offset + piece->length - 1);
    }
  if (n > MAX_PLACES)
    g_string_append_printf (places, "; %u more in evaluation.json", n - MAX_PLACES);
  lens_text_key (text, "  octets");
  lens_text_value (text, places);
}

static void
put_filter (LensText *text, const LensFindingRow *finding)
{
  g_autofree char *filter = lens_record_filter (finding);

  lens_text_key (text, "  filter");
  if (filter == NULL)
    g_string_append (text->page, "none: more frames than the record lists\n");
  else if (strlen (filter) > MAX_FILTER)
    g_string_append (text->page, "in evaluation.json (long)\n");
  else /* in one line, to be copied */
    g_string_append_printf (text->page, "%s\n", filter);
}

static void
put_amounts (LensText *text, const LensFindingRow *finding)
{
  GString *used = g_string_new (NULL);
  GString *rate = g_string_new (NULL);

  lens_words_some (used, finding->used_bits, "bit");
  g_string_append (used, " of ");
  lens_words_count (used, finding->room_bits);
  g_string_append (used, ", ");
  lens_words_amount_meaning (used, finding->used_bits);
  lens_text_key (text, "  used");
  lens_text_value (text, used);
  lens_words_rate (rate, finding->capacity_bps);
  g_string_append (rate, ", ");
  lens_words_rate_meaning (rate, finding->capacity_bps);
  lens_text_key (text, "  could carry");
  lens_text_value (text, rate);
}

/* What it bears on in published schemes, if there is anything. */
static void
put_bearing (LensText *text, const LensFindingRow *finding, LensMappingRelation relation,
             const char *title)
{
  g_autoptr (GString) items = g_string_new (NULL);
  GString *words = g_string_new (NULL);

  if (text->mapping != NULL && lens_mapping_words (items, text->mapping, finding, relation) > 0)
    {
      lens_escape_text (words, items->str, 0);
      lens_text_key (text, title);
      lens_text_wrap (text, words->str, LENS_TEXT_NAME_COLUMNS + 2, LENS_TEXT_NAME_COLUMNS + 2);
    }
  g_string_free (words, TRUE);
}

static void
put_finding (LensText *text, const LensFindingRow *finding)
{
  g_string_append (text->page, "\n  ");
  lens_text_tone (text, LENS_TONE_BOLD);
  lens_text_name (text, finding->id);
  lens_text_tone (text, LENS_TONE_PLAIN);
  g_string_append (text->page, "  ");
  lens_text_tone (text, severity_tone (finding->severity));
  g_string_append (text->page, lens_severity_name (finding->severity));
  lens_text_tone (text, LENS_TONE_PLAIN);
  g_string_append (text->page, "  ");
  lens_text_name (text, finding->channel);
  g_string_append (text->page, "\n    ");
  lens_text_say (text, finding->summary, 4, 4);
  if (finding->detail != NULL)
    {
      lens_text_spaces (text, 4);
      lens_text_say (text, finding->detail, 4, 4);
    }
  put_where (text, finding);
  put_places (text, finding);
  put_filter (text, finding);
  put_amounts (text, finding);
  put_bearing (text, finding, LENS_MAPPING_SUPPORTS, "  supports");
  put_bearing (text, finding, LENS_MAPPING_DOES_NOT_PROVE, "  not proof of");
}

static void
put_findings (LensText *text, const char *title, const GPtrArray *findings)
{
  lens_text_heading (text, title);
  if (findings->len == 0)
    g_string_append (text->page, "  none\n");
  for (guint i = 0; i < MIN (findings->len, MAX_FINDINGS); i++)
    put_finding (text, findings->pdata[i]);
  if (findings->len > MAX_FINDINGS)
    g_string_append_printf (text->page, "\n  %u more in evaluation.json\n",
                            findings->len - MAX_FINDINGS);
}

static void
put_sentences (LensText *text, const GPtrArray *sentences)
{
  for (guint i = 0; i < MIN (sentences->len, MAX_ROWS); i++)
    {
      g_string_append (text->page, "  - ");
      lens_text_say (text, sentences->pdata[i], 4, 4);
    }
}

/* As the record gives them, and of which device. */
static void
put_reasons (LensText *text, const LensEvaluation *evaluation)
{
  lens_text_heading (text, "Reasons of the verdict");
  if (evaluation->reasons->len == 0)
    g_string_append (text->page, "  none\n");
  for (guint i = 0; i < MIN (evaluation->reasons->len, MAX_ROWS); i++)
    {
      g_autofree char *whose = lens_facts_whose_reason (evaluation, evaluation->reasons->pdata[i]);

      g_string_append (text->page, "  - ");
      lens_text_say (text, whose, 4, 4);
    }
}

static void
put_declared (LensText *text, const LensEvaluation *evaluation)
{
  lens_text_heading (text, "Declared");
  if (evaluation->streams->len + evaluation->services->len == 0)
    g_string_append (text->page, "  nothing\n");
  for (guint i = 0; i < MIN (evaluation->streams->len, MAX_ROWS); i++)
    {
      const LensStreamRow *stream = evaluation->streams->pdata[i];
      lens_text_key (text, stream->seen ? "stream" : "stream, not seen");
      lens_text_say (text, stream->url, LENS_TEXT_NAME_COLUMNS + 2, LENS_TEXT_NAME_COLUMNS + 2);
    }
  for (guint i = 0; i < MIN (evaluation->services->len, MAX_ROWS); i++)
    {
      const LensServiceRow *service = evaluation->services->pdata[i];

      lens_text_key (text, service->seen ? "service" : "service, not seen");
      lens_text_name (text, service->name);
      g_string_append (text->page, ", ");
      lens_text_name (text, service->proto);
      if (service->port >= 0)
        g_string_append_printf (text->page, " %d", service->port);
      if (service->anybody)
        g_string_append (text->page, ", with anybody");
      if (service->octets > 0)
        g_string_append_printf (text->page, ", %" G_GUINT64_FORMAT " octets sent by it",
                                service->octets);
      g_string_append_c (text->page, '\n');
    }
  put_sentences (text, evaluation->never_seen);
  put_sentences (text, evaluation->unusable);
}

static void
put_coverage (LensText *text, const LensEvaluation *evaluation)
{
  lens_text_heading (text, "What was examined");
  for (guint i = LENS_COVERAGE_EXAMINED; i <= LENS_COVERAGE_NOT_IMPLEMENTED; i++)
    {
      const LensCoverageStatus status = (LensCoverageStatus)i;

      lens_text_key (text, lens_coverage_status_name (status));
      lens_words_some (text->page, lens_facts_count_status (evaluation, status), "channel");
      g_string_append_c (text->page, '\n');
    }
}

static void
put_unseen (LensText *text, const LensEvaluation *evaluation)
{
  g_autoptr (GPtrArray) sentences = lens_facts_unseen (evaluation);

  lens_text_heading (text, "What this run could not see");
  for (guint i = 0; i < sentences->len; i++)
    {
      g_string_append (text->page, "  - ");
      lens_text_say (text, sentences->pdata[i], 4, 4);
    }
}

/* Commands stand in lines of their own, whole, to be copied. */
static void
put_lines (LensText *text, GPtrArray *lines)
{
  for (guint i = 0; i < lines->len; i++)
    {
      const LensAnnexLine *line = lines->pdata[i];
      if (*line->what != '\0')
        g_string_append_printf (text->page, "    %s\n", line->what);
      g_string_append (text->page, "      ");
      lens_escape_text (text->page, line->command, 0);
      g_string_append_c (text->page, '\n');
    }
  g_ptr_array_unref (lines);
}

static void
put_annex (LensText *text, const LensEvaluation *evaluation)
{
  const guint n = evaluation->findings->len;

  lens_text_heading (text, "Annex: how each finding is derived again");
  if (evaluation->redacted_from != NULL)
    {
      lens_text_spaces (text, 2);
      lens_text_wrap (text, LENS_ANNEX_REDACTED, 2, 2);
      return;
    }
  g_string_append (text->page,
                   "  For a shell in the folder that holds this case, with lenscap of the same\n"
                   "  version and Wireshark's tshark. First say where things lie.\n\n");
  put_lines (text, lens_annex_settings (evaluation));
  put_lines (text, lens_annex_whole (evaluation));
  for (guint i = 0; i < MIN (n, MAX_FINDINGS); i++)
    {
      const LensFindingRow *finding = evaluation->findings->pdata[i];
      g_string_append (text->page, "\n  ");
      lens_text_name (text, finding->id);
      g_string_append (text->page, "  ");
      lens_text_name (text, finding->channel);
      g_string_append_c (text->page, '\n');
      put_lines (text, lens_annex_finding (evaluation, finding));
    }
}

GBytes *
lens_text_from_record (GBytes *record, GBytes *run, const LensMapping *mapping, gboolean colours,
                       GError **error)
{
  g_autoptr (LensEvaluation) evaluation
      = lens_record_read (g_bytes_get_data (record, NULL), g_bytes_get_size (record), error);

  return evaluation != NULL ? lens_text_page (evaluation, run, mapping, colours) : NULL;
}

GBytes *
lens_text_page (const LensEvaluation *evaluation, GBytes *run, const LensMapping *mapping,
                gboolean colours)
{
  LensText text = { g_string_new (NULL), colours, mapping };
  lens_text_first (&text, evaluation, run);
  put_input (&text, evaluation);
  put_reasons (&text, evaluation);
  put_ledger (&text, &evaluation->ledger);
  put_findings (&text, "Findings", evaluation->findings);
  if (evaluation->leads->len > 0)
    put_findings (&text, "Leads (too weak to be findings)", evaluation->leads);
  put_declared (&text, evaluation);
  put_coverage (&text, evaluation);
  put_unseen (&text, evaluation);
  put_annex (&text, evaluation);
  return g_string_free_to_bytes (text.page);
}
