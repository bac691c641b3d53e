/* Files of one capture become one input. */
#include "harness/inputs.h"

#include "harness/set-order.h"

#include <string.h>
#include <sys/stat.h>

GPtrArray *
lens_input_paths (const LensInput *input)
{
  GPtrArray *paths = g_ptr_array_new ();

  if (input->files == NULL)
    g_ptr_array_add (paths, input->path);
  for (guint i = 0; input->files != NULL && i < input->files->len; i++)
    g_ptr_array_add (paths, ((LensInput *)g_ptr_array_index (input->files, i))->path);
  return paths;
}

void
lens_input_sort (LensInput *input)
{
  g_autoptr (GHashTable) by_path = NULL;

  if (input->files == NULL || input->are_sorted)
    return;
  g_autoptr (GPtrArray) paths = lens_input_paths (input);
  by_path = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < input->files->len; i++)
    g_hash_table_insert (by_path, g_ptr_array_index (paths, i),
                         g_ptr_array_index (input->files, i));
  lens_set_order (paths);
  for (guint i = 0; i < paths->len; i++)
    g_ptr_array_index (input->files, i)
        = g_hash_table_lookup (by_path, g_ptr_array_index (paths, i));
  input->are_sorted = TRUE;
  if (input->set != NULL && input->files->len > 1)
    return;
  const LensInput *first = g_ptr_array_index (input->files, 0);
  g_free (input->name);
  input->name = g_strdup (first->name);
}

static void refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
}

/* A set has one declaration, which one of its lines may give for all. */
static gboolean
agree (char **of_set, const char *of_file, const LensInput *file, const char *what, GError **error)
{
  if (of_file == NULL || g_strcmp0 (*of_set, of_file) == 0)
    return TRUE;
  if (*of_set != NULL)
    {
      refuse (error, "%s: %s%s contradicts %s%s of the set it belongs to", file->path, what,
              of_file, what, *of_set);
      return FALSE;
    }
  *of_set = g_strdup (of_file);
  return TRUE;
}

/* One file under two names would be a capture that happened twice. */
static gboolean
are_different (const GPtrArray *files, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  struct stat status;

  for (guint i = 0; i < files->len; i++)
    {
      const LensInput *file = g_ptr_array_index (files, i);
      char *key = stat (file->path, &status) == 0
                      ? g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
                                         (guint64)status.st_dev, (guint64)status.st_ino)
                      : g_strdup (file->path);
      const LensInput *other = g_hash_table_lookup (seen, key);
      g_hash_table_insert (seen, key, (gpointer)file);
      if (other == NULL)
        continue;
      refuse (error, "%s and %s are the same file: a set holds each of its files once", other->path,
              file->path);
      return FALSE;
    }
  return TRUE;
}

/* Takes @file. */
static gboolean
add_file (LensInput *set, LensInput *file, GError **error)
{
  g_ptr_array_add (set->files, file);
  if (g_str_equal (file->path, "-"))
    {
      refuse (error, "standard input cannot be a file of a set");
      return FALSE;
    }
  return agree (&set->profile, file->profile, file, "profile=", error)
         && agree (&set->mud, file->mud, file, "mud=", error)
         && agree (&set->device, file->device, file, "device=", error);
}

static LensInput *
set_new (const char *name)
{
  LensInput *set = g_new0 (LensInput, 1);

  set->set = g_strdup (name);
  set->path = g_strdup (name);
  set->name = g_strdup (name);
  set->case_name = name != NULL ? lens_input_tame (name) : NULL;
  set->files = g_ptr_array_new_with_free_func (lens_input_free);
  return set;
}

/* A set without a name is called as its first file is. */
static void
name_by_first (LensInput *set)
{
  lens_input_sort (set);
  const LensInput *first = g_ptr_array_index (set->files, 0);
  set->path = g_strdup (first->path);
  set->case_name = g_strdup (first->case_name);
}

static GPtrArray *
join_all (GPtrArray *inputs, GError **error)
{
  g_autoptr (GPtrArray) one = g_ptr_array_new_with_free_func (lens_input_free);
  LensInput *set = set_new (NULL);
  gboolean good = TRUE;

  g_ptr_array_add (one, set);
  g_ptr_array_set_free_func (inputs, NULL);
  for (guint i = 0; i < inputs->len; i++)
    good = add_file (set, g_ptr_array_index (inputs, i), good ? error : NULL) && good;
  g_ptr_array_unref (inputs);
  if (!good || !are_different (set->files, error))
    return NULL;
  if (set->files->len == 0)
    g_ptr_array_set_size (one, 0);
  else
    name_by_first (set);
  return g_steal_pointer (&one);
}

static gboolean
is_complete (const LensInput *set, GError **error)
{
  if (*set->case_name == '\0')
    {
      refuse (error, "set=%s: no case can have that name", set->set);
      return FALSE;
    }
  return are_different (set->files, error);
}

static GPtrArray *
join_named (GPtrArray *inputs, GError **error)
{
  g_autoptr (GPtrArray) joined = g_ptr_array_new_with_free_func (lens_input_free);
  g_autoptr (GHashTable) sets = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean good = TRUE;

  g_ptr_array_set_free_func (inputs, NULL);
  for (guint i = 0; i < inputs->len; i++)
    {
      LensInput *input = g_ptr_array_index (inputs, i);
      if (input->set == NULL)
        {
          g_ptr_array_add (joined, input);
          continue;
        }
      LensInput *set = g_hash_table_lookup (sets, input->set);
      if (set == NULL)
        {
          set = set_new (input->set);
          g_hash_table_insert (sets, set->set, set);
          g_ptr_array_add (joined, set);
        }
      good = add_file (set, input, good ? error : NULL) && good;
    }
  g_ptr_array_unref (inputs);
  for (guint i = 0; good && i < joined->len; i++)
    {
      const LensInput *input = g_ptr_array_index (joined, i);
      good = input->files == NULL || is_complete (input, error);
    }
  return good ? g_steal_pointer (&joined) : NULL;
}

GPtrArray *
lens_inputs_join (GPtrArray *inputs, gboolean set, GError **error)
{
  return set ? join_all (inputs, error) : join_named (inputs, error);
}
