#include "harness/inputs.h"

#include "harness/packed.h"
#include "wire/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMED_AT_MOST 5

typedef struct
{
  GPtrArray *inputs;
  GPtrArray *packed; /* LensInput: of the folder at hand, in @inputs */
  GPtrArray *others; /* char*: of that folder, no captures */
  void (*told) (const char *sentence);
} Search;

void
lens_input_free (gpointer data)
{
  LensInput *input = data;

  g_free (input->path);
  g_free (input->name);
  g_free (input->case_name);
  g_free (input->profile);
  g_free (input->mud);
  g_free (input->device);
  g_free (input->set);
  g_clear_pointer (&input->files, g_ptr_array_unref);
  g_free (input);
}

static LensInput *
add (Search *search, const char *path, const char *case_name)
{
  LensInput *input = g_new0 (LensInput, 1);

  input->path = g_strdup (path);
  input->name = g_str_equal (path, "-") ? g_strdup ("-") : g_path_get_basename (path);
  input->case_name = g_strdup (case_name);
  g_ptr_array_add (search->inputs, input);
  return input;
}

/* What the first octets say: a capture, or a packed file that may hold one. */
static gboolean
is_capture (const char *path, gboolean *packed)
{
  guint8 first[4];
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  gssize count = fd >= 0 ? read (fd, first, sizeof first) : -1;

  if (fd >= 0)
    close (fd);
  *packed = count > 0 && lens_packing_of (first, (gsize)count) != LENS_PACKING_NONE;
  return count == sizeof first && lens_capture_kind_of (first) != LENS_CAPTURE_KIND_NONE;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
sorted_names (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const char *name;

  if (dir == NULL)
    return NULL;
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare);
  return names;
}

/* A finished case holds copies of what was captured elsewhere, and is sealed: no case is made
 * inside it. */
static gboolean
is_case (const char *folder)
{
  g_autofree char *record = g_build_filename (folder, "evaluation.json", NULL);
  g_autofree char *sums = g_build_filename (folder, "SHA256SUMS", NULL);

  return g_file_test (record, G_FILE_TEST_IS_REGULAR) && g_file_test (sums, G_FILE_TEST_IS_REGULAR);
}

/* A folder's captures, below @prefix; symbolic links to folders are not followed. */
static gboolean
walk (Search *search, const char *folder, const char *prefix, GError **error)
{
  g_autoptr (GPtrArray) names = sorted_names (folder, error);
  gboolean packed;

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, g_ptr_array_index (names, i), NULL);
      g_autofree char *below
          = g_strconcat (prefix, (const char *)g_ptr_array_index (names, i), NULL);
      struct stat status;
      if (lstat (path, &status) == 0 && S_ISDIR (status.st_mode) && !is_case (path))
        {
          g_autofree char *deeper = g_strconcat (below, "/", NULL);
          if (!walk (search, path, deeper, error))
            return FALSE;
        }
      else if (stat (path, &status) == 0 && S_ISREG (status.st_mode)
               && (is_capture (path, &packed) || packed))
        {
          LensInput *input = add (search, path, below);
          if (packed)
            g_ptr_array_add (search->packed, input);
        }
      else
        g_ptr_array_add (search->others, g_steal_pointer (&below));
    }
  return names != NULL;
}

static void
tell_others (const Search *search, const char *folder, const GPtrArray *others)
{
  if (others->len == 0 || search->told == NULL)
    return;
  GString *sentence = g_string_new (NULL);
  g_string_printf (sentence, "%s: %u %s and left out: ", folder, others->len,
                   others->len == 1 ? "entry is no capture" : "entries are no captures");
  for (guint i = 0; i < MIN (others->len, NAMED_AT_MOST); i++)
    g_string_append_printf (sentence, "%s%s", i > 0 ? ", " : "",
                            (const char *)g_ptr_array_index (others, i));
  if (others->len > NAMED_AT_MOST)
    g_string_append (sentence, " ...");
  search->told (sentence->str);
  g_string_free (sentence, TRUE);
}

/* Packed files that hold no capture are no inputs. */
static void
leave_out_packed (Search *search)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  g_autofree LensPackedKind *kinds = g_new0 (LensPackedKind, search->packed->len + 1);

  for (guint i = 0; i < search->packed->len; i++)
    g_ptr_array_add (paths, ((LensInput *)g_ptr_array_index (search->packed, i))->path);
  lens_packed_look (paths, kinds);
  for (guint i = 0; i < search->packed->len; i++)
    if (kinds[i] == LENS_PACKED_OTHER)
      {
        LensInput *input = g_ptr_array_index (search->packed, i);
        g_ptr_array_add (search->others, g_strdup (input->case_name));
        g_ptr_array_remove (search->inputs, input);
      }
  g_ptr_array_sort (search->others, compare);
}

