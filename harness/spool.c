#include "harness/spool.h"

#include "harness/octets.h"
#include "harness/packed.h"
#include "wire/unpack.h"

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

/* traffic.pcap or traffic.pcapng, .gz or .zst where it is packed. */
static const char *
name_of (int fd, const char *path)
{
  static const char *const names[][2] = {
    [LENS_PACKING_NONE] = { "traffic.pcap", "traffic.pcapng" },
    [LENS_PACKING_GZIP] = { "traffic.pcap.gz", "traffic.pcapng.gz" },
    [LENS_PACKING_ZSTD] = { "traffic.pcap.zst", "traffic.pcapng.zst" },
  };
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  LensPackedKind kind = LENS_PACKED_UNKNOWN;
  guint8 first[4] = { 0 };
  gssize count = read (fd, first, sizeof first);
  LensPacking packing = lens_packing_of (first, (gsize)MAX (count, 0));

  if (packing == LENS_PACKING_NONE)
    return names[packing][lens_capture_kind_of (first) == LENS_CAPTURE_KIND_PCAPNG];
  g_ptr_array_add (paths, (gpointer)path);
  lens_packed_look (paths, &kind);
  return names[packing][kind == LENS_PACKED_PCAPNG];
}

gboolean
lens_spool_keep (LensSession *session, const char *path, GError **error)
{
  int from = lens_octets_open (path, error);
  int to = -1;

  if (from < 0)
    return FALSE;
  const char *name = name_of (from, path);
  gboolean kept = lseek (from, 0, SEEK_SET) == 0
                  && (to = lens_session_open (session, name, error)) >= 0
                  && copy_octets (from, to, error);
  close (from);
  if (to >= 0)
    close (to);
  return kept;
}
