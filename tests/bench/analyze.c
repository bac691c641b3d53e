/* One capture through the engine, in this very process with no wall around it, so that perf,
 * callgrind and heaptrack see all of it: bench-analyze CAPTURE, or with --bare, without libndpi.
 * The record goes to standard output. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/engine.h"
#include "report/record.h"

static void
print (const char *octets, gsize length, gpointer file)
{
  fwrite (octets, 1, length, file);
}

int
main (int argc, char **argv)
{
  gboolean bare = argc == 3 && strcmp (argv[1], "--bare") == 0;
  const char *path = argv[argc - 1];
  int fd = argc - bare == 2 ? open (path, O_RDONLY | O_CLOEXEC) : -1;
  g_autoptr (GError) error = NULL;
  g_autoptr (LensBrief) brief = lens_brief_new ();
  g_autoptr (LensApplications) applications = NULL;
  const LensEngineCalls calls = { .leaves = TRUE };

  if (fd < 0)
    {
      fprintf (stderr, "usage: bench-analyze [--bare] CAPTURE\n");
      return EXIT_FAILURE;
    }
  brief->name = g_path_get_basename (path);
  if (!bare)
    applications = lens_applications_new ();
  g_autoptr (LensEvaluation) evaluation
      = lens_engine_run (brief, fd, -1, applications, &calls, &error);
  close (fd);
  if (evaluation == NULL)
    {
      fprintf (stderr, "bench-analyze: %s\n", error->message);
      return EXIT_FAILURE;
    }
  lens_record_write (evaluation, LENS_EMIT_PRETTY, print, stdout);
  return fflush (stdout) == 0 && !ferror (stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}
