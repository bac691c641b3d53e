/* lenscap analyze: evaluation of captures. */
#include "harness/command.h"

#include "analyzers/registry.h"
#include "harness/engine.h"
#include "harness/inputs.h"
#include "harness/job.h"
#include "harness/octets.h"
#include "report/record.h"
#include "wire/address.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *folder, *device, *only, *profile_out, *mud, *mud_out, *fail_on, *stream_log;
  char *endpoints, *resolvers;
  char **profiles, **arguments;
  gboolean json, limits, require_all, progress;
  gint parallel;
  double alpha;
  LensSeverity threshold;
} Options;

typedef struct
{
  const LensInput *input;
  LensJob *job; /* NULL: not begun, or over */
  gboolean over;
  char *line; /* what is said of it, when it is its turn */
  int exit_status;
  char *spooled; /* of standard input: the file that was made of it */
} Case;

typedef struct
{
  const Options *options;
  GPtrArray *profiles;           /* GBytes, of --profile */
  GBytes *mud;                   /* of --mud, or NULL */
  GBytes *endpoints, *resolvers; /* the same */
  GPtrArray *inputs;
  Case *cases;
  guint next, printed, running;
  guint evaluated;
  gint64 started;
} Batch;

static volatile sig_atomic_t interrupted;

static void
on_signal (int number)
{
  interrupted = number;
}

/* --- one case --- */

static char *
case_path (const Options *options, const LensInput *input)
{
  if (options->json && options->folder == NULL)
    return NULL;
  return g_strdup_printf ("%s/%s.case", options->folder != NULL ? options->folder : "lenscap-cases",
                          input->case_name);
}

static LensBrief *
make_brief (const Options *options, const LensInput *input)
{
  LensBrief *brief = lens_brief_new ();

  brief->name = g_strdup (input->name);
  brief->device = g_strdup (input->device != NULL ? input->device : options->device);
  brief->only = g_strdup (options->only);
  brief->alpha = options->alpha;
  brief->compact = options->json;
  brief->limits = options->limits;
  brief->draft = options->profile_out != NULL;
  brief->draft_mud = options->mud_out != NULL;
  brief->live = options->stream_log != NULL; /* only live runs have one */
  return brief;
}

/* A manifest line's own comes before the command line's. */
static gboolean
add_mud (const Batch *batch, const LensInput *input, LensBrief *brief, GError **error)
{
  if (input->mud != NULL)
    return (brief->mud = lens_command_given (input->mud, LENS_MUD_MAX_OCTETS, error)) != NULL;
  if (batch->mud != NULL)
    brief->mud = g_bytes_ref (batch->mud);
  return TRUE;
}

static gboolean
add_profiles (const Batch *batch, const LensInput *input, LensBrief *brief, GError **error)
{
  for (guint i = 0; i < batch->profiles->len; i++)
    g_ptr_array_add (brief->profiles, g_bytes_ref (g_ptr_array_index (batch->profiles, i)));
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

/* Standard input as a file: its octets as they came, and its size known. */
static char *
spool (GError **error)
{
  g_autofree char *path = NULL;
  guint8 buffer[64 * 1024];
  gssize count;
  int fd = g_file_open_tmp ("lenscap-XXXXXX", &path, error);

  if (fd < 0)
    return NULL;
  while ((count = read (STDIN_FILENO, buffer, sizeof buffer)) != 0)
    {
      if (count < 0 && errno == EINTR && !interrupted)
        continue;
      if (count < 0 || !lens_octets_write (fd, buffer, (gsize)count, error))
        break;
    }
  close (fd);
  if (count == 0)
    return g_steal_pointer (&path);
  if (error != NULL && *error == NULL)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "standard input: %s",
                 g_strerror (errno));
  unlink (path);
  return NULL;
}

static gboolean
copy_octets (int from, int to, GError **error)
{
  guint8 buffer[64 * 1024];
  gssize count;

  while ((count = read (from, buffer, sizeof buffer)) > 0)
    if (!lens_octets_write (to, buffer, (gsize)count, error))
      return FALSE;
  if (count < 0)
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                 "cannot read what came on standard input: %s", g_strerror (errno));
  return count == 0;
}

