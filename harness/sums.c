#include "harness/sums.h"

#include "harness/hash.h"
#include "harness/octets.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIST_MAX ((gsize)16 << 20) /* octets: ten thousand findings have 1 MiB */
#define HASH_DIGITS 64

G_DEFINE_QUARK (lens - sums - error - quark, lens_sums_error)

const char *const lens_sums_signatures[]
    = { "SHA256SUMS.asc", "SHA256SUMS.sig", "SHA256SUMS.minisig", NULL };

static gboolean complain (GError **error, LensSumsError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static gboolean
complain (GError **error, LensSumsError code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (LENS_SUMS_ERROR, (gint)code, format, arguments));
  va_end (arguments);
  return FALSE;
}

static gboolean
is_none_of_ours (const char *name, mode_t mode, GError **error)
{
  return complain (error, LENS_SUMS_ERROR_CHANGED, "%s is %s, which no case has", name,
                   lens_octets_kind (mode));
}

/* Without these there is nothing to compare: the capture, and what was declared. */
static gboolean
is_input (const char *name)
{
  return g_str_has_prefix (name, "traffic") || g_str_equal (name, "stream.log")
         || g_str_equal (name, "mud.json") || g_str_has_suffix (name, ".tsv")
         || (g_str_has_prefix (name, "profile") && g_str_has_suffix (name, ".ini"));
}

static GBytes *
read_list (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "SHA256SUMS", NULL);
  g_autoptr (GError) cause = NULL;
  GBytes *octets = NULL;
  struct stat status;

  if (lstat (path, &status) == 0 && !S_ISREG (status.st_mode))
    {
      is_none_of_ours ("SHA256SUMS", status.st_mode, error);
      return NULL;
    }
  int fd = lens_octets_open (path, &cause);
  if (fd >= 0)
    {
      octets = lens_octets_from_fd (fd, LIST_MAX, &cause);
      close (fd);
    }
  if (octets == NULL)
    complain (error, LENS_SUMS_ERROR_MISSING, "SHA256SUMS: %s", cause->message);
  return octets;
}

char *
lens_sums_hash (const char *folder, GError **error)
{
  g_autoptr (GBytes) list = read_list (folder, error);
  gsize length;

  if (list == NULL)
    return NULL;
  const guint8 *octets = g_bytes_get_data (list, &length);
  return lens_hash_octets (octets, length);
}

/* --- the list --- */

static gboolean
is_line (const char *line)
{
  return strspn (line, "0123456789abcdef") == HASH_DIGITS && line[HASH_DIGITS] == ' '
         && line[HASH_DIGITS + 1] == ' ' && line[HASH_DIGITS + 2] != '\0';
}

/* A file of a case lies in it, or in its evidence. */
static gboolean
is_inside (const char *name)
{
  const char *base = g_str_has_prefix (name, "evidence/") ? name + strlen ("evidence/") : name;

  return *base != '\0' && strchr (base, '/') == NULL && !g_str_equal (base, "..")
         && !g_str_equal (base, ".") && !g_str_equal (name, "SHA256SUMS");
}

static gboolean
take_line (GHashTable *hashes, const char *line, GError **error)
{
  if (!is_line (line))
    return complain (error, LENS_SUMS_ERROR_CHANGED, "SHA256SUMS has a line that is none: %.80s",
                     line);
  const char *name = line + HASH_DIGITS + 2;
  if (!is_inside (name))
    return complain (error, LENS_SUMS_ERROR_CHANGED, "SHA256SUMS names a file outside the case: %s",
                     name);
  if (!g_hash_table_insert (hashes, g_strdup (name), g_strndup (line, HASH_DIGITS)))
    return complain (error, LENS_SUMS_ERROR_CHANGED, "SHA256SUMS names %s twice", name);
  return TRUE;
}

