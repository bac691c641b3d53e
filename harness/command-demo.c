/* lenscap demo: the main job with no lab at all. */
#include "harness/command.h"

#include "harness/live-cases.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* samples/profiles, as literals. */
static const char profile_tcp[] =
#include "demo-tcp.inc"
    ;
static const char profile_udp[] =
#include "demo-udp.inc"
    ;

/* Seconds; the slowest implant has a choice of 7 s between two of its queries. */
#define IDLE_S 6
#define STREAM_S 25
#define AFTER_S 5

typedef struct
{
  char *folder, *transport;
  gboolean clean, progress;
  gint64 seed;
} Options;

static gboolean
check (const Options *options, GError **error)
{
  if (options->transport != NULL && !g_str_equal (options->transport, "tcp")
      && !g_str_equal (options->transport, "udp"))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--transport %s: must be tcp or udp", options->transport);
      return FALSE;
    }
  if (options->seed < 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--seed must not be negative");
      return FALSE;
    }
  return TRUE;
}

static char *
camera_program (GError **error)
{
  g_autofree char *libexec = lens_command_libexec ();
  g_autofree char *installed = g_build_filename (libexec, "lenscap-camera", NULL);
  g_autofree char *built
      = g_build_filename (libexec, "..", "samples", "camera", "lenscap-camera", NULL);

  if (g_file_test (installed, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&installed);
  if (g_file_test (built, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&built);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
               "the simulated camera is not installed: %s is missing", installed);
  return NULL;
}

/* The camera's own log of what it hid lies beside the case, not in it: nobody who evaluates
 * may see it. */
static char *
truth_path (const char *folder, const char *device)
{
  g_autofree char *name = lens_live_cases_name (device, g_get_real_time ());

  return g_strdup_printf ("%s/%s.truth.jsonl", folder, name);
}

static int
demonstrate (const Options *options, LensLiveCases *wish, GError **error)
{
  const LensProfile *profile = g_ptr_array_index (wish->profiles, 0);
  g_autofree char *program = camera_program (error);
  g_autofree char *seed = g_strdup_printf ("%" G_GINT64_FORMAT, options->seed);
  g_autofree char *truth = NULL;
  g_autoptr (GPtrArray) cases = g_ptr_array_new_with_free_func (g_free);

  if (program == NULL)
    return LENS_EXIT_USAGE;
  if (g_mkdir_with_parents (wish->folder, 0777) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   "cannot make folder %s: %s", wish->folder, g_strerror (errno));
      return LENS_EXIT_USAGE;
    }
  truth = truth_path (wish->folder, profile->name);
  const char *const argv[] = {
    "lenscap-camera",    "--truth", truth, "--seed", seed, options->clean ? NULL : "--implant",
    "padding,dns,still", NULL
  };
  LensLiveLab lab = { .device_program = program, .device_argv = argv };
  memcpy (lab.device_mac, profile->mac, sizeof lab.device_mac);
  wish->lab = &lab;
  int status = lens_live_cases_run (wish, cases);
  for (guint i = 0; i < cases->len; i++)
    g_print ("report: %s/report.html\n", (const char *)g_ptr_array_index (cases, i));
  if (cases->len > 0)
    g_print ("what the camera hid: %s\n", truth);
  return status;
}

int
lens_command_demo (int argc, char **argv)
{
  Options options = { .seed = 1 };
  g_autoptr (GError) error = NULL;
  int status;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.folder,
      "Where the case goes (lenscap-cases)", "DIR" },
    { "clean", 0, 0, G_OPTION_ARG_NONE, &options.clean, "The same camera without anything to hide",
      NULL },
    { "transport", 0, 0, G_OPTION_ARG_STRING, &options.transport, "How the stream is pulled (tcp)",
      "tcp|udp" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "What is hidden where comes from it (1)",
      "N" },
    { "progress", 0, 0, G_OPTION_ARG_NONE, &options.progress,
      "Shows progress even when standard error is no terminal", NULL },
    { NULL },
  };

  if (!lens_command_parse (
          "demo", NULL,
          "Pulls, captures, analyses and reports a simulated camera in private\n"
          "namespaces of this machine. Ends with 1 when its leaks were found, with\n"
          "--clean with 0.",
          "lenscap demo --transport udp --seed 7", entries, &argc, &argv, &status))
    return status;
  if (argc > 1)
    return lens_command_complain ("demo", "takes no arguments but options (see --help)");
  gboolean udp = g_strcmp0 (options.transport, "udp") == 0;
  const char *text = udp ? profile_udp : profile_tcp;
  LensLiveCases wish
      = { .command = "demo",
          .folder = options.folder != NULL ? options.folder : "lenscap-cases",
          .profiles = g_ptr_array_new_with_free_func ((GDestroyNotify)lens_profile_free),
          .octets = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
          .idle_s = IDLE_S,
          .stream_s = STREAM_S,
          .after_s = AFTER_S,
          .progress = options.progress || isatty (STDERR_FILENO),
          .threshold = LENS_SEVERITY_MEDIUM };
  g_ptr_array_add (wish.octets, g_bytes_new_static (text, strlen (text)));
  LensProfile *profile = lens_profile_parse (text, strlen (text), &error);
  status = LENS_EXIT_USAGE;
  if (profile != NULL)
    {
      g_ptr_array_add (wish.profiles, profile);
      if (check (&options, &error))
        status = demonstrate (&options, &wish, &error);
    }
  if (error != NULL)
    lens_command_complain ("demo", "%s", error->message);
  g_ptr_array_unref (wish.profiles);
  g_ptr_array_unref (wish.octets);
  g_free (options.folder);
  g_free (options.transport);
  return status;
}
