#include "harness/octets.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const char *
lens_octets_kind (mode_t mode)
{
  return S_ISREG (mode)    ? "a file"
         : S_ISDIR (mode)  ? "a folder"
         : S_ISFIFO (mode) ? "a pipe"
         : S_ISLNK (mode)  ? "a symbolic link"
         : S_ISSOCK (mode) ? "a socket"
                           : "a device";
}

int
lens_octets_open (const char *path, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat status;

  if (fd < 0 || fstat (fd, &status) != 0)
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "cannot open it: %s",
                 g_strerror (errno));
  else if (S_ISREG (status.st_mode))
    return fd;
  else
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "it is %s and no file",
                 lens_octets_kind (status.st_mode));
  if (fd >= 0)
    close (fd);
  return -1;
}

gboolean
lens_octets_write (int fd, const guint8 *octets, gsize length, GError **error)
{
  while (length > 0)
    {
      gssize count = write (fd, octets, length);
      if (count < 0 && errno == EINTR)
        continue;
      if (count < 0)
        {
          g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                               g_strerror (errno));
          return FALSE;
        }
      octets += count;
      length -= (gsize)count;
    }
  return TRUE;
}

int
lens_octets_to_fd (const guint8 *octets, gsize length, GError **error)
{
  int fd = memfd_create ("lenscap", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  char path[32];

  if (fd < 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   "cannot make a memory file: %s", g_strerror (errno));
      return -1;
    }
  if (!lens_octets_write (fd, octets, length, error))
    {
      close (fd);
      return -1;
    }
  g_snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  int reading = open (path, O_RDONLY | O_CLOEXEC);
  if (reading < 0
      || fcntl (fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   "cannot seal a memory file: %s", g_strerror (errno));
      if (reading >= 0)
        close (reading);
      reading = -1;
    }
  close (fd);
  return reading;
}

GBytes *
lens_octets_from_fd (int fd, gsize most, GError **error)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint8 buffer[16 * 1024];
  gssize count;

  while ((count = read (fd, buffer, sizeof buffer)) != 0)
    {
      if (count < 0 && errno == EINTR)
        continue;
      if (count < 0)
        {
          g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                               g_strerror (errno));
          return NULL;
        }
      if (all->len + (gsize)count > most)
        {
          g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                       "longer than %" G_GSIZE_FORMAT " octets", most);
          return NULL;
        }
      g_byte_array_append (all, buffer, (guint)count);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&all));
}

GBytes *
lens_octets_read (const char *path, GError **error)
{
  int fd = lens_octets_open (path, error);
  GBytes *octets = fd >= 0 ? lens_octets_from_fd (fd, (gsize)1 << 30, error) : NULL;

  if (fd >= 0)
    close (fd);
  return octets;
}

GBytes *
lens_octets_read_in (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  GBytes *octets = lens_octets_read (path, error);

  if (octets == NULL)
    g_prefix_error (error, "%s: ", name);
  return octets;
}

gint64
lens_octets_modified (const struct stat *status)
{
  return (gint64)status->st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + status->st_mtim.tv_nsec;
}
