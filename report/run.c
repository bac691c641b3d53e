#include "report/run.h"

#include "report/emit.h"
#include "report/json.h"
#include "report/record.h"

static void
free_file (gpointer data)
{
  LensRunFile *file = data;

  g_free (file->name);
  g_free (file);
}

LensRun *
lens_run_new (void)
{
  LensRun *run = g_new0 (LensRun, 1);

  run->in_force = g_ptr_array_new_with_free_func (g_free);
  run->missing = g_ptr_array_new_with_free_func (g_free);
  run->libraries = g_ptr_array_new_with_free_func (g_free);
  run->losses = g_ptr_array_new_with_free_func (g_free);
  run->paths = g_ptr_array_new_with_free_func (g_free);
  run->incomplete = g_ptr_array_new_with_free_func (g_free);
  run->files = g_ptr_array_new_with_free_func (free_file);
  return run;
}

void
lens_run_free (LensRun *run)
{
  if (run == NULL)
    return;
  g_free (run->host);
  g_free (run->version);
  g_ptr_array_unref (run->in_force);
  g_ptr_array_unref (run->missing);
  g_ptr_array_unref (run->libraries);
  g_ptr_array_unref (run->losses);
  g_ptr_array_unref (run->paths);
  g_ptr_array_unref (run->incomplete);
  g_ptr_array_unref (run->files);
  g_free (run);
}

void
lens_run_add_file (LensRun *run, const char *name, guint64 octets, gint64 modified)
{
  LensRunFile *file = g_new0 (LensRunFile, 1);

  file->name = g_strdup (name);
  file->octets = octets;
  file->modified = modified;
  g_ptr_array_add (run->files, file);
}

static void
write_files (LensEmit *emit, const GPtrArray *files)
{
  lens_emit_begin_array (emit, "files", LENS_EMIT_TALL);
  for (guint i = 0; i < files->len; i++)
    {
      const LensRunFile *file = g_ptr_array_index (files, i);

      lens_emit_begin_object (emit, NULL, LENS_EMIT_ROW);
      lens_emit_string (emit, "name", file->name);
      lens_emit_uint (emit, "bytes", file->octets);
      lens_emit_time (emit, "modified", file->modified);
      lens_emit_end_object (emit);
    }
  lens_emit_end_array (emit);
}

GBytes *
lens_run_octets (const LensRun *run)
{
  GByteArray *octets = g_byte_array_new ();
  LensEmit emit;

  lens_emit_init (&emit, LENS_EMIT_PRETTY, lens_emit_to_byte_array, octets);
  lens_emit_begin_object (&emit, NULL, LENS_EMIT_TALL);
  lens_emit_string (&emit, "schema", LENS_RUN_SCHEMA);
  lens_emit_string (&emit, "version", run->version);
  lens_emit_time (&emit, "started", run->started);
  lens_emit_time (&emit, "finished", run->finished);
  lens_emit_string (&emit, "host", run->host);
  lens_emit_begin_object (&emit, "confinement", LENS_EMIT_TALL);
  lens_emit_strings (&emit, "in_force", run->in_force);
  lens_emit_strings (&emit, "missing", run->missing);
  lens_emit_end_object (&emit);
  lens_emit_strings (&emit, "libraries", run->libraries);
  lens_emit_strings (&emit, "losses", run->losses);
  lens_emit_strings (&emit, "paths", run->paths);
  if (run->incomplete->len > 0)
    lens_emit_strings (&emit, "incomplete", run->incomplete);
  write_files (&emit, run->files);
  lens_emit_end_object (&emit);
  lens_emit_finish (&emit);
  return g_byte_array_free_to_bytes (octets);
}

static gint64
read_time (LensJson *json, LensJsonValue *object, const char *key)
{
  const char *text = lens_json_text (json, object, key);
  gint64 ns = 0;

  if (text != NULL && !lens_record_parse_time (text, &ns))
    lens_json_complain (json, object, key, "is not a time in seconds since the epoch");
  return ns;
}

static void
read_files (LensJson *json, LensJsonValue *list, LensRun *run)
{
  for (guint i = 0; i < lens_json_length (list); i++)
    {
      LensJsonValue *file = lens_json_element (list, i);
      lens_run_add_file (run, lens_json_text (json, file, "name"),
                         lens_json_uint (json, file, "bytes", G_MAXUINT64),
                         read_time (json, file, "modified"));
    }
}

gboolean
lens_run_tells_confinement (const LensRun *run)
{
  return run->in_force->len > 0 || run->missing->len > 0;
}

LensRun *
lens_run_read (const guint8 *octets, gsize length, GError **error)
{
  g_autoptr (LensJson) json = lens_json_parse (octets, length, error);
  g_autoptr (LensRun) run = lens_run_new ();

  if (json == NULL)
    return NULL;
  LensJsonValue *root = lens_json_root (json);
  LensJsonValue *confinement = lens_json_object (json, root, "confinement");
  if (g_strcmp0 (lens_json_text (json, root, "schema"), LENS_RUN_SCHEMA) != 0)
    lens_json_complain (json, NULL, "schema", "is not " LENS_RUN_SCHEMA);
  run->version = g_strdup (lens_json_text (json, root, "version"));
  run->started = read_time (json, root, "started");
  run->finished = read_time (json, root, "finished");
  run->host = g_strdup (lens_json_text (json, root, "host"));
  lens_json_strings (json, confinement, "in_force", run->in_force);
  lens_json_strings (json, confinement, "missing", run->missing);
  lens_json_strings (json, root, "libraries", run->libraries);
  lens_json_strings (json, root, "losses", run->losses);
  lens_json_strings (json, root, "paths", run->paths);
  lens_json_strings (json, root, "incomplete", run->incomplete);
  read_files (json, lens_json_array (json, root, "files"), run);

  const char *problem = lens_json_problem (json);
  if (problem != NULL)
    {
      g_set_error_literal (error, LENS_RECORD_ERROR, LENS_RECORD_ERROR_INVALID, problem);
      return NULL;
    }
  return g_steal_pointer (&run);
}
