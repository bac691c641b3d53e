/* What a batch says of one input. */
#include "harness/batch-inside.h"

#include "harness/command.h"
#include "harness/engine.h"
#include "report/record.h"

static void set_line (LensBatchCase *one, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
set_line (LensBatchCase *one, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autofree char *shown = lens_command_shown (text);
  one->line = g_strconcat (shown, "\n", NULL);
}

void
lens_batch_fail (LensBatch *batch, LensBatchCase *one, const char *problem)
{
  one->exit_status = LENS_EXIT_INCONCLUSIVE;
  batch->failed++;
  if (batch->wish->index)
    one->row = lens_index_row_new (one->input->case_name, FALSE, NULL, problem);
  if (!batch->wish->json)
    {
      set_line (one, "%s: failed: %s", one->input->path, problem);
      return;
    }
  lens_command_complain ("analyze", "%s: failed: %s", one->input->path, problem);
  g_autoptr (LensBrief) brief = lens_batch_brief (batch->wish, one->input);
  g_autoptr (LensEvaluation) evaluation = lens_engine_failure (brief, problem);
  g_autoptr (GBytes) record = lens_record_octets (evaluation, LENS_EMIT_COMPACT);
  one->line = g_strndup (g_bytes_get_data (record, NULL), g_bytes_get_size (record));
}

static int
status_of (const LensJobResult *result, LensSeverity threshold)
{
  if (result->status == 2 || result->verdict == LENS_VERDICT_INCONCLUSIVE)
    return LENS_EXIT_INCONCLUSIVE;
  return result->worst >= 1u + threshold ? LENS_EXIT_FOUND : LENS_EXIT_CLEAN;
}

static void
describe (const LensBatch *batch, LensBatchCase *one, const LensJobResult *result)
{
  g_autofree char *path = lens_batch_case_path (batch->wish, one->input);
  g_autofree char *kept = path != NULL ? g_strdup_printf (" -> %s", path) : g_strdup ("");

  if (result->status == 2)
    set_line (one, "%s: failed: %s%s", one->input->path,
              *result->problem != '\0' ? result->problem : "the record does not say why", kept);
  else if (result->worst == 0)
    set_line (one, "%s: %s, no finding%s", one->input->path, lens_verdict_name (result->verdict),
              kept);
  else
    set_line (one, "%s: %s, %u finding%s, worst %s%s", one->input->path,
              lens_verdict_name (result->verdict), result->findings,
              result->findings == 1 ? "" : "s", lens_severity_name (result->worst - 1), kept);
}

void
lens_batch_say (LensBatch *batch, LensBatchCase *one, const LensJobResult *result, GBytes *record)
{
  one->exit_status = status_of (result, batch->wish->threshold);
  batch->evaluated += result->status != 2;
  batch->failed += result->status == 2;
  batch->found += result->worst >= 1u + batch->wish->threshold;
  if (batch->wish->index)
    one->row = lens_index_row_new (one->input->case_name, TRUE, result, NULL);
  if (batch->wish->json && record != NULL)
    one->line = g_strndup (g_bytes_get_data (record, NULL), g_bytes_get_size (record));
  else
    describe (batch, one, result);
}

static void
keep_draft (LensBatchCase *one, GBytes *draft, const char *path)
{
  g_autoptr (GError) error = NULL;

  if (draft == NULL
      || g_file_set_contents (path, g_bytes_get_data (draft, NULL),
                              (gssize)g_bytes_get_size (draft), &error))
    return;
  lens_command_complain ("analyze", "%s", error->message);
  one->exit_status = LENS_EXIT_INCONCLUSIVE;
}

void
lens_batch_keep_drafts (LensBatch *batch, LensBatchCase *one)
{
  g_autoptr (GBytes) draft = lens_job_draft (one->job);
  g_autoptr (GBytes) draft_mud = lens_job_draft_mud (one->job);

  keep_draft (one, draft, batch->wish->profile_out);
  if (batch->wish->mud_out == NULL)
    return;
  if (draft_mud != NULL)
    keep_draft (one, draft_mud, batch->wish->mud_out);
  else if (lens_job_result (one->job)->status != 2)
    {
      lens_command_complain ("analyze",
                             "%s was not written: a MUD file is about one device; name "
                             "one with --device ADDRESS",
                             batch->wish->mud_out);
      one->exit_status = LENS_EXIT_INCONCLUSIVE;
    }
}