/* A case made of standard input keeps the octets. */
static gboolean
keep_spooled (LensJob *job, const char *path, GError **error)
{
  guint8 first[4] = { 0 };
  int from = lens_octets_open (path, error);
  int to = -1;

  if (from < 0)
    return FALSE;
  gboolean is_ng = read (from, first, sizeof first) == sizeof first && first[0] == 0x0a;
  const char *name = is_ng ? "traffic.pcapng" : "traffic.pcap";
  gboolean kept = lseek (from, 0, SEEK_SET) == 0
                  && (to = lens_session_open (lens_job_session (job), name, error)) >= 0
                  && copy_octets (from, to, error);
  close (from);
  if (to >= 0)
    close (to);
  return kept;
}

static LensJob *
make_job (const Batch *batch, Case *one, GError **error)
{
  const Options *options = batch->options;
  const LensInput *input = one->input;
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  g_autofree char *path = case_path (options, input);
  g_autoptr (LensBrief) brief = make_brief (options, input);
  struct stat status;

  if (!add_profiles (batch, input, brief, error) || !add_mud (batch, input, brief, error))
    return NULL;
  brief->endpoints = batch->endpoints != NULL ? g_bytes_ref (batch->endpoints) : NULL;
  brief->resolvers = batch->resolvers != NULL ? g_bytes_ref (batch->resolvers) : NULL;
  const char *file = input->path;
  if (g_str_equal (file, "-"))
    file = one->spooled = spool (error);
  if (file == NULL)
    return NULL;
  g_ptr_array_add (paths, (gpointer)file);
  const LensJobWish wish
      = { .brief = g_steal_pointer (&brief),
          .inputs = paths,
          .live_fd = -1,
          .log_path = options->stream_log,
          .case_path = path,
          .require_all = options->require_all,
          .input_bytes = stat (file, &status) == 0 ? (guint64)status.st_size : 0 };
  LensJob *job = lens_job_new (&wish, error);
  if (job != NULL && one->spooled != NULL && lens_job_session (job) != NULL
      && !keep_spooled (job, one->spooled, error))
    g_clear_pointer (&job, lens_job_free);
  return job;
}

