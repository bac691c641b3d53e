#include "report/text.h"

#include <string.h>

#include "report/annex.h"
#include "report/escape.h"
#include "report/facts.h"
#include "report/record.h"
#include "report/run.h"
#include "report/words.h"

enum
{
  COLUMNS = 80,
  NAME_COLUMNS = 18, /* of a class, of a key */
  BAR_COLUMNS = 18,
  MAX_TEXT = 400, /* characters of a stranger's string */
  MAX_NAME = 80,
  MAX_FINDINGS = 200,
  MAX_ROWS = 50,
  MAX_RANGES = 8,
  MAX_FILTER = 400,
};

typedef enum
{
  PLAIN,
  BOLD,
  SOFT,
  GRAVE,
  WARN,
  CALM,
} Tone;

typedef struct
{
  GString *page;
  gboolean colours;
  const LensMapping *mapping; /* or NULL */
} Text;

static void
tone (Text *text, Tone wanted)
{
  static const char *const codes[]
      = { [PLAIN] = "\x1b[0m",    [BOLD] = "\x1b[1m",  [SOFT] = "\x1b[2m",
          [GRAVE] = "\x1b[1;31m", [WARN] = "\x1b[33m", [CALM] = "\x1b[32m" };

  if (text->colours)
    g_string_append (text->page, codes[wanted]);
}

static Tone
severity_tone (LensSeverity severity)
{
  return severity >= LENS_SEVERITY_HIGH ? GRAVE : severity == LENS_SEVERITY_MEDIUM ? WARN : PLAIN;
}

static Tone
verdict_tone (LensVerdict verdict)
{
  return verdict == LENS_VERDICT_CONCEALED      ? GRAVE
         : verdict >= LENS_VERDICT_INCONCLUSIVE ? WARN
                                                : CALM;
}

static void
spaces (Text *text, gint count)
{
  g_string_append_printf (text->page, "%*s", MAX (count, 0), "");
}

/* Where a line of at most @columns that starts at @at ends, preferably between words. */
static const char *
end_of_line (const char *at, guint columns)
{
  const char *space = NULL;
  guint used = 0;

  while (*at != '\0')
    {
      const char *next = g_utf8_next_char (at);
      g_autofree char *character = g_strndup (at, (gsize)(next - at));

      used += lens_escape_columns (character);
      if (used > columns)
        return space != NULL ? space : at;
      if (*at == ' ')
        space = at;
      at = next;
    }
  return at;
}

/* Words that are ours or escaped already, wrapped and indented by @indent after the first line. */
static void
wrap (Text *text, const char *words, guint column, guint indent)
{
  const char *at = words;

  while (*at != '\0')
    {
      const char *end = end_of_line (at, COLUMNS - column);

      if (end == at)
        end = g_utf8_next_char (at);
      g_string_append_len (text->page, at, end - at);
      for (at = end; *at == ' '; at++)
        ;
      if (*at != '\0')
        {
          g_string_append_c (text->page, '\n');
          spaces (text, (gint)indent);
        }
      column = indent;
    }
  g_string_append_c (text->page, '\n');
}

/* A stranger's string, or a dash. */
static void
say (Text *text, const char *stranger, guint column, guint indent)
{
  g_autoptr (GString) safe = g_string_new (NULL);

  lens_escape_text (safe, stranger, MAX_TEXT);
  wrap (text, safe->len > 0 ? safe->str : "-", column, indent);
}

static void
name (Text *text, const char *stranger)
{
  if (stranger == NULL || *stranger == '\0')
    g_string_append_c (text->page, '-');
  else
    lens_escape_text (text->page, stranger, MAX_NAME);
}

static void
heading (Text *text, const char *title)
{
  g_string_append_c (text->page, '\n');
  tone (text, BOLD);
  g_string_append (text->page, title);
  tone (text, PLAIN);
  g_string_append_c (text->page, '\n');
}

/* "  key               " and no newline. */
static void
key (Text *text, const char *title)
{
  g_string_append_printf (text->page, "  %-*s", NAME_COLUMNS, title);
}

/* Ends a key's line with words that fit, or wraps them. */
static void
value (Text *text, GString *words)
{
  wrap (text, words->str, NAME_COLUMNS + 2, NAME_COLUMNS + 2);
  g_string_free (words, TRUE);
}

