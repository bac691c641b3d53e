#include "harness/job.h"

#include "harness/engine.h"
#include "harness/hash.h"
#include "harness/octets.h"
#include "harness/secret.h"
#include "report/record.h"
#include "sandbox/message.h"
#include "harness/version.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* contract: analysis 60 s + 20 s per 100 MB; here also what follows it. */
#define BASE_US (60 * G_USEC_PER_SEC)
/* Seeding evaluates the capture some hundred times for each channel. */
#define LIMITS_US (G_GINT64_CONSTANT (2) * 3600 * G_USEC_PER_SEC)
#define PER_100_MB_US (20 * G_USEC_PER_SEC)
/* A live analysis reads along; it has this long when nothing comes. */
#define LIVE_US (G_GINT64_CONSTANT (24) * 3600 * G_USEC_PER_SEC)
#define SETTLE_US (10 * G_USEC_PER_SEC)
#define MEMORY (G_GUINT64_CONSTANT (8) << 30)
#define PIPE_SIZE (1024 * 1024)
#define KEPT_MAX (256u << 20)          /* octets of a file that is kept in memory */
#define KEPT_OCTETS ((gsize)64 * 1024) /* on each side of where an analysis ended */

typedef enum
{
  STEP_NONE,
  STEP_ANALYZE,
  STEP_CARVE,
  STEP_REPORT,
} Step;

struct _LensJob
{
  LensJobWish wish;
  LensBrief *brief;
  GPtrArray *inputs; /* owned */
  char *log_path, *problem;
  LensSession *session;
  LensRun *run;

  Step step;
  LensJobState state;
  LensWorker *worker;
  LensMessageReader *reader;
  int out; /* messages of the worker, -1: none */
  int live_fd;
  gint64 deadline;    /* monotonic */
  gboolean done;      /* the worker said that this was all */
  gboolean capturing; /* a live capture still writes into the case */
  gboolean held;      /* the analysis ended all the same; what follows waits for the capture */
  char *worker_problem;

  /* an analysis that the input itself brought down is done once more, to learn at which frame and
   * by which call */
  char *crash;                        /* how the first one ended; NULL: none did */
  gboolean diagnosing, diagnosis_due; /* under way; waits for the capture */
  LensJobPosition position;           /* of the analysis */

  /* several inputs are fed through a pipe */
  int feed_out, feed_in;
  guint feed_next;
  GByteArray *feed_rest;
  gsize feed_at;

  int file_fd;       /* of the file that comes in */
  GByteArray **kept; /* or where its octets are kept in memory */
  GByteArray *line, *draft, *draft_mud;

  gboolean has_result;
  LensJobResult result;
  LensJobClasses classes;
  LensLayerSet layers;
  GPtrArray *lacking; /* char*: what other workers of the run lack, "pid namespace (capture)" */
};

/* --- small --- */

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

static void
break_off (LensJob *job, const char *problem)
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
  close_fd (&job->out);
  close_fd (&job->live_fd);
  close_fd (&job->feed_in);
  close_fd (&job->feed_out);
  close_fd (&job->file_fd);
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

/* --- workers --- */

typedef struct
{
  const char *role_name;
  LensRole role;
  int in, brief, log; /* -1: none */
} Start;

