#include "ledger/stream-log-write.h"

#include <string.h>

#define HEADER LENS_STREAM_LOG_HEADER "\n"
#define SECOND G_GINT64_CONSTANT (1000000000)

static LensStreamLog *
parsed_in_pieces (const char *text, gsize length, gsize piece)
{
  LensStreamLog *log = lens_stream_log_new ();

  for (gsize at = 0; at < length; at += piece)
    lens_stream_log_feed (log, (const guint8 *)text + at, MIN (piece, length - at));
  lens_stream_log_end (log);
  return log;
}

static LensStreamLog *
parsed (const char *text)
{
  return parsed_in_pieces (text, strlen (text), strlen (text) + 1);
}

static GString *
sample (void)
{
  GString *out = g_string_new (NULL);

  lens_stream_log_write_header (out);
  lens_stream_log_write_event (out, 5 * SECOND, "main", LENS_STREAM_EVENT_CONNECT,
                               "tcp 192.0.2.100 554");
  lens_stream_log_write_track (out, "main", 0, "video", "h264", 1, 90000);
  lens_stream_log_write_track (out, "main", 1, "audio", "pcm_alaw", 1, 8000);
  lens_stream_log_write_packet (out, 6 * SECOND + 7, "main", 0, 0, 1000, LENS_STREAM_LOG_KEY);
  lens_stream_log_write_packet (out, 6 * SECOND + 9, "main", 1, LENS_STREAM_LOG_NO_PTS, 160, 0);
  lens_stream_log_write_packet (out, 7 * SECOND, "main", 0, -3600, 500,
                                LENS_STREAM_LOG_CORRUPT | LENS_STREAM_LOG_DISCARD);
  lens_stream_log_write_event (out, 8 * SECOND, NULL, LENS_STREAM_EVENT_SIGNAL, "11");
  return out;
}

static void
is_the_sample (const LensStreamLog *log)
{
  g_assert_true (log->has_header);
  g_assert_false (log->cut);
  g_assert_cmpuint (log->lines, ==, 8);
  g_assert_cmpuint (log->malformed, ==, 0);
  g_assert_cmpuint (log->streams->len, ==, 1);
  const LensLoggedStream *stream = lens_stream_log_find (log, "main");
  g_assert_nonnull (stream);
  g_assert_null (lens_stream_log_find (log, "sub"));
  const LensLoggedTrack *video = lens_logged_stream_find (stream, 0);
  g_assert_cmpstr (video->media, ==, "video");
  g_assert_cmpstr (video->codec, ==, "h264");
  g_assert_cmpuint (video->numerator, ==, 1);
  g_assert_cmpuint (video->denominator, ==, 90000);
  g_assert_cmpuint (video->packets, ==, 2);
  g_assert_cmpuint (video->octets, ==, 1500);
  g_assert_cmpuint (video->key_packets, ==, 1);
  g_assert_cmpuint (video->corrupt_packets, ==, 1);
  g_assert_cmpint (video->first, ==, 6 * SECOND + 7);
  g_assert_cmpint (video->last, ==, 7 * SECOND);
  g_assert_cmpuint (lens_logged_stream_find (stream, 1)->octets, ==, 160);
  g_assert_null (lens_logged_stream_find (stream, 2));
  g_assert_cmpuint (log->events->len, ==, 2);
  const LensLoggedEvent *connect = g_ptr_array_index (log->events, 0);
  g_assert_cmpint (connect->at, ==, 5 * SECOND);
  g_assert_cmpstr (connect->stream, ==, "main");
  g_assert_cmpint (connect->kind, ==, LENS_STREAM_EVENT_CONNECT);
  g_assert_cmpstr (connect->text, ==, "tcp 192.0.2.100 554");
  const LensLoggedEvent *signal = g_ptr_array_index (log->events, 1);
  g_assert_null (signal->stream);
  g_assert_cmpuint (log->events_by_kind[LENS_STREAM_EVENT_SIGNAL], ==, 1);
}

static void
what_is_written_is_read (void)
{
  g_autoptr (GString) text = sample ();
  g_autoptr (LensStreamLog) log = parsed (text->str);

  is_the_sample (log);
}

static void
pieces_of_any_size_are_one_log (void)
{
  g_autoptr (GString) text = sample ();

  for (gsize piece = 1; piece < 80; piece++)
    {
      g_autoptr (LensStreamLog) log = parsed_in_pieces (text->str, text->len, piece);
      is_the_sample (log);
    }
}

static void
the_format_is_what_the_manual_says (void)
{
  g_autoptr (GString) text = sample ();

  g_assert_cmpstr (text->str, ==,
                   "lenscap-stream-log 1\n"
                   "event\t5.000000000\tmain\tconnect\ttcp 192.0.2.100 554\n"
                   "track\tmain\t0\tvideo\th264\t1/90000\n"
                   "track\tmain\t1\taudio\tpcm_alaw\t1/8000\n"
                   "packet\t6.000000007\tmain\t0\t0\t1000\tk\n"
                   "packet\t6.000000009\tmain\t1\t-\t160\t-\n"
                   "packet\t7.000000000\tmain\t0\t-3600\t500\tcd\n"
                   "event\t8.000000000\t-\tsignal\t11\n");
}

