/* Plain runner of one fuzz target: each file that is named, and each file of the folders that are
 * named, is handed to it once; "captures" are all real captures that lie beside the project.  TAP.
 * A file that takes too long ends it. */
#include "tests/fuzz/fuzz.h"
#include "tests/wire/captures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
collect (GPtrArray *paths, const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  if (folder == NULL && g_file_test (path, G_FILE_TEST_IS_REGULAR))
    g_ptr_array_add (paths, g_strdup (path));
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *inside = g_build_filename (path, name, NULL);
      collect (paths, inside);
    }
}

/* In memory of just that size. */
static void
run (const char *path)
{
  g_autofree char *contents = NULL;
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, NULL))
    g_error ("%s cannot be read", path);
  g_autofree guint8 *exact = g_memdup2 (contents, MAX (length, 1));
  g_clear_pointer (&contents, g_free);
  LLVMFuzzerTestOneInput (exact, length);
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  const char *limit = g_getenv ("LENSCAP_FUZZ_SECONDS");
  guint seconds = limit != NULL ? (guint)atoi (limit) : 20;

  LLVMFuzzerInitialize (&argc, &argv);
  for (int i = 1; i < argc; i++)
    if (g_str_equal (argv[i], "captures"))
      g_ptr_array_extend_and_steal (paths, captures_there ());
    else
      collect (paths, argv[i]);
  g_ptr_array_sort (paths, captures_order);
  if (paths->len == 0)
    {
      puts ("1..0 # SKIP there are no files here");
      return 0;
    }
  printf ("1..%u\n", paths->len);
  for (guint i = 0; i < paths->len; i++)
    {
      const char *path = g_ptr_array_index (paths, i);
      g_autofree char *name = g_path_get_basename (path);
      printf ("# reads %s\n", path); /* named should it end here */
      fflush (stdout);
      alarm (seconds);
      run (path);
      alarm (0);
      printf ("ok %u - %s\n", i + 1, name);
    }
  return 0;
}
