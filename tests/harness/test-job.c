/* A job whose workers are not ours any longer: what they say costs what they were to make, and the
 * case holds nothing that they may not write. */
#include "harness/job.h"

#include "ledger/evaluation.h"
#include "sandbox/message.h"
#include "tests/fuzz/played-worker.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB ((gsize)1 << 20)

typedef void (*SayFunc) (LensMessageWriter *writer);

/* What the worker of each role says.  A constant but for the tests' choice. */
static struct
{
  SayFunc analyze, carve, report;
} played;

/* A process of its own, for it may have more to say than a pipe holds. */
static pid_t
say_in_child (int fd, SayFunc say)
{
  pid_t child = fork ();

  if (child != 0)
    return child;
  /* The reader's end is not to outlive the reader. */
  dup2 (fd, STDOUT_FILENO);
  close_range (STDERR_FILENO, G_MAXUINT, 0);
  g_autoptr (LensMessageWriter) writer = lens_message_writer_new (STDOUT_FILENO);
  say (writer);
  lens_message_write (writer, LENS_MESSAGE_DONE, NULL, 0, NULL);
  _exit (0);
}

LensWorker *
lens_worker_start (const LensWorkerSpec *spec, GError **error)
{
  SayFunc say = spec->role == LENS_ROLE_ANALYZE ? played.analyze
                : spec->role == LENS_ROLE_CARVE ? played.carve
                                                : played.report;

  for (gsize i = 0; i < spec->n_fds; i++)
    if (spec->fds[i].child_fd == LENS_ROLE_FD_OUT)
      g_assert_cmpint (say_in_child (spec->fds[i].parent_fd, say), >, 0);
  return played_worker_new (LENS_END_EXITED);
}

static void
say_file (LensMessageWriter *writer, const char *name, const char *octets, gsize length)
{
  lens_message_write (writer, LENS_MESSAGE_FILE_BEGIN, name, strlen (name), NULL);
  lens_message_write_all (writer, LENS_MESSAGE_FILE_DATA, octets, length, NULL);
  lens_message_write (writer, LENS_MESSAGE_FILE_END, NULL, 0, NULL);
}

static void
say_result (LensMessageWriter *writer, LensVerdict verdict, guint findings)
{
  const LensJobResult result
      = { .verdict = verdict, .worst = 1 + LENS_SEVERITY_HIGH, .findings = findings };

  lens_message_write (writer, LENS_MESSAGE_RESULT, &result, sizeof result, NULL);
}

static void
analyze (LensMessageWriter *writer)
{
  say_result (writer, LENS_VERDICT_CONCEALED, 1);
  say_file (writer, "evaluation.json", "{}\n", 3);
}

static void
carve (LensMessageWriter *writer)
{
  say_file (writer, "F001.pcapng", "packets", 7);
}

static void
report (LensMessageWriter *writer)
{
  say_file (writer, "report.html", "html", 4);
  say_file (writer, "report.txt", "text", 4);
}

static void
say_another_evaluation (LensMessageWriter *writer)
{
  say_result (writer, LENS_VERDICT_CONFORMS, 0);
  report (writer);
}

static void
say_traffic (LensMessageWriter *writer)
{
  say_file (writer, "traffic.pcapng", "packets that never were", 23);
  analyze (writer);
}

static void
say_noise (LensMessageWriter *writer)
{
  analyze (writer);
  lens_message_write (writer, LENS_MESSAGE_FILE_BEGIN, "../evaluation.json", 18, NULL);
}

static void
say_other_finding (LensMessageWriter *writer)
{
  say_file (writer, "F001.pcapng", "packets", 7);
  say_file (writer, "F002.pcapng", "packets", 7);
}

static void
say_record (LensMessageWriter *writer)
{
  say_file (writer, "evaluation.json", "{ }\n", 4);
}

/* In small parts, as evidence comes. */
static void
say_without_end (LensMessageWriter *writer)
{
  g_autofree char *octets = g_malloc0 (MIB);

  for (guint i = 0; i < 80; i++)
    say_file (writer, "F001.pcapng", octets, MIB);
}

/* --- */

typedef struct
{
  char *folder, *path;
  LensJob *job;
} Played;