static gboolean
start_worker (LensJob *job, const Start *start, GError **error)
{
  int pipe_fds[2];
  LensWorkerFd fds[4];
  gsize n_fds = 0;
  const char *argv[] = { "lenscap", "--role", start->role_name, NULL, NULL, NULL };
  guint n_arguments = 3;

  if (pipe2 (pipe_fds, O_CLOEXEC) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "cannot make a pipe: %s",
                   g_strerror (errno));
      return FALSE;
    }
  fcntl (pipe_fds[0], F_SETPIPE_SZ, PIPE_SIZE);
  fcntl (pipe_fds[0], F_SETFL, O_NONBLOCK);
  if (start->in >= 0)
    fds[n_fds++] = (LensWorkerFd){ start->in, LENS_ROLE_FD_IN };
  fds[n_fds++] = (LensWorkerFd){ pipe_fds[1], LENS_ROLE_FD_OUT };
  fds[n_fds++] = (LensWorkerFd){ start->brief, LENS_ROLE_FD_BRIEF };
  if (start->log >= 0)
    fds[n_fds++] = (LensWorkerFd){ start->log, LENS_ROLE_FD_LOG };
  if (job->wish.require_all)
    argv[n_arguments++] = LENS_ROLE_REQUIRE_ALL;
  if (job->diagnosing)
    argv[n_arguments++] = LENS_ROLE_DIAGNOSE;
  const LensWorkerSpec spec
      = { .role = start->role, .argv = argv, .fds = fds, .n_fds = n_fds, .memory_octets = MEMORY };
  job->worker = lens_worker_start (&spec, error);
  close (pipe_fds[1]);
  if (job->worker == NULL
      || !lens_worker_settle (job->worker, g_get_monotonic_time () + SETTLE_US, &job->layers,
                              error))
    {
      close (pipe_fds[0]);
      return FALSE;
    }
  job->out = pipe_fds[0];
  job->reader = lens_message_reader_new ();
  job->done = FALSE;
  return TRUE;
}

static void
set_deadline (LensJob *job, gboolean live)
{
  gint64 span
      = live ? LIVE_US : BASE_US + (gint64)(job->wish.input_bytes / 100000000) * PER_100_MB_US;

  if (job->brief->limits)
    span += LIMITS_US;

  job->deadline = g_get_monotonic_time () + span;
}

/* A descriptor for the whole input: the file, or a pipe that is fed with the files. */
static int
whole_input (LensJob *job, GError **error)
{
  int pipe_fds[2];

  if (job->inputs->len == 1)
    return lens_octets_open (g_ptr_array_index (job->inputs, 0), error);
  if (pipe2 (pipe_fds, O_CLOEXEC) != 0)
    return -1;
  fcntl (pipe_fds[1], F_SETFL, O_NONBLOCK);
  job->feed_out = pipe_fds[1];
  job->feed_next = 0;
  return pipe_fds[0];
}

static gboolean
start_analysis (LensJob *job, GError **error)
{
  int in = job->live_fd >= 0 ? job->live_fd : whole_input (job, error);
  int brief = -1, log = -1;
  gboolean started = FALSE;

  job->brief->has_stream_log = job->log_path != NULL;
  if (in >= 0 && (brief = lens_brief_to_fd (job->brief, error)) >= 0
      && (job->log_path == NULL || (log = lens_octets_open (job->log_path, error)) >= 0))
    {
      const Start start = { "analyze", LENS_ROLE_ANALYZE, in, brief, log };
      started = start_worker (job, &start, error);
    }
  close_fd (&in);
  job->live_fd = -1;
  close_fd (&brief);
  close_fd (&log);
  job->step = STEP_ANALYZE;
  set_deadline (job, job->wish.live_fd >= 0 && !job->diagnosing);
  return started;
}

static gboolean
start_carving (LensJob *job, GError **error)
{
  g_autoptr (GBytes) record = lens_session_read (job->session, "evaluation.json", error);
  int in = -1, brief = -1;
  gboolean started = FALSE;

  if (record != NULL && (in = whole_input (job, error)) >= 0
      && (brief
          = lens_octets_to_fd (g_bytes_get_data (record, NULL), g_bytes_get_size (record), error))
             >= 0)
    {
      const Start start = { "carve", LENS_ROLE_CARVE, in, brief, -1 };
      started = start_worker (job, &start, error);
    }
  close_fd (&in);
  close_fd (&brief);
  job->step = STEP_CARVE;
  set_deadline (job, FALSE);
  return started;
}

