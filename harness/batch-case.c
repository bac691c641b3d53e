/* One input of a batch: its job, and what is said of it. */
#include "harness/batch-inside.h"

#include "harness/command.h"
#include "harness/engine.h"
#include "harness/spool.h"
#include "report/record.h"

#include <unistd.h>

static char *
case_path (const LensBatchWish *wish, const LensInput *input)
{
  if (wish->json && wish->folder == NULL)
    return NULL;
  return g_strdup_printf ("%s/%s.case", wish->folder != NULL ? wish->folder : "lenscap-cases",
                          input->case_name);
}

static LensBrief *
make_brief (const LensBatchWish *wish, const LensInput *input)
{
  LensBrief *brief = lens_brief_new ();

  brief->name = g_strdup (input->name);
  brief->device = g_strdup (input->device != NULL ? input->device : wish->device);
  brief->only = g_strdup (wish->only);
  brief->alpha = wish->alpha;
  brief->compact = wish->json;
  brief->limits = wish->limits;
  brief->draft = wish->profile_out != NULL;
  brief->draft_mud = wish->mud_out != NULL;
  brief->live = wish->stream_log != NULL; /* only live runs have one */
  return brief;
}

/* A manifest line's own comes before the command line's. */
static gboolean
add_mud (const LensBatch *batch, const LensInput *input, LensBrief *brief, GError **error)
{
  if (input->mud != NULL)
    return (brief->mud = lens_command_given (input->mud, LENS_MUD_MAX_OCTETS, error)) != NULL;
  if (batch->wish->mud != NULL)
    brief->mud = g_bytes_ref (batch->wish->mud);
  return TRUE;
}

static gboolean
add_profiles (const LensBatch *batch, const LensInput *input, LensBrief *brief, GError **error)
{
  for (guint i = 0; i < batch->wish->profiles->len; i++)
    g_ptr_array_add (brief->profiles, g_bytes_ref (g_ptr_array_index (batch->wish->profiles, i)));
  if (input->profile == NULL)
    return TRUE;
  GBytes *octets = NULL;
  LensProfile *profile = lens_command_profile (input->profile, &octets, error);
  if (profile == NULL)
    return FALSE;
  lens_profile_free (profile);
  g_ptr_array_add (brief->profiles, octets);
  return TRUE;
}

static LensJob *
make_job (const LensBatch *batch, LensBatchCase *one, GError **error)
{
  const LensBatchWish *wish = batch->wish;
  const LensInput *input = one->input;
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  g_autofree char *path = case_path (wish, input);
  g_autoptr (LensBrief) brief = make_brief (wish, input);

  if (!add_profiles (batch, input, brief, error) || !add_mud (batch, input, brief, error))
    return NULL;
  brief->endpoints = batch->wish->endpoints != NULL ? g_bytes_ref (batch->wish->endpoints) : NULL;
  brief->resolvers = batch->wish->resolvers != NULL ? g_bytes_ref (batch->wish->resolvers) : NULL;
  const char *file = input->path;
  if (g_str_equal (file, "-"))
    file = one->spooled = lens_spool_stdin (batch->stop, error);
  if (file == NULL)
    return NULL;
  g_ptr_array_add (paths, (gpointer)file);
  const LensJobWish job_wish
      = { .brief = g_steal_pointer (&brief),
          .inputs = paths,
          .live_fd = -1,
          .log_path = wish->stream_log,
          .case_path = path,
          .require_all = wish->require_all };
  LensJob *job = lens_job_new (&job_wish, error);
  if (job != NULL && one->spooled != NULL && lens_job_session (job) != NULL
      && !lens_spool_keep (lens_job_session (job), one->spooled, error))
    g_clear_pointer (&job, lens_job_free);
  return job;
}

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

