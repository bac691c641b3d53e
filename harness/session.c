#include "harness/session.h"

#include "harness/hash.h"
#include "harness/octets.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct _LensSession
{
  char *path, *folder;
  int lock; /* the folder, locked while we live; -1 where it cannot be */
  gboolean keep;
};

static gboolean
fail (GError **error, const char *what, const char *name)
{
  int number = errno;
  const char *advice
      = number == ENOSPC ? " (make room or choose another folder with -o)"
        : number == ENAMETOOLONG
            ? " (a case is named after its input, with .case: give it a shorter name)"
            : "";

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number), "%s %s: %s%s", what, name,
               g_strerror (number), advice);
  return FALSE;
}

/* A lock on a folder says that whoever writes into it lives; -1 when somebody else has it, or the
 * file system knows no locks. */
static int
lock_folder (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

LensSession *
lens_session_new (const char *path, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);

  if (g_mkdir_with_parents (parent, 0777) != 0)
    {
      fail (error, "cannot make folder", parent);
      return NULL;
    }
  if (strlen (name) > NAME_MAX)
    { /* said before the work, not after it */
      errno = ENAMETOOLONG;
      fail (error, "cannot make case", path);
      return NULL;
    }
  g_autofree char *template = g_strdup_printf ("%s/.%.200s.XXXXXX", parent, name);
  if (g_mkdtemp_full (template, 0777) == NULL)
    {
      fail (error, "cannot make a case in", parent);
      return NULL;
    }
  LensSession *session = g_new0 (LensSession, 1);
  session->lock = lock_folder (template);
  session->path = g_strdup (path);
  session->folder = g_steal_pointer (&template);
  return session;
}

void
lens_session_remove (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inside = g_build_filename (path, name, NULL);
      struct stat status;
      if (lstat (inside, &status) == 0 && S_ISDIR (status.st_mode))
        lens_session_remove (inside);
      else
        unlink (inside);
    }
  rmdir (path);
}

void
lens_session_free (LensSession *session)
{
  if (session == NULL)
    return;
  if (!session->keep)
    lens_session_remove (session->folder);
  if (session->lock >= 0)
    close (session->lock);
  g_free (session->path);
  g_free (session->folder);
  g_free (session);
}

const char *
lens_session_folder (const LensSession *session)
{
  return session->folder;
}

const char *
lens_session_path (const LensSession *session)
{
  return session->path;
}

int
lens_session_open (LensSession *session, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (session->folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  if (g_mkdir_with_parents (parent, 0777) != 0)
    {
      fail (error, "cannot make folder", parent);
      return -1;
    }
  int fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (fd < 0)
    fail (error, "cannot write", path);
  return fd;
}

gboolean
lens_session_write (LensSession *session, const char *name, GBytes *octets, GError **error)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (octets, &length);
  int fd = lens_session_open (session, name, error);

  if (fd < 0)
    return FALSE;
  gboolean written = lens_octets_write (fd, data, length, error);
  if (close (fd) != 0 && written)
    written = fail (error, "cannot write", name);
  return written;
}

GBytes *
lens_session_read (const LensSession *session, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (session->folder, name, NULL);
  char *contents;
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, error))
    return NULL;
  return g_bytes_new_take (contents, length);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
list_files (const char *folder, const char *prefix, GPtrArray *names)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inside = g_build_filename (folder, name, NULL);
      g_autofree char *shown = g_strconcat (prefix, name, NULL);
      if (g_file_test (inside, G_FILE_TEST_IS_DIR))
        {
          g_autofree char *below = g_strconcat (shown, "/", NULL);
          list_files (inside, below, names);
        }
      else if (!g_str_equal (shown, "SHA256SUMS"))
        g_ptr_array_add (names, g_steal_pointer (&shown));
    }
}

static gboolean
write_sums (LensSession *session, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GString *sums = g_string_new (NULL);

  list_files (session->folder, "", names);
  g_ptr_array_sort (names, compare);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = g_build_filename (session->folder, name, NULL);
      int fd = open (path, O_RDONLY | O_CLOEXEC);
      g_autofree char *sum = fd >= 0 ? lens_hash_fd (fd) : NULL;
      if (sum == NULL)
        fail (error, "cannot read", path);
      if (fd >= 0)
        close (fd);
      if (sum == NULL)
        {
          g_string_free (sums, TRUE);
          return FALSE;
        }
      g_string_append_printf (sums, "%s  %s\n", sum, name);
    }
  g_autoptr (GBytes) octets = g_string_free_to_bytes (sums);
  return lens_session_write (session, "SHA256SUMS", octets, error);
}

/* A case, damaged perhaps, or nothing in it yet. */
static gboolean
may_be_replaced (const char *folder)
{
  static const char *const files[] = { "SHA256SUMS", "evaluation.json", "run.json" };
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  if (dir != NULL && g_dir_read_name (dir) == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i], NULL);
      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return TRUE;
    }
  return FALSE;
}

