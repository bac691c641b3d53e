/* lenscap report: renders a case again, elsewhere. */
#include "harness/command.h"

#include "harness/hash.h"
#include "harness/index.h"
#include "harness/octets.h"
#include "harness/redaction.h"
#include "harness/render.h"
#include "harness/sums.h"
#include "report/export.h"

#include <stdlib.h>
#include <string.h>

/* What is to be done with each case. */
typedef struct
{
  LensOrder *order;   /* without what is of one case */
  const char *folder; /* NULL: beside the case */
  gboolean redact;    /* a case for sharing, and no order */
} Wish;

static gboolean
check_formats (const GStrv formats, GError **error)
{
  for (guint i = 0; formats[i] != NULL; i++)
    if (lens_export_files (formats[i]) == NULL)
      {
        g_autofree char *known = g_strjoinv (", ", (GStrv)lens_export_formats ());
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                     "--format %s: this version renders %s", formats[i], known);
        return FALSE;
      }
    else if (g_strv_contains ((const char *const *)formats + i + 1, formats[i]))
      {
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--format: %s is named twice",
                     formats[i]);
        return FALSE;
      }
  return TRUE;
}

static gboolean
write_files (const char *folder, const GPtrArray *files, GError **error)
{
  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "cannot make folder %s", folder);
      return FALSE;
    }
  for (guint i = 0; i < files->len; i++)
    {
      const LensRendered *file = files->pdata[i];
      g_autofree char *path = g_build_filename (folder, file->name, NULL);
      gsize length;
      const char *data = g_bytes_get_data (file->octets, &length);
      if (!g_file_set_contents (path, data, (gssize)length, error))
        return FALSE;
    }
  return TRUE;
}

/* Fills in what is of the case at @path. */
static void
address (LensOrder *order, const char *path, GBytes *record)
{
  g_autoptr (GBytes) sums = lens_octets_read_in (path, "SHA256SUMS", NULL);

  g_clear_pointer (&order->run, g_bytes_unref);
  g_free (order->record_sha256);
  g_free (order->sums_sha256);
  order->run = lens_octets_read_in (path, "run.json", NULL);
  order->record_sha256 = lens_hash_bytes (record);
  order->sums_sha256 = lens_hash_bytes (sums);
}

static gboolean
render_case (const char *path, const char *folder, LensOrder *order, GError **error)
{
  g_autoptr (GBytes) record = lens_octets_read_in (path, "evaluation.json", error);

  if (record == NULL)
    return FALSE;
  address (order, path, record);
  g_autoptr (GPtrArray) files = lens_render (record, order, error);
  return files != NULL && write_files (folder, files, error);
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

/* Of a case that is not what its hashes say, nothing is made that would speak for it. */
static gboolean
redact_case (const char *path, const char *folder, GError **error)
{
  guint n_files;

  return lens_sums_check_whole (path, &n_files, error)
         && lens_redaction_write (path, folder, error);
}

static int
report_case (char *path, const Wish *wish)
{
  g_autoptr (GError) error = NULL;
  gsize length = strlen (path);

  while (length > 1 && path[length - 1] == '/')
    path[--length] = '\0';
  g_autofree char *folder = wish->folder != NULL
                                ? g_strdup (wish->folder)
                                : g_strconcat (path, wish->redact ? ".redacted" : ".report", NULL);
  if (is_inside (folder, path))
    return lens_command_complain ("report", "%s lies in the case, which is sealed", folder);
  if (wish->redact ? !redact_case (path, folder, &error)
                   : !render_case (path, folder, wish->order, &error))
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

/* The formats that were asked for, and the user's rows; NULL after a complaint. */
static LensOrder *
order_of (const char *formats, const char *mapping)
{
  g_autoptr (LensOrder) order = lens_order_new ();
  g_autoptr (GError) error = NULL;

  order->formats = g_strsplit (formats != NULL ? formats : "html,text", ",", -1);
  if (check_formats (order->formats, &error) && mapping != NULL
      && (order->mapping = lens_octets_read (mapping, &error)) == NULL)
    g_prefix_error (&error, "--mapping %s: ", mapping);
  if (error != NULL)
    {
      lens_command_complain ("report", "%s", error->message);
      return NULL;
    }
  return g_steal_pointer (&order);
}

int
lens_command_report (int argc, char **argv)
{
  g_autofree char *folder = NULL, *formats = NULL, *batch = NULL, *mapping = NULL;
  gboolean redact = FALSE;
  int status;
  const GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_STRING, &formats, "What to render, one or several (html,text)",
      "html,text,csv,eve,stix,oscal,in-toto" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &folder, "Where the files go (CASE.report)", "DIR" },
    { "mapping", 0, 0, G_OPTION_ARG_FILENAME, &mapping,
      "Adds rows to what findings bear on (see the manual page)", "FILE" },
    { "redact", 0, 0, G_OPTION_ARG_NONE, &redact,
      "Makes a case for sharing, without names and packets (CASE.redacted)", NULL },
    { "batch", 0, 0, G_OPTION_ARG_FILENAME, &batch,
      "Writes the index over all cases below DIR, of several machines too", "DIR" },
    { NULL },
  };

  if (!lens_command_parse (
          "report", "CASE...", "Renders cases again; a case itself is never changed.",
          "lenscap report lenscap-cases/capture.pcapng.case", entries, &argc, &argv, &status))
    return status;
  if (batch != NULL && (argc > 1 || folder != NULL || formats != NULL || mapping != NULL || redact))
    return lens_command_complain ("report", "--batch goes with nothing else");
  if (batch != NULL)
    return join (batch);
  if (argc < 2 || (folder != NULL && argc > 2))
    return lens_command_complain ("report", argc < 2 ? "name at least one case"
                                                     : "-o goes with one case only");
  if (redact && (formats != NULL || mapping != NULL))
    return lens_command_complain ("report", "--redact makes a whole case: render that with lenscap "
                                            "report then");
  g_autoptr (LensOrder) order = order_of (formats, mapping);
  if (order == NULL)
    return LENS_EXIT_USAGE;
  const Wish wish = { order, folder, redact };
  status = LENS_EXIT_CLEAN;
  for (int i = 1; i < argc; i++)
    if (report_case (argv[i], &wish) != LENS_EXIT_CLEAN)
      status = LENS_EXIT_USAGE;
  return status;
}
