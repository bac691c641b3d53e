/* A puller that the camera has taken over, as the supervisor hears it. */
#include "harness/live-puller.h"

#include "sandbox/message.h"
#include "tests/fuzz/played-worker.h"

#include <string.h>

#define PACKETS 400

static void
say_packets (int fd)
{
  const LensPullPacket packet = { .at_us = 1700000000000000, .octets = 1200 };
  g_autoptr (LensMessageWriter) writer = lens_message_writer_new (fd);

  for (guint i = 0; i < PACKETS; i++)
    g_assert_true (
        lens_message_write (writer, LENS_PULL_MESSAGE_PACKET, &packet, sizeof packet, NULL));
}

LensWorker *
lens_worker_start (const LensWorkerSpec *spec, GError **error)
{
  for (gsize i = 0; i < spec->n_fds; i++)
    if (spec->fds[i].child_fd == LENS_PULL_MESSAGES)
      say_packets (spec->fds[i].parent_fd);
  return played_worker_new (LENS_END_SIGNALLED);
}

/* Its packets are heard to the end, at most @log_max octets of lines. */
static LensLivePuller *
hear (LensLivePullWish *wish, guint64 log_max)
{
  g_autoptr (GError) error = NULL;

  wish->log_max = log_max;
  lens_address_parse ("192.0.2.100", &wish->address);
  LensLivePuller *puller = lens_live_puller_start (wish, &error);
  g_assert_no_error (error);
  while (lens_live_puller_messages_fd (puller) >= 0)
    lens_live_puller_take_messages (puller);
  return puller;
}

static void
stream_log_of_a_puller_has_an_end (void)
{
  g_autoptr (GPtrArray) tracks = g_ptr_array_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  const LensDeclaredStream stream = { .tracks = tracks,
                                      .name = (char *)"main",
                                      .url = (char *)"rtsp://192.0.2.100/a",
                                      .host = (char *)"192.0.2.100",
                                      .port = 554 };
  LensLivePullWish wish = { .program = "lenscap-pull", .stream = &stream, .log = log };

  LensLivePuller *all = hear (&wish, 0);
  g_assert_cmpuint (lens_live_puller_state (all)->packets, ==, PACKETS);
  g_assert_null (strstr (log->str, "said more"));
  lens_live_puller_free (all);

  LensLivePuller *some = hear (&wish, 100);
  g_assert_cmpuint (lens_live_puller_state (some)->packets, <=, PACKETS);
  g_assert_true (lens_live_puller_state (some)->ended);
  g_assert_cmpint (lens_live_puller_state (some)->reason, ==, LENS_PULL_END_CRASHED);
  g_assert_nonnull (strstr (log->str, "the puller said more than any stream has packets"));
  lens_live_puller_free (some);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/harness/live-puller/stream-log-of-a-puller-has-an-end",
                   stream_log_of_a_puller_has_an_end);
  return g_test_run ();
}