static void
fill_run (LensJob *job)
{
  LensLayerSet missing = LENS_LAYERS_ALL & ~job->layers;

  g_ptr_array_set_size (job->run->in_force, 0);
  g_ptr_array_set_size (job->run->missing, 0);
  for (guint bit = 0; bit < 32; bit++)
    {
      LensLayer layer = (LensLayer)(1u << bit);
      if (lens_layer_name (layer) == NULL)
        continue;
      if (job->layers & layer)
        g_ptr_array_add (job->run->in_force, g_strdup (lens_layer_name (layer)));
      else if (missing & layer)
        g_ptr_array_add (job->run->missing, g_strdup (lens_layer_name (layer)));
    }
  for (guint i = 0; i < job->lacking->len; i++)
    g_ptr_array_add (job->run->missing, g_strdup (g_ptr_array_index (job->lacking, i)));
  g_ptr_array_set_size (job->run->libraries, 0);
  g_ptr_array_add (job->run->libraries, g_strdup_printf ("glib %u.%u.%u", glib_major_version,
                                                         glib_minor_version, glib_micro_version));
  g_ptr_array_add (job->run->libraries, lens_hash_library ());
  g_ptr_array_set_size (job->run->paths, 0);
  for (guint i = 0; job->wish.live_fd < 0 && i < job->inputs->len; i++)
    g_ptr_array_add (job->run->paths, g_strdup (g_ptr_array_index (job->inputs, i)));
  job->run->finished = g_get_real_time () * 1000;
}

static gboolean
keep_given (LensJob *job, const char *name, GBytes *octets, GError **error)
{
  return octets == NULL || lens_session_write (job->session, name, octets, error);
}

/* That of a live run is in its case from the start. */
static gboolean
keep_log (LensJob *job, GError **error)
{
  char *octets = NULL;
  gsize length = 0;

  if (job->log_path == NULL || job->wish.live_fd >= 0)
    return TRUE;
  if (!g_file_get_contents (job->log_path, &octets, &length, error))
    return FALSE;
  g_autoptr (GBytes) log = g_bytes_new_take (octets, length);
  return lens_session_write (job->session, "stream.log", log, error);
}

static gboolean
write_declarations (LensJob *job, GError **error)
{
  for (guint i = 0; i < job->brief->profiles->len; i++)
    {
      g_autofree char *name
          = i == 0 ? g_strdup ("profile.ini") : g_strdup_printf ("profile-%u.ini", i + 1);
      if (!lens_session_write (job->session, name, g_ptr_array_index (job->brief->profiles, i),
                               error))
        return FALSE;
    }
  return keep_log (job, error) && keep_given (job, "mud.json", job->brief->mud, error)
         && keep_given (job, "endpoints.tsv", job->brief->endpoints, error)
         && keep_given (job, "resolvers.tsv", job->brief->resolvers, error);
}

static gboolean
start_reporting (LensJob *job, GError **error)
{
  fill_run (job);
  g_autoptr (GBytes) run = lens_run_octets (job->run);
  g_autoptr (GBytes) record = lens_session_read (job->session, "evaluation.json", error);
  int in = -1, brief = -1;
  gboolean started = FALSE;

  if (record != NULL && lens_session_write (job->session, "run.json", run, error)
      && write_declarations (job, error)
      && (in
          = lens_octets_to_fd (g_bytes_get_data (record, NULL), g_bytes_get_size (record), error))
             >= 0
      && (brief = lens_octets_to_fd (g_bytes_get_data (run, NULL), g_bytes_get_size (run), error))
             >= 0)
    {
      const Start start = { "report", LENS_ROLE_REPORT, in, brief, -1 };
      started = start_worker (job, &start, error);
    }
  close_fd (&in);
  close_fd (&brief);
  job->step = STEP_REPORT;
  set_deadline (job, FALSE);
  return started;
}

/* --- what workers send --- */

static void
begin_file (LensJob *job, const LensMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = lens_message_file_name (message);

  close_fd (&job->file_fd);
  job->kept = NULL;
  if (name == NULL)
    break_off (job, "a worker named a file that no worker may name");
  else if (g_str_equal (name, "record.jsonl"))
    job->kept = &job->line;
  else if (g_str_equal (name, "draft.ini"))
    job->kept = &job->draft;
  else if (g_str_equal (name, "draft.json"))
    job->kept = &job->draft_mud;
  else if (job->session != NULL)
    {
      g_autofree char *below
          = job->step == STEP_CARVE ? g_strconcat ("evidence/", name, NULL) : g_strdup (name);
      job->file_fd = lens_session_open (job->session, below, &error);
      if (job->file_fd < 0)
        break_off (job, error->message);
    }
  if (job->kept != NULL && *job->kept == NULL)
    *job->kept = g_byte_array_new ();
}

