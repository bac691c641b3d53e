/* What a worker that is a stranger's case says to the supervisor that resumes a batch: it ends, a
 * case is left only with a result and files that match, and what is known of it has names and is
 * text. */
#include "tests/fuzz/played-worker.h"

#include "harness/octets.h"
#include "harness/recall.h"
#include "harness/sums.h"

int __wrap_lens_octets_open (const char *path, GError **error);
gboolean __wrap_lens_sums_check (const char *folder, GError **error);

static struct
{
  const guint8 *octets;
  gsize length;
} said;

int
__wrap_lens_octets_open (const char *path, GError **error)
{
  return lens_octets_to_fd ((const guint8 *)"{}", 2, error);
}

gboolean
__wrap_lens_sums_check (const char *folder, GError **error)
{
  return TRUE;
}

LensWorker *
lens_worker_start (const LensWorkerSpec *spec, GError **error)
{
  for (gsize i = 0; i < spec->n_fds; i++)
    if (spec->fds[i].child_fd == LENS_ROLE_FD_OUT)
      played_worker_say (spec->fds[i].parent_fd, said.octets, said.length);
  return played_worker_new (0);
}

static void
check_text (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

static void
check_result (const LensJobResult *result)
{
  g_assert_nonnull (lens_verdict_name (result->verdict));
  if (result->worst > 0)
    g_assert_nonnull (lens_severity_name (result->worst - 1));
  check_text (result->device);
  check_text (result->channel);
  check_text (result->problem);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  g_autoptr (LensBrief) brief = lens_brief_new ();
  g_autoptr (GError) error = NULL;
  LensRecallState state = LENS_RECALL_RUNNING;

  said.octets = octets;
  said.length = length;
  brief->name = g_strdup ("a.pcapng");
  brief->compact = TRUE;
  g_ptr_array_add (paths, (gpointer) "/proc/self/exe"); /* any file */
  const LensRecallWish wish = { .case_path = "a.pcapng.case", .brief = brief, .inputs = paths };
  g_autoptr (LensRecall) recall = lens_recall_new (&wish, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 100 && state == LENS_RECALL_RUNNING; i++)
    state = lens_recall_serve (recall);
  g_assert_cmpint (state, !=, LENS_RECALL_RUNNING);
  g_assert_true ((state == LENS_RECALL_BROKEN) == (lens_recall_problem (recall) != NULL)
                 || state == LENS_RECALL_DONE);
  g_assert_true (state == LENS_RECALL_DONE || !lens_recall_is_current (recall));
  if (lens_recall_problem (recall) != NULL)
    check_text (lens_recall_problem (recall));
  check_result (lens_recall_result (recall));
  return 0;
}
