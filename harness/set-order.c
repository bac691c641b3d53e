#include "harness/set-order.h"

#include "harness/octets.h"
#include "harness/roles.h"
#include "harness/source.h"
#include "sandbox/message.h"
#include "sandbox/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define FIRST_LOOK (16 * 1024)        /* octets: most first packets lie in them */
#define FILE_US (10 * G_USEC_PER_SEC) /* for one file */
#define SETTLE_US (10 * G_USEC_PER_SEC)
#define LOSSES_MAX 16 /* workers that files may bring down before the rest is left as it is */

typedef struct
{
  char *path;
  gboolean tied; /* another begins at the same time */
  LensFileTimes times;
} File;

/* A worker that is asked about one file after the other. */
typedef struct
{
  LensWorker *worker;
  int in, out; /* -1: none */
  LensMessageReader *reader;
  guint8 *frame;
} Scout;

static void
scout_clear (Scout *scout)
{
  g_clear_pointer (&scout->worker, lens_worker_free);
  g_clear_pointer (&scout->reader, lens_message_reader_free);
  if (scout->in >= 0)
    close (scout->in);
  if (scout->out >= 0)
    close (scout->out);
  scout->in = scout->out = -1;
}

static gboolean
scout_send_out (Scout *scout, gboolean whole)
{
  int in[2], out[2];
  const char *const argv[] = { "lenscap", "--role", "times", whole ? LENS_ROLE_WHOLE : NULL, NULL };

  if (pipe2 (in, O_CLOEXEC) != 0)
    return FALSE;
  if (pipe2 (out, O_CLOEXEC) != 0)
    {
      close (in[0]);
      close (in[1]);
      return FALSE;
    }
  const LensWorkerFd fds[] = { { in[0], LENS_ROLE_FD_IN }, { out[1], LENS_ROLE_FD_OUT } };
  const LensWorkerSpec spec
      = { .role = LENS_ROLE_REPORT, .argv = argv, .fds = fds, .n_fds = G_N_ELEMENTS (fds) };
  scout->worker = lens_worker_start (&spec, NULL);
  close (in[0]);
  close (out[1]);
  fcntl (in[1], F_SETFL, O_NONBLOCK);
  fcntl (out[0], F_SETFL, O_NONBLOCK);
  scout->in = in[1];
  scout->out = out[0];
  scout->reader = lens_message_reader_new ();
  return scout->worker != NULL
         && lens_worker_settle (scout->worker, g_get_monotonic_time () + SETTLE_US, NULL, NULL);
}

static gboolean
wait_for (int fd, short events, gint64 deadline)
{
  struct pollfd ready = { fd, events, 0 };
  gint64 left = (deadline - g_get_monotonic_time ()) / 1000;

  return left > 0 && poll (&ready, 1, (int)left) > 0;
}

static gboolean
put (const Scout *scout, const guint8 *octets, gsize length, gint64 deadline)
{
  while (length > 0)
    {
      gssize count = write (scout->in, octets, length);
      if (count < 0 && errno != EAGAIN && errno != EINTR)
        return FALSE;
      if (count < 0 && !wait_for (scout->in, POLLOUT, deadline))
        return FALSE;
      octets += MAX (count, 0);
      length -= (gsize)MAX (count, 0);
    }
  return TRUE;
}

/* At most @most octets of @fd, as a frame; what cannot be read is the end of it, and @ended. */
static gboolean
put_frame (const Scout *scout, int fd, gsize most, gint64 deadline, gboolean *ended)
{
  gssize count = read (fd, scout->frame + sizeof (guint32), most);
  guint32 length = (guint32)MAX (count, 0);

  *ended = length == 0;
  memcpy (scout->frame, &length, sizeof length);
  return put (scout, scout->frame, sizeof length + length, deadline);
}

