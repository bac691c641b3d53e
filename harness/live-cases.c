#include "harness/live-cases.h"

#include "harness/command.h"
#include "harness/job.h"
#include "harness/live-stimuli.h"
#include "report/words.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Not everything that was asked for was evaluated. */
#define ENDS_EARLY                                                                                 \
  (LENS_LIVE_INTERRUPTED | LENS_LIVE_NO_SPACE | LENS_LIVE_MAX_BYTES | LENS_LIVE_CAPTURE_LOST       \
   | LENS_LIVE_LAB_LOST | LENS_LIVE_ANALYSIS_LOST)

/* One device on its way from the wire to a case. */
typedef struct
{
  char *path; /* of the case */
  LensJob *job;
  LensJobState state;
  LensLiveWatch *watch; /* by which the run polls the analysis along */
} Device;

typedef struct
{
  const LensLiveCases *wish;
  Device *devices;
  gsize n_devices;
  LensLiveWatch *watches;
  gboolean shown;
  int signal_fd;
  sigset_t signals_before;
} Run;

char *
lens_live_cases_name (const char *device, gint64 started_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (started_us / G_USEC_PER_SEC);
  g_autofree char *stamp = g_date_time_format (time, "%Y%m%dT%H%M%SZ");
  g_autofree char *name = g_strdup (device);

  for (char *at = name; *at != '\0'; at++)
    if (*at == '/' || g_ascii_iscntrl (*at))
      *at = '_';
  if (*name == '.')
    *name = '_';
  return g_strdup_printf ("%.150s-%s", name, stamp);
}

/* --- progress --- */

static int
line_width (void)
{
  struct winsize size = { 0 };

  return ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1 : 1000;
}

static void
show_progress (const LensLiveProgress *progress, gpointer data)
{
  Run *run = data;
  guint64 classes[LENS_N_CLASSES] = { 0 };
  GString *line = g_string_new (NULL);

  if (!run->wish->progress)
    return;
  for (gsize i = 0; i < run->n_devices; i++)
    for (guint c = 0; c < LENS_N_CLASSES; c++)
      classes[c] += lens_job_classes (run->devices[i].job)->classes[c];
  g_string_printf (line, "%-6s %u s  %" G_GUINT64_FORMAT " packets, %" G_GUINT64_FORMAT " lost",
                   progress->phase, progress->seconds_left, progress->packets, progress->drops);
  /* From the last class on: what a narrow terminal cuts off are the good ones. */
  for (guint c = LENS_N_CLASSES; c-- > 0;)
    if (classes[c] > 0)
      g_string_append_printf (line, "  %s %.1f kB", lens_class_name ((LensClass)c),
                              (double)classes[c] / 1000);
  g_printerr ("\r\033[K%.*s", line_width (), line->str);
  run->shown = TRUE;
  g_string_free (line, TRUE);
}

static void
show_remark (const LensPreflightRemark *remark, gpointer data)
{
  Run *run = data;
  g_autofree char *shown = lens_command_shown (remark->sentence);

  if (remark->severity == LENS_PREFLIGHT_FATAL)
    return; /* the run's own error says it */
  if (run->shown)
    g_printerr ("\n");
  run->shown = FALSE;
  g_printerr ("lenscap %s: %s: %s\n", run->wish->command,
              remark->severity == LENS_PREFLIGHT_WARNING ? "warning" : "note", shown);
}

/* Prompts for what a person has to do; commands are run without a word. */
static void
show_block (const LensLiveBlock *block, gpointer data)
{
  Run *run = data;

  if (!g_str_equal (block->stimulus->command, "ask"))
    return;
  g_autofree char *name = lens_command_shown (block->stimulus->name);
  g_printerr ("%s\a", run->shown ? "\r\033[K" : "");
  switch (block->edge)
    {
    case LENS_LIVE_BLOCK_START:
      g_printerr ("%s: NOW, for %u s\n", name, block->seconds);
      break;
    case LENS_LIVE_BLOCK_SHAM:
      g_printerr ("%s: do nothing, for %u s\n", name, block->seconds);
      break;
    case LENS_LIVE_BLOCK_END:
    case LENS_LIVE_BLOCK_FAILED:
      g_printerr ("%s: over\n", name);
      break;
    }
  run->shown = FALSE;
}

/* --- jobs --- */

static void
watch_device (Device *device)
{
  struct pollfd fds[LENS_JOB_FDS];

  device->watch->fd = lens_job_poll (device->job, fds) > 0 ? fds[0].fd : -1;
  device->watch->events = POLLIN;
}

