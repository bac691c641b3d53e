/* lenscap verify: does a case say what its capture says? */
#include "harness/command.h"

#include "harness/errand.h"
#include "harness/inputs.h"
#include "harness/job.h"
#include "harness/octets.h"
#include "harness/roles.h"
#include "harness/secret.h"
#include "harness/sums.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum
{
  EXIT_SAME = 0,
  EXIT_DIFFERS = 1,
  EXIT_MISSING = 3,
};

static GBytes *
read_file (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *contents;
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, error))
    return NULL;
  return g_bytes_new_take (contents, length);
}

/* --- the analysis again --- */

static void
take_options (const LensMessage *message, gpointer data)
{
  if (message->type == LENS_MESSAGE_OPTIONS && message->length == sizeof (LensJobOptions))
    memcpy (data, message->payload, sizeof (LensJobOptions));
}

static void
add_declarations (const char *folder, LensBrief *brief)
{
  brief->mud = read_file (folder, "mud.json", NULL);
  brief->endpoints = read_file (folder, "endpoints.tsv", NULL);
  brief->resolvers = read_file (folder, "resolvers.tsv", NULL);

  for (guint i = 1; i < 1000; i++)
    {
      g_autofree char *name
          = i == 1 ? g_strdup ("profile.ini") : g_strdup_printf ("profile-%u.ini", i);
      GBytes *profile = read_file (folder, name, NULL);
      if (profile == NULL)
        return;
      g_ptr_array_add (brief->profiles, profile);
    }
}

/* The captures that the case itself holds, in their order; none: an empty list. */
static GPtrArray *
own_inputs (const char *folder)
{
  static const char *const names[]
      = { "traffic.pcapng",  "traffic.pcap",       "traffic.pcapng.gz",
          "traffic.pcap.gz", "traffic.pcapng.zst", "traffic.pcap.zst" };
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      if (g_file_test (path, G_FILE_TEST_EXISTS))
        g_ptr_array_add (paths, g_steal_pointer (&path));
    }
  for (guint i = 1; paths->len > 0; i++)
    {
      g_autofree char *name = g_strdup_printf ("traffic-%05u.pcapng", i);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        break;
      g_ptr_array_add (paths, g_steal_pointer (&path));
    }
  return paths;
}

/* The captures that were named, as one; NULL with @error. */
static GPtrArray *
named_inputs (char **named, GError **error)
{
  g_autoptr (GPtrArray) inputs = lens_inputs_find (named, TRUE, NULL, error);
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  if (inputs != NULL && inputs->len > 0)
    {
      g_autoptr (GPtrArray) found = lens_input_paths (g_ptr_array_index (inputs, 0));
      for (guint i = 0; i < found->len; i++)
        g_ptr_array_add (paths, g_strdup (g_ptr_array_index (found, i)));
    }
  if (inputs == NULL)
    g_clear_pointer (&paths, g_ptr_array_unref);
  return paths;
}

static GPtrArray *
find_inputs (const char *folder, char **named, GError **error)
{
  g_autoptr (GPtrArray) paths = named != NULL ? named_inputs (named, error) : own_inputs (folder);

  if (paths == NULL)
    return NULL;
  for (guint i = 0; i < paths->len; i++)
    if (access (g_ptr_array_index (paths, i), R_OK) != 0)
      {
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "%s cannot be read",
                     (const char *)g_ptr_array_index (paths, i));
        return NULL;
      }
  if (paths->len > 0)
    return g_steal_pointer (&paths);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
               "%s holds no capture: name it with --input FILE", folder);
  return NULL;
}

static GBytes *
analyze_again (const char *folder, GPtrArray *inputs, const LensJobOptions *options, GError **error)
{
  g_autofree char *log = g_build_filename (folder, "stream.log", NULL);
  g_autofree char *temporary = g_dir_make_tmp ("lenscap-XXXXXX", error);
  LensBrief *brief = lens_brief_new ();
  struct pollfd fds[LENS_JOB_FDS];
  GBytes *record = NULL;

  if (temporary == NULL)
    {
      lens_brief_free (brief);
      return NULL;
    }
  g_autofree char *path = g_build_filename (temporary, "again.case", NULL);
  brief->name = g_strndup (options->name, sizeof options->name);
  brief->device
      = *options->device != '\0' ? g_strndup (options->device, sizeof options->device) : NULL;
  brief->only = *options->only != '\0' ? g_strndup (options->only, sizeof options->only) : NULL;
  brief->alpha = options->alpha;
  memcpy (brief->caps.limit, options->caps, sizeof brief->caps.limit);
  brief->limits = options->limits != 0;
  brief->live = options->live != 0;
  add_declarations (folder, brief);
  const LensJobWish wish = { .brief = brief,
                             .inputs = inputs,
                             .live_fd = -1,
                             .log_path = options->live ? log : NULL,
                             .case_path = path };
  g_autoptr (LensJob) job = lens_job_new (&wish, error);
  if (job != NULL && lens_job_start (job, error))
    {
      LensJobState state;
      while ((state = lens_job_serve (job)) == LENS_JOB_RUNNING)
        (void)poll (fds, lens_job_poll (job, fds), lens_job_timeout (job));
      if (state == LENS_JOB_DONE)
        record = read_file (path, "evaluation.json", error);
      else
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s", lens_job_problem (job));
    }
  lens_session_remove (path);
  rmdir (temporary);
  return record;
}

