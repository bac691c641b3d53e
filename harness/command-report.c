/* lenscap report: renders a case again, elsewhere. */
#include "harness/command.h"

#include "harness/index.h"
#include "harness/octets.h"
#include "harness/render.h"

#include <stdlib.h>
#include <string.h>

static gboolean
wants (const char *formats, const char *name)
{
  g_auto (GStrv) list = g_strsplit (formats, ",", -1);

  return g_strv_contains ((const char *const *)list, name);
}

static gboolean
check_formats (const char *formats, GError **error)
{
  g_auto (GStrv) list = g_strsplit (formats, ",", -1);

  for (guint i = 0; list[i] != NULL; i++)
    if (!g_str_equal (list[i], "html") && !g_str_equal (list[i], "text"))
      {
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                     "--format %s: this version renders html and text", list[i]);
        return FALSE;
      }
  return TRUE;
}

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

static gboolean
write_page (const char *folder, const char *name, GBytes *octets, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  gsize length;
  const char *data = g_bytes_get_data (octets, &length);

  return g_file_set_contents (path, data, (gssize)length, error);
}

static gboolean
render_case (const char *path, const char *folder, const char *formats, GError **error)
{
  g_autoptr (GBytes) record = read_file (path, "evaluation.json", error);
  g_autoptr (GBytes) run = record != NULL ? read_file (path, "run.json", NULL) : NULL;
  g_autoptr (GBytes) html = NULL, text = NULL;

  if (record == NULL || !lens_render (record, run, &html, &text, error))
    return FALSE;
  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot make folder %s", folder);
      return FALSE;
    }
  return (!wants (formats, "html") || write_page (folder, "report.html", html, error))
         && (!wants (formats, "text") || write_page (folder, "report.txt", text, error));
}

/* Where @path really lies: symbolic links followed, as far as it exists. */
static char *
resolved (const char *path)
{
  g_autofree char *real = realpath (path, NULL);

  if (real != NULL)
    return g_strdup (real);
  g_autofree char *whole = g_canonicalize_filename (path, NULL);
  g_autofree char *parent = g_path_get_dirname (whole);
  g_autofree char *name = g_path_get_basename (whole);
  if (g_str_equal (parent, whole))
    return g_steal_pointer (&whole);
  g_autofree char *above = resolved (parent);
  return g_build_filename (above, name, NULL);
}

/* The folder must not be the case itself, which is sealed. */
static gboolean
is_inside (const char *folder, const char *path)
{
  g_autofree char *one = resolved (folder);
  g_autofree char *other = resolved (path);

  return g_str_has_prefix (one, other)
         && (one[strlen (other)] == '\0' || one[strlen (other)] == '/');
}

static int
report_case (char *path, const char *wanted_folder, const char *formats)
{
  g_autoptr (GError) error = NULL;
  gsize length = strlen (path);

  while (length > 1 && path[length - 1] == '/')
    path[--length] = '\0';
  g_autofree char *folder
      = wanted_folder != NULL ? g_strdup (wanted_folder) : g_strconcat (path, ".report", NULL);
  if (is_inside (folder, path))
    return lens_command_complain ("report", "%s lies in the case, which is sealed", folder);
  if (!render_case (path, folder, formats, &error))
    return lens_command_complain ("report", "%s: %s", path, error->message);
  g_autofree char *shown = lens_command_shown (folder);
  g_print ("%s\n", shown);
  return LENS_EXIT_CLEAN;
}

static void
tell (const char *sentence)
{
  lens_command_complain ("report", "%s", sentence);
}

static int
join (const char *folder)
{
  g_autoptr (GError) error = NULL;
  guint n_unreadable = 0;
  gint count = lens_index_join (folder, tell, &n_unreadable, &error);

  if (count < 0)
    return lens_command_complain ("report", "%s: %s", folder, error->message);
  g_autofree char *page = g_build_filename (folder, "index.html", NULL);
  g_autofree char *shown = lens_command_shown (page);
  g_print ("%s: %d case%s\n", shown, count, count == 1 ? "" : "s");
  return n_unreadable > 0 ? LENS_EXIT_USAGE : LENS_EXIT_CLEAN;
}

int
lens_command_report (int argc, char **argv)
{
  g_autofree char *folder = NULL, *formats = NULL, *batch = NULL;
  g_autoptr (GError) error = NULL;
  int status;
  const GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &formats, "html, text or both (html,text)", "LIST" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &folder, "Where the pages go (CASE.report)", "DIR" },
    { "batch", 0, 0, G_OPTION_ARG_FILENAME, &batch,
      "Writes the index over all cases below DIR, of several machines too", "DIR" },
    { NULL },
  };

  if (!lens_command_parse (
          "report", "CASE...", "Renders cases again; a case itself is never changed.",
          "lenscap report lenscap-cases/capture.pcapng.case", entries, &argc, &argv, &status))
    return status;
  if (batch != NULL && (argc > 1 || folder != NULL || formats != NULL))
    return lens_command_complain ("report", "--batch goes with nothing else");
  if (batch != NULL)
    return join (batch);
  if (argc < 2 || (folder != NULL && argc > 2))
    return lens_command_complain ("report", argc < 2 ? "name at least one case"
                                                     : "-o goes with one case only");
  if (formats == NULL)
    formats = g_strdup ("html,text");
  if (!check_formats (formats, &error))
    return lens_command_complain ("report", "%s", error->message);
  status = LENS_EXIT_CLEAN;
  for (int i = 1; i < argc; i++)
    if (report_case (argv[i], folder, formats) != LENS_EXIT_CLEAN)
      status = LENS_EXIT_USAGE;
  return status;
}
