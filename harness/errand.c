#include "harness/errand.h"

#include "harness/octets.h"
#include "harness/roles.h"
#include "sandbox/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#define DEADLINE_US (60 * G_USEC_PER_SEC)

typedef struct
{
  LensErrandFunc take;
  gpointer data;
  gboolean done;
  char *problem;
} Errand;

static void
take_message (Errand *errand, const LensMessage *message)
{
  if (message->type == LENS_MESSAGE_DONE)
    errand->done = TRUE;
  else if (message->type == LENS_MESSAGE_PROBLEM)
    {
      g_free (errand->problem);
      errand->problem = g_utf8_make_valid ((const char *)message->payload, (gssize)message->length);
    }
  else if (errand->take != NULL)
    errand->take (message, errand->data);
}

static gboolean
receive (int fd, Errand *errand, GError **error)
{
  g_autoptr (LensMessageReader) reader = lens_message_reader_new ();
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  g_autoptr (GError) cause = NULL;
  LensMessage message;
  LensFill fill = LENS_FILL_SOME;

  while (fill != LENS_FILL_END && cause == NULL)
    {
      struct pollfd ready = { fd, POLLIN, 0 };
      gint64 left = (deadline - g_get_monotonic_time ()) / 1000;
      if (left <= 0 || poll (&ready, 1, (int)left) == 0)
        {
          g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "it was not done in a minute");
          return FALSE;
        }
      fill = lens_message_reader_fill (reader, fd, &cause);
      while (cause == NULL && lens_message_next (reader, &message, &cause))
        take_message (errand, &message);
    }
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return error == NULL || *error == NULL;
}

static int
memory_of (GBytes *octets, GError **error)
{
  gsize length = 0;
  const guint8 *data = octets != NULL ? g_bytes_get_data (octets, &length) : NULL;

  return lens_octets_to_fd (data, length, error);
}

static LensWorker *
start (const char *role, const char *const *options, int in, int more, int *out, GError **error)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  int pipe_fds[2];

  g_ptr_array_add (argv, (gpointer) "lenscap");
  g_ptr_array_add (argv, (gpointer) "--role");
  g_ptr_array_add (argv, (gpointer)role);
  for (; *options != NULL; options++)
    g_ptr_array_add (argv, (gpointer)*options);
  g_ptr_array_add (argv, NULL);
  if (pipe2 (pipe_fds, O_CLOEXEC) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "cannot make a pipe: %s",
                   g_strerror (errno));
      return NULL;
    }
  const LensWorkerFd fds[] = { { in, LENS_ROLE_FD_IN },
                               { pipe_fds[1], LENS_ROLE_FD_OUT },
                               { more, LENS_ROLE_FD_BRIEF } };
  const LensWorkerSpec spec = { .role = LENS_ROLE_REPORT,
                                .argv = (const char *const *)argv->pdata,
                                .fds = fds,
                                .n_fds = G_N_ELEMENTS (fds) };
  LensWorker *worker = lens_worker_start (&spec, error);
  close (pipe_fds[1]);
  *out = pipe_fds[0];
  return worker;
}

gboolean
lens_errand_run_with (const char *role, const char *const *options, GBytes *in, GBytes *more,
                      LensErrandFunc take, gpointer data, GError **error)
{
  Errand errand = { take, data, FALSE, NULL };
  g_autoptr (GError) cause = NULL;
  int in_fd = memory_of (in, &cause), out = -1;
  int more_fd = in_fd >= 0 ? memory_of (more, &cause) : -1;
  g_autoptr (LensWorker) worker
      = more_fd >= 0 ? start (role, options, in_fd, more_fd, &out, &cause) : NULL;
  gboolean received = worker != NULL && receive (out, &errand, &cause);

  if (in_fd >= 0)
    close (in_fd);
  if (more_fd >= 0)
    close (more_fd);
  if (out >= 0)
    close (out);
  if (received && !errand.done)
    g_set_error (&cause, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s",
                 errand.problem != NULL ? errand.problem : "the confined process ended early");
  g_free (errand.problem);
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return received && errand.done;
}

gboolean
lens_errand_run (const char *role, GBytes *in, GBytes *more, LensErrandFunc take, gpointer data,
                 GError **error)
{
  static const char *const none[] = { NULL };

  return lens_errand_run_with (role, none, in, more, take, data, error);
}
