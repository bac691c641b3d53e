/* stream.log, in pieces: the same as at once, and within its bounds. */
#include "tests/fuzz/fuzz.h"

#include "ledger/stream-log.h"

static void
check (const LensStreamLog *log)
{
  guint64 events = 0;

  g_assert_cmpuint (log->streams->len, <=, LENS_STREAM_LOG_STREAMS);
  g_assert_cmpuint (log->events->len, <=, LENS_STREAM_LOG_EVENTS);
  g_assert_cmpuint (log->malformed, <=, log->lines + 1);
  for (guint i = 0; i < log->streams->len; i++)
    {
      const LensLoggedStream *stream = g_ptr_array_index (log->streams, i);
      g_assert_true (lens_stream_log_find (log, stream->name) == stream);
      g_assert_cmpuint (stream->tracks->len, <=, LENS_STREAM_LOG_TRACKS);
    }
  for (guint i = 0; i < log->events->len; i++)
    {
      const LensLoggedEvent *event = g_ptr_array_index (log->events, i);
      g_assert_true (g_utf8_validate (event->text, -1, NULL));
    }
  for (guint i = 0; i < LENS_N_STREAM_EVENTS; i++)
    events += log->events_by_kind[i];
  g_assert_cmpuint (events, ==, log->events->len + log->events_dropped);
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  g_autoptr (LensStreamLog) whole = lens_stream_log_new ();
  g_autoptr (LensStreamLog) pieces = lens_stream_log_new ();

  lens_stream_log_feed (whole, octets, length);
  lens_stream_log_end (whole);
  check (whole);
  for (gsize from = 0, step; from < length; from += step)
    {
      step = MIN (length - from, 1 + octets[from] % 61u);
      lens_stream_log_feed (pieces, octets + from, step);
    }
  lens_stream_log_end (pieces);
  check (pieces);
  g_assert_cmpuint (whole->lines, ==, pieces->lines);
  g_assert_cmpuint (whole->malformed, ==, pieces->malformed);
  g_assert_cmpuint (whole->events->len, ==, pieces->events->len);
  return 0;
}