static void
take_octets (LensJob *job, const LensMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (job->kept != NULL && (*job->kept)->len > KEPT_MAX - message->length)
    break_off (job, "a worker wrote more than any record has");
  else if (job->kept != NULL)
    g_byte_array_append (*job->kept, message->payload, message->length);
  else if (job->file_fd >= 0
           && !lens_octets_write (job->file_fd, message->payload, message->length, &error))
    break_off (job, error->message);
}

/* Only numbers that have a name: they are looked up by it. */
static void
take_result (LensJob *job, const LensMessage *message)
{
  LensJobResult result;

  if (message->length != sizeof result)
    return;
  memcpy (&result, message->payload, sizeof result);
  if (result.verdict > LENS_VERDICT_CONCEALED || result.worst > 1 + LENS_SEVERITY_CRITICAL
      || result.status > 2)
    return;
  job->result = result;
  job->has_result = TRUE;
}

/* A worker's sentence as it may stand in a terminal. */
static char *
printable (const guint8 *octets, gsize length)
{
  g_autofree char *valid = g_utf8_make_valid ((const char *)octets, (gssize)length);
  GString *text = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      g_string_append_c (text, '?');
    else
      g_string_append_unichar (text, g_utf8_get_char (at));
  return g_string_free (text, FALSE);
}

/* Of a diagnosis only how it goes is of interest: that it should come to an end proves nothing. */
static gboolean
is_wanted (const LensJob *job, guint16 type)
{
  return !job->diagnosing || type == LENS_MESSAGE_POSITION || type == LENS_MESSAGE_PROBLEM
         || type == LENS_MESSAGE_DONE;
}

static void
take_message (LensJob *job, const LensMessage *message)
{
  if (!is_wanted (job, message->type))
    return;
  switch (message->type)
    {
    case LENS_MESSAGE_FILE_BEGIN:
      begin_file (job, message);
      break;
    case LENS_MESSAGE_FILE_DATA:
      take_octets (job, message);
      break;
    case LENS_MESSAGE_FILE_END:
      close_fd (&job->file_fd);
      job->kept = NULL;
      break;
    case LENS_MESSAGE_RESULT:
      take_result (job, message);
      break;
    case LENS_MESSAGE_CLASSES:
      if (message->length == sizeof job->classes)
        memcpy (&job->classes, message->payload, sizeof job->classes);
      break;
    case LENS_MESSAGE_POSITION:
      if (message->length == sizeof job->position)
        memcpy (&job->position, message->payload, sizeof job->position);
      break;
    case LENS_MESSAGE_PROBLEM:
      g_free (job->worker_problem);
      job->worker_problem = printable (message->payload, message->length);
      break;
    case LENS_MESSAGE_DONE:
      job->done = TRUE;
      break;
    default:
      break;
    }
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
static void
record_failure (LensJob *job, const char *problem, LensEvaluation *failed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LensEvaluation) evaluation = failed;
  g_autoptr (GBytes) record = lens_record_octets (evaluation, LENS_EMIT_PRETTY);

  job->result
      = (LensJobResult){ .verdict = evaluation->verdict,
                         .status = 2,
                         .findings = evaluation->findings->len,
                         .worst = evaluation->findings->len > 0 ? 1 + LENS_SEVERITY_CRITICAL : 0 };
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
    break_off (job, error->message);
}

static void
finish (LensJob *job)
{
  g_autoptr (GError) error = NULL;

  job->step = STEP_NONE;
  if (job->session != NULL && !lens_session_seal (job->session, &error))
    {
      break_off (job, error->message);
      return;
    }
  job->state = LENS_JOB_DONE;
}

