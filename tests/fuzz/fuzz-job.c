/* What a worker that is its capture's says to the supervisor of a job without a case: the job ends,
 * and what is known of it has names and may stand in a terminal. */
#include "tests/fuzz/played-worker.h"

#include "harness/job.h"

FUZZ_READS_JSON

static struct
{
  const guint8 *octets;
  gsize length;
  gboolean heard;
} said;

LensWorker *
lens_worker_start (const LensWorkerSpec *spec, GError **error)
{
  said.heard = TRUE;
  for (gsize i = 0; i < spec->n_fds; i++)
    if (spec->fds[i].child_fd == LENS_ROLE_FD_OUT)
      played_worker_say (spec->fds[i].parent_fd, said.octets, said.length);
  return played_worker_new (said.length > 0 ? said.octets[said.length - 1] : 0);
}

static void
check_problem (const char *problem)
{
  for (; problem != NULL && *problem != '\0'; problem = g_utf8_next_char (problem))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (problem)));
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  LensJobState state = LENS_JOB_RUNNING;

  said.octets = octets;
  said.length = length;
  said.heard = FALSE;
  g_ptr_array_add (paths, (gpointer) "/proc/self/exe"); /* any file */
  LensBrief *brief = lens_brief_new ();
  brief->name = g_strdup ("a.pcapng");
  brief->compact = TRUE;
  const LensJobWish wish = { .brief = brief, .inputs = paths, .live_fd = -1 };
  g_autoptr (LensJob) job = lens_job_new (&wish, &error);
  g_assert_no_error (error);
  g_assert_true (lens_job_start (job, &error));
  for (guint i = 0; i < 100 && state == LENS_JOB_RUNNING; i++)
    state = lens_job_serve (job);
  g_assert_cmpint (state, !=, LENS_JOB_RUNNING);
  g_assert_true (said.heard);
  check_problem (lens_job_problem (job));
  const LensJobResult *result = lens_job_result (job);
  g_assert_nonnull (lens_verdict_name (result->verdict));
  if (result->worst > 0)
    g_assert_nonnull (lens_severity_name (result->worst - 1));
  g_assert_cmpuint (result->status, <=, 2);
  return 0;
}