/* The worker's answer: the type of its message, 0 when there is none. */
static guint16
hear (Scout *scout, LensFileTimes *times, gint64 deadline)
{
  LensMessage message;

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      if (lens_message_next (scout->reader, &message, &error))
        {
          if (message.type == LENS_MESSAGE_TIMES && message.length == sizeof *times)
            memcpy (times, message.payload, sizeof *times);
          return message.type;
        }
      if (error != NULL || !wait_for (scout->out, POLLIN, deadline)
          || lens_message_reader_fill (scout->reader, scout->out, &error) == LENS_FILL_END)
        return 0;
    }
}

/* FALSE: the worker is lost. */
static gboolean
look_into (Scout *scout, File *file, int fd, gboolean whole)
{
  guint16 answer = LENS_MESSAGE_HUNGRY;
  gsize most = whole ? LENS_SOURCE_FRAME : FIRST_LOOK;
  gint64 deadline = g_get_monotonic_time () + FILE_US;
  LensFileTimes times = { 0 };
  gboolean ended = FALSE;

  while (answer == LENS_MESSAGE_HUNGRY)
    {
      if (!put_frame (scout, fd, most, deadline, &ended))
        return FALSE;
      answer = hear (scout, &times, deadline);
      most = LENS_SOURCE_FRAME;
    }
  if (answer != LENS_MESSAGE_TIMES)
    return FALSE;
  file->times = times;
  const guint32 end = 0;
  return ended || put (scout, (const guint8 *)&end, sizeof end, deadline);
}

/* Looks into all files for their beginnings, or through those that are tied. */
static void
look (File *files, guint n, gboolean whole)
{
  Scout scout = { .in = -1, .out = -1, .frame = g_malloc (LENS_SOURCE_FRAME + sizeof (guint32)) };
  guint losses = 0;

  for (guint i = 0; i < n && losses < LOSSES_MAX; i++)
    {
      if (whole && !files[i].tied)
        continue;
      int fd = lens_octets_open (files[i].path, NULL);
      if (fd < 0)
        continue;
      if ((scout.worker == NULL && !scout_send_out (&scout, whole))
          || !look_into (&scout, &files[i], fd, whole))
        {
          scout_clear (&scout);
          losses++;
        }
      close (fd);
    }
  scout_clear (&scout);
  g_free (scout.frame);
}

static int
compare_names (const File *a, const File *b)
{
  g_autofree char *one = g_path_get_basename (a->path), *other = g_path_get_basename (b->path);
  int order = strverscmp (one, other); /* -2 before -10 */

  return order != 0 ? order : strcmp (a->path, b->path);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const File *x = a, *y = b;

  if (x->times.known != y->times.known)
    return x->times.known > y->times.known ? -1 : 1;
  if (x->times.known && x->times.first != y->times.first)
    return x->times.first < y->times.first ? -1 : 1;
  if (x->times.known && x->times.last != y->times.last)
    return x->times.last < y->times.last ? -1 : 1;
  return compare_names (x, y);
}

/* Whether any two files begin at one time; @files are sorted. */
static gboolean
find_ties (File *files, guint n)
{
  gboolean any = FALSE;

  for (guint i = 1; i < n; i++)
    if (files[i].times.known && files[i - 1].times.known
        && files[i].times.first == files[i - 1].times.first)
      files[i].tied = files[i - 1].tied = any = TRUE;
  return any;
}

void
lens_set_order (GPtrArray *paths)
{
  const struct sigaction ignore = { .sa_handler = SIG_IGN };
  g_autofree File *files = g_new0 (File, paths->len);

  sigaction (SIGPIPE, &ignore, NULL); /* a worker need not take what it is given */
  for (guint i = 0; i < paths->len; i++)
    files[i].path = g_ptr_array_index (paths, i);
  look (files, paths->len, FALSE);
  qsort (files, paths->len, sizeof *files, compare);
  if (find_ties (files, paths->len))
    {
      look (files, paths->len, TRUE);
      qsort (files, paths->len, sizeof *files, compare);
    }
  for (guint i = 0; i < paths->len; i++)
    g_ptr_array_index (paths, i) = files[i].path;
}