static void
next_step (LensJob *job)
{
  g_autoptr (GError) error = NULL;
  gboolean started;

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
  if (job->step == STEP_ANALYZE && job->has_result && job->result.findings > 0
      && job->inputs->len > 0)
    started = start_carving (job, &error);
  else
    started = start_reporting (job, &error);
  if (!started)
    break_off (job, error != NULL ? error->message : "a worker could not be started");
}

/* Whether what the worker read ended it, and not somebody outside. */
static gboolean
is_crash (const LensWorkerEnd *end)
{
  static const int outside[] = { SIGKILL, SIGTERM, SIGHUP, SIGINT, SIGQUIT };

  if (end->kind != LENS_END_SIGNALLED || end->deadline_exceeded)
    return end->kind == LENS_END_FORBIDDEN;
  for (guint i = 0; i < G_N_ELEMENTS (outside); i++)
    if (end->signal == outside[i])
      return FALSE;
  return TRUE;
}

/* Why a worker that ended did not do its work; NULL when it did.  @late: it was given its time;
 * @crash: it ended by itself, as no worker should. */
static char *
failure_of (LensJob *job, gboolean *crash, gboolean *late)
{
  LensWorkerEnd end;
  g_autoptr (GError) error = NULL;

  *crash = *late = FALSE;
  if (!lens_worker_wait (job->worker, job->deadline, &end, &error))
    return g_strdup (error->message);
  if (job->done && end.kind == LENS_END_EXITED && end.status == 0)
    return job->step == STEP_ANALYZE && !job->diagnosing && !job->has_result
               ? g_strdup ("it told no result")
               : NULL;
  *crash = is_crash (&end);
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

/* --- an analysis that its input brought down --- */

/* The carver cannot read it either: then octets as they lie in the input, where the analysis was
 * when it ended. */
static void
keep_octets (LensJob *job)
{
  g_autofree guint8 *octets = g_malloc (2 * KEPT_OCTETS);
  guint64 start = job->position.offset > KEPT_OCTETS ? job->position.offset - KEPT_OCTETS : 0;
  int fd = job->inputs->len == 1 ? lens_octets_open (g_ptr_array_index (job->inputs, 0), NULL) : -1;
  gssize count = fd >= 0 ? pread (fd, octets, 2 * KEPT_OCTETS, (off_t)start) : -1;

  close_fd (&fd);
  if (count <= 0)
    return;
  g_autoptr (GBytes) kept = g_bytes_new (octets, (gsize)count);
  lens_session_write (job->session, "evidence/F001.octets", kept, NULL);
}

static void
record_crash (LensJob *job, const char *how)
{
  g_autofree char *problem = g_strdup_printf ("analysis: %s", how);

  record_failure (job, problem, lens_engine_crash (job->brief, problem, job->position.frame));
}

static void
start_diagnosis (LensJob *job)
{
  g_autoptr (GError) error = NULL;

  job->diagnosis_due = FALSE;
  job->diagnosing = TRUE;
  if (start_analysis (job, &error))
    return;
  job->diagnosing = FALSE;
  record_crash (job, job->crash);
  next_step (job);
}

/* The first analysis crashed.  (One that only lasted too long is not worth as long again: its last
 * position says where.) */
static void
take_crash (LensJob *job, const char *failure)
{
  job->crash = g_strdup (failure);
  job->position = (LensJobPosition){ 0 };
  job->diagnosis_due = TRUE;
  if (!job->capturing)
    start_diagnosis (job);
}

/* @failure: how the second one ended; NULL: it was done. */
static void
end_diagnosis (LensJob *job, const char *failure)
{
  job->diagnosing = FALSE;
  if (failure != NULL)
    record_crash (job, failure);
  else
    {
      g_autofree char *how
          = g_strdup_printf ("%s; read once more, it did not end that way", job->crash);
      job->position.frame = 0;
      record_crash (job, how);
    }
  next_step (job);
}

static void
end_step (LensJob *job)
{
  gboolean crash, late;
  g_autofree char *failure = failure_of (job, &crash, &late);
  g_autoptr (GError) error = NULL;
  static const char *const names[] = { "", "analysis", "carving of evidence", "report" };

  g_clear_pointer (&job->worker, lens_worker_free);
  g_clear_pointer (&job->reader, lens_message_reader_free);
  g_clear_pointer (&job->worker_problem, g_free);
  close_fd (&job->out);
  close_fd (&job->feed_out);
  close_fd (&job->feed_in);
  close_fd (&job->file_fd);
  if (job->diagnosing)
    {
      end_diagnosis (job, failure);
      return;
    }
  if (crash && job->step == STEP_ANALYZE)
    {
      take_crash (job, failure);
      return;
    }
  /* Seeding may take any time. */
  if (late && job->step == STEP_ANALYZE && !job->brief->limits)
    {
      record_crash (job, failure);
      next_step (job);
      return;
    }
  if (failure != NULL && job->step == STEP_ANALYZE)
    {
      g_autofree char *problem = g_strdup_printf ("analysis: %s", failure);
      record_failure (job, problem, lens_engine_failure (job->brief, problem));
    }
  else if (failure != NULL && job->step == STEP_CARVE && job->result.status == 2)
    keep_octets (job);
  else if (job->step == STEP_ANALYZE && !mask_record (job, &error))
    break_off (job, error->message);
  else if (failure != NULL)
    {
      g_autofree char *problem = g_strdup_printf ("%s: %s", names[job->step], failure);
      break_off (job, problem);
    }
  next_step (job);
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
      while (job->state == LENS_JOB_RUNNING && lens_message_next (job->reader, &message, &error))
        take_message (job, &message);
      if (error != NULL)
        {
          break_off (job, error->message);
          return;
        }
      if (job->state != LENS_JOB_RUNNING)
        return;
    }
}