/* Names to hashes; NULL with @error when it is no list of ours. */
static GHashTable *
parse_list (GBytes *list, GError **error)
{
  gsize length;
  const char *octets = g_bytes_get_data (list, &length);
  g_autofree char *text = g_strndup (octets != NULL ? octets : "", length);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GHashTable) hashes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  if (strstr (text, "\r\n") != NULL)
    {
      complain (error, LENS_SUMS_ERROR_CHANGED,
                "SHA256SUMS has the line ends of another system (CR LF): what copied the case "
                "rewrote it; copy it again as it is, or take them out: sed -i 's/\\r$//'");
      return NULL;
    }
  if (strlen (text) != length || (length > 0 && octets[length - 1] != '\n'))
    {
      complain (error, LENS_SUMS_ERROR_CHANGED, "SHA256SUMS is no list of lines");
      return NULL;
    }
  for (guint i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++)
    if (!take_line (hashes, lines[i], error))
      return NULL;
  return g_steal_pointer (&hashes);
}

/* --- the files --- */

/* What lies in the case without being on the list, or is on it and no file. */
static gboolean
check_entry (const char *folder, const char *name, GHashTable *hashes, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  struct stat status;

  if (lstat (path, &status) != 0)
    return complain (error, LENS_SUMS_ERROR_CHANGED, "%s cannot be read: %s", name,
                     g_strerror (errno));
  if (S_ISDIR (status.st_mode) && g_str_equal (name, "evidence"))
    return TRUE;
  if (!S_ISREG (status.st_mode))
    return is_none_of_ours (name, status.st_mode, error);
  if (g_str_equal (name, "SHA256SUMS") || g_strv_contains (lens_sums_signatures, name)
      || g_hash_table_contains (hashes, name))
    return TRUE;
  return complain (error, LENS_SUMS_ERROR_CHANGED, "%s was added: SHA256SUMS does not name it",
                   name);
}

static gint
by_name (gconstpointer one, gconstpointer other)
{
  return strcmp (*(const char *const *)one, *(const char *const *)other);
}

static gboolean
check_folder (const char *folder, const char *below, GHashTable *hashes, GError **error)
{
  g_autofree char *path = g_build_filename (folder, below, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &cause);
  const char *entry;

  if (dir == NULL && g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return TRUE;
  if (dir == NULL)
    return complain (error, LENS_SUMS_ERROR_CHANGED, "%s", cause->message);
  while ((entry = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names,
                     *below != '\0' ? g_build_filename (below, entry, NULL) : g_strdup (entry));
  g_ptr_array_sort (names, by_name);
  for (guint i = 0; i < names->len; i++)
    if (!check_entry (folder, g_ptr_array_index (names, i), hashes, error))
      return FALSE;
  return TRUE;
}

static gboolean
check_file (const char *folder, const char *name, const char *hash, GError **error)
{
  const LensSumsError without = is_input (name) ? LENS_SUMS_ERROR_MISSING : LENS_SUMS_ERROR_CHANGED;
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) cause = NULL;
  int fd = lens_octets_open (path, &cause);
  g_autofree char *sum = fd >= 0 ? lens_hash_fd (fd) : NULL;
  const int number = errno;

  if (fd >= 0)
    close (fd);
  if (sum != NULL && g_str_equal (sum, hash))
    return TRUE;
  if (sum != NULL)
    return complain (error, LENS_SUMS_ERROR_CHANGED, "%s was changed", name);
  if (g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return complain (error, without, "%s is missing", name);
  return complain (error, without, "%s cannot be read: %s", name,
                   cause != NULL ? cause->message : g_strerror (number));
}

static gboolean
check_files (const char *folder, GHashTable *hashes, GError **error)
{
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (hashes), (GCompareFunc)strcmp);

  for (const GList *at = names; at != NULL; at = at->next)
    if (!check_file (folder, at->data, g_hash_table_lookup (hashes, at->data), error))
      return FALSE;
  return TRUE;
}

static GHashTable *
read_hashes (const char *folder, GError **error)
{
  g_autoptr (GBytes) list = read_list (folder, error);

  return list != NULL ? parse_list (list, error) : NULL;
}

gboolean
lens_sums_check (const char *folder, GError **error)
{
  g_autoptr (GHashTable) hashes = read_hashes (folder, error);

  return hashes != NULL && check_files (folder, hashes, error);
}

gboolean
lens_sums_check_whole (const char *folder, guint *n_files, GError **error)
{
  g_autoptr (GHashTable) hashes = read_hashes (folder, error);

  if (hashes == NULL)
    return FALSE;
  *n_files = g_hash_table_size (hashes);
  return check_folder (folder, "", hashes, error)
         && check_folder (folder, "evidence", hashes, error) && check_files (folder, hashes, error);
}
