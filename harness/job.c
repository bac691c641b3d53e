#include "harness/job-inside.h"

#include "harness/engine.h"
#include "harness/octets.h"
#include "harness/result.h"
#include "harness/secret.h"
#include "report/record.h"
#include "harness/version.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- small --- */

void
lens_job_close (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

void
lens_job_break_off (LensJob *job, const char *problem)
{
  if (job->state == LENS_JOB_BROKEN)
    return;
  job->state = LENS_JOB_BROKEN;
  if (job->session != NULL && job->wish.live_fd >= 0)
    job->problem = g_strdup_printf ("%s; what was captured lies in %s", problem,
                                    lens_session_abandon (job->session));
  else
    job->problem = g_strdup (problem);
}

/* Before they are read: what changes while they are, changed.  Standard input is none. */
static void
note_files (LensJob *job)
{
  struct stat status;

  for (guint i = 0; i < job->inputs->len && g_strcmp0 (job->brief->name, "-") != 0; i++)
    {
      const char *path = g_ptr_array_index (job->inputs, i);
      g_autofree char *name = g_path_get_basename (path);
      if (stat (path, &status) == 0)
        lens_run_add_file (job->run, name, (guint64)status.st_size, lens_octets_modified (&status));
    }
}

LensJob *
lens_job_new (const LensJobWish *wish, GError **error)
{
  const struct sigaction ignore = { .sa_handler = SIG_IGN };
  g_autoptr (LensSession) session = NULL;

  sigaction (SIGPIPE, &ignore, NULL); /* a worker need not read its input to the end */
  if (wish->case_path != NULL && (session = lens_session_new (wish->case_path, error)) == NULL)
    {
      lens_brief_free (wish->brief);
      return NULL;
    }
  LensJob *job = g_new0 (LensJob, 1);
  job->wish = *wish;
  job->brief = wish->brief;
  job->inputs = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; wish->inputs != NULL && i < wish->inputs->len; i++)
    g_ptr_array_add (job->inputs, g_strdup (g_ptr_array_index (wish->inputs, i)));
  job->log_path = g_strdup (wish->log_path);
  job->session = g_steal_pointer (&session);
  job->live_fd = wish->live_fd;
  job->capturing = wish->live_fd >= 0;
  job->lacking = g_ptr_array_new_with_free_func (g_free);
  job->run = lens_run_new ();
  job->run->started = g_get_real_time () * 1000;
  job->run->host = g_strdup (g_get_host_name ());
  job->run->version = g_strdup (LENSCAP_VERSION);
  if (wish->live_fd < 0)
    note_files (job);
  job->out = job->file_fd = job->feed_in = job->feed_out = -1;
  return job;
}

void
lens_job_free (LensJob *job)
{
  if (job == NULL)
    return;
  g_clear_pointer (&job->worker, lens_worker_free);
  g_clear_pointer (&job->reader, lens_message_reader_free);
  lens_job_close (&job->out);
  lens_job_close (&job->live_fd);
  lens_job_close (&job->feed_in);
  lens_job_close (&job->feed_out);
  lens_job_close (&job->file_fd);
  g_clear_pointer (&job->session, lens_session_free);
  g_clear_pointer (&job->run, lens_run_free);
  g_ptr_array_unref (job->lacking);
  g_clear_pointer (&job->line, g_byte_array_unref);
  g_clear_pointer (&job->draft, g_byte_array_unref);
  g_clear_pointer (&job->draft_mud, g_byte_array_unref);
  g_clear_pointer (&job->feed_rest, g_byte_array_unref);
  lens_brief_free (job->brief);
  g_ptr_array_unref (job->inputs);
  g_free (job->log_path);
  g_free (job->problem);
  g_free (job->worker_problem);
  g_free (job->crash);
  g_free (job);
}

/* --- from step to step --- */

static gboolean
mask_record (LensJob *job, GError **error)
{
  g_autofree char *path = NULL, *record = NULL;
  gsize length = 0;

  if (job->session == NULL || job->wish.n_secrets == 0)
    return TRUE;
  path = g_build_filename (lens_session_folder (job->session), "evaluation.json", NULL);
  if (!g_file_get_contents (path, &record, &length, error))
    return FALSE;
  for (gsize i = 0; i < job->wish.n_secrets; i++)
    {
      const char *secret = job->wish.secrets[i];
      const char *colon = secret != NULL ? strchr (secret, ':') : NULL;
      lens_secret_mask_record (record, colon != NULL ? colon + 1 : NULL);
    }
  g_autoptr (GBytes) masked = g_bytes_new_take (g_steal_pointer (&record), length);
  unlink (path);
  return lens_session_write (job->session, "evaluation.json", masked, error);
}

