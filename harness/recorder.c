#include "harness/recorder.h"

#include "harness/blocks.h"
#include "wire/capture-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#define FEED_AT_ONCE (1 << 20)

typedef struct
{
  int fd;
  guint64 written, fed; /* octets */
} Part;

struct LensRecorder
{
  char *folder;
  guint64 rotate_bytes;
  int feed_fd;
  gboolean feed_broken;
  GBytes *header;
  guint files;
  guint64 bytes;
  GArray *parts; /* Part: the last is being written, those before wait to be fed */
};

static gboolean
fail (const LensRecorder *recorder, const char *what, GError **error)
{
  int reason = errno;

  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (reason), "%s in %s: %s", what,
               recorder->folder, g_strerror (reason));
  return FALSE;
}

static gboolean
write_all (LensRecorder *recorder, const guint8 *octets, gsize length, GError **error)
{
  Part *part = &g_array_index (recorder->parts, Part, recorder->parts->len - 1);

  while (length > 0)
    {
      ssize_t wrote = write (part->fd, octets, length);
      if (wrote < 0 && errno == EINTR)
        continue;
      if (wrote < 0)
        return fail (recorder, "cannot write packets", error);
      octets += wrote;
      length -= wrote;
      part->written += wrote;
      recorder->bytes += wrote;
    }
  return TRUE;
}

static void
drop_part (LensRecorder *recorder, guint at)
{
  close (g_array_index (recorder->parts, Part, at).fd);
  g_array_remove_index (recorder->parts, at);
}

static gboolean
open_part (LensRecorder *recorder, GError **error)
{
  g_autofree char *name = recorder->files == 0
                              ? g_strdup ("traffic.pcapng")
                              : g_strdup_printf ("traffic-%05u.pcapng", recorder->files);
  g_autofree char *path = g_build_filename (recorder->folder, name, NULL);
  Part part = { .fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644) };

  if (part.fd < 0)
    return fail (recorder, "cannot make a capture file", error);
  if (recorder->feed_fd < 0 && recorder->parts->len > 0)
    drop_part (recorder, recorder->parts->len - 1);
  recorder->files++;
  g_array_append_val (recorder->parts, part);
  gsize length = 0;
  const guint8 *header = g_bytes_get_data (recorder->header, &length);
  return write_all (recorder, header, length, error);
}

LensRecorder *
lens_recorder_new (const char *folder, guint64 rotate_bytes, int feed_fd, const guint8 *header,
                   gsize header_length, GError **error)
{
  g_autoptr (LensRecorder) recorder = g_new0 (LensRecorder, 1);

  recorder->folder = g_strdup (folder);
  recorder->rotate_bytes = rotate_bytes;
  recorder->feed_fd = feed_fd;
  recorder->header = g_bytes_new (header, header_length);
  recorder->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  if (feed_fd >= 0)
    fcntl (feed_fd, F_SETFL, O_WRONLY | O_NONBLOCK);
  return open_part (recorder, error) ? g_steal_pointer (&recorder) : NULL;
}

static void
end_feed (LensRecorder *recorder)
{
  if (recorder->feed_fd >= 0)
    close (recorder->feed_fd);
  recorder->feed_fd = -1;
  while (recorder->parts->len > 1)
    drop_part (recorder, 0);
}

void
lens_recorder_free (LensRecorder *recorder)
{
  if (recorder == NULL)
    return;
  end_feed (recorder);
  while (recorder->parts->len > 0)
    drop_part (recorder, 0);
  g_array_unref (recorder->parts);
  g_bytes_unref (recorder->header);
  g_free (recorder->folder);
  g_free (recorder);
}

/* How much of @octets still goes into the file: whole blocks, at least one into a fresh file. */
static gsize
fitting (const LensRecorder *recorder, const guint8 *octets, gsize length)
{
  const Part *part = &g_array_index (recorder->parts, Part, recorder->parts->len - 1);
  gboolean fresh = part->written <= g_bytes_get_size (recorder->header);
  guint64 room
      = recorder->rotate_bytes > part->written ? recorder->rotate_bytes - part->written : 0;
  gsize fits = 0;

  if (recorder->rotate_bytes == 0 || length <= room)
    return length;
  while (fits < length)
    {
      gsize block = lens_blocks_first (octets + fits, length - fits);
      if (block == 0)
        return length; /* not ours to split */
      if (fits + block > room && !(fresh && fits == 0))
        break;
      fits += block;
    }
  return fits;
}

gboolean
lens_recorder_write (LensRecorder *recorder, const guint8 *octets, gsize length, GError **error)
{
  while (length > 0)
    {
      gsize part = fitting (recorder, octets, length);
      if (!write_all (recorder, octets, part, error))
        return FALSE;
      octets += part;
      length -= part;
      if (length > 0 && !open_part (recorder, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
lens_recorder_mark (LensRecorder *recorder, const char *comment, gint64 time_ns, GError **error)
{
  g_autoptr (GByteArray) block = g_byte_array_new ();

  lens_capture_writer_statistics (block, 0, time_ns, -1, -1, comment);
  return lens_recorder_write (recorder, block->data, block->len, error);
}

guint64
lens_recorder_lag (const LensRecorder *recorder)
{
  guint64 lag = 0;

  for (guint i = 0; recorder->feed_fd >= 0 && i < recorder->parts->len; i++)
    {
      const Part *part = &g_array_index (recorder->parts, Part, i);
      lag += part->written - part->fed;
    }
  return lag;
}

int
lens_recorder_feed_fd (const LensRecorder *recorder)
{
  return lens_recorder_lag (recorder) > 0 ? recorder->feed_fd : -1;
}

void
lens_recorder_feed (LensRecorder *recorder)
{
  while (lens_recorder_lag (recorder) > 0)
    {
      Part *part = &g_array_index (recorder->parts, Part, 0);
      off_t at = part->fed;
      ssize_t sent = 0;

      if (part->fed < part->written)
        sent = sendfile (recorder->feed_fd, part->fd, &at,
                         MIN (part->written - part->fed, FEED_AT_ONCE));
      if (sent < 0 && (errno == EAGAIN || errno == EINTR))
        return;
      if (sent < 0)
        {
          recorder->feed_broken = TRUE;
          end_feed (recorder);
          return;
        }
      part->fed += sent;
      if (part->fed == part->written && recorder->parts->len > 1)
        drop_part (recorder, 0);
      else if (sent > 0)
        return; /* one turn of the loop each */
    }
}

gboolean
lens_recorder_feed_broken (const LensRecorder *recorder)
{
  return recorder->feed_broken;
}

guint64
lens_recorder_bytes (const LensRecorder *recorder)
{
  return recorder->bytes;
}

guint
lens_recorder_files (const LensRecorder *recorder)
{
  return recorder->files;
}
