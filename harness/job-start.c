/* The workers of a job: what each is handed. */
#include "harness/job-inside.h"

#include "harness/hash.h"
#include "harness/octets.h"
#include "harness/version.h"
#include "wire/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* contract: analysis 60 s + 20 s per 100 MB; here also what follows it. */
#define BASE_US (60 * G_USEC_PER_SEC)
/* Seeding evaluates the capture some hundred times for each channel. */
#define LIMITS_US (G_GINT64_CONSTANT (2) * 3600 * G_USEC_PER_SEC)
#define PER_100_MB_US (20 * G_USEC_PER_SEC)
#define UNPACKED 10 /* times as much as a packed input has */
/* A live analysis reads along; it has this long when nothing comes. */
#define LIVE_US (G_GINT64_CONSTANT (24) * 3600 * G_USEC_PER_SEC)
#define SETTLE_US (10 * G_USEC_PER_SEC)
#define MEMORY (G_GUINT64_CONSTANT (8) << 30)
#define PIPE_SIZE (1024 * 1024)

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
  const char *argv[] = { "lenscap", "--role", start->role_name, NULL, NULL, NULL, NULL };
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
  if (job->feed_out >= 0)
    argv[n_arguments++] = LENS_ROLE_SET;
  const LensWorkerSpec spec
      = { .role = start->role, .argv = argv, .fds = fds, .n_fds = n_fds, .memory_octets = MEMORY };
  job->worker = lens_worker_start (&spec, error);
  close (pipe_fds[1]);
  if (job->worker == NULL
      || !lens_worker_settle (job->worker, g_get_monotonic_time () + SETTLE_US, &job->layers,
                              error))
    {
      g_clear_pointer (&job->worker, lens_worker_free);
      close (pipe_fds[0]);
      return FALSE;
    }
  job->out = pipe_fds[0];
  job->reader = lens_message_reader_new ();
  job->done = FALSE;
  return TRUE;
}

/* Octets of the inputs, for the deadline.  How many a packed one holds only unpacking would tell,
 * and what it says of itself a stranger has written: tenfold is more than captures of media or of
 * text have. */
static guint64
octets_to_read (const LensJob *job)
{
  guint64 octets = 0;

  for (guint i = 0; i < job->inputs->len; i++)
    {
      guint8 first[4];
      struct stat status;
      int fd = lens_octets_open (g_ptr_array_index (job->inputs, i), NULL);
      gssize count = fd >= 0 ? read (fd, first, sizeof first) : -1;
      gboolean packed = count > 0 && lens_packing_of (first, (gsize)count) != LENS_PACKING_NONE;
      if (fd >= 0 && fstat (fd, &status) == 0)
        octets += (guint64)status.st_size * (packed ? UNPACKED : 1);
      lens_job_close (&fd);
    }
  return octets;
}

void
lens_job_set_deadline (LensJob *job, gboolean live)
{
  gint64 span
      = live ? LIVE_US : BASE_US + (gint64)(octets_to_read (job) / 100000000) * PER_100_MB_US;

  if (job->brief->limits)
    span += LIMITS_US;

  job->deadline = g_get_monotonic_time () + span;
}

/* What can be done about an input that is no file; not where the octets must be of a file. */
static const char *
advice_on (const char *path)
{
  struct stat status;

  if (stat (path, &status) != 0)
    return "";
  return S_ISFIFO (status.st_mode)  ? ": give it on standard input, as -"
         : S_ISDIR (status.st_mode) ? ": name it as an argument to have it walked"
                                    : "";
}

static int
open_input (const char *path, GError **error)
{
  g_autoptr (GError) cause = NULL;
  int fd = lens_octets_open (path, &cause);

  if (fd < 0)
    g_set_error (error, cause->domain, cause->code, "%s%s", cause->message, advice_on (path));
  return fd;
}

/* A descriptor for the whole input: the file, or a pipe that is fed with those of a set. */
static int
whole_input (LensJob *job, GError **error)
{
  if (job->inputs->len == 1)
    return open_input (g_ptr_array_index (job->inputs, 0), error);
  return lens_job_start_feed (job, error);
}

static gboolean
start_analysis (LensJob *job, GError **error)
{
  int in = job->live_fd >= 0 ? job->live_fd : whole_input (job, error);
  int brief = -1, log = -1;
  gboolean started = FALSE;

  lens_brief_name_files (job->brief, job->inputs);
  job->brief->has_stream_log = job->log_path != NULL;
  if (in >= 0 && (brief = lens_brief_to_fd (job->brief, error)) >= 0
      && (job->log_path == NULL || (log = lens_octets_open (job->log_path, error)) >= 0))
    {
      const Start start = { "analyze", LENS_ROLE_ANALYZE, in, brief, log };
      started = start_worker (job, &start, error);
    }
  lens_job_close (&in);
  job->live_fd = -1;
  lens_job_close (&brief);
  lens_job_close (&log);
  lens_job_set_deadline (job, job->wish.live_fd >= 0 && !job->diagnosing);
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
  lens_job_close (&in);
  lens_job_close (&brief);
  lens_job_set_deadline (job, FALSE);
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

gboolean
lens_job_write_run (LensJob *job, GError **error)
{
  fill_run (job);
  g_autoptr (GBytes) run = lens_run_octets (job->run);

  return lens_session_write (job->session, "run.json", run, error)
         && write_declarations (job, error);
}

static gboolean
start_reporting (LensJob *job, GError **error)
{
  g_autoptr (GBytes) run = lens_session_read (job->session, "run.json", error);
  g_autoptr (GBytes) record
      = run != NULL ? lens_session_read (job->session, "evaluation.json", error) : NULL;
  int in = -1, brief = -1;
  gboolean started = FALSE;

  if (record != NULL
      && (in
          = lens_octets_to_fd (g_bytes_get_data (record, NULL), g_bytes_get_size (record), error))
             >= 0
      && (brief = lens_octets_to_fd (g_bytes_get_data (run, NULL), g_bytes_get_size (run), error))
             >= 0)
    {
      const Start start = { "report", LENS_ROLE_REPORT, in, brief, -1 };
      started = start_worker (job, &start, error);
    }
  lens_job_close (&in);
  lens_job_close (&brief);
  lens_job_set_deadline (job, FALSE);
  return started;
}

gboolean
lens_job_start_step (LensJob *job, GError **error)
{
  return job->step == STEP_ANALYZE ? start_analysis (job, error)
         : job->step == STEP_CARVE ? start_carving (job, error)
                                   : start_reporting (job, error);
}
