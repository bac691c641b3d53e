/* What a puller that is the camera's says to the supervisor: whatever it is, stream.log keeps its
 * form, and no secret is in it. */
#include "tests/fuzz/played-worker.h"

#include "harness/live-puller.h"
#include "ledger/stream-log.h"

#include <string.h>

#define SECRET "Zq7XwPvLm9"

static struct
{
  const guint8 *octets;
  gsize length;
} said;

/* Its messages lie in the pipe before anybody reads. */
LensWorker *
lens_worker_start (const LensWorkerSpec *spec, GError **error)
{
  for (gsize i = 0; i < spec->n_fds; i++)
    if (spec->fds[i].child_fd == LENS_PULL_MESSAGES)
      played_worker_say (spec->fds[i].parent_fd, said.octets, said.length);
  return played_worker_new (said.length > 0 ? said.octets[said.length - 1] : 0);
}

static void
check_log (const GString *text)
{
  g_autoptr (LensStreamLog) log = lens_stream_log_new ();
  g_autoptr (GString) whole = g_string_new (LENS_STREAM_LOG_HEADER "\n");

  g_string_append_len (whole, text->str, (gssize)text->len);
  lens_stream_log_feed (log, (const guint8 *)whole->str, whole->len);
  lens_stream_log_end (log);
  g_assert_true (log->has_header);
  g_assert_false (log->cut);
  g_assert_cmpuint (log->malformed, ==, 0);
  g_assert_null (strstr (text->str, SECRET));
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_autoptr (GPtrArray) tracks = g_ptr_array_new ();
  const LensDeclaredStream stream = { .tracks = tracks,
                                      .name = (char *)"main",
                                      .url = (char *)"rtsp://192.0.2.100/a",
                                      .host = (char *)"192.0.2.100",
                                      .port = 554 };
  g_autoptr (GString) log = g_string_new (NULL);
  LensLivePullWish wish
      = { .program = "lenscap-pull", .stream = &stream, .secret = "user:" SECRET, .log = log };
  g_autoptr (GError) error = NULL;

  said.octets = octets;
  said.length = length;
  lens_address_parse ("192.0.2.100", &wish.address);
  g_autoptr (LensLivePuller) puller = lens_live_puller_start (&wish, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 50 && lens_live_puller_messages_fd (puller) >= 0; i++)
    lens_live_puller_take_messages (puller);
  lens_live_puller_stop (puller);
  lens_live_puller_tick (puller, g_get_monotonic_time () + 1000000000);
  const LensLivePullerState *state = lens_live_puller_state (puller);
  g_assert_true (!state->ended || strstr (state->detail, SECRET) == NULL);
  check_log (log);
  return 0;
}
