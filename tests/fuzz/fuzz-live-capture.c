/* What a capture role that is its packets' writes to the supervisor: length of the messages, the
 * messages, the blocks.  The worker is played by the functions below. */
#include "tests/fuzz/fuzz.h"

#include "harness/live-capture.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct _LensWorker
{
  int unused;
};

static struct
{
  const guint8 *messages, *blocks;
  gsize n_messages, n_blocks;
} said;

static void
say (int fd, const guint8 *octets, gsize length)
{
  fcntl (fd, F_SETFL, O_NONBLOCK);
  if (length > 0 && write (fd, octets, length) < 0)
    g_assert_cmpint (errno, ==, EAGAIN);
}

LensWorker *
lens_worker_start (const LensWorkerSpec *spec, GError **error)
{
  for (gsize i = 0; i < spec->n_fds; i++)
    if (spec->fds[i].child_fd == LENS_CAPTURE_MESSAGES)
      say (spec->fds[i].parent_fd, said.messages, said.n_messages);
    else if (spec->fds[i].child_fd == LENS_CAPTURE_PACKETS)
      say (spec->fds[i].parent_fd, said.blocks, said.n_blocks);
  return g_new0 (LensWorker, 1);
}

gboolean
lens_worker_settle (LensWorker *worker, gint64 deadline, LensLayerSet *layers, GError **error)
{
  return TRUE;
}

gboolean
lens_worker_wait (LensWorker *worker, gint64 deadline, LensWorkerEnd *end, GError **error)
{
  *end = (LensWorkerEnd){ .kind = LENS_END_EXITED };
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

void
lens_worker_free (LensWorker *worker)
{
  g_free (worker);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensCursor cursor = lens_cursor_over (octets, length);
  g_autoptr (GError) error = NULL;
  gsize header_length;

  said.n_messages = lens_cursor_u16 (&cursor);
  said.n_messages = MIN (said.n_messages, lens_cursor_left (&cursor));
  said.messages = octets + cursor.position;
  said.blocks = said.messages + said.n_messages;
  said.n_blocks = length - MIN (length, cursor.position + said.n_messages);
  g_autoptr (LensLiveCapture) capture = lens_live_capture_start ("capture", "eth0", &error);
  g_assert_true ((capture == NULL) == (error != NULL));
  if (capture == NULL)
    return 0;
  const guint8 *header = lens_live_capture_header (capture, &header_length);
  fuzz_touch (header, header_length);
  for (guint i = 0; i < 20 && !lens_live_capture_ended (capture); i++)
    if (!lens_live_capture_take_packets (capture, NULL))
      break;
  const LensLiveCaptureState *state = lens_live_capture_state (capture);
  g_assert_cmpuint (state->bytes, <=, said.n_blocks);
  lens_live_capture_reap (capture, 0);
  return 0;
}
