#include "harness/live-capture.h"

#include "harness/blocks.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES (4 << 20)
#define PIPE_BYTES (1 << 20)

struct LensLiveCapture
{
  char *interface;
  LensWorker *worker;
  int control_fd, packets_fd, messages_fd;
  LensMessageReader *messages;
  gint64 heard_us; /* monotonic: of the last beat */
  gboolean beating;
  GByteArray *header;
  GPtrArray *recorders;
  guint8 *buffer;
  gsize length;
  LensLiveCaptureState state;
};

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

void
lens_live_capture_free (LensLiveCapture *capture)
{
  if (capture == NULL)
    return;
  lens_worker_free (capture->worker);
  close_fd (&capture->control_fd);
  close_fd (&capture->packets_fd);
  close_fd (&capture->messages_fd);
  lens_message_reader_free (capture->messages);
  g_byte_array_unref (capture->header);
  g_ptr_array_unref (capture->recorders);
  g_free (capture->buffer);
  g_free (capture->state.end);
  g_free (capture->interface);
  g_free (capture);
}

/* Ends here: [0] of control is the worker's, [1] of the others. */
static gboolean
start_worker (LensLiveCapture *capture, const char *program, GError **error)
{
  int control[2], packets[2], messages[2];

  g_assert (program != NULL); /* a worker without one is this program again */
  if (pipe2 (control, O_CLOEXEC) != 0 || pipe2 (packets, O_CLOEXEC) != 0
      || pipe2 (messages, O_CLOEXEC) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "no pipes: %s",
                   g_strerror (errno));
      return FALSE;
    }
  fcntl (packets[0], F_SETPIPE_SZ, PIPE_BYTES);
  fcntl (packets[0], F_SETFL, O_NONBLOCK);
  fcntl (messages[0], F_SETFL, O_NONBLOCK);
  capture->control_fd = control[1];
  capture->packets_fd = packets[0];
  capture->messages_fd = messages[0];
  const char *argv[] = { "lenscap-capture", capture->interface, NULL };
  const LensWorkerFd fds[] = {
    { control[0], LENS_CAPTURE_CONTROL },
    { packets[1], LENS_CAPTURE_PACKETS },
    { messages[1], LENS_CAPTURE_MESSAGES },
  };
  const LensWorkerSpec spec = {
    .role = LENS_ROLE_CAPTURE,
    .program = program,
    .argv = argv,
    .fds = fds,
    .n_fds = G_N_ELEMENTS (fds),
  };
  capture->worker = lens_worker_start (&spec, error);
  close (control[0]);
  close (packets[1]);
  close (messages[1]);
  return capture->worker != NULL;
}

static void
describe_end (LensLiveCapture *capture, const LensWorkerEnd *end)
{
  g_autofree char *complaint = g_strchomp (lens_worker_complaint (capture->worker));

  g_free (capture->state.end);
  capture->state.end
      = *complaint != '\0' ? g_steal_pointer (&complaint) : lens_worker_end_describe (end);
  capture->state.complete = end->kind == LENS_END_EXITED && end->status == LENS_CAPTURE_EXIT_DONE;
}

void
lens_live_capture_reap (LensLiveCapture *capture, gint64 deadline_us)
{
  LensWorkerEnd end;
  g_autoptr (GError) error = NULL;

  if (capture->state.end != NULL)
    return;
  close_fd (&capture->control_fd);
  if (lens_worker_wait (capture->worker, deadline_us, &end, &error))
    describe_end (capture, &end);
  else
    capture->state.end = g_strdup (error->message);
}

static gboolean
take_header (LensLiveCapture *capture)
{
  gsize section = lens_blocks_first (capture->buffer, capture->length);
  gsize interface = section > 0
                        ? lens_blocks_first (capture->buffer + section, capture->length - section)
                        : 0;

  if (interface == 0 || section + interface > 2 * LENS_BLOCK_OTHER_MAX)
    return FALSE;
  g_byte_array_append (capture->header, capture->buffer, section + interface);
  capture->length -= section + interface;
  memmove (capture->buffer, capture->buffer + section + interface, capture->length);
  return TRUE;
}

static void
fill (LensLiveCapture *capture)
{
  ssize_t got = read (capture->packets_fd, capture->buffer + capture->length,
                      BUFFER_BYTES - capture->length);

  if (got > 0)
    capture->length += got;
  else if (got == 0 || (errno != EAGAIN && errno != EINTR))
    close_fd (&capture->packets_fd);
}

static gboolean
is_ready (const LensLiveCapture *capture)
{
  return capture->beating && capture->header->len > 0;
}

