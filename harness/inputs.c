#include "harness/inputs.h"

#include "harness/packed.h"
#include "wire/address.h"
#include "wire/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* What lies in a walked folder. */
typedef enum
{
  ENTRY_OTHER,
  ENTRY_CAPTURE,
  ENTRY_PACKED, /* may hold a capture */
  ENTRY_FOLDER,
  ENTRY_CLOSED, /* may be anything: it cannot be read */
} Entry;

typedef struct
{
  GPtrArray *inputs;
  GPtrArray *packed; /* LensInput: of the folder at hand, in @inputs */
  GPtrArray *others; /* char*: of that folder, no captures */
  guint depth;
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

static Entry
look_into (const char *path)
{
  guint8 first[4];
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  gssize count = fd >= 0 ? read (fd, first, sizeof first) : -1;

  if (fd >= 0)
    close (fd);
  if (count < 0)
    return ENTRY_CLOSED;
  if (count > 0 && lens_packing_of (first, (gsize)count) != LENS_PACKING_NONE)
    return ENTRY_PACKED;
  return count == sizeof first && lens_capture_kind_of (first) != LENS_CAPTURE_KIND_NONE
             ? ENTRY_CAPTURE
             : ENTRY_OTHER;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
sorted_names (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
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

/* Symbolic links to folders are not followed; one that leads nowhere is nothing. */
static Entry
entry_of (const char *path)
{
  struct stat status;

  if (lstat (path, &status) == 0 && S_ISDIR (status.st_mode))
    return is_case (path) ? ENTRY_OTHER : ENTRY_FOLDER;
  if (stat (path, &status) != 0)
    return errno == ENOENT || errno == ELOOP ? ENTRY_OTHER : ENTRY_CLOSED;
  return S_ISREG (status.st_mode) ? look_into (path) : ENTRY_OTHER;
}

/* The captures of @folder, which is called @below.  What cannot be read is an input, too: its case
 * says so. */
static void
walk (Search *search, const char *folder, const char *below)
{
  g_autoptr (GPtrArray) names = sorted_names (folder);

  if (names == NULL)
    add (search, folder, below);
  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      char *deeper = search->depth > 0 ? g_strconcat (below, "/", name, NULL) : g_strdup (name);
      Entry entry = entry_of (path);
      search->depth++;
      if (entry == ENTRY_FOLDER)
        walk (search, path, deeper);
      else if (entry == ENTRY_OTHER)
        g_ptr_array_add (search->others, g_strdup (deeper));
      else
        {
          LensInput *input = add (search, path, deeper);
          if (entry == ENTRY_PACKED)
            g_ptr_array_add (search->packed, input);
        }
      search->depth--;
      g_free (deeper);
    }
}

static void
tell_others (const Search *search, const char *folder, const GPtrArray *others)
{
  if (others->len == 0 || search->told == NULL)
    return;
  GString *sentence = g_string_new (NULL);
  g_string_printf (sentence, "%s: %u %s and left out: ", folder, others->len,
                   others->len == 1 ? "entry is no capture" : "entries are no captures");
  for (guint i = 0; i < others->len; i++)
    g_string_append_printf (sentence, "%s%s", i > 0 ? ", " : "",
                            (const char *)g_ptr_array_index (others, i));
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

static void
take_folder (Search *search, const char *folder)
{
  g_autofree char *name = g_path_get_basename (folder);
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) packed = g_ptr_array_new ();

  search->others = others;
  search->packed = packed;
  walk (search, folder, name);
  if (packed->len > 0)
    leave_out_packed (search);
  tell_others (search, folder, others);
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

gboolean
lens_input_is_device (const char *text)
{
  LensAddress address;
  guint8 mac[6];

  return g_str_equal (text, "all") || lens_address_parse (text, &address)
         || lens_mac_parse (text, mac);
}

/* One of what follows a path; what is wrong with it, or NULL. */
static char *
take_field (LensInput *input, const char *manifest, const char *field)
{
  const struct
  {
    const char *key;
    char **value;
    gboolean is_file;
  } keys[] = {
    { "profile=", &input->profile, TRUE },
    { "mud=", &input->mud, TRUE },
    { "device=", &input->device, FALSE },
    { "set=", &input->set, FALSE },
  };
  guint i = 0;

  while (i < G_N_ELEMENTS (keys) && !g_str_has_prefix (field, keys[i].key))
    i++;
  if (i == G_N_ELEMENTS (keys))
    return g_strdup_printf ("\"%s\" is not known; after the path come profile=FILE, mud=FILE, "
                            "device=ADDRESS and set=NAME, each behind a tab",
                            field);
  const char *value = field + strlen (keys[i].key);
  if (*value == '\0')
    return g_strdup_printf ("%s has no value", keys[i].key);
  if (*keys[i].value != NULL)
    return g_strdup_printf ("%s stands twice", keys[i].key);
  if (keys[i].value == &input->device && !lens_input_is_device (value))
    return g_strdup_printf ("%s: must be an IP address, a MAC address or \"all\"", field);
  *keys[i].value = keys[i].is_file ? beside (manifest, value) : g_strdup (value);
  return NULL;
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
      g_autofree char *problem
          = *fields[i] != '\0' ? take_field (input, manifest, fields[i]) : NULL;
      if (problem == NULL)
        continue;
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s line %u: %s", manifest,
                   number, problem);
      return FALSE;
    }
  return TRUE;
}

/* A path may begin or end with blanks; a line of nothing else is none, and that of another system
 * ends in a carriage return. */
static gboolean
read_manifest (Search *search, const char *path, GError **error)
{
  g_autofree char *contents = NULL;
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, error))
    return FALSE;
  if (memchr (contents, '\0', length) != NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "%s holds an octet that is zero: a manifest is text, a path a line", path);
      return FALSE;
    }
  gboolean marked = g_str_has_prefix (contents, BYTE_ORDER_MARK);
  g_auto (GStrv) lines = g_strsplit (contents + (marked ? strlen (BYTE_ORDER_MARK) : 0), "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = lines[i];
      if (g_str_has_suffix (line, "\r"))
        line[strlen (line) - 1] = '\0';
      if (line[strspn (line, " \t\r")] != '\0' && *line != '#'
          && !take_line (search, path, i + 1, line, error))
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
    {
      take_folder (search, argument);
      return TRUE;
    }
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