static void
put_title (Text *text, const LensEvaluation *evaluation)
{
  g_autofree char *title = lens_facts_title (evaluation);
  g_autofree char *sentence = lens_facts_sentence (evaluation);
  g_autofree char *problem = lens_facts_problem (evaluation);
  g_autofree char *bridge = lens_facts_bridge (evaluation);
  g_autofree char *redaction = lens_facts_redaction (evaluation);

  tone (text, BOLD);
  say (text, title, 0, 0);
  tone (text, PLAIN);
  if (evaluation->laboratory != NULL || evaluation->reference != NULL)
    {
      name (text, evaluation->laboratory);
      g_string_append (text->page, ", reference ");
      name (text, evaluation->reference);
      g_string_append_c (text->page, '\n');
    }
  if (redaction != NULL)
    say (text, redaction, 0, 0);
  g_string_append_c (text->page, '\n');
  tone (text, verdict_tone (evaluation->verdict));
  g_string_append_printf (text->page, "%s", lens_facts_badge (evaluation->verdict));
  tone (text, PLAIN);
  g_string_append_printf (text->page, "  (%s)\n", lens_verdict_name (evaluation->verdict));
  say (text, sentence, 0, 0);
  if (bridge != NULL)
    say (text, bridge, 0, 0);
  if (problem != NULL)
    say (text, problem, 0, 0);
  for (guint i = 0; i < MIN (evaluation->reasons->len, MAX_ROWS); i++)
    {
      g_string_append (text->page, "  - ");
      say (text, evaluation->reasons->pdata[i], 4, 4);
    }
}

/* The files of a set, and what shows between them. */
static void
put_files (Text *text, const LensInputSection *input)
{
  for (guint i = 0; i < MIN (input->files->len, MAX_ROWS); i++)
    {
      const LensFileRow *file = input->files->pdata[i];
      key (text, i == 0 ? "files" : "");
      name (text, file->name);
      g_string_append_printf (text->page, ", from frame %" G_GUINT64_FORMAT "\n",
                              file->first_frame);
      key (text, "");
      name (text, file->sha256);
      g_string_append_c (text->page, '\n');
    }
  if (input->files->len > MAX_ROWS)
    {
      key (text, "");
      g_string_append_printf (text->page, "and %u more: see evaluation.json\n",
                              input->files->len - MAX_ROWS);
    }
  for (guint i = 0; i < MIN (input->notes->len, MAX_ROWS); i++)
    {
      key (text, i == 0 ? "between" : "");
      say (text, input->notes->pdata[i], NAME_COLUMNS + 2, NAME_COLUMNS + 2);
    }
}

static void
put_input (Text *text, const LensEvaluation *evaluation)
{
  const LensInputSection *input = &evaluation->input;
  GString *time = g_string_new (NULL);

  heading (text, "Capture");
  key (text, "file");
  say (text, input->name, NAME_COLUMNS + 2, NAME_COLUMNS + 2);
  if (input->files->len == 0)
    {
      key (text, "sha256");
      name (text, input->sha256);
      g_string_append_c (text->page, '\n');
    }
  put_files (text, input);
  key (text, "time");
  if (input->has_times)
    {
      lens_words_time (time, input->first);
      g_string_append (time, ", for ");
      lens_words_duration (time, (gint64)((guint64)input->last - (guint64)input->first));
    }
  else
    g_string_append (time, "no packet");
  value (text, time);
  key (text, "state");
  name (text, input->status);
  g_string_append_c (text->page, '\n');
  if (input->problem != NULL)
    {
      key (text, "problem");
      say (text, input->problem, NAME_COLUMNS + 2, NAME_COLUMNS + 2);
    }
}

static void
put_run (Text *text, GBytes *octets)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensRun) run
      = lens_run_read (g_bytes_get_data (octets, NULL), g_bytes_get_size (octets), &error);
  GString *words = g_string_new (NULL);

  key (text, "confinement");
  if (run == NULL)
    g_string_append_printf (words, "not known, run.json could not be read: %s", error->message);
  else if (run->missing->len == 0)
    g_string_append (words, "all layers in force");
  for (guint i = 0; run != NULL && i < MIN (run->missing->len, MAX_ROWS); i++)
    {
      g_string_append (words, i == 0 ? "missing on this machine: " : ", ");
      lens_escape_text (words, run->missing->pdata[i], MAX_NAME);
    }
  value (text, words);
  for (guint i = 0; run != NULL && i < MIN (run->incomplete->len, MAX_ROWS); i++)
    {
      GString *lack = g_string_new (NULL);
      key (text, "incomplete");
      lens_escape_text (lack, run->incomplete->pdata[i], MAX_TEXT);
      value (text, lack);
    }
}