static void set_line (Case *one, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
set_line (Case *one, const char *format, ...)
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
fail (const Batch *batch, Case *one, const char *problem)
{
  one->over = TRUE;
  one->exit_status = LENS_EXIT_INCONCLUSIVE;
  if (!batch->options->json)
    {
      set_line (one, "%s: failed: %s", one->input->path, problem);
      return;
    }
  lens_command_complain ("analyze", "%s: failed: %s", one->input->path, problem);
  g_autoptr (LensBrief) brief = make_brief (batch->options, one->input);
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
describe (const Batch *batch, Case *one)
{
  const LensJobResult *result = lens_job_result (one->job);
  g_autofree char *path = case_path (batch->options, one->input);
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
keep_draft (Case *one, GBytes *draft, const char *path)
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
conclude (Batch *batch, Case *one)
{
  const LensJobResult *result = lens_job_result (one->job);
  g_autoptr (GBytes) line = lens_job_line (one->job);
  g_autoptr (GBytes) draft = lens_job_draft (one->job);
  g_autoptr (GBytes) draft_mud = lens_job_draft_mud (one->job);

  one->over = TRUE;
  one->exit_status = status_of (result, batch->options->threshold);
  batch->evaluated += result->status != 2;
  if (batch->options->json && line != NULL)
    one->line = g_strndup (g_bytes_get_data (line, NULL), g_bytes_get_size (line));
  else
    describe (batch, one);
  keep_draft (one, draft, batch->options->profile_out);
  if (batch->options->mud_out == NULL)
    return;
  if (draft_mud != NULL)
    keep_draft (one, draft_mud, batch->options->mud_out);
  else if (result->status != 2)
    {
      lens_command_complain ("analyze",
                             "%s was not written: a MUD file is about one device; name "
                             "one with --device ADDRESS",
                             batch->options->mud_out);
      one->exit_status = LENS_EXIT_INCONCLUSIVE;
    }
}

static void
end_case (Batch *batch, Case *one, LensJobState state)
{
  if (state == LENS_JOB_DONE)
    conclude (batch, one);
  else
    fail (batch, one,
          lens_job_problem (one->job) != NULL ? lens_job_problem (one->job) : "interrupted");
  g_clear_pointer (&one->job, lens_job_free);
  if (one->spooled != NULL)
    unlink (one->spooled);
  g_clear_pointer (&one->spooled, g_free);
  batch->running--;
}

/* --- all cases --- */

static gboolean
begin_case (Batch *batch, GError **error)
{
  Case *one = &batch->cases[batch->next++];
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

/* FALSE with @error when nobody takes the lines any more: the end, as with SIGPIPE, but without
 * a half case left behind. */
static gboolean
print_lines (Batch *batch, GError **error)
{
  while (batch->printed < batch->inputs->len && batch->cases[batch->printed].over)
    {
      Case *one = &batch->cases[batch->printed++];
      if (one->line != NULL)
        g_print ("%s", one->line);
      g_clear_pointer (&one->line, g_free);
    }
  if (fflush (stdout) == 0 && !ferror (stdout))
    return TRUE;
  clearerr (stdout);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_IO, "standard output cannot be written");
  return FALSE;
}

static void
show_progress (const Batch *batch)
{
  guint over = 0;

  for (guint i = 0; i < batch->inputs->len; i++)
    over += batch->cases[i].over;
  g_printerr ("\r%u of %u done, %u running, %.0f s ", over, batch->inputs->len, batch->running,
              (double)(g_get_monotonic_time () - batch->started) / G_USEC_PER_SEC);
}

static void
serve_once (Batch *batch)
{
  g_autofree struct pollfd *fds = g_new0 (struct pollfd, (gsize)batch->running * LENS_JOB_FDS + 1);
  guint n_fds = 0;
  gint timeout = 1000;

  for (guint i = 0; i < batch->next; i++)
    if (batch->cases[i].job != NULL)
      {
        n_fds += lens_job_poll (batch->cases[i].job, fds + n_fds);
        timeout = MIN (timeout, lens_job_timeout (batch->cases[i].job));
      }
  (void)poll (fds, n_fds, timeout);
  for (guint i = batch->printed; i < batch->next; i++)
    {
      Case *one = &batch->cases[i];
      if (one->job == NULL)
        continue;
      LensJobState state = lens_job_serve (one->job);
      if (state != LENS_JOB_RUNNING)
        end_case (batch, one, state);
    }
}

static gboolean
run_batch (Batch *batch, GError **error)
{
  const Options *options = batch->options;
  gint64 shown = 0;

  batch->started = g_get_monotonic_time ();
  while (!interrupted && (batch->next < batch->inputs->len || batch->running > 0))
    {
      while (batch->running < (guint)options->parallel && batch->next < batch->inputs->len)
        if (!begin_case (batch, error))
          return FALSE;
      if (batch->running > 0)
        serve_once (batch);
      if (!print_lines (batch, error))
        return FALSE;
      if (options->progress && g_get_monotonic_time () - shown > G_USEC_PER_SEC)
        {
          shown = g_get_monotonic_time ();
          show_progress (batch);
        }
    }
  if (options->progress)
    g_printerr ("\n");
  return TRUE;
}

static int
overall (const Batch *batch)
{
  int status = LENS_EXIT_CLEAN;

  if (batch->evaluated == 0)
    return LENS_EXIT_USAGE;
  for (guint i = 0; i < batch->inputs->len; i++)
    status = MAX (status, batch->cases[i].exit_status);
  return status;
}

/* --- the command line --- */

static gboolean
check_only (const char *names, GError **error)
{
  g_auto (GStrv) only = g_strsplit (names, ",", -1);

  for (guint i = 0; only[i] != NULL; i++)
    if (lens_analyzer_find (only[i]) == NULL)
      {
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                     "--only %s: no analyzer has that name (see lenscap list analyzers)", only[i]);
        return FALSE;
      }
  if (only[0] == NULL)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "--only names no analyzer (see lenscap list analyzers)");
  return only[0] != NULL;
}

static gboolean
check_options (Options *options, GError **error)
{
  LensAddress address;
  guint8 mac[6];

  if (options->fail_on != NULL
      && !lens_command_severity (options->fail_on, &options->threshold, error))
    return FALSE;
  if (options->device != NULL && !g_str_equal (options->device, "all")
      && !lens_address_parse (options->device, &address) && !lens_mac_parse (options->device, mac))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--device %s: must be an IP address, a MAC address or \"all\"", options->device);
      return FALSE;
    }
  if (!(options->alpha > 0 && options->alpha < 1))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--alpha must lie between 0 and 1");
      return FALSE;
    }
  if (options->parallel < 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "-j must be 1 or more");
      return FALSE;
    }
  if (options->only != NULL && !check_only (options->only, error))
    return FALSE;
  if (options->arguments == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "name at least one capture, folder, @manifest, or - for standard input");
      return FALSE;
    }
  return TRUE;
}