static void
job_ready (short revents, gpointer data)
{
  Device *device = data;

  device->state = lens_job_serve (device->job);
  watch_device (device);
}

/* Whoever is to do something must see when. */
static gboolean
can_ask (const LensProfile *profile, GError **error)
{
  for (guint i = 0; i < profile->stimuli->len; i++)
    {
      const LensStimulus *stimulus = g_ptr_array_index (profile->stimuli, i);
      if (!g_str_equal (stimulus->command, "ask") || isatty (STDERR_FILENO))
        continue;
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   "%s: [stimulus %s] command = ask needs a terminal to prompt on", profile->name,
                   stimulus->name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
begin_device (Run *run, gsize index, gint64 started, LensLiveDevice *live, GError **error)
{
  Device *device = &run->devices[index];
  const LensProfile *profile = g_ptr_array_index (run->wish->profiles, index);
  g_autofree char *name = lens_live_cases_name (profile->name, started);
  int pipe_fds[2];

  if (!can_ask (profile, error))
    return FALSE;
  device->path = g_strdup_printf ("%s/%s.case", run->wish->folder, name);
  if (pipe2 (pipe_fds, O_CLOEXEC) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "cannot make a pipe: %s",
                   g_strerror (errno));
      return FALSE;
    }
  LensBrief *brief = lens_brief_new ();
  brief->name = g_strdup ("traffic.pcapng");
  brief->live = TRUE;
  g_ptr_array_add (brief->profiles, g_bytes_ref (g_ptr_array_index (run->wish->octets, index)));
  brief->mud = run->wish->mud != NULL ? g_bytes_ref (run->wish->mud) : NULL;
  char *const *secrets
      = run->wish->secrets != NULL ? g_ptr_array_index (run->wish->secrets, index) : NULL;
  const LensJobWish wish = { .brief = brief,
                             .secrets = (const char *const *)secrets,
                             .n_secrets = secrets != NULL ? profile->streams->len : 0,
                             .live_fd = pipe_fds[0],
                             .case_path = device->path,
                             .require_all = run->wish->require_all };
  device->job = lens_job_new (&wish, error);
  live->profile = profile;
  live->analysis_fd = pipe_fds[1];
  if (device->job == NULL)
    {
      close (pipe_fds[0]);
      return FALSE;
    }
  live->folder = lens_session_folder (lens_job_session (device->job));
  live->secrets = (const char *const *)secrets;
  /* stream.log is there from the start, so that the analysis holds it open. */
  int log = lens_session_open (lens_job_session (device->job), "stream.log", error);
  if (log < 0)
    return FALSE;
  close (log);
  g_autofree char *log_path = g_build_filename (live->folder, "stream.log", NULL);
  lens_job_set_log (device->job, log_path);
  return lens_job_start (device->job, error);
}

/* The files of one device, in the order of capture. */
static GPtrArray *
traffic_files (LensJob *job, guint count)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  const char *folder = lens_session_folder (lens_job_session (job));

  for (guint i = 0; i < count; i++)
    {
      g_autofree char *name
          = i == 0 ? g_strdup ("traffic.pcapng") : g_strdup_printf ("traffic-%05u.pcapng", i);
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
    }
  return paths;
}

static void
add_losses (LensJob *job, const LensLiveResult *result)
{
  LensRun *run = lens_job_run (job);

  for (guint i = 0; i < result->interfaces->len; i++)
    {
      const LensLiveInterface *one = &g_array_index (result->interfaces, LensLiveInterface, i);
      g_ptr_array_add (
          run->losses,
          g_strdup_printf ("%s: %" G_GUINT64_FORMAT " packets recorded, %" G_GUINT64_FORMAT
                           " dropped by the kernel, %" G_GUINT64_FORMAT " by the interface",
                           one->interface, one->packets, one->kernel_drops, one->interface_drops));
    }
  for (guint i = 0; i < result->problems->len; i++)
    g_ptr_array_add (run->losses, g_strdup (g_ptr_array_index (result->problems, i)));
}

static void
add_workers (LensJob *job, gsize device, const LensLiveResult *result)
{
  for (guint i = 0; i < result->interfaces->len; i++)
    lens_job_add_worker (job, "capture",
                         g_array_index (result->interfaces, LensLiveInterface, i).layers);
  for (guint i = 0; i < result->streams->len; i++)
    {
      const LensLiveStream *stream = &g_array_index (result->streams, LensLiveStream, i);
      if (stream->device == device && stream->state.layers != 0)
        lens_job_add_worker (job, "puller", stream->state.layers);
    }
}

/* --- signals: from the first file on, none may end this process on the spot --- */

