#include "harness/index.h"

#include "harness/recall.h"

#include <string.h>
#include <sys/stat.h>

static char *
text_or_null (const char *text)
{
  return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

LensIndexRow *
lens_index_row_new (const char *name, gboolean is_kept, const LensJobResult *result,
                    const char *problem)
{
  LensIndexRow *row = g_new0 (LensIndexRow, 1);

  row->name = g_strdup (name);
  row->is_kept = is_kept;
  row->failed = result == NULL || result->status == 2;
  row->verdict = LENS_VERDICT_INCONCLUSIVE;
  if (result == NULL)
    {
      row->problem = g_strdup (problem);
      return row;
    }
  row->device = text_or_null (result->device);
  row->channel = text_or_null (result->channel);
  row->problem = text_or_null (result->problem);
  row->verdict = (LensVerdict)result->verdict;
  row->worst = result->worst;
  row->findings = result->findings;
  row->packets = result->packets;
  row->total_octets = result->total_octets;
  row->undeclared_octets = result->undeclared_octets;
  row->hidden_octets = result->hidden_octets;
  row->unexplained_octets = result->unexplained_octets;
  return row;
}

static gboolean
write_file (const char *folder, const char *name, GBytes *octets, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  gsize length;
  const char *data = g_bytes_get_data (octets, &length);

  return g_file_set_contents (path, data, (gssize)length, error);
}

gboolean
lens_index_write (const char *folder, const GPtrArray *rows, GError **error)
{
  g_autoptr (GBytes) html = lens_index_html (rows);
  g_autoptr (GBytes) json = lens_index_json (rows);

  return write_file (folder, "index.html", html, error)
         && write_file (folder, "batch.json", json, error);
}

/* --- the cases of several machines --- */

typedef struct
{
  char *path, *name;
  LensRecall *recall; /* while it is read */
} Found;

typedef struct
{
  GPtrArray *cases; /* Found */
  GPtrArray *rows;
  guint next, running, n_unreadable;
  void (*told) (const char *sentence);
} Join;

static void
found_free (gpointer data)
{
  Found *found = data;

  g_free (found->path);
  g_free (found->name);
  g_clear_pointer (&found->recall, lens_recall_free);
  g_free (found);
}

static gboolean
is_case (const char *path)
{
  g_autofree char *record = g_build_filename (path, "evaluation.json", NULL);
  g_autofree char *sums = g_build_filename (path, "SHA256SUMS", NULL);

  return g_str_has_suffix (path, ".case") && g_file_test (record, G_FILE_TEST_IS_REGULAR)
         && g_file_test (sums, G_FILE_TEST_IS_REGULAR);
}

/* Below @folder; what is hidden is not finished, and symbolic links are not followed.  FALSE with
 * @error: it cannot be opened. */
static gboolean
find_cases (Join *join, const char *folder, const char *prefix, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  g_autoptr (GError) cause = NULL;
  const char *name;
  struct stat status;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *below = g_strconcat (prefix, name, NULL);
      if (*name == '.' || lstat (path, &status) != 0 || !S_ISDIR (status.st_mode))
        continue;
      if (is_case (path))
        {
          Found *found = g_new0 (Found, 1);
          below[strlen (below) - strlen (".case")] = '\0';
          found->path = g_steal_pointer (&path);
          found->name = g_steal_pointer (&below);
          g_ptr_array_add (join->cases, found);
          continue;
        }
      g_autofree char *deeper = g_strconcat (below, "/", NULL);
      if (find_cases (join, path, deeper, &cause))
        continue;
      join->told (cause->message);
      join->n_unreadable++;
      g_clear_error (&cause);
    }
  return dir != NULL;
}

static void
end_reading (Join *join, Found *found, const char *problem)
{
  g_autofree char *sentence = NULL;

  if (problem != NULL)
    {
      sentence = g_strdup_printf ("%s: %s", found->path, problem);
      join->told (sentence);
      join->n_unreadable++;
    }
  g_ptr_array_add (join->rows,
                   lens_index_row_new (found->name, TRUE,
                                       problem == NULL ? lens_recall_result (found->recall) : NULL,
                                       problem));
  g_clear_pointer (&found->recall, lens_recall_free);
}

static void
begin_reading (Join *join)
{
  Found *found = g_ptr_array_index (join->cases, join->next++);
  const LensRecallWish wish = { .case_path = found->path };
  g_autoptr (GError) error = NULL;

  found->recall = lens_recall_new (&wish, &error);
  if (found->recall != NULL)
    join->running++;
  else
    end_reading (join, found, error->message);
}

static void
serve_readings (Join *join, guint first)
{
  g_autofree struct pollfd *fds = g_new0 (struct pollfd, (gsize)join->running + 1);
  guint n_fds = 0;
  gint timeout = 1000;

  for (guint i = first; i < join->next; i++)
    {
      const Found *found = g_ptr_array_index (join->cases, i);
      if (found->recall == NULL)
        continue;
      fds[n_fds++] = lens_recall_poll (found->recall);
      timeout = MIN (timeout, lens_recall_timeout (found->recall));
    }
  (void)poll (fds, n_fds, timeout);
  for (guint i = first; i < join->next; i++)
    {
      Found *found = g_ptr_array_index (join->cases, i);
      LensRecallState state
          = found->recall != NULL ? lens_recall_serve (found->recall) : LENS_RECALL_RUNNING;
      if (state == LENS_RECALL_RUNNING)
        continue;
      join->running--;
      end_reading (join, found,
                   state == LENS_RECALL_DONE ? NULL : lens_recall_problem (found->recall));
    }
}

static void
read_cases (Join *join)
{
  guint first = 0; /* those before it are read */

  while (join->next < join->cases->len || join->running > 0)
    {
      while (join->running < g_get_num_processors () && join->next < join->cases->len)
        begin_reading (join);
      if (join->running > 0)
        serve_readings (join, first);
      while (first < join->next
             && ((const Found *)g_ptr_array_index (join->cases, first))->recall == NULL)
        first++;
    }
}

gint
lens_index_join (const char *folder, void (*told) (const char *sentence), guint *n_unreadable,
                 GError **error)
{
  g_autoptr (GPtrArray) cases = g_ptr_array_new_with_free_func (found_free);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)lens_index_row_free);
  Join join = { .cases = cases, .rows = rows, .told = told };

  if (!find_cases (&join, folder, "", error))
    return -1;
  read_cases (&join);
  *n_unreadable = join.n_unreadable;
  return lens_index_write (folder, rows, error) ? (gint)cases->len : -1;
}