static void
tell (const char *sentence)
{
  g_autofree char *shown = lens_command_shown (sentence);

  g_printerr ("lenscap analyze: %s\n", shown);
}

static gboolean
check_log (const char *path, guint inputs, GError **error)
{
  if (inputs != 1)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "--stream-log is of one capture; %u were named", inputs);
  else if (access (path, R_OK) != 0)
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "--stream-log %s: %s", path,
                 g_strerror (errno));
  else
    return TRUE;
  return FALSE;
}

static gboolean
prepare (Batch *batch, const Options *options, GError **error)
{
  for (guint i = 0; options->profiles != NULL && options->profiles[i] != NULL; i++)
    {
      GBytes *octets = NULL;
      LensProfile *profile = lens_command_profile (options->profiles[i], &octets, error);
      if (profile == NULL)
        return FALSE;
      lens_profile_free (profile);
      g_ptr_array_add (batch->profiles, octets);
    }
  if ((options->mud != NULL
       && (batch->mud = lens_command_given (options->mud, LENS_MUD_MAX_OCTETS, error)) == NULL)
      || (options->endpoints != NULL
          && (batch->endpoints
              = lens_command_given (options->endpoints, LENS_OWN_NAMES_MAX_OCTETS, error))
                 == NULL)
      || (options->resolvers != NULL
          && (batch->resolvers
              = lens_command_given (options->resolvers, LENS_OWN_NAMES_MAX_OCTETS, error))
                 == NULL))
    return FALSE;
  batch->inputs = lens_inputs_find (options->arguments, tell, error);
  if (batch->inputs == NULL)
    return FALSE;
  if (batch->inputs->len == 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "there is no capture there");
      return FALSE;
    }
  if ((options->profile_out != NULL || options->mud_out != NULL) && batch->inputs->len != 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "%s drafts from one capture; %u were named",
                   options->profile_out != NULL ? "--profile-out" : "--mud-out",
                   batch->inputs->len);
      return FALSE;
    }
  if (options->stream_log != NULL && !check_log (options->stream_log, batch->inputs->len, error))
    return FALSE;
  batch->cases = g_new0 (Case, batch->inputs->len);
  for (guint i = 0; i < batch->inputs->len; i++)
    batch->cases[i].input = g_ptr_array_index (batch->inputs, i);
  return TRUE;
}