/* Under its final name now.  @replaced: the case that was there before has the temporary name; at
 * no moment was there none.  A file system that cannot exchange names renames twice. */
static gboolean
take_place (const LensSession *session, gboolean *replaced, GError **error)
{
  struct stat status;

  *replaced = FALSE;
  if (lstat (session->path, &status) == 0
      && (!S_ISDIR (status.st_mode) || !may_be_replaced (session->path)))
    { /* somebody's: it stays */
      errno = S_ISDIR (status.st_mode) ? ENOTEMPTY : ENOTDIR;
      return fail (error, "cannot replace, for it is no case,", session->path);
    }
  *replaced = renameat2 (AT_FDCWD, session->folder, AT_FDCWD, session->path, RENAME_EXCHANGE) == 0;
  if (*replaced)
    return TRUE;
  g_autofree char *old = g_strconcat (session->folder, ".old", NULL);
  gboolean is_there = rename (session->path, old) == 0;
  if (!is_there && errno != ENOENT)
    return fail (error, "cannot replace", session->path);
  if (rename (session->folder, session->path) != 0)
    {
      fail (error, "cannot finish", session->path);
      if (is_there)
        (void)rename (old, session->path);
      return FALSE;
    }
  if (is_there)
    lens_session_remove (old);
  return TRUE;
}

gboolean
lens_session_seal (LensSession *session, GError **error)
{
  mode_t mask = umask (0);

  umask (mask);
  if (!write_sums (session, error))
    return FALSE;
  chmod (session->folder, 0777 & ~mask);
  gboolean replaced;
  if (!take_place (session, &replaced, error))
    return FALSE;
  session->keep = TRUE;
  if (replaced)
    lens_session_remove (session->folder);
  return TRUE;
}

const char *
lens_session_abandon (LensSession *session)
{
  session->keep = TRUE;
  return session->folder;
}

/* --- what a killed process left --- */

/* ".NAME.case.XXXXXX", as lens_session_new() makes it of "NAME.case": the part before the random
 * characters.  NULL: it is none. */
static char *
stem_of (const char *entry)
{
  g_autofree char *name = g_strdup (entry);
  gsize length;

  if (g_str_has_suffix (name, ".old"))
    name[strlen (name) - strlen (".old")] = '\0';
  length = strlen (name);
  if (*name != '.' || length < 9 || name[length - 7] != '.')
    return NULL;
  for (const char *at = name + length - 6; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at))
      return NULL;
  name[length - 7] = '\0';
  return g_strdup (name + 1);
}

static gboolean
is_file_of_case (const char *name)
{
  static const char *const known[]
      = { "evaluation.json", "run.json",   "report.html", "report.txt", "mud.json", "endpoints.tsv",
          "resolvers.tsv",   "stream.log", "evidence",    "SHA256SUMS", NULL };

  return g_strv_contains (known, name)
         || (g_str_has_prefix (name, "profile") && g_str_has_suffix (name, ".ini"));
}

static gboolean
is_left_behind (const char *folder)
{
  struct stat status;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (lstat (folder, &status) != 0 || !S_ISDIR (status.st_mode) || status.st_uid != geteuid ()
      || (dir = g_dir_open (folder, 0, NULL)) == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL)
    if (!is_file_of_case (name))
      return FALSE;
  int lock = lock_folder (folder);
  if (lock >= 0)
    close (lock);
  return lock >= 0;
}

static void
sweep_folder (const char *parent, GHashTable *stems)
{
  g_autoptr (GDir) dir = g_dir_open (parent, 0, NULL);
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *stem = stem_of (name);
      if (stem != NULL && g_hash_table_contains (stems, stem))
        g_ptr_array_add (left, g_build_filename (parent, name, NULL));
    }
  for (guint i = 0; i < left->len; i++)
    if (is_left_behind (g_ptr_array_index (left, i)))
      lens_session_remove (g_ptr_array_index (left, i));
}

void
lens_session_sweep (const GPtrArray *paths)
{
  g_autoptr (GHashTable) parents
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  GHashTableIter iter;
  gpointer parent, stems;

  for (guint i = 0; i < paths->len; i++)
    {
      g_autofree char *folder = g_path_get_dirname (g_ptr_array_index (paths, i));
      g_autofree char *name = g_path_get_basename (g_ptr_array_index (paths, i));
      GHashTable *known = g_hash_table_lookup (parents, folder);
      if (known == NULL)
        {
          known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
          g_hash_table_insert (parents, g_steal_pointer (&folder), known);
        }
      g_hash_table_add (known, g_strdup_printf ("%.200s", name));
    }
  g_hash_table_iter_init (&iter, parents);
  while (g_hash_table_iter_next (&iter, &parent, &stems))
    sweep_folder (parent, stems);
}