/* Nothing came of the analysis: the record says why; takes @evaluation. */
void
lens_job_record_failure (LensJob *job, const char *problem, LensEvaluation *failed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensEvaluation) evaluation = failed;
  g_autoptr (GBytes) record = lens_record_octets (evaluation, LENS_EMIT_PRETTY);

  job->result = lens_result_of (evaluation);
  job->has_result = TRUE;
  g_free (job->problem);
  job->problem = g_strdup (problem);
  if (job->brief->compact)
    {
      g_autoptr (GBytes) line = lens_record_octets (evaluation, LENS_EMIT_COMPACT);
      g_clear_pointer (&job->line, g_byte_array_unref);
      job->line = g_bytes_unref_to_array (g_steal_pointer (&line));
    }
  if (job->session == NULL)
    return;
  g_autofree char *half
      = g_build_filename (lens_session_folder (job->session), "evaluation.json", NULL);
  unlink (half);
  if (!lens_session_write (job->session, "evaluation.json", record, &error))
    lens_job_break_off (job, error->message);
}

static void
finish (LensJob *job)
{
  g_autoptr (GError) error = NULL;

  job->step = STEP_NONE;
  if (job->session != NULL && !lens_session_seal (job->session, &error))
    {
      lens_job_break_off (job, error->message);
      return;
    }
  job->state = LENS_JOB_DONE;
}

void
lens_job_next_step (LensJob *job)
{
  g_autoptr (GError) error = NULL;

  if (job->state != LENS_JOB_RUNNING)
    return;
  job->held = job->capturing;
  if (job->held)
    return;
  if (job->session == NULL || job->step == STEP_REPORT)
    {
      finish (job);
      return;
    }
  job->step = job->step == STEP_ANALYZE && job->has_result && job->result.findings > 0
                      && job->inputs->len > 0
                  ? STEP_CARVE
                  : STEP_REPORT;
  if (job->step == STEP_REPORT && !lens_job_write_run (job, &error))
    lens_job_break_off (job, error->message);
  else if (!lens_job_start_step (job, &error))
    {
      lens_job_lose (job, error != NULL ? error->message : "a worker could not be started");
      lens_job_next_step (job);
    }
}

/* Why a worker that ended did not do its work; NULL when it did.  @late: it was given its time;
 * @crash: it ended by itself, as no worker should. */
static char *
failure_of (LensJob *job, gboolean *crash, gboolean *late)
{
  LensWorkerEnd end;
  g_autoptr (GError) error = NULL;

  *crash = job->rejected && job->usurped;
  *late = FALSE;
  if (job->rejected)
    return g_strdup (job->worker_problem);
  if (!lens_worker_wait (job->worker, job->deadline, &end, &error))
    return g_strdup (error->message);
  if (job->done && end.kind == LENS_END_EXITED && end.status == 0)
    return job->step == STEP_ANALYZE && !job->diagnosing && !job->has_result
               ? g_strdup ("it told no result")
               : NULL;
  *crash = lens_job_is_crash (&end);
  *late = end.deadline_exceeded;
  if (job->worker_problem != NULL)
    return g_strdup (job->worker_problem);
  if (end.deadline_exceeded)
    return g_strdup ("it was not done by its deadline");
  g_autofree char *text = lens_worker_end_describe (&end);
  g_autofree char *complaint = lens_worker_complaint (job->worker);
  g_strstrip (complaint);
  return g_strdup_printf ("the worker was %s%s%s", text, *complaint != '\0' ? ": " : "", complaint);
}

static void
end_step (LensJob *job)
{
  gboolean crash, late;
  g_autofree char *failure = failure_of (job, &crash, &late);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&job->worker, lens_worker_free);
  g_clear_pointer (&job->reader, lens_message_reader_free);
  if (failure == NULL && job->step == STEP_ANALYZE && !job->diagnosing && job->result.status == 2)
    {
      g_free (job->problem); /* of an input that is no capture, as the record has it */
      job->problem = g_steal_pointer (&job->worker_problem);
    }
  g_clear_pointer (&job->worker_problem, g_free);
  job->rejected = job->usurped = FALSE;
  lens_job_close (&job->out);
  lens_job_close (&job->feed_out);
  lens_job_close (&job->feed_in);
  lens_job_close (&job->file_fd);
  if (job->diagnosing)
    {
      lens_job_end_diagnosis (job, failure);
      return;
    }
  if (crash)
    {
      lens_job_take_crash (job, failure);
      return;
    }
  /* Seeding may take any time. */
  if (late && job->step == STEP_ANALYZE && !job->brief->limits)
    {
      lens_job_record_crash (job, failure);
      lens_job_next_step (job);
      return;
    }
  if (failure != NULL && job->step == STEP_ANALYZE)
    {
      g_autofree char *problem = g_strdup_printf ("analysis: %s", failure);
      lens_job_record_failure (job, problem, lens_engine_failure (job->brief, problem));
    }
  else if (job->step == STEP_ANALYZE && !mask_record (job, &error))
    lens_job_break_off (job, error->message);
  else if (failure != NULL)
    lens_job_lose (job, failure);
  lens_job_next_step (job);
}

