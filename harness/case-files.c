/* What lies in a case: lenscap-case(5). */
#include "harness/case-files.h"

#include "harness/hash.h"
#include "harness/octets.h"
#include "harness/roles.h"
#include "harness/sums.h"

#include <string.h>
#include <unistd.h>

#define MAX_PROFILES 1000

GPtrArray *
lens_case_captures (const char *folder)
{
  static const char *const names[]
      = { "traffic.pcapng",  "traffic.pcap",       "traffic.pcapng.gz",
          "traffic.pcap.gz", "traffic.pcapng.zst", "traffic.pcap.zst" };
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      if (g_file_test (path, G_FILE_TEST_EXISTS))
        g_ptr_array_add (paths, g_steal_pointer (&path));
    }
  for (guint i = 1; paths->len > 0; i++)
    {
      g_autofree char *name = g_strdup_printf ("traffic-%05u.pcapng", i);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        break;
      g_ptr_array_add (paths, g_steal_pointer (&path));
    }
  return paths;
}

GPtrArray *
lens_case_profiles (const char *folder)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 1; i < MAX_PROFILES; i++)
    {
      g_autofree char *name
          = i == 1 ? g_strdup ("profile.ini") : g_strdup_printf ("profile-%u.ini", i);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        break;
      g_ptr_array_add (paths, g_steal_pointer (&path));
    }
  return paths;
}

static void
add_names (GHashTable *names, const GPtrArray *paths)
{
  for (guint i = 0; i < paths->len; i++)
    g_hash_table_add (names, g_path_get_basename (g_ptr_array_index (paths, i)));
}

/* The names that it may have. */
static GHashTable *
names_of_case (const char *folder, guint32 given, gboolean own_capture)
{
  static const struct
  {
    const char *name;
    guint32 given;
  } files[] = { { "evaluation.json", 0 },
                { "run.json", 0 },
                { "report.html", 0 },
                { "report.txt", 0 },
                { "evidence", 0 },
                { "SHA256SUMS", 0 },
                { "mud.json", LENS_JOB_GIVEN_MUD },
                { "endpoints.tsv", LENS_JOB_GIVEN_ENDPOINTS },
                { "resolvers.tsv", LENS_JOB_GIVEN_RESOLVERS },
                { "stream.log", LENS_JOB_GIVEN_LOG } };
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) captures = lens_case_captures (folder);
  g_autoptr (GPtrArray) profiles = lens_case_profiles (folder);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    if ((files[i].given & ~given) == 0)
      g_hash_table_add (names, g_strdup (files[i].name));
  for (guint i = 0; lens_sums_signatures[i] != NULL; i++)
    g_hash_table_add (names, g_strdup (lens_sums_signatures[i]));
  if (own_capture)
    add_names (names, captures);
  if ((given & LENS_JOB_GIVEN_PROFILE) != 0)
    add_names (names, profiles);
  return names;
}

char *
lens_case_stranger (const char *folder, guint32 given, gboolean own_capture)
{
  g_autoptr (GHashTable) names = names_of_case (folder, given, own_capture);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name, *first = NULL;
  g_autoptr (GPtrArray) strangers = g_ptr_array_new_with_free_func (g_free);

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (!g_hash_table_contains (names, name))
      g_ptr_array_add (strangers, g_strdup (name));
  for (guint i = 0; i < strangers->len; i++)
    if (first == NULL || strcmp (g_ptr_array_index (strangers, i), first) < 0)
      first = g_ptr_array_index (strangers, i);
  return g_strdup (first);
}

char *
lens_case_hash (const char *path)
{
  int fd = lens_octets_open (path, NULL);
  char *hash = fd >= 0 ? lens_hash_fd (fd) : NULL;

  if (fd >= 0)
    close (fd);
  return hash;
}