static void
put_class (Text *text, const LensLedgerSection *ledger, guint class_, guint64 most)
{
  const LensClassRow *row = &ledger->classes[class_];
  const guint length
      = most > 0 ? (guint)((double)row->bytes / (double)most * BAR_COLUMNS + 0.5) : 0;
  g_autoptr (GString) octets = g_string_new (NULL);
  g_autoptr (GString) share = g_string_new (NULL);

  lens_words_count (octets, row->bytes);
  lens_words_share (share, row->bytes, ledger->total_bytes);
  if (lens_facts_is_beyond ((LensClass)class_) && row->bytes > 0)
    tone (text, GRAVE);
  g_string_append_printf (text->page, "  %-*s%18s  %12s", NAME_COLUMNS,
                          lens_class_name ((LensClass)class_), octets->str, share->str);
  if (row->bytes > 0)
    g_string_append (text->page, "  ");
  for (guint i = 0; i < MAX (length, row->bytes > 0); i++)
    g_string_append_c (text->page, lens_facts_is_beyond ((LensClass)class_) ? '!' : '#');
  tone (text, PLAIN);
  g_string_append_c (text->page, '\n');
}

static void
put_ledger (Text *text, const LensLedgerSection *ledger)
{
  g_autoptr (GString) total = g_string_new (NULL);
  guint64 sum = 0, most = 0;

  heading (text, "Ledger: octets by class");
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    {
      sum += ledger->classes[i].bytes;
      most = MAX (most, ledger->classes[i].bytes);
    }
  for (guint i = 0; i < LENS_N_CLASSES; i++)
    put_class (text, ledger, i, most);
  lens_words_count (total, sum);
  g_string_append_printf (text->page, "  %-*s%18s  in ", NAME_COLUMNS, "sum", total->str);
  lens_words_some (text->page, ledger->total_packets, "packet");
  g_string_append_c (text->page, '\n');
  if (sum != ledger->total_bytes)
    g_string_append (text->page,
                     "  The classes of this record do not add up: do not rely on it.\n");
}

static void
put_where (Text *text, const LensFindingRow *finding)
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
  key (text, "  frames");
  value (text, frames);
}

static void
put_filter (Text *text, const LensFindingRow *finding)
{
  g_autofree char *filter = lens_record_filter (finding);

  key (text, "  filter");
  if (filter == NULL)
    g_string_append (text->page, "none: more frames than the record lists\n");
  else if (strlen (filter) > MAX_FILTER)
    g_string_append (text->page, "in evaluation.json (long)\n");
  else /* in one line, to be copied */
    g_string_append_printf (text->page, "%s\n", filter);
}

static void
put_amounts (Text *text, const LensFindingRow *finding)
{
  GString *used = g_string_new (NULL);
  GString *rate = g_string_new (NULL);

  lens_words_some (used, finding->used_bits, "bit");
  g_string_append (used, " of ");
  lens_words_count (used, finding->room_bits);
  g_string_append (used, ", ");
  lens_words_amount_meaning (used, finding->used_bits);
  key (text, "  used");
  value (text, used);
  lens_words_rate (rate, finding->capacity_bps);
  g_string_append (rate, ", ");
  lens_words_rate_meaning (rate, finding->capacity_bps);
  key (text, "  could carry");
  value (text, rate);
}

/* What it bears on in published schemes, if there is anything. */
static void
put_bearing (Text *text, const LensFindingRow *finding, LensMappingRelation relation,
             const char *title)
{
  g_autoptr (GString) items = g_string_new (NULL);
  GString *words = g_string_new (NULL);

  if (text->mapping != NULL && lens_mapping_words (items, text->mapping, finding, relation) > 0)
    {
      lens_escape_text (words, items->str, 0);
      key (text, title);
      wrap (text, words->str, NAME_COLUMNS + 2, NAME_COLUMNS + 2);
    }
  g_string_free (words, TRUE);
}

