/* One input of a batch: the case that is there, or a job that makes it. */
#include "harness/batch-inside.h"

#include "harness/command.h"
#include "harness/result.h"
#include "harness/spool.h"

#include <string.h>
#include <unistd.h>

const char *
lens_batch_folder (const LensBatchWish *wish)
{
  if (wish->folder != NULL)
    return wish->folder;
  return wish->json ? NULL : "lenscap-cases";
}

char *
lens_batch_case_path (const LensBatchWish *wish, const LensInput *input)
{
  const char *folder = lens_batch_folder (wish);

  return folder != NULL ? g_strdup_printf ("%s/%s.case", folder, input->case_name) : NULL;
}

LensBrief *
lens_batch_brief (const LensBatchWish *wish, const LensInput *input)
{
  LensBrief *brief = lens_brief_new ();

  brief->name = lens_result_text (input->name);
  brief->device = g_strdup (input->device != NULL ? input->device : wish->device);
  brief->only = g_strdup (wish->only);
  brief->alpha = wish->alpha;
  brief->caps = wish->caps;
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

static LensBrief *
whole_brief (const LensBatch *batch, const LensInput *input, GError **error)
{
  g_autoptr (LensBrief) brief = lens_batch_brief (batch->wish, input);

  if (!add_profiles (batch, input, brief, error) || !add_mud (batch, input, brief, error))
    return NULL;
  brief->endpoints = batch->wish->endpoints != NULL ? g_bytes_ref (batch->wish->endpoints) : NULL;
  brief->resolvers = batch->wish->resolvers != NULL ? g_bytes_ref (batch->wish->resolvers) : NULL;
  return g_steal_pointer (&brief);
}

static gboolean
is_stdin (const LensInput *input)
{
  return input->files == NULL && g_str_equal (input->path, "-");
}

/* --- the case that is there --- */

/* FALSE: there is none, or nothing can be said of it that would help. */
static gboolean
recall_case (const LensBatch *batch, LensBatchCase *one)
{
  const LensBatchWish *wish = batch->wish;
  g_autofree char *path = lens_batch_case_path (wish, one->input);

  /* A draft is made only in an analysis; standard input has neither time nor size. */
  if (!wish->resume || path == NULL || is_stdin (one->input) || wish->stream_log != NULL
      || wish->profile_out != NULL || wish->mud_out != NULL
      || !g_file_test (path, G_FILE_TEST_IS_DIR))
    return FALSE;
  g_autoptr (LensBrief) brief = whole_brief (batch, one->input, NULL);
  if (brief == NULL)
    return FALSE;
  g_autoptr (GPtrArray) paths = lens_input_paths (one->input);
  lens_brief_name_files (brief, paths);
  const LensRecallWish recall
      = { .case_path = path, .brief = brief, .inputs = paths, .require_all = wish->require_all };
  one->recall = lens_recall_new (&recall, NULL);
  return one->recall != NULL;
}

/* --- a job --- */

static LensJob *
make_job (const LensBatch *batch, LensBatchCase *one, GError **error)
{
  const LensBatchWish *wish = batch->wish;
  const LensInput *input = one->input;
  g_autoptr (GPtrArray) paths = lens_input_paths (input);
  g_autofree char *path = lens_batch_case_path (wish, input);
  g_autoptr (LensBrief) brief = whole_brief (batch, input, error);

  if (brief == NULL)
    return NULL;
  if (is_stdin (input) && (one->spooled = lens_spool_stdin (batch->stop, error)) == NULL)
    return NULL;
  if (one->spooled != NULL)
    g_ptr_array_index (paths, 0) = one->spooled;
  const LensJobWish job_wish = { .brief = g_steal_pointer (&brief),
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

static void
drop (LensBatchCase *one)
{
  g_clear_pointer (&one->recall, lens_recall_free);
  g_clear_pointer (&one->job, lens_job_free);
  if (one->spooled != NULL)
    unlink (one->spooled);
  g_clear_pointer (&one->spooled, g_free);
}

static gboolean
begin_job (LensBatch *batch, LensBatchCase *one, GError **error)
{
  g_autoptr (GError) cause = NULL;

  one->job = make_job (batch, one, &cause);
  if (one->job != NULL)
    return lens_job_start (one->job, error);
  lens_batch_fail (batch, one, cause->message);
  return TRUE;
}

/* --- from beginning to end --- */

gboolean
lens_batch_runs (const LensBatchCase *one)
{
  return one->recall != NULL || one->job != NULL;
}

static void
end_case (LensBatch *batch, LensBatchCase *one)
{
  drop (one);
  one->over = TRUE;
  batch->running--;
  batch->octets_over += one->octets;
  batch->held += one->line != NULL ? strlen (one->line) : 0;
}

gboolean
lens_batch_begin_case (LensBatch *batch, LensBatchCase *one, GError **error)
{
  lens_input_sort (one->input);
  batch->running++;
  if (recall_case (batch, one))
    return TRUE;
  if (!begin_job (batch, one, error))
    return FALSE;
  if (one->job == NULL)
    end_case (batch, one);
  return TRUE;
}

/* What is not as it would be made now is made. */
static gboolean
serve_recall (LensBatch *batch, LensBatchCase *one, GError **error)
{
  LensRecallState state = lens_recall_serve (one->recall);

  if (state == LENS_RECALL_RUNNING)
    return TRUE;
  if (lens_recall_is_current (one->recall))
    {
      g_autoptr (GBytes) record = lens_recall_line (one->recall);
      lens_batch_say (batch, one, lens_recall_result (one->recall), record);
      batch->left++;
      batch->octets_left += one->octets;
      end_case (batch, one);
      return TRUE;
    }
  g_clear_pointer (&one->recall, lens_recall_free);
  if (!begin_job (batch, one, error))
    return FALSE;
  if (one->job == NULL)
    end_case (batch, one);
  return TRUE;
}

static void
complain_of_lack (LensBatchCase *one)
{
  g_autofree char *lacks = lens_job_incomplete (one->job);

  if (lacks == NULL)
    return;
  lens_command_complain ("analyze", "%s: %s", one->input->path, lacks);
  one->exit_status = LENS_EXIT_INCONCLUSIVE;
}

gboolean
lens_batch_serve_case (LensBatch *batch, LensBatchCase *one, GError **error)
{
  if (one->recall != NULL)
    return serve_recall (batch, one, error);
  LensJobState state = lens_job_serve (one->job);
  if (state == LENS_JOB_RUNNING)
    return TRUE;
  const char *problem = lens_job_problem (one->job);
  if (state == LENS_JOB_DONE)
    {
      g_autoptr (GBytes) record = lens_job_line (one->job);
      lens_batch_say (batch, one, lens_job_result (one->job), record);
      lens_batch_keep_drafts (batch, one);
      complain_of_lack (one);
    }
  else
    lens_batch_fail (batch, one, problem != NULL ? problem : "interrupted");
  end_case (batch, one);
  return TRUE;
}

guint
lens_batch_poll_case (const LensBatchCase *one, struct pollfd *into, gint *timeout)
{
  if (one->recall != NULL)
    {
      into[0] = lens_recall_poll (one->recall);
      *timeout = MIN (*timeout, lens_recall_timeout (one->recall));
      return 1;
    }
  if (one->job == NULL)
    return 0;
  *timeout = MIN (*timeout, lens_job_timeout (one->job));
  return lens_job_poll (one->job, into);
}

void
lens_batch_clear_case (LensBatchCase *one)
{
  drop (one);
  g_clear_pointer (&one->line, g_free);
  g_clear_pointer (&one->row, lens_index_row_free);
}
