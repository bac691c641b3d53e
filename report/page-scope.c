/* What the run covered and how it was made. */
#include "report/page.h"

#include "report/facts.h"
#include "report/words.h"

enum
{
  MAX_FILES = 100, /* of a set, and notes of its seams */
  MAX_NOTES = 50,  /* of run.json, each list */
};

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
      lens_words_duration (
          page, (gint64)MIN ((guint64)input->last - (guint64)input->first, (guint64)G_MAXINT64));
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
put_losses (GString *page, const LensInputSection *input)
{
  guint64 dropped = 0;
  gboolean silent = input->interfaces->len == 0;

  for (guint i = 0; i < input->interfaces->len; i++)
    {
      const LensInterfaceRow *row = input->interfaces->pdata[i];

      dropped += (guint64)MAX (row->dropped, 0);
      silent |= row->dropped < 0;
    }
  lens_page_pair (page, "Losses");
  if (silent && dropped == 0)
    g_string_append (page, "the capture does not say whether packets were lost; ");
  else
    {
      lens_words_some (page, dropped, "packet");
      g_string_append (page, silent ? " lost, and not every interface says so; " : " lost; ");
    }
  lens_words_count (page, input->truncated_packets);
  g_string_append (page, " cut short by the snap length; ");
  lens_words_count (page, input->duplicates);
  g_string_append (page, " seen twice</dd>\n");
}

static void
put_phase_names (GString *page, const LensEvaluation *evaluation)
{
  const GPtrArray *phases = evaluation->phases;

  lens_page_pair (page, "Phases");
  for (guint i = 0; i < MIN (phases->len, MAX_NOTES); i++)
    {
      const LensPhaseRow *phase = phases->pdata[i];

      g_string_append (page, i > 0 ? ", " : "");
      lens_page_name (page, phase->name);
    }
  g_string_append (page, phases->len == 0 ? "none: not a live run" : "");
  if (evaluation->stimuli->len > 0)
    {
      g_string_append (page, "; ");
      lens_words_some (page, evaluation->stimuli->len, "block");
      g_string_append (page, " of stimuli, sham ones included");
    }
  g_string_append (page, "</dd>\n");
}

/* Which channels have a measured limit of detection, and the worst of them. */
static void
put_limits (GString *page, const LensEvaluation *evaluation)
{
  guint64 measured = 0;
  double worst = 0;

  for (guint i = 0; i < evaluation->coverage->len; i++)
    {
      const LensCoverageRow *row = evaluation->coverage->pdata[i];

      measured += row->limit_bps >= 0;
      worst = MAX (worst, row->limit_bps);
    }
  lens_page_pair (page, "Limits of detection");
  if (measured == 0)
    g_string_append (page, "not measured in this run");
  else
    {
      g_string_append (page, "measured for ");
      lens_words_some (page, measured, "channel");
      g_string_append (page, ", the highest ");
      lens_words_rate (page, worst);
    }
  g_string_append (page, "</dd>\n");
}

static void
put_caps (GString *page, const GPtrArray *reached)
{
  lens_page_pair (page, "Caps reached");
  for (guint i = 0; i < MIN (reached->len, MAX_NOTES); i++)
    {
      const LensReachedRow *row = reached->pdata[i];

      g_string_append (page, i > 0 ? ", " : "");
      lens_page_name (page, row->name);
      g_string_append (page, " (left out: ");
      lens_words_count (page, row->left_out);
      g_string_append (page, ")");
    }
  g_string_append (page, reached->len == 0 ? "none" : "");
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
  g_string_append_printf (page, "; bound on false statistical alarms %s",
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
  put_list (page, "Layers missing", run->missing,
            lens_run_tells_confinement (run) ? "none" : "not recorded");
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

/* Why the verdict is what it is, in the words of the record, and of which device. */
static void
put_verdict (GString *page, const LensEvaluation *evaluation)
{
  lens_page_pair (page, "Verdict");
  g_string_append_printf (page, "<code>%s</code>", lens_verdict_name (evaluation->verdict));
  for (guint i = 0; i < MIN (evaluation->reasons->len, MAX_NOTES); i++)
    {
      g_autofree char *whose = lens_facts_whose_reason (evaluation, evaluation->reasons->pdata[i]);

      g_string_append (page, i == 0 ? ": " : "; ");
      lens_page_text (page, whose);
    }
  g_string_append (page, "</dd>\n");
}

void
lens_page_scope (GString *page, const LensEvaluation *evaluation, const LensRun *run,
                 const char *complaint)
{
  g_string_append (page, "<h2 id=\"scope\">Scope of this run</h2>\n<dl class=\"pairs\">\n");
  put_verdict (page, evaluation);
  put_input (page, &evaluation->input);
  put_losses (page, &evaluation->input);
  put_phase_names (page, evaluation);
  put_limits (page, evaluation);
  put_caps (page, evaluation->caps_reached);
  put_tool (page, &evaluation->tool);
  if (run != NULL)
    put_run (page, run);
  g_string_append (page, "</dl>\n");
  if (complaint != NULL)
    {
      g_string_append (page, "<p class=\"notice\">run.json could not be read: ");
      lens_page_text (page, complaint);
      g_string_append (page, ".</p>\n");
    }
  if (evaluation->notes != NULL)
    {
      g_string_append (page, "<p>Notes: ");
      lens_page_text (page, evaluation->notes);
      g_string_append (page, "</p>\n");
    }
}
