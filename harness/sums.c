#include "harness/sums.h"

#include "harness/hash.h"
#include "harness/octets.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

G_DEFINE_QUARK (lens - sums - error - quark, lens_sums_error)

static void complain (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
complain (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (LENS_SUMS_ERROR, LENS_SUMS_ERROR_CHANGED, format, arguments);
  va_end (arguments);
}

/* One line, "HASH  NAME". */
static gboolean
check_line (const char *folder, const char *line, GError **error)
{
  if (strlen (line) < 67 || line[64] != ' ' || line[65] != ' ')
    {
      complain (error, "SHA256SUMS has a line that is none: %.80s", line);
      return FALSE;
    }
  const char *name = line + 66;
  if (*name == '/' || strstr (name, "..") != NULL)
    {
      complain (error, "SHA256SUMS names a file outside the case: %s", name);
      return FALSE;
    }
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) cause = NULL;
  int fd = lens_octets_open (path, &cause);
  g_autofree char *sum = fd >= 0 ? lens_hash_fd (fd) : NULL;
  if (sum == NULL)
    complain (error, "%s cannot be read: %s", name,
              cause != NULL ? cause->message : g_strerror (errno));
  else if (strncmp (sum, line, 64) != 0)
    complain (error, "%s was changed", name);
  if (fd >= 0)
    close (fd);
  return sum != NULL && strncmp (sum, line, 64) == 0;
}

gboolean
lens_sums_check (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "SHA256SUMS", NULL), *text = NULL;
  g_autoptr (GError) cause = NULL;

  if (!g_file_get_contents (path, &text, NULL, &cause))
    {
      g_set_error_literal (error, LENS_SUMS_ERROR, LENS_SUMS_ERROR_MISSING, cause->message);
      return FALSE;
    }
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0' && !check_line (folder, lines[i], error))
      return FALSE;
  return TRUE;
}