static void
read_messages (LensJob *job)
{
  LensMessage message;
  g_autoptr (GError) error = NULL;

  for (;;)
    {
      LensFill fill = lens_message_reader_fill (job->reader, job->out, &error);
      if (fill == LENS_FILL_LATER)
        return;
      if (fill == LENS_FILL_END)
        {
          end_step (job);
          return;
        }
      while (job->state == LENS_JOB_RUNNING && !job->rejected
             && lens_message_next (job->reader, &message, &error))
        lens_job_take_message (job, &message);
      if (error != NULL)
        lens_job_reject (job, TRUE, error->message);
      if (job->rejected)
        {
          end_step (job);
          return;
        }
      if (job->state != LENS_JOB_RUNNING)
        return;
    }
}

/* --- the outside --- */

gboolean
lens_job_start (LensJob *job, GError **error)
{
  g_autoptr (GError) cause = NULL;

  job->step = STEP_ANALYZE;
  if (lens_job_start_step (job, &cause))
    return TRUE;
  if (g_error_matches (cause, LENS_SANDBOX_ERROR, LENS_SANDBOX_ERROR_UNCONFINED))
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      job->state = LENS_JOB_BROKEN;
      return FALSE;
    }
  /* A bad input costs itself only: its case says why. */
  const char *problem = cause != NULL ? cause->message : "it cannot be read";
  lens_job_record_failure (job, problem, lens_engine_failure (job->brief, problem));
  lens_job_next_step (job);
  return TRUE;
}

void
lens_job_set_log (LensJob *job, const char *path)
{
  g_free (job->log_path);
  job->log_path = g_strdup (path);
}

guint
lens_job_poll (const LensJob *job, struct pollfd *into)
{
  guint count = 0;

  if (job->out >= 0)
    into[count++] = (struct pollfd){ job->out, POLLIN, 0 };
  if (job->feed_out >= 0)
    into[count++] = (struct pollfd){ job->feed_out, POLLOUT, 0 };
  return count;
}

gint
lens_job_timeout (const LensJob *job)
{
  gint64 left = job->deadline - g_get_monotonic_time ();

  return (gint)CLAMP (left / 1000, 0, 60000);
}

LensJobState
lens_job_serve (LensJob *job)
{
  if (job->state != LENS_JOB_RUNNING)
    return job->state;
  if (job->feed_out >= 0)
    lens_job_feed (job);
  if (job->out >= 0)
    read_messages (job);
  if (job->state == LENS_JOB_RUNNING && job->worker != NULL
      && g_get_monotonic_time () > job->deadline)
    end_step (job);
  return job->state;
}

void
lens_job_cancel (LensJob *job)
{
  if (job->state == LENS_JOB_RUNNING)
    lens_job_break_off (job, "its case was not finished");
}

void
lens_job_set_inputs (LensJob *job, GPtrArray *inputs)
{
  g_ptr_array_set_size (job->inputs, 0);
  for (guint i = 0; i < inputs->len; i++)
    g_ptr_array_add (job->inputs, g_strdup (g_ptr_array_index (inputs, i)));
  lens_job_set_deadline (job, FALSE);
  job->capturing = FALSE;
  if (job->diagnosis_due)
    lens_job_start_diagnosis (job);
  else if (job->held)
    lens_job_next_step (job);
}

LensSession *
lens_job_session (LensJob *job)
{
  return job->session;
}

LensRun *
lens_job_run (LensJob *job)
{
  return job->run;
}

void
lens_job_add_worker (LensJob *job, const char *name, LensLayerSet layers)
{
  /* What the analysis lacks too is said once. */
  LensLayerSet missing = LENS_LAYERS_ALL & ~layers & job->layers;

  for (guint bit = 0; bit < 32; bit++)
    if ((missing & (1u << bit)) != 0)
      {
        char *words = g_strdup_printf ("%s (%s)", lens_layer_name ((LensLayer)(1u << bit)), name);
        if (g_ptr_array_find_with_equal_func (job->lacking, words, g_str_equal, NULL))
          g_free (words);
        else
          g_ptr_array_add (job->lacking, words);
      }
}

const LensJobResult *
lens_job_result (const LensJob *job)
{
  return &job->result;
}

const LensJobClasses *
lens_job_classes (const LensJob *job)
{
  return &job->classes;
}

guint64
lens_job_octets_read (const LensJob *job)
{
  return job->position.offset;
}

const char *
lens_job_problem (const LensJob *job)
{
  return job->problem;
}

static GBytes *
copy_of (const GByteArray *array)
{
  return array != NULL ? g_bytes_new (array->data, array->len) : NULL;
}

GBytes *
lens_job_line (const LensJob *job)
{
  return copy_of (job->line);
}

GBytes *
lens_job_draft (const LensJob *job)
{
  return copy_of (job->draft);
}

GBytes *
lens_job_draft_mud (const LensJob *job)
{
  return copy_of (job->draft_mud);
}