static gboolean
take_folder (Search *search, const char *folder, GError **error)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) packed = g_ptr_array_new ();

  search->others = others;
  search->packed = packed;
  if (!walk (search, folder, "", error))
    return FALSE;
  if (packed->len > 0)
    leave_out_packed (search);
  tell_others (search, folder, others);
  return TRUE;
}

char *
lens_input_tame (const char *path)
{
  while (g_str_has_prefix (path, "/") || g_str_has_prefix (path, "./")
         || g_str_has_prefix (path, "../"))
    path += *path == '/' ? 1 : path[1] == '/' ? 2 : 3;
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  GPtrArray *kept = g_ptr_array_new ();
  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0' && !g_str_equal (parts[i], ".") && !g_str_equal (parts[i], ".."))
      g_ptr_array_add (kept, parts[i]);
  g_ptr_array_add (kept, NULL);
  char *name = g_strjoinv ("/", (char **)kept->pdata);
  g_ptr_array_free (kept, TRUE);
  return name;
}

/* A name in a manifest is relative to the manifest. */
static char *
beside (const char *manifest, const char *name)
{
  g_autofree char *folder = g_path_get_dirname (manifest);

  return g_path_is_absolute (name) ? g_strdup (name) : g_build_filename (folder, name, NULL);
}

static gboolean
take_line (Search *search, const char *manifest, guint number, const char *line, GError **error)
{
  g_auto (GStrv) fields = g_strsplit (line, "\t", -1);
  g_autofree char *path = beside (manifest, fields[0]);
  g_autofree char *case_name = lens_input_tame (fields[0]);
  LensInput *input = add (search, path, case_name);

  for (guint i = 1; fields[i] != NULL; i++)
    {
      if (g_str_has_prefix (fields[i], "profile="))
        {
          g_free (input->profile);
          input->profile = beside (manifest, fields[i] + strlen ("profile="));
        }
      else if (g_str_has_prefix (fields[i], "mud="))
        {
          g_free (input->mud);
          input->mud = beside (manifest, fields[i] + strlen ("mud="));
        }
      else if (g_str_has_prefix (fields[i], "device="))
        {
          g_free (input->device);
          input->device = g_strdup (fields[i] + strlen ("device="));
        }
      else if (g_str_has_prefix (fields[i], "set="))
        {
          g_free (input->set);
          input->set = g_strdup (fields[i] + strlen ("set="));
        }
      else
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "%s line %u: \"%s\" is not known; after the path come profile=FILE, "
                       "mud=FILE, device=ADDRESS and set=NAME, each behind a tab",
                       manifest, number, fields[i]);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
read_manifest (Search *search, const char *path, GError **error)
{
  g_autofree char *contents = NULL;

  if (!g_file_get_contents (path, &contents, NULL, error))
    return FALSE;
  g_auto (GStrv) lines = g_strsplit (contents, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_strchomp (lines[i]);
      if (*lines[i] != '\0' && *lines[i] != '#'
          && !take_line (search, path, i + 1, lines[i], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_argument (Search *search, const char *argument, GError **error)
{
  if (g_str_equal (argument, "-"))
    {
      add (search, "-", "stdin");
      return TRUE;
    }
  if (*argument == '@')
    return read_manifest (search, argument + 1, error);
  if (g_file_test (argument, G_FILE_TEST_IS_DIR))
    return take_folder (search, argument, error);
  g_autofree char *name = g_path_get_basename (argument);
  add (search, argument, name);
  return TRUE;
}

static gboolean
names_differ (const GPtrArray *inputs, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < inputs->len; i++)
    {
      const LensInput *input = g_ptr_array_index (inputs, i);
      const LensInput *other = g_hash_table_lookup (seen, input->case_name);
      if (other != NULL)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "%s and %s would have one case name (%s.case): analyze them into "
                       "different folders with -o",
                       other->path, input->path, input->case_name);
          return FALSE;
        }
      g_hash_table_insert (seen, input->case_name, (gpointer)input);
    }
  return TRUE;
}

GPtrArray *
lens_inputs_find (char **arguments, gboolean set, void (*told) (const char *sentence),
                  GError **error)
{
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func (lens_input_free);
  Search search = { .inputs = inputs, .told = told };

  for (guint i = 0; arguments[i] != NULL; i++)
    if (!take_argument (&search, arguments[i], error))
      return NULL;
  inputs = lens_inputs_join (g_steal_pointer (&inputs), set, error);
  if (inputs == NULL || !names_differ (inputs, error))
    return NULL;
  return g_steal_pointer (&inputs);
}
