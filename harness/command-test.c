/* lenscap test: evaluation of live devices. */
#include "harness/command.h"

#include "harness/credentials.h"
#include "harness/errand.h"
#include "harness/live-cases.h"
#include "ledger/mud.h"

#include <unistd.h>

static void
free_secrets (gpointer data)
{
  char **secrets = data;

  for (guint i = 0; secrets[i] != (char *)secrets; i++)
    lens_credentials_free (secrets[i]);
  g_free (secrets);
}

/* A secret or NULL for each stream; the end is marked by the list itself, since NULL means
 * "none". */
static char **
read_secrets (const LensProfile *profile, GError **error)
{
  char **secrets = g_new0 (char *, profile->streams->len + 1);

  secrets[0] = (char *)secrets;
  for (guint i = 0; i < profile->streams->len; i++)
    {
      const LensDeclaredStream *stream = g_ptr_array_index (profile->streams, i);
      char *secret = NULL;
      if (stream->credentials != NULL
          && (secret = lens_credentials_read (stream->credentials, stream->name, error)) == NULL)
        {
          free_secrets (secrets);
          return NULL;
        }
      secrets[i] = secret;
      secrets[i + 1] = (char *)secrets;
    }
  return secrets;
}

static gboolean
load (char **paths, LensLiveCases *wish, GError **error)
{
  for (guint i = 0; paths[i] != NULL; i++)
    {
      GBytes *octets = NULL;
      LensProfile *profile = lens_command_profile (paths[i], &octets, error);
      if (profile == NULL)
        return FALSE;
      g_ptr_array_add (wish->profiles, profile);
      g_ptr_array_add (wish->octets, octets);
      if (profile->interface == NULL)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "profile %s: a live run needs interface = NAME in [capture]", paths[i]);
          return FALSE;
        }
      if (profile->streams->len == 0)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "profile %s: a live run needs at least one [stream NAME]", paths[i]);
          return FALSE;
        }
      char **secrets = read_secrets (profile, error);
      if (secrets == NULL)
        {
          g_prefix_error (error, "profile %s: ", paths[i]);
          return FALSE;
        }
      g_ptr_array_add (wish->secrets, secrets);
    }
  return TRUE;
}

/* As given, when a confined process can read it: better said now than after the run. */
static GBytes *
read_mud (const char *path, GError **error)
{
  g_autoptr (GBytes) mud = lens_command_given (path, LENS_MUD_MAX_OCTETS, error);

  if (mud == NULL)
    return NULL;
  if (lens_errand_run ("mud", mud, NULL, NULL, NULL, error))
    return g_steal_pointer (&mud);
  g_prefix_error (error, "--mud %s: ", path);
  return NULL;
}

int
lens_command_test (int argc, char **argv)
{
  g_autofree char *folder = NULL, *fail_on = NULL, *mud = NULL;
  g_auto (GStrv) paths = NULL;
  g_autoptr (GError) error = NULL;
  gboolean progress = FALSE, require_all = FALSE;
  int status;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &folder, "Where cases go (lenscap-cases)", "DIR" },
    { "mud", 0, 0, G_OPTION_ARG_FILENAME, &mud,
      "What the manufacturer declares of the devices (RFC 8520)", "FILE" },
    { "fail-on", 0, 0, G_OPTION_ARG_STRING, &fail_on, "Ends with 1 from this severity on (medium)",
      "SEVERITY" },
    { "require-all-layers", 0, 0, G_OPTION_ARG_NONE, &require_all,
      "Refuses to work where a layer of confinement is missing", NULL },
    { "progress", 0, 0, G_OPTION_ARG_NONE, &progress,
      "Shows progress even when standard error is no terminal", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL, "PROFILE..." },
    { NULL },
  };

  if (!lens_command_parse ("test", NULL,
                           "Evaluates one or more devices live: capture first, then the phases,\n"
                           "then analysis and report, one case per device.",
                           "lenscap test camera.ini", entries, &argc, &argv, &status))
    return status;
  if (paths == NULL)
    return lens_command_complain ("test", "name at least one profile (see lenscap-profile(5))");
  LensLiveCases wish
      = { .command = "test",
          .folder = folder != NULL ? folder : "lenscap-cases",
          .profiles = g_ptr_array_new_with_free_func ((GDestroyNotify)lens_profile_free),
          .octets = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
          .secrets = g_ptr_array_new_with_free_func (free_secrets),
          .idle_s = -1,
          .stream_s = -1,
          .after_s = -1,
          .progress = progress || isatty (STDERR_FILENO),
          .require_all = require_all,
          .threshold = LENS_SEVERITY_MEDIUM };
  if ((fail_on != NULL && !lens_command_severity (fail_on, &wish.threshold, &error))
      || !load (paths, &wish, &error)
      || (mud != NULL && (wish.mud = read_mud (mud, &error)) == NULL))
    status = lens_command_complain ("test", "%s", error->message);
  else
    status = lens_live_cases_run (&wish, NULL);
  g_ptr_array_unref (wish.secrets);
  g_ptr_array_unref (wish.profiles);
  g_ptr_array_unref (wish.octets);
  g_clear_pointer (&wish.mud, g_bytes_unref);
  return status;
}