/* FALSE: it ended, or the time is over. */
static gboolean
wait_until_ready (LensLiveCapture *capture)
{
  gint64 until_us = g_get_monotonic_time () + LENS_LIVE_HEARTBEAT_US;

  while (!is_ready (capture))
    {
      gint64 left_us = until_us - g_get_monotonic_time ();
      struct pollfd polled[] = {
        { .fd = capture->packets_fd, .events = POLLIN },
        { .fd = capture->messages_fd, .events = POLLIN },
      };
      if (left_us <= 0 || capture->messages_fd < 0)
        return FALSE;
      if (poll (polled, G_N_ELEMENTS (polled), left_us / 1000 + 1) <= 0)
        continue;
      if (polled[0].revents != 0 && capture->header->len == 0)
        {
          fill (capture);
          take_header (capture);
        }
      if (polled[1].revents != 0)
        lens_live_capture_take_messages (capture);
    }
  return TRUE;
}

LensLiveCapture *
lens_live_capture_start (const char *program, const char *interface, GError **error)
{
  g_autoptr (LensLiveCapture) capture = g_new0 (LensLiveCapture, 1);

  capture->interface = g_strdup (interface);
  capture->control_fd = capture->packets_fd = capture->messages_fd = -1;
  capture->messages = lens_message_reader_new ();
  capture->header = g_byte_array_new ();
  capture->recorders = g_ptr_array_new ();
  capture->buffer = g_malloc (BUFFER_BYTES);
  if (!start_worker (capture, program, error))
    return NULL;
  if (!wait_until_ready (capture))
    {
      lens_live_capture_reap (capture, g_get_monotonic_time ());
      g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, capture->state.end);
      return NULL;
    }
  if (!lens_worker_settle (capture->worker, g_get_monotonic_time () + LENS_LIVE_HEARTBEAT_US,
                           &capture->state.layers, error))
    return NULL;
  return g_steal_pointer (&capture);
}

const char *
lens_live_capture_interface (const LensLiveCapture *capture)
{
  return capture->interface;
}

const guint8 *
lens_live_capture_header (const LensLiveCapture *capture, gsize *length)
{
  *length = capture->header->len;
  return capture->header->data;
}

void
lens_live_capture_add (LensLiveCapture *capture, LensRecorder *recorder)
{
  g_ptr_array_add (capture->recorders, recorder);
}

int
lens_live_capture_packets_fd (const LensLiveCapture *capture)
{
  return capture->packets_fd;
}

int
lens_live_capture_messages_fd (const LensLiveCapture *capture)
{
  return capture->messages_fd;
}

gboolean
lens_live_capture_take_packets (LensLiveCapture *capture, GError **error)
{
  LensBlocksWhole whole = { 0 };

  fill (capture);
  if (!lens_blocks_whole (capture->buffer, capture->length, &whole))
    {
      close_fd (&capture->packets_fd);
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   "the capture on %s wrote what is no capture", capture->interface);
      return FALSE;
    }
  for (guint i = 0; i < capture->recorders->len; i++)
    if (!lens_recorder_write (g_ptr_array_index (capture->recorders, i), capture->buffer,
                              whole.octets, error))
      return FALSE;
  capture->state.packets += whole.packets;
  capture->state.bytes += whole.packet_octets;
  capture->length -= whole.octets;
  memmove (capture->buffer, capture->buffer + whole.octets, capture->length);
  return TRUE;
}

void
lens_live_capture_take_messages (LensLiveCapture *capture)
{
  LensMessage message;

  if (lens_message_reader_fill (capture->messages, capture->messages_fd, NULL) == LENS_FILL_END)
    close_fd (&capture->messages_fd);
  while (lens_message_next (capture->messages, &message, NULL))
    if (message.type == LENS_CAPTURE_MESSAGE_BEAT && message.length == sizeof (LensCaptureBeat))
      {
        memcpy (&capture->state.beat, message.payload, sizeof (LensCaptureBeat));
        capture->beating = TRUE;
        capture->heard_us = g_get_monotonic_time ();
      }
}

void
lens_live_capture_stop (LensLiveCapture *capture)
{
  close_fd (&capture->control_fd);
}

gboolean
lens_live_capture_ended (const LensLiveCapture *capture)
{
  return capture->packets_fd < 0;
}

gboolean
lens_live_capture_is_late (const LensLiveCapture *capture, gint64 now_us)
{
  return now_us - capture->heard_us > LENS_LIVE_HEARTBEAT_US;
}

const LensLiveCaptureState *
lens_live_capture_state (const LensLiveCapture *capture)
{
  return &capture->state;
}
