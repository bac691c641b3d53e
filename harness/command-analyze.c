/* lenscap analyze: evaluation of captures. */
#include "harness/command.h"

#include "analyzers/registry.h"
#include "harness/batch.h"
#include "harness/engine.h"
#include "harness/inputs.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define SHARDS_MAX 1000000

typedef struct
{
  char *folder, *device, *only, *profile_out, *mud, *mud_out, *fail_on, *stream_log;
  char *endpoints, *resolvers;
  char **profiles, **arguments;
  char *shard;
  gboolean json, limits, require_all, progress, resume, set;
  guint shard_index, n_shards; /* from 1; 0 shards: all inputs */
  gint parallel;
  char **caps;
  double alpha;
  LensSeverity threshold;
} Options;

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
parse_shard (Options *options, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (options->shard, "/", 2);
  guint64 index, shards;

  if (parts[0] != NULL && parts[1] != NULL
      && g_ascii_string_to_unsigned (parts[1], 10, 1, SHARDS_MAX, &shards, NULL)
      && g_ascii_string_to_unsigned (parts[0], 10, 1, shards, &index, NULL))
    {
      options->shard_index = (guint)index;
      options->n_shards = (guint)shards;
      return TRUE;
    }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "--shard %s: must be I/N, with I from 1 to N and N at most %u", options->shard,
               SHARDS_MAX);
  return FALSE;
}

static gboolean
check_options (Options *options, GError **error)
{
  if (options->fail_on != NULL
      && !lens_command_severity (options->fail_on, &options->threshold, error))
    return FALSE;
  if (options->device != NULL && !lens_input_is_device (options->device))
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
  if ((options->only != NULL && !check_only (options->only, error))
      || (options->shard != NULL && !parse_shard (options, error)))
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

/* What is read before any input is. */
static gboolean
read_given (const Options *options, LensBatchWish *wish, GError **error)
{
  for (guint i = 0; options->profiles != NULL && options->profiles[i] != NULL; i++)
    {
      GBytes *octets = NULL;
      LensProfile *profile = lens_command_profile (options->profiles[i], &octets, error);
      if (profile == NULL)
        return FALSE;
      lens_profile_free (profile);
      g_ptr_array_add (wish->profiles, octets);
    }
  const struct
  {
    const char *path;
    gsize most;
    GBytes **into;
  } given[] = { { options->mud, LENS_MUD_MAX_OCTETS, &wish->mud },
                { options->endpoints, LENS_OWN_NAMES_MAX_OCTETS, &wish->endpoints },
                { options->resolvers, LENS_OWN_NAMES_MAX_OCTETS, &wish->resolvers } };
  for (guint i = 0; i < G_N_ELEMENTS (given); i++)
    if (given[i].path != NULL
        && (*given[i].into = lens_command_given (given[i].path, given[i].most, error)) == NULL)
      return FALSE;
  return TRUE;
}

/* Input I, I + N, I + 2N ... of the list: neighbours, of one size often, go to different
 * machines. */
static void
keep_shard (const Options *options, GPtrArray *inputs)
{
  gpointer *at = inputs->pdata;
  guint n_kept = 0;

  for (guint i = options->shard_index - 1; i < inputs->len; i += options->n_shards)
    {
      gpointer kept = at[i];
      at[i] = at[n_kept];
      at[n_kept++] = kept;
    }
  g_ptr_array_set_size (inputs, (gint)n_kept);
  if (n_kept == 0)
    tell ("no input falls to this shard");
}

static gboolean
find_inputs (const Options *options, LensBatchWish *wish, GError **error)
{
  wish->inputs = lens_inputs_find (options->arguments, options->set, tell, error);
  if (wish->inputs == NULL)
    return FALSE;
  if (wish->inputs->len == 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "there is no capture there");
      return FALSE;
    }
  if ((options->profile_out != NULL || options->mud_out != NULL) && wish->inputs->len != 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "%s drafts from one capture; %u were named",
                   options->profile_out != NULL ? "--profile-out" : "--mud-out", wish->inputs->len);
      return FALSE;
    }
  if (options->stream_log != NULL && !check_log (options->stream_log, wish->inputs->len, error))
    return FALSE;
  wish->index = options->n_shards == 0 && wish->inputs->len > 1;
  if (options->n_shards > 0)
    keep_shard (options, wish->inputs);
  return TRUE;
}

static gboolean
take_caps (const Options *options, LensCaps *caps, GError **error)
{
  lens_caps_init (caps);
  for (guint i = 0; options->caps != NULL && options->caps[i] != NULL; i++)
    if (!lens_caps_set (caps, options->caps[i], error))
      {
        g_prefix_error (error, "--cap ");
        return FALSE;
      }
  return TRUE;
}

static int
analyze (const Options *options)
{
  g_autoptr (GError) error = NULL;
  LensBatchWish wish = { .folder = options->folder,
                         .device = options->device,
                         .only = options->only,
                         .profiles = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
                         .stream_log = options->stream_log,
                         .profile_out = options->profile_out,
                         .mud_out = options->mud_out,
                         .alpha = options->alpha,
                         .json = options->json,
                         .limits = options->limits,
                         .require_all = options->require_all,
                         .progress = options->progress,
                         .resume = options->resume,
                         .parallel = (guint)options->parallel,
                         .threshold = options->threshold };

  lens_batch_heed_signals ();
  gboolean ready = take_caps (options, &wish.caps, &error) && read_given (options, &wish, &error)
                   && find_inputs (options, &wish, &error);
  int status
      = ready ? lens_batch_run (&wish) : lens_command_complain ("analyze", "%s", error->message);
  g_clear_pointer (&wish.inputs, g_ptr_array_unref);
  g_ptr_array_unref (wish.profiles);
  g_clear_pointer (&wish.mud, g_bytes_unref);
  g_clear_pointer (&wish.endpoints, g_bytes_unref);
  g_clear_pointer (&wish.resolvers, g_bytes_unref);
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
    { "cap", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.caps,
      "A bound of analysis or presentation; may repeat", "NAME=N" },
    { "fail-on", 0, 0, G_OPTION_ARG_STRING, &options.fail_on,
      "Ends with 1 from this severity on (medium)", "SEVERITY" },
    { "set", 0, 0, G_OPTION_ARG_NONE, &options.set,
      "The inputs are the files of one rotated capture, in any order", NULL },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &options.resume,
      "Leaves finished cases that would come out the same", NULL },
    { "shard", 0, 0, G_OPTION_ARG_STRING, &options.shard,
      "Every Nth input only, from the Ith on: one of N machines", "I/N" },
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
  g_free (options.shard);
  g_strfreev (options.profiles);
  g_strfreev (options.caps);
  g_strfreev (options.arguments);
  return status;
}