static char *
text_of (const Played *case_, const char *name)
{
  g_autofree char *path = g_build_filename (case_->path, name, NULL);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static gint64
size_of (const Played *case_, const char *name)
{
  g_autofree char *path = g_build_filename (case_->path, name, NULL);
  struct stat status;

  return stat (path, &status) == 0 ? (gint64)status.st_size : -1;
}

static void
play (Played *case_, SayFunc say_analyze, SayFunc say_carve, SayFunc say_report)
{
  g_autoptr (GPtrArray) inputs = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  LensJobState state = LENS_JOB_RUNNING;
  struct pollfd fds[LENS_JOB_FDS];

  played.analyze = say_analyze;
  played.carve = say_carve;
  played.report = say_report;
  case_->folder = g_dir_make_tmp ("lenscap-job-XXXXXX", NULL);
  case_->path = g_build_filename (case_->folder, "a.case", NULL);
  g_ptr_array_add (inputs, (gpointer) "/proc/self/exe"); /* any file */
  LensBrief *brief = lens_brief_new ();
  brief->name = g_strdup ("a.pcapng");
  const LensJobWish wish
      = { .brief = brief, .inputs = inputs, .live_fd = -1, .case_path = case_->path };
  case_->job = lens_job_new (&wish, &error);
  g_assert_no_error (error);
  g_assert_true (lens_job_start (case_->job, &error));
  while (state == LENS_JOB_RUNNING)
    {
      poll (fds, lens_job_poll (case_->job, fds), lens_job_timeout (case_->job));
      state = lens_job_serve (case_->job);
    }
  g_assert_cmpint (state, ==, LENS_JOB_DONE);
  while (wait (NULL) > 0)
    ;
}

static void
clear_played (Played *case_)
{
  lens_job_free (case_->job);
  lens_session_remove (case_->folder);
  g_free (case_->folder);
  g_free (case_->path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Played, clear_played)

static void
what_our_own_workers_say_is_the_case (void)
{
  g_auto (Played) case_ = { 0 };

  play (&case_, analyze, carve, report);
  g_autofree char *lacks = lens_job_incomplete (case_.job);
  g_autofree char *record = text_of (&case_, "evaluation.json");
  g_autofree char *html = text_of (&case_, "report.html");
  g_assert_cmpstr (lacks, ==, NULL);
  g_assert_cmpstr (record, ==, "{}\n");
  g_assert_cmpstr (html, ==, "html");
  g_assert_cmpint (size_of (&case_, "evidence/F001.pcapng"), ==, 7);
}

static void
an_analysis_that_writes_other_files_was_taken_over (void)
{
  const SayFunc both[] = { say_traffic, say_noise };

  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      g_auto (Played) case_ = { 0 };
      play (&case_, both[i], carve, report);
      g_autofree char *record = text_of (&case_, "evaluation.json");
      g_assert_cmpint (size_of (&case_, "traffic.pcapng"), ==, -1);
      g_assert_nonnull (strstr (record, "evaluator-crash"));
      g_assert_nonnull (strstr (record, "named a file that it may not write"));
      g_assert_cmpuint (lens_job_result (case_.job)->status, ==, 2);
      g_assert_cmpuint (lens_job_result (case_.job)->verdict, ==, LENS_VERDICT_CONCEALED);
    }
}

static void
a_carver_writes_evidence_of_the_findings_only (void)
{
  const SayFunc both[] = { say_other_finding, say_record };

  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      g_auto (Played) case_ = { 0 };
      play (&case_, analyze, both[i], report);
      g_autofree char *record = text_of (&case_, "evaluation.json");
      g_autofree char *run = text_of (&case_, "run.json");
      g_assert_cmpint (size_of (&case_, "evidence/F002.pcapng"), ==, -1);
      g_assert_cmpint (size_of (&case_, "evidence/evaluation.json"), ==, -1);
      g_assert_cmpstr (record, ==, "{}\n");
      g_assert_nonnull (strstr (run, "evidence of findings is missing"));
      g_assert_cmpint (size_of (&case_, "report.html"), ==, 4);
    }
}

static void
evidence_ends_at_64_mib (void)
{
  g_auto (Played) case_ = { 0 };

  play (&case_, analyze, say_without_end, report);
  g_autofree char *lacks = lens_job_incomplete (case_.job);
  g_assert_cmpint (size_of (&case_, "evidence/F001.pcapng"), ==, 64 * MIB);
  g_assert_nonnull (strstr (lacks, "more than such a file may have"));
  g_assert_cmpint (size_of (&case_, "report.txt"), ==, 4);
}

static void
only_the_analysis_says_what_was_found (void)
{
  g_auto (Played) case_ = { 0 };

  play (&case_, analyze, carve, say_another_evaluation);
  g_assert_cmpuint (lens_job_result (case_.job)->verdict, ==, LENS_VERDICT_CONCEALED);
  g_assert_cmpuint (lens_job_result (case_.job)->findings, ==, 1);
}

static void
pages_of_a_worker_that_was_taken_over_are_ours (void)
{
  g_auto (Played) case_ = { 0 };

  play (&case_, analyze, carve, carve);
  g_autofree char *text = text_of (&case_, "report.txt");
  g_autofree char *html = text_of (&case_, "report.html");
  g_autofree char *run = text_of (&case_, "run.json");
  g_assert_nonnull (strstr (text, "could not be made"));
  g_assert_nonnull (strstr (text, "concealed"));
  g_assert_nonnull (strstr (html, "could not be made"));
  g_assert_nonnull (strstr (run, "there is no report"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/harness/job/what-our-own-workers-say-is-the-case",
                   what_our_own_workers_say_is_the_case);
  g_test_add_func ("/harness/job/an-analysis-that-writes-other-files-was-taken-over",
                   an_analysis_that_writes_other_files_was_taken_over);
  g_test_add_func ("/harness/job/a-carver-writes-evidence-of-the-findings-only",
                   a_carver_writes_evidence_of_the_findings_only);
  g_test_add_func ("/harness/job/evidence-ends-at-64-mib", evidence_ends_at_64_mib);
  g_test_add_func ("/harness/job/only-the-analysis-says-what-was-found",
                   only_the_analysis_says_what_was_found);
  g_test_add_func ("/harness/job/pages-of-a-worker-that-was-taken-over-are-ours",
                   pages_of_a_worker_that_was_taken_over_are_ours);
  return g_test_run ();
}