static void
take_difference (const LensMessage *message, gpointer data)
{
  char **difference = data;

  if (message->type == LENS_MESSAGE_DATA && *difference == NULL)
    *difference = g_utf8_make_valid ((const char *)message->payload, (gssize)message->length);
}

/* Both records in one confined process, which names the first key that differs. */
static char *
first_difference (GBytes *one, GBytes *other, GError **error)
{
  char *difference = NULL;

  if (!lens_errand_run ("differ", one, other, take_difference, &difference, error))
    g_clear_pointer (&difference, g_free);
  return difference;
}

/* The secret of a live run is known to nobody now. */
static gboolean
is_same_but_for_masks (GBytes *record, GBytes *again)
{
  gsize length, length_again;
  const char *masked = g_bytes_get_data (record, &length);
  const char *plain = g_bytes_get_data (again, &length_again);

  return length == length_again && lens_secret_is_masked (masked, plain, length);
}

static int
verify (const char *folder, char **named, GError **error)
{
  LensJobOptions options = { .magic = 0 };
  g_autoptr (GError) changed = NULL;

  if (!lens_sums_check (folder, &changed))
    {
      if (g_error_matches (changed, LENS_SUMS_ERROR, LENS_SUMS_ERROR_MISSING))
        {
          g_propagate_error (error, g_steal_pointer (&changed));
          return EXIT_MISSING;
        }
      g_autofree char *shown = lens_command_shown (changed->message);
      g_print ("%s: differs: %s\n", folder, shown);
      return EXIT_DIFFERS;
    }
  g_autoptr (GBytes) record = read_file (folder, "evaluation.json", error);
  if (record == NULL)
    return EXIT_MISSING;
  g_autoptr (GPtrArray) inputs = find_inputs (folder, named, error);
  if (inputs == NULL)
    return EXIT_MISSING;
  if (!lens_errand_run ("recall", record, NULL, take_options, &options, error))
    return EXIT_DIFFERS;
  g_autoptr (GBytes) again = analyze_again (folder, inputs, &options, error);
  if (again == NULL)
    return EXIT_MISSING;
  if (g_bytes_equal (record, again) || is_same_but_for_masks (record, again))
    {
      g_print ("%s: the same record%s\n", folder,
               g_bytes_equal (record, again) ? "" : ", but for the secret that is masked in it");
      return EXIT_SAME;
    }
  g_autofree char *difference = first_difference (record, again, error);
  g_autofree char *shown = lens_command_shown (difference != NULL ? difference : "its form only");
  g_print ("%s: differs: %s\n", folder, shown);
  return EXIT_DIFFERS;
}

int
lens_command_verify (int argc, char **argv)
{
  g_auto (GStrv) named = NULL;
  g_autoptr (GError) error = NULL;
  int status;
  const GOptionEntry entries[] = {
    { "input", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &named,
      "The capture, where the case holds none; of a set all files, or their folder", "FILE" },
    { NULL },
  };

  if (!lens_command_parse (
          "verify", "CASE",
          "Checks a case's hashes, analyses its capture again and compares.\n"
          "Ends with 0 for the same record, 1 when it differs (the first key is\n"
          "named), 3 when the capture or a file of the case is missing.",
          "lenscap verify lenscap-cases/capture.pcapng.case --input capture.pcapng", entries, &argc,
          &argv, &status))
    return status;
  if (argc != 2)
    return lens_command_complain ("verify", "name one case");
  status = verify (argv[1], named, &error);
  if (error != NULL)
    lens_command_complain ("verify", "%s: %s", argv[1], error->message);
  return status;
}