static void
put_finding (Text *text, const LensFindingRow *finding)
{
  g_string_append (text->page, "\n  ");
  tone (text, BOLD);
  name (text, finding->id);
  tone (text, PLAIN);
  g_string_append (text->page, "  ");
  tone (text, severity_tone (finding->severity));
  g_string_append (text->page, lens_severity_name (finding->severity));
  tone (text, PLAIN);
  g_string_append (text->page, "  ");
  name (text, finding->channel);
  g_string_append (text->page, "\n    ");
  say (text, finding->summary, 4, 4);
  if (finding->detail != NULL)
    {
      spaces (text, 4);
      say (text, finding->detail, 4, 4);
    }
  put_where (text, finding);
  put_filter (text, finding);
  put_amounts (text, finding);
  put_bearing (text, finding, LENS_MAPPING_SUPPORTS, "  supports");
  put_bearing (text, finding, LENS_MAPPING_DOES_NOT_PROVE, "  not proof of");
}

static void
put_findings (Text *text, const char *title, const GPtrArray *findings)
{
  heading (text, title);
  if (findings->len == 0)
    g_string_append (text->page, "  none\n");
  for (guint i = 0; i < MIN (findings->len, MAX_FINDINGS); i++)
    put_finding (text, findings->pdata[i]);
  if (findings->len > MAX_FINDINGS)
    g_string_append_printf (text->page, "\n  %u more in evaluation.json\n",
                            findings->len - MAX_FINDINGS);
}

static void
put_sentences (Text *text, const GPtrArray *sentences)
{
  for (guint i = 0; i < MIN (sentences->len, MAX_ROWS); i++)
    {
      g_string_append (text->page, "  - ");
      say (text, sentences->pdata[i], 4, 4);
    }
}

static void
put_declared (Text *text, const LensEvaluation *evaluation)
{
  heading (text, "Declared");
  if (evaluation->streams->len + evaluation->services->len == 0)
    g_string_append (text->page, "  nothing\n");
  for (guint i = 0; i < MIN (evaluation->streams->len, MAX_ROWS); i++)
    {
      const LensStreamRow *stream = evaluation->streams->pdata[i];
      key (text, stream->seen ? "stream" : "stream, not seen");
      say (text, stream->url, NAME_COLUMNS + 2, NAME_COLUMNS + 2);
    }
  for (guint i = 0; i < MIN (evaluation->services->len, MAX_ROWS); i++)
    {
      const LensServiceRow *service = evaluation->services->pdata[i];

      key (text, service->seen ? "service" : "service, not seen");
      name (text, service->name);
      g_string_append (text->page, ", ");
      name (text, service->proto);
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
put_coverage (Text *text, const LensEvaluation *evaluation)
{
  heading (text, "What was examined");
  for (guint i = LENS_COVERAGE_EXAMINED; i <= LENS_COVERAGE_NOT_IMPLEMENTED; i++)
    {
      const LensCoverageStatus status = (LensCoverageStatus)i;

      key (text, lens_coverage_status_name (status));
      lens_words_some (text->page, lens_facts_count_status (evaluation, status), "channel");
      g_string_append_c (text->page, '\n');
    }
}

static void
put_unseen (Text *text, const LensEvaluation *evaluation)
{
  g_autoptr (GPtrArray) sentences = lens_facts_unseen (evaluation);

  heading (text, "What this run could not see");
  for (guint i = 0; i < sentences->len; i++)
    {
      g_string_append (text->page, "  - ");
      say (text, sentences->pdata[i], 4, 4);
    }
}

/* Commands stand in lines of their own, whole, to be copied. */
static void
put_lines (Text *text, GPtrArray *lines)
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
put_annex (Text *text, const LensEvaluation *evaluation)
{
  const guint n = evaluation->findings->len;

  heading (text, "Annex: how each finding is derived again");
  if (evaluation->redacted_from != NULL)
    {
      spaces (text, 2);
      wrap (text, LENS_ANNEX_REDACTED, 2, 2);
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
      name (text, finding->id);
      g_string_append (text->page, "  ");
      name (text, finding->channel);
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
  Text text = { g_string_new (NULL), colours, mapping };
  put_title (&text, evaluation);
  put_input (&text, evaluation);
  if (run != NULL)
    put_run (&text, run);
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
