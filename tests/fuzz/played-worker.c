#include "tests/fuzz/played-worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

struct _LensWorker
{
  guint8 how;
};

LensWorker *
played_worker_new (guint8 how)
{
  LensWorker *worker = g_new0 (LensWorker, 1);

  worker->how = how;
  return worker;
}

void
played_worker_say (int fd, const guint8 *octets, gsize length)
{
  fcntl (fd, F_SETFL, O_NONBLOCK);
  if (length > 0 && write (fd, octets, length) < 0)
    g_assert_cmpint (errno, ==, EAGAIN);
}

gboolean
lens_worker_settle (LensWorker *worker, gint64 deadline, LensLayerSet *layers, GError **error)
{
  return TRUE;
}

gboolean
lens_worker_wait (LensWorker *worker, gint64 deadline, LensWorkerEnd *end, GError **error)
{
  *end = (LensWorkerEnd){ .kind = (LensEndKind)(worker->how % (LENS_END_UNCONFINED + 1)),
                          .signal = SIGSYS,
                          .forbidden_call = -1 };
  return TRUE;
}

char *
lens_worker_complaint (const LensWorker *worker)
{
  return g_strdup ("");
}

char *
lens_worker_end_describe (const LensWorkerEnd *end)
{
  return g_strdup ("ended");
}

LensLayerSet
lens_worker_layers (const LensWorker *worker)
{
  return 0;
}

int
lens_worker_take_listener (LensWorker *worker)
{
  return -1;
}

int
lens_worker_pidfd (const LensWorker *worker)
{
  return -1;
}

pid_t
lens_worker_pid (const LensWorker *worker)
{
  return 1;
}

int
lens_worker_stderr_fd (const LensWorker *worker)
{
  return -1;
}

void
lens_worker_stop (LensWorker *worker)
{
}

void
lens_worker_free (LensWorker *worker)
{
  g_free (worker);
}