/* No case came of it.  Scripts that read records get one all the same. */
static void
fail (const LensBatch *batch, LensBatchCase *one, const char *problem)
{
  one->over = TRUE;
  one->exit_status = LENS_EXIT_INCONCLUSIVE;
  if (!batch->wish->json)
    {
      set_line (one, "%s: failed: %s", one->input->path, problem);
      return;
    }
  lens_command_complain ("analyze", "%s: failed: %s", one->input->path, problem);
  g_autoptr (LensBrief) brief = make_brief (batch->wish, one->input);
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
describe (const LensBatch *batch, LensBatchCase *one)
{
  const LensJobResult *result = lens_job_result (one->job);
  g_autofree char *path = case_path (batch->wish, one->input);
  g_autofree char *kept = path != NULL ? g_strdup_printf (" -> %s", path) : g_strdup ("");

  if (result->status == 2)
    set_line (one, "%s: failed: %s%s", one->input->path,
              lens_job_problem (one->job) != NULL ? lens_job_problem (one->job)
                                                  : "it is no capture, or damaged at its start",
              kept);
  else if (result->worst == 0)
    set_line (one, "%s: %s, no finding%s", one->input->path, lens_verdict_name (result->verdict),
              kept);
  else
    set_line (one, "%s: %s, %u finding%s, worst %s%s", one->input->path,
              lens_verdict_name (result->verdict), result->findings,
              result->findings == 1 ? "" : "s", lens_severity_name (result->worst - 1), kept);
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

static void
conclude (LensBatch *batch, LensBatchCase *one)
{
  const LensJobResult *result = lens_job_result (one->job);
  g_autoptr (GBytes) line = lens_job_line (one->job);
  g_autoptr (GBytes) draft = lens_job_draft (one->job);
  g_autoptr (GBytes) draft_mud = lens_job_draft_mud (one->job);
  g_autofree char *lacks = lens_job_incomplete (one->job);

  one->over = TRUE;
  one->exit_status
      = lacks == NULL ? status_of (result, batch->wish->threshold) : LENS_EXIT_INCONCLUSIVE;
  if (lacks != NULL)
    lens_command_complain ("analyze", "%s: %s", one->input->path, lacks);
  batch->evaluated += result->status != 2;
  if (batch->wish->json && line != NULL)
    one->line = g_strndup (g_bytes_get_data (line, NULL), g_bytes_get_size (line));
  else
    describe (batch, one);
  keep_draft (one, draft, batch->wish->profile_out);
  if (batch->wish->mud_out == NULL)
    return;
  if (draft_mud != NULL)
    keep_draft (one, draft_mud, batch->wish->mud_out);
  else if (result->status != 2)
    {
      lens_command_complain ("analyze",
                             "%s was not written: a MUD file is about one device; name "
                             "one with --device ADDRESS",
                             batch->wish->mud_out);
      one->exit_status = LENS_EXIT_INCONCLUSIVE;
    }
}

static void
drop_job (LensBatchCase *one)
{
  g_clear_pointer (&one->job, lens_job_free);
  if (one->spooled != NULL)
    unlink (one->spooled);
  g_clear_pointer (&one->spooled, g_free);
}

void
lens_batch_end_case (LensBatch *batch, LensBatchCase *one, LensJobState state)
{
  if (state == LENS_JOB_DONE)
    conclude (batch, one);
  else
    fail (batch, one,
          lens_job_problem (one->job) != NULL ? lens_job_problem (one->job) : "interrupted");
  drop_job (one);
  batch->running--;
}

void
lens_batch_clear_case (LensBatchCase *one)
{
  drop_job (one);
  g_clear_pointer (&one->line, g_free);
}

gboolean
lens_batch_begin_case (LensBatch *batch, LensBatchCase *one, GError **error)
{
  g_autoptr (GError) cause = NULL;

  one->job = make_job (batch, one, &cause);
  if (one->job == NULL)
    {
      fail (batch, one, cause->message);
      return TRUE;
    }
  batch->running++;
  return lens_job_start (one->job, error);
}