/* --- several files as one --- */

static void
feed_more (LensJob *job)
{
  guint8 buffer[64 * 1024];

  for (;;)
    {
      if (job->feed_rest == NULL)
        job->feed_rest = g_byte_array_new ();
      while (job->feed_at < job->feed_rest->len)
        {
          gssize count = write (job->feed_out, job->feed_rest->data + job->feed_at,
                                job->feed_rest->len - job->feed_at);
          if (count < 0 && errno == EAGAIN)
            return;
          if (count < 0 && errno != EINTR)
            {
              close_fd (&job->feed_out);
              return;
            }
          job->feed_at += (gsize)MAX (count, 0);
        }
      if (job->feed_in < 0)
        {
          if (job->feed_next >= job->inputs->len
              || (job->feed_in
                  = lens_octets_open (g_ptr_array_index (job->inputs, job->feed_next++), NULL))
                     < 0)
            {
              close_fd (&job->feed_out);
              return;
            }
        }
      gssize count = read (job->feed_in, buffer, sizeof buffer);
      if (count <= 0)
        close_fd (&job->feed_in);
      g_byte_array_set_size (job->feed_rest, 0);
      job->feed_at = 0;
      g_byte_array_append (job->feed_rest, buffer, (guint)MAX (count, 0));
    }
}

/* --- the outside --- */

gboolean
lens_job_start (LensJob *job, GError **error)
{
  g_autoptr (GError) cause = NULL;

  if (start_analysis (job, &cause))
    return TRUE;
  if (g_error_matches (cause, LENS_SANDBOX_ERROR, LENS_SANDBOX_ERROR_UNCONFINED))
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      job->state = LENS_JOB_BROKEN;
      return FALSE;
    }
  /* A bad input costs itself only: its case says why. */
  job->step = STEP_ANALYZE;
  const char *problem = cause != NULL ? cause->message : "it cannot be read";
  record_failure (job, problem, lens_engine_failure (job->brief, problem));
  next_step (job);
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
    feed_more (job);
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
    break_off (job, "its case was not finished");
}

void
lens_job_set_inputs (LensJob *job, GPtrArray *inputs)
{
  g_ptr_array_set_size (job->inputs, 0);
  for (guint i = 0; i < inputs->len; i++)
    g_ptr_array_add (job->inputs, g_strdup (g_ptr_array_index (inputs, i)));
  set_deadline (job, FALSE);
  job->capturing = FALSE;
  if (job->diagnosis_due)
    start_diagnosis (job);
  else if (job->held)
    next_step (job);
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