/* What a device sent stays one field of one line. */
static void
hostile_text_cannot_forge_a_line (void)
{
  g_autoptr (GString) text = g_string_new (HEADER);
  g_autofree char *endless = g_strnfill (5000, 'x');

  lens_stream_log_write_event (text, 0, "a\tb\\", LENS_STREAM_EVENT_CONNECT,
                               "rtsp://x/\nevent\t\r\\\xff\xc3\xa4\x7f");
  lens_stream_log_write_event (text, -1, "-", LENS_STREAM_EVENT_LOG, endless);
  lens_stream_log_write_track (text, "-", 3, "other", NULL, 0, 0);
  lens_stream_log_write_track (text, "-", 4, "video", "h\xff\n", 1, 90000);
  lens_stream_log_write_packet (text, G_MAXINT64, "-", 4, 0, 1, 16); /* a flag nobody writes */
  g_autoptr (LensStreamLog) log = parsed (text->str);

  g_assert_cmpuint (log->malformed, ==, 0);
  g_assert_cmpuint (log->lines, ==, 6);
  const LensLoggedEvent *event = g_ptr_array_index (log->events, 0);
  g_assert_cmpstr (event->stream, ==, "a\tb\\");
  g_assert_cmpstr (event->text, ==, "rtsp://x/\\x0aevent\\x09\\x0d\\x5c\\xff\xc3\xa4\\x7f");
  event = g_ptr_array_index (log->events, 1);
  g_assert_cmpstr (event->stream, ==, "-");
  g_assert_cmpint (event->at, ==, 0);
  g_assert_cmpuint (strlen (event->text), ==, LENS_STREAM_LOG_TEXT);
  const LensLoggedTrack *track = lens_logged_stream_find (lens_stream_log_find (log, "-"), 3);
  g_assert_null (track->codec);
  g_assert_cmpuint (track->denominator, ==, 0);
  track = lens_logged_stream_find (lens_stream_log_find (log, "-"), 4);
  g_assert_cmpstr (track->codec, ==, "h\xef\xbf\xbd\n");
  g_assert_cmpuint (track->packets, ==, 1);
}

static void
a_malformed_line_is_counted (void)
{
  static const char *const lines[] = {
    "",
    "packet",
    "pocket\t1.000000000\tm\t0\t0\t1\t-",
    "packet\t1.000000000\tm\t0\t0\t1",
    "packet\t1.000000000\tm\t0\t0\t1\t-\t",
    "packet\t1.00000000\tm\t0\t0\t1\t-",
    "packet\t1\tm\t0\t0\t1\t-",
    "packet\t-1.000000000\tm\t0\t0\t1\t-",
    "packet\t1.-00000000\tm\t0\t0\t1\t-",
    "packet\t9999999999.000000000\tm\t0\t0\t1\t-",
    "packet\t1.000000000\t\t0\t0\t1\t-",
    "packet\t1.000000000\tm\tx\t0\t1\t-",
    "packet\t1.000000000\tm\t0\tx\t1\t-",
    "packet\t1.000000000\tm\t0\t0\t-1\t-",
    "packet\t1.000000000\tm\t0\t0\t4294967296\t-",
    "packet\t1.000000000\tm\t0\t0\t1\t",
    "packet\t1.000000000\tm\t0\t0\t1\tq",
    "packet\t1.000000000\tm\t0\t0\t1\tkk",
    "packet\t1.000000000\t\\xff\t0\t0\t1\t-",
    "packet\t1.000000000\tm\xff\t0\t0\t1\t-",
    "packet\t1.000000000\tm\t0\t0\t1\t-\r",
    "track\tm\t0\tvideo\th264",
    "track\tm\t0\tradio\th264\t1/90000",
    "track\tm\t0\tvideo\th264\t1",
    "track\tm\t0\tvideo\t\t-",
    "track\tm\t0\tvideo\th264\t0/90000",
    "track\t\t0\tvideo\th264\t-",
    "event\t1.000000000\t-\tparty\tx",
    "event\t1.000000000\t-\tend",
    "event\t1\t-\tend\tx",
    "event\t1.000000000\t\tend\tx",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *text = g_strconcat (HEADER, lines[i], "\n", NULL);
      g_autoptr (LensStreamLog) log = parsed (text);

      g_assert_cmpuint (log->lines, ==, 2);
      g_assert_cmpuint (log->malformed, ==, 1);
      g_assert_cmpuint (log->streams->len + log->events->len, ==, 0);
    }
}

static void
a_log_of_another_version_is_not_guessed_at (void)
{
  g_autoptr (LensStreamLog) other
      = parsed ("lenscap-stream-log 2\npacket\t1.000000000\tm\t0\t0\t1\t-\n");
  g_autoptr (LensStreamLog) late = parsed ("packet\t1.000000000\tm\t0\t0\t1\t-\n" HEADER
                                           "packet\t1.000000000\tm\t0\t0\t1\t-\n");
  g_autoptr (LensStreamLog) empty = parsed ("");

  g_assert_false (other->has_header);
  g_assert_cmpuint (other->malformed, ==, 2);
  g_assert_cmpuint (other->streams->len, ==, 0);
  g_assert_cmpuint (late->malformed, ==, 3);
  g_assert_false (empty->has_header);
  g_assert_false (empty->cut);
}

