/* The files of a set into one pipe, as harness/source.h has them. */
#include "harness/job-inside.h"

#include "harness/octets.h"
#include "harness/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define PIPE_SIZE (1024 * 1024)

int
lens_job_start_feed (LensJob *job, GError **error)
{
  int pipe_fds[2];

  if (pipe2 (pipe_fds, O_CLOEXEC) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "cannot make a pipe: %s",
                   g_strerror (errno));
      return -1;
    }
  fcntl (pipe_fds[1], F_SETFL, O_NONBLOCK);
  fcntl (pipe_fds[1], F_SETPIPE_SZ, PIPE_SIZE);
  lens_job_close (&job->feed_in);
  job->feed_out = pipe_fds[1];
  job->feed_next = 0;
  job->feed_at = 0;
  if (job->feed_rest == NULL)
    job->feed_rest = g_byte_array_new ();
  g_byte_array_set_size (job->feed_rest, 0);
  return pipe_fds[0];
}

static void
put_word (GByteArray *into, guint32 word)
{
  g_byte_array_append (into, (const guint8 *)&word, sizeof word);
}

static void
put_failure (LensJob *job, int error)
{
  put_word (job->feed_rest, LENS_SOURCE_FAILED);
  put_word (job->feed_rest, (guint32)error);
  lens_job_close (&job->feed_in);
}

/* The next octets of the file at hand, or its end. */
static void
put_octets (LensJob *job)
{
  guint32 length = 0;

  g_byte_array_set_size (job->feed_rest, sizeof length + LENS_SOURCE_FRAME);
  gssize count = read (job->feed_in, job->feed_rest->data + sizeof length, LENS_SOURCE_FRAME);
  int error = errno;
  length = (guint32)MAX (count, 0);
  memcpy (job->feed_rest->data, &length, sizeof length);
  g_byte_array_set_size (job->feed_rest, count < 0 ? 0 : (guint)(sizeof length + length));
  if (count < 0)
    put_failure (job, error);
  else if (count == 0)
    lens_job_close (&job->feed_in);
}

/* FALSE: there is no further file. */
static gboolean
refill (LensJob *job)
{
  g_autoptr (GError) error = NULL;

  job->feed_at = 0;
  g_byte_array_set_size (job->feed_rest, 0);
  if (job->feed_in < 0)
    {
      if (job->feed_next >= job->inputs->len)
        return FALSE;
      errno = 0;
      job->feed_in = lens_octets_open (g_ptr_array_index (job->inputs, job->feed_next++), &error);
      if (job->feed_in < 0)
        {
          put_failure (job, errno != 0 ? errno : EINVAL);
          return TRUE;
        }
    }
  put_octets (job);
  return TRUE;
}

void
lens_job_feed (LensJob *job)
{
  for (;;)
    {
      while (job->feed_at < job->feed_rest->len)
        {
          gssize count = write (job->feed_out, job->feed_rest->data + job->feed_at,
                                job->feed_rest->len - job->feed_at);
          if (count < 0 && errno == EAGAIN)
            return;
          if (count < 0 && errno != EINTR)
            {
              lens_job_close (&job->feed_out);
              return;
            }
          job->feed_at += (gsize)MAX (count, 0);
        }
      if (!refill (job))
        {
          lens_job_close (&job->feed_out);
          return;
        }
    }
}
