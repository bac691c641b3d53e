#include "harness/render.h"

#include "harness/octets.h"
#include "harness/roles.h"
#include "sandbox/message.h"
#include "sandbox/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define DEADLINE_US (60 * G_USEC_PER_SEC)

typedef struct
{
  GByteArray *pages[2];
  GByteArray *current;
  char *problem;
  gboolean done;
} Received;

static void
take (Received *received, const LensMessage *message)
{
  switch (message->type)
    {
    case LENS_MESSAGE_FILE_BEGIN:
      {
        g_autofree char *name = lens_message_file_name (message);
        gboolean is_html = g_strcmp0 (name, "report.html") == 0;
        received->current = received->pages[is_html ? 0 : 1];
        break;
      }
    case LENS_MESSAGE_FILE_DATA:
      if (received->current != NULL)
        g_byte_array_append (received->current, message->payload, message->length);
      break;
    case LENS_MESSAGE_PROBLEM:
      g_free (received->problem);
      received->problem
          = g_utf8_make_valid ((const char *)message->payload, (gssize)message->length);
      break;
    case LENS_MESSAGE_DONE:
      received->done = TRUE;
      break;
    default:
      break;
    }
}

static gboolean
receive (int fd, Received *received, GError **error)
{
  g_autoptr (LensMessageReader) reader = lens_message_reader_new ();
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  LensMessage message;
  LensFill fill;

  do
    {
      struct pollfd ready = { fd, POLLIN, 0 };
      gint64 left = (deadline - g_get_monotonic_time ()) / 1000;
      if (left <= 0 || poll (&ready, 1, (int)left) == 0)
        {
          g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                       "the page was not there by its deadline");
          return FALSE;
        }
      fill = lens_message_reader_fill (reader, fd, error);
      while (lens_message_next (reader, &message, error))
        take (received, &message);
    }
  while (fill != LENS_FILL_END && (error == NULL || *error == NULL));
  return *error == NULL;
}

static LensWorker *
start (GBytes *record, GBytes *run, int *out, GError **error)
{
  int pipe_fds[2];
  const char *const argv[] = { "lenscap", "--role", "report", NULL };
  int in = lens_octets_to_fd (g_bytes_get_data (record, NULL), g_bytes_get_size (record), error);
  int more = run != NULL
                 ? lens_octets_to_fd (g_bytes_get_data (run, NULL), g_bytes_get_size (run), error)
                 : lens_octets_to_fd (NULL, 0, error);
  LensWorker *worker = NULL;

  if (in >= 0 && more >= 0 && pipe2 (pipe_fds, O_CLOEXEC) == 0)
    {
      const LensWorkerFd fds[] = { { in, LENS_ROLE_FD_IN },
                                   { pipe_fds[1], LENS_ROLE_FD_OUT },
                                   { more, LENS_ROLE_FD_BRIEF } };
      const LensWorkerSpec spec
          = { .role = LENS_ROLE_REPORT, .argv = argv, .fds = fds, .n_fds = G_N_ELEMENTS (fds) };
      worker = lens_worker_start (&spec, error);
      close (pipe_fds[1]);
      *out = pipe_fds[0];
    }
  if (in >= 0)
    close (in);
  if (more >= 0)
    close (more);
  return worker;
}

gboolean
lens_render (GBytes *record, GBytes *run, GBytes **html, GBytes **text, GError **error)
{
  Received received = { { g_byte_array_new (), g_byte_array_new () }, NULL, NULL, FALSE };
  g_autoptr (GError) cause = NULL;
  int out = -1;
  g_autoptr (LensWorker) worker = start (record, run, &out, &cause);
  gboolean fine = worker != NULL && receive (out, &received, &cause);

  if (out >= 0)
    close (out);
  if (fine && !received.done)
    g_set_error (&cause, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s",
                 received.problem != NULL ? received.problem
                                          : "the confined process that renders it ended early");
  fine = fine && received.done;
  if (fine)
    {
      *html = g_byte_array_free_to_bytes (received.pages[0]);
      *text = g_byte_array_free_to_bytes (received.pages[1]);
    }
  else
    {
      g_byte_array_unref (received.pages[0]);
      g_byte_array_unref (received.pages[1]);
      g_propagate_error (error, g_steal_pointer (&cause));
    }
  g_free (received.problem);
  return fine;
}