static void
hold_signals (Run *run)
{
  sigset_t held;

  sigemptyset (&held);
  sigaddset (&held, SIGINT);
  sigaddset (&held, SIGTERM);
  sigprocmask (SIG_BLOCK, &held, &run->signals_before);
  run->signal_fd = signalfd (-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
}

static gboolean
take_signal (const Run *run)
{
  struct signalfd_siginfo got;

  return read (run->signal_fd, &got, sizeof got) == sizeof got;
}

static void
release_signals (Run *run)
{
  while (take_signal (run))
    ;
  close (run->signal_fd);
  sigprocmask (SIG_SETMASK, &run->signals_before, NULL);
}

/* The run is over: one interrupt is not enough to give up the case, two are. */
static void
heed_signals (Run *run, gboolean *warned)
{
  while (take_signal (run))
    {
      if (!*warned)
        g_printerr ("lenscap %s: the capture is over and is being analysed; interrupt again to "
                    "give that up\n",
                    run->wish->command);
      for (gsize i = 0; *warned && i < run->n_devices; i++)
        {
          lens_job_cancel (run->devices[i].job);
          run->devices[i].state = lens_job_serve (run->devices[i].job);
        }
      *warned = TRUE;
    }
}

static void
finish_jobs (Run *run)
{
  gboolean warned = FALSE;

  for (;;)
    {
      g_autofree struct pollfd *fds = g_new0 (struct pollfd, run->n_devices * LENS_JOB_FDS + 1);
      guint n_fds = 1;
      fds[0] = (struct pollfd){ run->signal_fd, POLLIN, 0 };
      gint timeout = 1000;
      gboolean running = FALSE;

      for (gsize i = 0; i < run->n_devices; i++)
        if (run->devices[i].state == LENS_JOB_RUNNING)
          {
            n_fds += lens_job_poll (run->devices[i].job, fds + n_fds);
            timeout = MIN (timeout, lens_job_timeout (run->devices[i].job));
            running = TRUE;
          }
      if (!running)
        return;
      (void)poll (fds, n_fds, timeout);
      heed_signals (run, &warned);
      for (gsize i = 0; i < run->n_devices; i++)
        if (run->devices[i].state == LENS_JOB_RUNNING)
          run->devices[i].state = lens_job_serve (run->devices[i].job);
    }
}

/* --- the end --- */

static int
status_of (const LensJobResult *result, LensSeverity threshold)
{
  if (result->status == 2 || result->verdict == LENS_VERDICT_INCONCLUSIVE)
    return LENS_EXIT_INCONCLUSIVE;
  return result->worst >= 1u + threshold ? LENS_EXIT_FOUND : LENS_EXIT_CLEAN;
}

static int
tell_device (const Run *run, gsize index, GPtrArray *cases)
{
  const Device *device = &run->devices[index];
  const LensProfile *profile = g_ptr_array_index (run->wish->profiles, index);
  g_autofree char *name = lens_command_shown (profile->name);

  if (device->state != LENS_JOB_DONE)
    {
      lens_command_complain (run->wish->command, "%s: %s", profile->name,
                             lens_job_problem (device->job));
      return LENS_EXIT_INCONCLUSIVE;
    }
  const LensJobResult *result = lens_job_result (device->job);
  g_print ("%s: %s, %u finding%s%s%s -> %s\n", name, lens_verdict_name (result->verdict),
           result->findings, result->findings == 1 ? "" : "s", result->worst > 0 ? ", worst " : "",
           result->worst > 0 ? lens_severity_name (result->worst - 1) : "", device->path);
  if (cases != NULL)
    g_ptr_array_add (cases, g_strdup (device->path));
  g_autofree char *lacks = lens_job_incomplete (device->job);
  if (lacks == NULL)
    return status_of (result, run->wish->threshold);
  lens_command_complain (run->wish->command, "%s: %s", profile->name, lacks);
  return LENS_EXIT_INCONCLUSIVE;
}

static const char *
why_ended (const LensLiveStream *stream)
{
  const LensLivePullerState *state = &stream->state;

  if (state->reason == LENS_PULL_END_STOPPED)
    return "the camera had not opened it when its phase ended";
  if (state->reason == LENS_PULL_END_UNAUTHORIZED && stream->stream->credentials == NULL)
    return "the camera asks for credentials and the profile names none: credentials = env:NAME, "
           "file:PATH or ask";
  return lens_pull_end_text (state->reason);
}

/* What libavformat says of a deadline or of noise is about its own insides. */
static const char *
detail_of (const LensLivePullerState *state)
{
  gboolean plain = state->detail == NULL || *state->detail == '\0'
                   || state->reason == LENS_PULL_END_NOT_RTSP
                   || state->reason == LENS_PULL_END_CONNECT_TIMEOUT
                   || state->reason == LENS_PULL_END_REPLY_TIMEOUT
                   || state->reason == LENS_PULL_END_MEDIA_TIMEOUT;

  return plain ? NULL : state->detail;
}

/* What went wrong on the way; TRUE: nothing. */
static gboolean
tell_streams (const Run *run, const LensLiveResult *result)
{
  const char *command = run->wish->command;
  gboolean good = (result->flags & ENDS_EARLY) == 0;

  for (guint i = 0; i < result->streams->len; i++)
    {
      const LensLiveStream *stream = &g_array_index (result->streams, LensLiveStream, i);
      const LensLivePullerState *state = &stream->state;
      const LensProfile *profile = g_ptr_array_index (run->wish->profiles, stream->device);
      const char *detail = detail_of (state);
      if (state->opened && (!state->ended || state->reason == LENS_PULL_END_STOPPED))
        continue;
      good = FALSE;
      lens_command_complain (command, "stream %s of %s: %s%s%s%s", stream->stream->name,
                             profile->name, why_ended (stream), detail != NULL ? " (" : "",
                             detail != NULL ? detail : "", detail != NULL ? ")" : "");
    }
  for (guint i = 0; i < result->problems->len; i++)
    lens_command_complain (command, "%s", (const char *)g_ptr_array_index (result->problems, i));
  return good;
}

static int
run_live (Run *run, LensLiveDevice *live, GPtrArray *cases, GError **error)
{
  g_autofree char *libexec = lens_command_libexec ();
  const LensLiveWish wish = { .devices = live,
                              .n_devices = run->n_devices,
                              .lab = run->wish->lab,
                              .libexec = libexec,
                              .require_all = run->wish->require_all,
                              .idle_s = run->wish->idle_s,
                              .stream_s = run->wish->stream_s,
                              .after_s = run->wish->after_s,
                              .progress = show_progress,
                              .remark = show_remark,
                              .block = show_block,
                              .data = run,
                              .watches = run->watches,
                              .n_watches = run->n_devices };
  g_autoptr (LensLiveResult) result = lens_live_run (&wish, error);
  int status = LENS_EXIT_CLEAN;

  if (run->shown)
    g_printerr ("\n");
  if (result == NULL)
    return LENS_EXIT_USAGE;
  for (gsize i = 0; i < run->n_devices; i++)
    {
      guint files = g_array_index (result->files, guint, i);
      g_autoptr (GPtrArray) paths = traffic_files (run->devices[i].job, files);
      lens_job_set_inputs (run->devices[i].job, paths);
      add_losses (run->devices[i].job, result);
      add_workers (run->devices[i].job, i, result);
    }
  finish_jobs (run);
  if (!tell_streams (run, result))
    status = LENS_EXIT_INCONCLUSIVE;
  for (gsize i = 0; i < run->n_devices; i++)
    {
      int one = tell_device (run, i, cases);
      status = MAX (status, one);
    }
  return status;
}

int
lens_live_cases_run (const LensLiveCases *wish, GPtrArray *cases)
{
  g_autoptr (GError) error = NULL;
  gint64 started = g_get_real_time ();
  Run run = { .wish = wish, .n_devices = wish->profiles->len };
  g_autofree LensLiveDevice *live = g_new0 (LensLiveDevice, run.n_devices);
  gboolean ready = TRUE;
  int status = LENS_EXIT_USAGE;

  hold_signals (&run);
  run.devices = g_new0 (Device, run.n_devices);
  run.watches = g_new0 (LensLiveWatch, run.n_devices);
  for (gsize i = 0; ready && i < run.n_devices; i++)
    {
      live[i].analysis_fd = -1;
      run.devices[i].watch = &run.watches[i];
      run.watches[i] = (LensLiveWatch){ -1, POLLIN, job_ready, &run.devices[i] };
      ready = begin_device (&run, i, started, &live[i], &error);
      if (ready)
        watch_device (&run.devices[i]);
    }
  if (ready)
    status = run_live (&run, live, cases, &error);
  release_signals (&run);
  if (error != NULL)
    lens_command_complain (wish->command, "%s", error->message);
  for (gsize i = 0; i < run.n_devices; i++)
    {
      g_clear_pointer (&run.devices[i].job, lens_job_free);
      g_free (run.devices[i].path);
    }
  g_free (run.devices);
  g_free (run.watches);
  return status;
}
