#include "harness/command.h"

#include "report/escape.h"
#include "harness/version.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* "-j4" is what people type; GOption knows "-j 4" and "--jobs=4" only. */
static void
part_short_options (const GOptionEntry *options, int argc, char **argv)
{
  for (int i = 1; i < argc && !g_str_equal (argv[i], "--"); i++)
    for (const GOptionEntry *entry = options; entry->long_name != NULL; entry++)
      if (entry->short_name != 0 && entry->arg != G_OPTION_ARG_NONE && argv[i][0] == '-'
          && argv[i][1] == entry->short_name && argv[i][2] != '\0')
        {
          g_autofree char *parted = g_strdup_printf ("--%s=%s", entry->long_name, argv[i] + 2);
          argv[i] = (char *)g_intern_string (parted);
          break;
        }
}

gboolean
lens_command_parse (const char *name, const char *arguments, const char *summary,
                    const char *example, const GOptionEntry *options, int *argc, char ***argv,
                    int *status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new (arguments);
  g_autofree char *description = g_strdup_printf ("Example:\n  %s\n", example);
  g_autofree char *program = g_strdup_printf ("lenscap %s", name);

  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_set_help_enabled (context, FALSE);
  g_set_prgname (program);
  part_short_options (options, *argc, *argv);
  for (int i = 1; i < *argc && !g_str_equal ((*argv)[i], "--"); i++)
    if (g_str_equal ((*argv)[i], "--help") || g_str_equal ((*argv)[i], "-h"))
      {
        g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);
        g_print ("%s", help);
        *status = LENS_EXIT_CLEAN;
        return FALSE;
      }
  if (g_option_context_parse (context, argc, argv, &error))
    return TRUE;
  *status = lens_command_complain (name, "%s (see lenscap %s --help)", error->message, name);
  return FALSE;
}

int
lens_command_complain (const char *name, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autofree char *shown = lens_command_shown (text);
  g_printerr ("lenscap %s: %s\n", name, shown);
  return LENS_EXIT_USAGE;
}

LensProfile *
lens_command_profile (const char *path, GBytes **octets, GError **error)
{
  char *contents;
  gsize length;

  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "profile %s: %s", path,
                   g_strerror (errno));
      return NULL;
    }
  close (fd);
  if (!g_file_get_contents (path, &contents, &length, error))
    return NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_take (contents, length);
  LensProfile *profile = lens_profile_parse (contents, length, error);
  if (profile == NULL)
    {
      g_prefix_error (error, "profile %s: ", path);
      return NULL;
    }
  if (octets != NULL)
    *octets = g_steal_pointer (&bytes);
  return profile;
}

GBytes *
lens_command_given (const char *path, gsize most, GError **error)
{
  char *octets;
  gsize length;

  if (!g_file_get_contents (path, &octets, &length, error))
    return NULL;
  GBytes *given = g_bytes_new_take (octets, length);
  if (length <= most)
    return given;
  g_bytes_unref (given);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: it is above %zu MiB", path,
               most >> 20);
  return NULL;
}

gboolean
lens_command_severity (const char *name, LensSeverity *severity, GError **error)
{
  if (lens_severity_parse (name, severity))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "--fail-on %s: must be info, low, medium, high or critical", name);
  return FALSE;
}

char *
lens_command_libexec (void)
{
  char self[PATH_MAX];
  gssize length = readlink ("/proc/self/exe", self, sizeof self - 1);

  if (length > 0)
    {
      self[length] = '\0';
      g_autofree char *folder = g_path_get_dirname (self);
      g_autofree char *beside = g_build_filename (folder, "lenscap-capture", NULL);
      if (g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer (&folder);
      /* PREFIX/bin/lenscap, PREFIX/libexec/lenscap/... */
      g_autofree char *moved = g_build_filename (folder, "..", LENSCAP_LIBEXEC_FROM_PREFIX, NULL);
      if (g_file_test (moved, G_FILE_TEST_IS_DIR))
        return g_steal_pointer (&moved);
    }
  return g_strdup (LENSCAP_LIBEXEC);
}

char *
lens_command_shown (const char *text)
{
  GString *shown = g_string_new (NULL);

  lens_escape_text (shown, text, 0);
  return g_string_free (shown, FALSE);
}