static void
a_cut_last_line_is_said_and_not_believed (void)
{
  g_autoptr (LensStreamLog) log
      = parsed (HEADER "packet\t1.000000000\tm\t0\t0\t1\t-\npacket\t2.000000000\tm\t0\t0\t1\t-");

  g_assert_true (log->cut);
  g_assert_cmpuint (log->malformed, ==, 0);
  const LensLoggedTrack *track = lens_logged_stream_find (lens_stream_log_find (log, "m"), 0);
  g_assert_cmpuint (track->packets, ==, 1);
  g_assert_null (track->media);
}

static void
a_hostile_log_costs_little (void)
{
  g_autoptr (LensStreamLog) log = lens_stream_log_new ();
  g_autoptr (GString) text = g_string_new (HEADER);
  guint8 noise[4096];

  for (guint i = 0; i < LENS_STREAM_LOG_STREAMS + 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("s%u", i);
      for (guint j = 0; j < LENS_STREAM_LOG_TRACKS + 1; j++)
        lens_stream_log_write_packet (text, 0, name, j, 0, 1, 0);
    }
  for (guint i = 0; i < LENS_STREAM_LOG_EVENTS + 3; i++)
    lens_stream_log_write_event (text, 0, NULL, LENS_STREAM_EVENT_DENIED, "x");
  lens_stream_log_feed (log, (const guint8 *)text->str, text->len);
  memset (noise, 'x', sizeof noise);
  for (guint i = 0; i < 1000; i++)
    lens_stream_log_feed (log, noise, sizeof noise);
  g_assert_cmpuint (log->rest->allocated_len, <, 3 * LENS_STREAM_LOG_LINE);
  lens_stream_log_feed (log, (const guint8 *)"\n", 1);
  lens_stream_log_end (log);

  g_assert_cmpuint (log->streams->len, ==, LENS_STREAM_LOG_STREAMS);
  g_assert_cmpuint (log->crowded_out, ==,
                    LENS_STREAM_LOG_STREAMS + 5 * (LENS_STREAM_LOG_TRACKS + 1));
  g_assert_cmpuint (log->events->len, ==, LENS_STREAM_LOG_EVENTS);
  g_assert_cmpuint (log->events_dropped, ==, 3);
  g_assert_cmpuint (log->events_by_kind[LENS_STREAM_EVENT_DENIED], ==, LENS_STREAM_LOG_EVENTS + 3);
  g_assert_cmpuint (log->malformed, ==, 1);
}

/* Every whole line is either believed or counted as malformed. */
static void
damaged_logs_are_counted_not_refused (void)
{
  g_autoptr (GString) text = sample ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (7826);
  guint64 malformed = 0;

  for (guint round = 0; round < 20000; round++)
    {
      g_autofree char *damaged = g_memdup2 (text->str, text->len);
      guint64 newlines = 0;

      for (gint i = g_rand_int_range (rand, 0, 5); i > 0; i--)
        damaged[g_rand_int_range (rand, 0, (gint32)text->len)]
            ^= (char)(1 << g_rand_int_range (rand, 0, 8));
      gsize size = (gsize)g_rand_int_range (rand, 0, (gint32)text->len + 1);
      for (gsize i = 0; i < size; i++)
        newlines += damaged[i] == '\n';
      g_autoptr (LensStreamLog) log
          = parsed_in_pieces (damaged, size, (gsize)g_rand_int_range (rand, 1, 64));
      g_assert_cmpuint (log->lines, ==, newlines);
      g_assert_true (log->cut == (size > 0 && damaged[size - 1] != '\n'));
      g_assert_cmpuint (log->malformed, <=, log->lines);
      malformed += log->malformed;
    }
  g_assert_cmpuint (malformed, >, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add_func ("/ledger/stream-log/" name, test)
  ADD ("what-is-written-is-read", what_is_written_is_read);
  ADD ("pieces-of-any-size-are-one-log", pieces_of_any_size_are_one_log);
  ADD ("the-format-is-what-the-manual-says", the_format_is_what_the_manual_says);
  ADD ("hostile-text-cannot-forge-a-line", hostile_text_cannot_forge_a_line);
  ADD ("a-malformed-line-is-counted", a_malformed_line_is_counted);
  ADD ("a-log-of-another-version-is-not-guessed-at", a_log_of_another_version_is_not_guessed_at);
  ADD ("a-cut-last-line-is-said-and-not-believed", a_cut_last_line_is_said_and_not_believed);
  ADD ("a-hostile-log-costs-little", a_hostile_log_costs_little);
  ADD ("damaged-logs-are-counted-not-refused", damaged_logs_are_counted_not_refused);
  return g_test_run ();
}
