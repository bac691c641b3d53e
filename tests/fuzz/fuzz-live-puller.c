/* What a puller that is the camera's says to the supervisor: whatever it is, stream.log keeps its
 * form, and no secret is in it.  The worker is played by the functions below. */
#include "tests/fuzz/fuzz.h"

#include "harness/live-puller.h"
#include "ledger/stream-log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SECRET "Zq7XwPvLm9"

struct _LensWorker
{
  guint8 how; /* it ends */
};

static struct
{
  const guint8 *octets;
  gsize length;
} said;

/* Its messages lie in the pipe before anybody reads. */
LensWorker *
lens_worker_start (const LensWorkerSpec *spec, GError **error)
{
  LensWorker *worker = g_new0 (LensWorker, 1);

  worker->how = said.length > 0 ? said.octets[said.length - 1] : 0;
  for (gsize i = 0; i < spec->n_fds; i++)
    if (spec->fds[i].child_fd == LENS_PULL_MESSAGES)
      {
        fcntl (spec->fds[i].parent_fd, F_SETFL, O_NONBLOCK);
        if (write (spec->fds[i].parent_fd, said.octets, said.length) < 0)
          g_assert_cmpint (errno, ==, EAGAIN);
      }
  return worker;
}

gboolean
lens_worker_settle (LensWorker *worker, gint64 deadline, LensLayerSet *layers, GError **error)
{
  return TRUE;
}

int
lens_worker_take_listener (LensWorker *worker)
{
  return -1;
}

gboolean
lens_worker_wait (LensWorker *worker, gint64 deadline, LensWorkerEnd *end, GError **error)
{
  *end = (LensWorkerEnd){ .kind = (LensEndKind)(worker->how % 4),
                          .signal = 31,
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

pid_t
lens_worker_pid (const LensWorker *worker)
{
  return 1;
}

void
lens_worker_free (LensWorker *worker)
{
  g_free (worker);
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