/* SIGHUP stays ignored where nohup asked for it. */
static void
catch_signals (void)
{
  const struct sigaction end = { .sa_handler = on_signal }, ignore = { .sa_handler = SIG_IGN };
  struct sigaction before;

  sigaction (SIGINT, &end, NULL);
  sigaction (SIGTERM, &end, NULL);
  if (sigaction (SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
    sigaction (SIGHUP, &end, NULL);
  sigaction (SIGPIPE, &ignore, NULL);
}

static int
analyze (const Options *options)
{
  g_autoptr (GError) error = NULL;
  Batch batch = { .options = options,
                  .profiles = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref) };
  int status;

  catch_signals ();
  if (!prepare (&batch, options, &error))
    status = lens_command_complain ("analyze", "%s", error->message);
  else if (!run_batch (&batch, &error))
    {
      lens_command_complain ("analyze", "%s", error->message);
      status = batch.evaluated > 0 ? LENS_EXIT_INCONCLUSIVE : LENS_EXIT_USAGE;
    }
  else if (interrupted)
    {
      lens_command_complain ("analyze", "interrupted when %u of %u inputs were evaluated",
                             batch.evaluated, batch.inputs->len);
      status = LENS_EXIT_INCONCLUSIVE;
    }
  else
    status = overall (&batch);
  for (guint i = 0; batch.cases != NULL && i < batch.inputs->len; i++)
    {
      g_clear_pointer (&batch.cases[i].job, lens_job_free);
      if (batch.cases[i].spooled != NULL)
        unlink (batch.cases[i].spooled);
      g_free (batch.cases[i].spooled);
      g_free (batch.cases[i].line);
    }
  g_free (batch.cases);
  g_clear_pointer (&batch.inputs, g_ptr_array_unref);
  g_ptr_array_unref (batch.profiles);
  g_clear_pointer (&batch.mud, g_bytes_unref);
  g_clear_pointer (&batch.endpoints, g_bytes_unref);
  g_clear_pointer (&batch.resolvers, g_bytes_unref);
  return status;
}

int
lens_command_analyze (int argc, char **argv)
{
  Options options = { .alpha = 0.01,
                      .threshold = LENS_SEVERITY_MEDIUM,
                      .parallel = (gint)g_get_num_processors () };
  gboolean progress = FALSE;
  int status;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.folder, "Where cases go (lenscap-cases)",
      "DIR" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json,
      "One record per line on standard output; no cases without -o", NULL },
    { "jobs", 'j', 0, G_OPTION_ARG_INT, &options.parallel,
      "Captures side by side (number of processors)", "N" },
    { "profile", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.profiles,
      "What the owner declares of a device; may repeat", "FILE" },
    { "profile-out", 0, 0, G_OPTION_ARG_FILENAME, &options.profile_out,
      "Drafts a profile from what was seen", "FILE" },
    { "mud", 0, 0, G_OPTION_ARG_FILENAME, &options.mud,
      "What the manufacturer declares of the devices under test (RFC 8520)", "FILE" },
    { "mud-out", 0, 0, G_OPTION_ARG_FILENAME, &options.mud_out,
      "Writes a MUD file of what was seen and is acceptable", "FILE" },
    { "stream-log", 0, 0, G_OPTION_ARG_FILENAME, &options.stream_log,
      "What the viewer of a live run saw, beside its one capture", "FILE" },
    { "endpoints", 0, 0, G_OPTION_ARG_FILENAME, &options.endpoints,
      "More endpoints of makers, as in endpoints.tsv", "FILE" },
    { "resolvers", 0, 0, G_OPTION_ARG_FILENAME, &options.resolvers,
      "More public resolvers, as in resolvers.tsv", "FILE" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &options.device,
      "Device under test where no profile names it", "ADDRESS|MAC|all" },
    { "only", 0, 0, G_OPTION_ARG_STRING, &options.only, "Runs only these analyzers", "NAME,..." },
    { "limits", 0, 0, G_OPTION_ARG_NONE, &options.limits,
      "Measures limits of detection by seeding: minutes for a capture of minutes", NULL },
    { "alpha", 0, 0, G_OPTION_ARG_DOUBLE, &options.alpha,
      "Bound on false statistical alarms of a report (0.01)", "A" },
    { "fail-on", 0, 0, G_OPTION_ARG_STRING, &options.fail_on,
      "Ends with 1 from this severity on (medium)", "SEVERITY" },
    { "require-all-layers", 0, 0, G_OPTION_ARG_NONE, &options.require_all,
      "Refuses to work where a layer of confinement is missing", NULL },
    { "progress", 0, 0, G_OPTION_ARG_NONE, &progress,
      "Shows progress even when standard error is no terminal", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.arguments, NULL, "INPUT..." },
    { NULL },
  };
  g_autoptr (GError) error = NULL;

  if (!lens_command_parse (
          "analyze", NULL,
          "Evaluates captures: files, folders (walked), @manifests, - for standard input.",
          "lenscap analyze --profile camera.ini capture.pcapng", entries, &argc, &argv, &status))
    return status;
  options.progress = progress || (isatty (STDERR_FILENO) && !options.json);
  if (check_options (&options, &error))
    status = analyze (&options);
  else
    status = lens_command_complain ("analyze", "%s", error->message);
  g_free (options.folder);
  g_free (options.device);
  g_free (options.only);
  g_free (options.profile_out);
  g_free (options.mud);
  g_free (options.mud_out);
  g_free (options.stream_log);
  g_free (options.endpoints);
  g_free (options.resolvers);
  g_free (options.fail_on);
  g_strfreev (options.profiles);
  g_strfreev (options.arguments);
  return status;
}
