/* A step that its input brought down: once more, to learn by which call, and an analysis at which
 * frame. */
#include "harness/job-inside.h"

#include "harness/engine.h"
#include "harness/octets.h"

#include <signal.h>
#include <unistd.h>

#define KEPT_OCTETS ((gsize)64 * 1024) /* on each side of where an analysis ended */

/* Whether what the worker read ended it, and not somebody outside. */
gboolean
lens_job_is_crash (const LensWorkerEnd *end)
{
  static const int outside[] = { SIGKILL, SIGTERM, SIGHUP, SIGINT, SIGQUIT };

  if (end->kind != LENS_END_SIGNALLED || end->deadline_exceeded)
    return end->kind == LENS_END_FORBIDDEN;
  for (guint i = 0; i < G_N_ELEMENTS (outside); i++)
    if (end->signal == outside[i])
      return FALSE;
  return TRUE;
}

/* The carver cannot read it either: then octets as they lie in the input, where the analysis was
 * when it ended. */
void
lens_job_keep_octets (LensJob *job)
{
  g_autofree guint8 *octets = g_malloc (2 * KEPT_OCTETS);
  guint64 start = job->position.offset > KEPT_OCTETS ? job->position.offset - KEPT_OCTETS : 0;
  int fd = job->inputs->len == 1 ? lens_octets_open (g_ptr_array_index (job->inputs, 0), NULL) : -1;
  gssize count = fd >= 0 ? pread (fd, octets, 2 * KEPT_OCTETS, (off_t)start) : -1;

  lens_job_close (&fd);
  if (count <= 0)
    return;
  g_autoptr (GBytes) kept = g_bytes_new (octets, (gsize)count);
  lens_session_write (job->session, "evidence/F001.octets", kept, NULL);
}

void
lens_job_record_crash (LensJob *job, const char *how)
{
  g_autofree char *problem = g_strdup_printf ("analysis: %s", how);

  lens_job_record_failure (job, problem,
                           lens_engine_crash (job->brief, problem, job->position.frame));
}

static void
conclude (LensJob *job, const char *how)
{
  if (job->step == STEP_ANALYZE)
    lens_job_record_crash (job, how);
  else
    lens_job_lose (job, how);
  lens_job_next_step (job);
}

void
lens_job_start_diagnosis (LensJob *job)
{
  g_autoptr (GError) error = NULL;

  job->diagnosis_due = FALSE;
  job->diagnosing = TRUE;
  if (lens_job_start_step (job, &error))
    return;
  job->diagnosing = FALSE;
  conclude (job, job->crash);
}

/* It crashed the first time.  (What only lasted too long is not worth as long again: the last
 * position of an analysis says where.) */
void
lens_job_take_crash (LensJob *job, const char *failure)
{
  g_free (job->crash);
  job->crash = g_strdup (failure);
  if (job->step == STEP_ANALYZE)
    job->position = (LensJobPosition){ 0 };
  job->diagnosis_due = TRUE;
  if (!job->capturing)
    lens_job_start_diagnosis (job);
}

void
lens_job_end_diagnosis (LensJob *job, const char *failure)
{
  job->diagnosing = FALSE;
  g_autofree char *once
      = g_strdup_printf ("%s; read once more, it did not end that way", job->crash);

  if (failure == NULL)
    job->position.frame = 0;
  conclude (job, failure != NULL ? failure : once);
}
