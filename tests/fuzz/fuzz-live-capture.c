/* What a capture role that is its packets' writes to the supervisor: length of the messages, the
 * messages, the blocks. */
#include "tests/fuzz/played-worker.h"

#include "harness/live-capture.h"

static struct
{
  const guint8 *messages, *blocks;
  gsize n_messages, n_blocks;
} said;

LensWorker *
lens_worker_start (const LensWorkerSpec *spec, GError **error)
{
  for (gsize i = 0; i < spec->n_fds; i++)
    if (spec->fds[i].child_fd == LENS_CAPTURE_MESSAGES)
      played_worker_say (spec->fds[i].parent_fd, said.messages, said.n_messages);
    else if (spec->fds[i].child_fd == LENS_CAPTURE_PACKETS)
      played_worker_say (spec->fds[i].parent_fd, said.blocks, said.n_blocks);
  return played_worker_new (0);
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
