#include "harness/spool.h"

#include "harness/octets.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

char *
lens_spool_stdin (const volatile sig_atomic_t *stop, GError **error)
{
  g_autofree char *path = NULL;
  guint8 buffer[64 * 1024];
  gssize count;
  int fd = g_file_open_tmp ("lenscap-XXXXXX", &path, error);

  if (fd < 0)
    return NULL;
  while ((count = read (STDIN_FILENO, buffer, sizeof buffer)) != 0)
    {
      if (count < 0 && errno == EINTR && !*stop)
        continue;
      if (count < 0 || !lens_octets_write (fd, buffer, (gsize)count, error))
        break;
    }
  close (fd);
  if (count == 0)
    return g_steal_pointer (&path);
  if (error != NULL && *error == NULL)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "standard input: %s",
                 g_strerror (errno));
  unlink (path);
  return NULL;
}

static gboolean
copy_octets (int from, int to, GError **error)
{
  guint8 buffer[64 * 1024];
  gssize count;

  while ((count = read (from, buffer, sizeof buffer)) > 0)
    if (!lens_octets_write (to, buffer, (gsize)count, error))
      return FALSE;
  if (count < 0)
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                 "cannot read what came on standard input: %s", g_strerror (errno));
  return count == 0;
}

gboolean
lens_spool_keep (LensSession *session, const char *path, GError **error)
{
  guint8 first[4] = { 0 };
  int from = lens_octets_open (path, error);
  int to = -1;

  if (from < 0)
    return FALSE;
  gboolean is_ng = read (from, first, sizeof first) == sizeof first && first[0] == 0x0a;
  const char *name = is_ng ? "traffic.pcapng" : "traffic.pcap";
  gboolean kept = lseek (from, 0, SEEK_SET) == 0
                  && (to = lens_session_open (session, name, error)) >= 0
                  && copy_octets (from, to, error);
  close (from);
  if (to >= 0)
    close (to);
  return kept;
}
