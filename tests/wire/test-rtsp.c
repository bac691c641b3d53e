#include "wire/rtsp.h"

#include <string.h>

#include "real-capture.h"
#include "wire/rtsp-header.h"

#define OCTETS(text) ((const guint8 *)(text)), (sizeof (text) - 1)

/* Walks all of a stream; every octet must be in exactly one unit. */
static guint
walk (const guint8 *octets, gsize length, gboolean lost, LensRtspUnit *units, guint max)
{
  LensRtspFramer framer = { .lost = lost };
  LensRtspUnit unit;
  gsize position = 0;
  guint n = 0;

  while (lens_rtsp_next (&framer, octets + position, length - position, TRUE, &unit)
         != LENS_RTSP_MORE)
    {
      g_assert_cmpuint (unit.length, >, 0);
      g_assert_cmpuint (unit.length, <=, length - position);
      if (unit.kind == LENS_RTSP_INTERLEAVED)
        g_assert_cmpuint (unit.data.length + 4, ==, unit.length);
      if (unit.kind == LENS_RTSP_REQUEST || unit.kind == LENS_RTSP_RESPONSE)
        g_assert_cmpuint (unit.start_line.length + unit.headers.length + unit.body.length, ==,
                          unit.length);
      position += unit.length;
      if (n < max)
        units[n] = unit;
      n++;
    }
  g_assert_cmpuint (position, ==, length);
  return n;
}

static void
a_reply_has_all_its_parts (void)
{
  static const char reply[] = "RTSP/1.0 200 OK, fine\r\n"
                              "CSeq: 2\r\n"
                              "content-LENGTH:  5 \r\n"
                              "\r\n"
                              "v=0\r\n";
  LensRtspUnit unit;

  g_assert_cmpuint (walk (OCTETS (reply), FALSE, &unit, 1), ==, 1);
  g_assert_cmpint (unit.kind, ==, LENS_RTSP_RESPONSE);
  g_assert_cmpuint (unit.status, ==, 200);
  g_assert_cmpmem (reply + unit.reason.offset, unit.reason.length, "OK, fine", 8);
  g_assert_cmpmem (reply + unit.version.offset, unit.version.length, "RTSP/1.0", 8);
  g_assert_cmpuint (unit.headers.offset, ==, 23);
  g_assert_cmpmem (reply + unit.body.offset, unit.body.length, "v=0\r\n", 5);
  g_assert_cmpuint (unit.odd, ==, 0);
}

static void
a_request_has_method_and_uri (void)
{
  static const char request[] = "SETUP rtsp://192.0.2.1/a b/track1 RTSP/1.0\r\nCSeq: 3\r\n\r\n";
  LensRtspUnit unit;

  g_assert_cmpuint (walk (OCTETS (request), FALSE, &unit, 1), ==, 1);
  g_assert_cmpint (unit.kind, ==, LENS_RTSP_REQUEST);
  g_assert_cmpmem (request + unit.method.offset, unit.method.length, "SETUP", 5);
  g_assert_cmpmem (request + unit.uri.offset, unit.uri.length, "rtsp://192.0.2.1/a b/track1", 27);
}

static void
frames_of_any_length_are_frames (void)
{
  static const char stream[] = "$\x00\x00\x00"
                               "$\x07\x00\x03"
                               "abc"
                               "\r\n\r\n"
                               "RTSP/1.0 200 OK\r\n\r\n"
                               "$\x01\x00\x01"
                               "$";
  static const LensRtspKind kinds[]
      = { LENS_RTSP_INTERLEAVED, LENS_RTSP_INTERLEAVED, LENS_RTSP_STRAY, LENS_RTSP_RESPONSE,
          LENS_RTSP_INTERLEAVED };
  LensRtspUnit units[5];

  g_assert_cmpuint (walk (OCTETS (stream), FALSE, units, 5), ==, 5);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (units[i].kind, ==, kinds[i]);
  g_assert_cmpuint (units[0].data.length, ==, 0);
  g_assert_cmpuint (units[1].channel, ==, 7);
  g_assert_cmpuint (units[1].data.length, ==, 3);
  g_assert_cmpuint (units[2].odd, ==, LENS_RTSP_KEEP_ALIVE);
  g_assert_cmpuint (units[2].length, ==, 4);
}

static void
a_line_of_text_between_frames_is_stray (void)
{
  static const char stream[] = "$\x00\x00\x01x"
                               "the cake is a lie\r\n"
                               "$\x00\x00\x01y";
  LensRtspUnit units[3];

  g_assert_cmpuint (walk (OCTETS (stream), FALSE, units, 3), ==, 3);
  g_assert_cmpint (units[1].kind, ==, LENS_RTSP_STRAY);
  g_assert_cmpuint (units[1].odd, ==, LENS_RTSP_TEXT);
  g_assert_cmpuint (units[1].length, ==, 19);
  g_assert_cmpint (units[2].kind, ==, LENS_RTSP_INTERLEAVED);
}

/* A frame of 12 octets that looks like RTP. */
#define FRAME "$\x00\x00\x0c\x80\x60\x00\x01zzzzzzzz"

static void
binary_junk_ends_at_a_chain_of_frames (void)
{
  static const char stream[] = FRAME "\x01\x02$\x02\x00\x01junk" FRAME FRAME FRAME;
  LensRtspUnit units[5];

  g_assert_cmpuint (walk (OCTETS (stream), FALSE, units, 5), ==, 5);
  g_assert_cmpint (units[1].kind, ==, LENS_RTSP_STRAY);
  g_assert_cmpuint (units[1].length, ==, 10);
  g_assert_cmpuint (units[1].odd, ==, 0);
  for (guint i = 2; i < 5; i++)
    g_assert_cmpint (units[i].kind, ==, LENS_RTSP_INTERLEAVED);
}

static void
binary_junk_ends_at_a_message (void)
{
  static const char stream[] = "\x01\x02 PLAYER RTSP/1.0 \x03RTSP/1.0 200 OK\r\n\r\n";
  LensRtspUnit units[2];

  g_assert_cmpuint (walk (OCTETS (stream), TRUE, units, 2), ==, 2);
  g_assert_cmpint (units[0].kind, ==, LENS_RTSP_STRAY);
  g_assert_cmpint (units[1].kind, ==, LENS_RTSP_RESPONSE);
}

static void
a_long_run_of_junk_comes_in_steps (void)
{
  gsize length = 1000000;
  g_autofree guint8 *octets = g_malloc (length);
  LensRtspUnit unit;

  memset (octets, 0x01, length);
  guint n = walk (octets, length, FALSE, &unit, 1);
  g_assert_cmpuint (n, ==, (length + LENS_RTSP_STRAY_STEP - 1) / LENS_RTSP_STRAY_STEP);
  g_assert_cmpuint (unit.length, ==, LENS_RTSP_STRAY_STEP);
}

static void
more_says_how_many_octets_are_missing (void)
{
  static const char reply[] = "RTSP/1.0 200 OK\r\nContent-Length: 100\r\n\r\nabc";
  static const guint8 frame[] = { '$', 0, 0x01, 0x00, 1, 2 };
  LensRtspFramer framer = { 0 };
  LensRtspUnit unit;

  g_assert_cmpint (lens_rtsp_next (&framer, OCTETS (reply), FALSE, &unit), ==, LENS_RTSP_MORE);
  g_assert_cmpuint (unit.needed, ==, sizeof reply - 1 - 3 + 100);
  g_assert_cmpint (lens_rtsp_next (&framer, frame, sizeof frame, FALSE, &unit), ==, LENS_RTSP_MORE);
  g_assert_cmpuint (unit.needed, ==, 260);
  g_assert_cmpint (lens_rtsp_next (&framer, frame, sizeof frame, TRUE, &unit), ==,
                   LENS_RTSP_INTERLEAVED);
  g_assert_cmpuint (unit.odd, ==, LENS_RTSP_CUT);
  g_assert_cmpint (lens_rtsp_next (&framer, OCTETS (reply), TRUE, &unit), ==, LENS_RTSP_RESPONSE);
  g_assert_cmpuint (unit.odd, ==, LENS_RTSP_CUT);
  g_assert_cmpuint (unit.body.length, ==, 3);
}

static void
what_is_odd_about_a_message_is_said (void)
{
  static const struct
  {
    const char *text;
    guint units;
    guint odd;
  } cases[] = {
    { "RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n", 1, LENS_RTSP_LENGTH_MALFORMED },
    { "RTSP/1.0 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 1,
      LENS_RTSP_LENGTH_CONFLICT },
    { "RTSP/1.0 200 OK\r\nContent-Length: 9999999\r\n\r\n", 1, LENS_RTSP_BODY_TOO_LONG },
    { "RTSP/1.0 200 OK\r\nCSeq: 1\r\nRTSP/1.0 200 OK\r\n\r\n", 2, LENS_RTSP_UNTERMINATED },
    { "RTSP/1.0 200 OK\r\nCSeq: 1\r\n$abc", 2, LENS_RTSP_UNTERMINATED },
    { "RTSP/1.0 200 OK\nCSeq: 1\n\n", 1, 0 },
    { "HTTP/1.0 200 OK\r\n\r\n", 1, LENS_RTSP_HTTP },
    { "POST /x HTTP/1.0\r\nx-sessioncookie: a\r\nContent-Length: 32767\r\n\r\n", 1,
      LENS_RTSP_HTTP | LENS_RTSP_TUNNEL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LensRtspUnit unit;
      g_assert_cmpuint (
          walk ((const guint8 *)cases[i].text, strlen (cases[i].text), FALSE, &unit, 1), ==,
          cases[i].units);
      g_assert_cmpuint (unit.odd, ==, cases[i].odd);
    }
}

static void
an_endless_header_block_is_stray (void)
{
  g_autoptr (GString) stream = g_string_new ("RTSP/1.0 200 OK\r\n");
  LensRtspFramer framer = { 0 };
  LensRtspUnit unit;

  while (stream->len < LENS_RTSP_MAX_HEADERS)
    g_string_append (stream, "X: y\r\n");
  g_assert_cmpint (lens_rtsp_next (&framer, (const guint8 *)stream->str, stream->len, FALSE, &unit),
                   ==, LENS_RTSP_STRAY);
  g_assert_cmpuint (unit.length, ==, 17);
}

static void
the_first_octets_tell_rtsp_from_the_rest (void)
{
  static const struct
  {
    const char *text;
    LensRtspGuess guess;
  } cases[] = {
    { "OPTIONS rtsp://192.0.2.1/ RTSP/1.0\r\n", LENS_RTSP_GUESS_YES },
    { "\r\nRTSP/1.0 200 OK\r\n", LENS_RTSP_GUESS_YES },
    { "DESCR", LENS_RTSP_GUESS_UNDECIDED },
    { "OPTIONS rtsp://192.0", LENS_RTSP_GUESS_YES },
    { "OPTIONS sip:a@b", LENS_RTSP_GUESS_UNDECIDED },
    { "", LENS_RTSP_GUESS_UNDECIDED },
    { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", LENS_RTSP_GUESS_NO },
    { "GET / HTTP/1.0\r\nHost: a\r\n", LENS_RTSP_GUESS_UNDECIDED },
    { "GET / HTTP/1.0\r\nx-sessioncookie: 7\r\n", LENS_RTSP_GUESS_TUNNEL },
    { "GET / HTTP/1.0\r\nHost: a\r\nX-Sessioncookie: 7\r\n\r\n", LENS_RTSP_GUESS_TUNNEL },
    { "GET / HTTP/1.0\r\nHost: a\r\n x-sessioncookie: 7\r\n\r\n", LENS_RTSP_GUESS_NO },
    { "HTTP/1.0 200 OK\r\nA: b\r\nContent-Type:\r\n application/x-rtsp-tunnelled\r\n\r\n",
      LENS_RTSP_GUESS_TUNNEL },
    { "HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n",
      LENS_RTSP_GUESS_TUNNEL },
    { "OPTIONS sip:a@b SIP/2.0\r\n", LENS_RTSP_GUESS_NO },
    { "EHLO mail.example\r\n", LENS_RTSP_GUESS_NO },
    { "\x16\x03\x01\x02", LENS_RTSP_GUESS_NO },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const guint8 *octets = (const guint8 *)cases[i].text;
      gsize length = strlen (cases[i].text), once = 0, scanned = 0;
      g_assert_cmpint (lens_rtsp_looks_like (&once, octets, length), ==, cases[i].guess);
      /* Octet by octet it is the same. */
      LensRtspGuess guess = LENS_RTSP_GUESS_UNDECIDED;
      for (gsize have = 0; have <= length && guess == LENS_RTSP_GUESS_UNDECIDED; have++)
        guess = lens_rtsp_looks_like (&scanned, octets, have);
      g_assert_cmpint (guess, ==, cases[i].guess);
    }
}

static void
interleaved_frames_are_found_in_mid_stream (void)
{
  static const char stream[] = "ab$c" FRAME FRAME FRAME "$";
  static const char short_stream[] = "ab$c" FRAME FRAME;

  g_assert_cmpint (lens_rtsp_find_interleaved (OCTETS (stream)), ==, 4);
  g_assert_cmpint (lens_rtsp_find_interleaved (OCTETS (short_stream)), ==, -1);
}

/* Octet by octet and all at once must name the same units. */
static void
the_units_do_not_depend_on_the_segments (void)
{
  static const char stream[] = FRAME "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"
                                     "\x02junk " FRAME FRAME FRAME
                                     "text\r\nRTSP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab" FRAME;
  gsize length = sizeof stream - 1;
  LensRtspUnit whole[16];
  guint n = walk (OCTETS (stream), FALSE, whole, 16);
  LensRtspFramer framer = { 0 };
  gsize position = 0;
  guint i = 0;

  for (gsize have = 0; have <= length; have++)
    {
      LensRtspUnit unit;
      while (lens_rtsp_next (&framer, (const guint8 *)stream + position, have - position,
                             have == length, &unit)
             != LENS_RTSP_MORE)
        {
          position += unit.length;
          /* Junk may come in more pieces; everything else is the same. */
          if (unit.kind == LENS_RTSP_STRAY && unit.odd == 0)
            continue;
          while (whole[i].kind == LENS_RTSP_STRAY && whole[i].odd == 0)
            i++;
          g_assert_cmpint (unit.kind, ==, whole[i].kind);
          g_assert_cmpuint (unit.length, ==, whole[i].length);
          i++;
        }
    }
  g_assert_cmpuint (position, ==, length);
  g_assert_cmpuint (i, ==, n);
}

static void
hostile_octets_are_all_handed_out (void)
{
  static const char *const words[]
      = { "RTSP/1.0 200 OK\r\n", "\r\n",     "$",    "Content-Length: 7\r\n",
          "PLAY * RTSP/1.0\r\n", FRAME,      "junk", "\n",
          "$\x01\xff\xff",       "Session: " };
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (guint round = 0; round < 5000; round++)
    {
      g_autoptr (GString) stream = g_string_new (NULL);
      LensRtspUnit unit;
      gsize scanned = 0;
      for (gint i = g_rand_int_range (random, 0, 40); i > 0; i--)
        if (g_rand_boolean (random))
          g_string_append_c (stream, (gchar)g_rand_int_range (random, 0, 256));
        else
          g_string_append (stream, words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))]);
      const guint8 *octets = (const guint8 *)stream->str;
      (void)walk (octets, stream->len, round % 2, &unit, 1);
      (void)lens_rtsp_looks_like (&scanned, octets, stream->len);
      (void)lens_rtsp_find_interleaved (octets, stream->len);
    }
}

typedef struct
{
  GHashTable *streams; /* direction -> GByteArray */
  GHashTable *next;    /* direction -> next sequence number */
} Streams;

static void
append_segment (const RealPayload *payload, gpointer user)
{
  Streams *streams = user;
  gpointer key = GUINT_TO_POINTER ((guint)payload->source_port << 16 | payload->destination_port);

  if (payload->protocol != 6 || payload->length == 0)
    return;
  GByteArray *stream = g_hash_table_lookup (streams->streams, key);
  if (stream == NULL)
    g_hash_table_insert (streams->streams, key, stream = g_byte_array_new ());
  else if (GPOINTER_TO_UINT (g_hash_table_lookup (streams->next, key)) != payload->tcp_sequence)
    return;
  g_byte_array_append (stream, payload->payload, (guint)payload->length);
  g_hash_table_insert (streams->next, key,
                       GUINT_TO_POINTER (payload->tcp_sequence + (guint32)payload->length));
}

static void
real_sessions_hold_no_stray_octets (void)
{
  Streams streams = {
    g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_byte_array_unref),
    g_hash_table_new (NULL, NULL),
  };
  guint count[LENS_RTSP_STRAY + 1] = { 0 };
  GHashTableIter iter;
  gpointer value;

  if (real_capture_walk ("ntop_nDPI__rtsp.pcap", append_segment, &streams))
    {
      g_hash_table_iter_init (&iter, streams.streams);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        {
          GByteArray *stream = value;
          LensRtspUnit units[64];
          guint n = walk (stream->data, stream->len, FALSE, units, G_N_ELEMENTS (units));
          for (guint i = 0; i < MIN (n, G_N_ELEMENTS (units)); i++)
            count[units[i].kind]++;
        }
      /* As tshark -Y 'rtsp.request && !tcp.analysis.retransmission' counts, and rtsp.response. */
      g_assert_cmpuint (count[LENS_RTSP_REQUEST], ==, 35);
      g_assert_cmpuint (count[LENS_RTSP_RESPONSE], ==, 30);
      g_assert_cmpuint (count[LENS_RTSP_STRAY], ==, 0);
    }
  g_hash_table_unref (streams.streams);
  g_hash_table_unref (streams.next);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/rtsp/a-reply-has-all-its-parts", a_reply_has_all_its_parts);
  g_test_add_func ("/wire/rtsp/a-request-has-method-and-uri", a_request_has_method_and_uri);
  g_test_add_func ("/wire/rtsp/frames-of-any-length-are-frames", frames_of_any_length_are_frames);
  g_test_add_func ("/wire/rtsp/a-line-of-text-between-frames-is-stray",
                   a_line_of_text_between_frames_is_stray);
  g_test_add_func ("/wire/rtsp/binary-junk-ends-at-a-chain-of-frames",
                   binary_junk_ends_at_a_chain_of_frames);
  g_test_add_func ("/wire/rtsp/binary-junk-ends-at-a-message", binary_junk_ends_at_a_message);
  g_test_add_func ("/wire/rtsp/a-long-run-of-junk-comes-in-steps",
                   a_long_run_of_junk_comes_in_steps);
  g_test_add_func ("/wire/rtsp/more-says-how-many-octets-are-missing",
                   more_says_how_many_octets_are_missing);
  g_test_add_func ("/wire/rtsp/what-is-odd-about-a-message-is-said",
                   what_is_odd_about_a_message_is_said);
  g_test_add_func ("/wire/rtsp/an-endless-header-block-is-stray", an_endless_header_block_is_stray);
  g_test_add_func ("/wire/rtsp/the-first-octets-tell-rtsp-from-the-rest",
                   the_first_octets_tell_rtsp_from_the_rest);
  g_test_add_func ("/wire/rtsp/interleaved-frames-are-found-in-mid-stream",
                   interleaved_frames_are_found_in_mid_stream);
  g_test_add_func ("/wire/rtsp/the-units-do-not-depend-on-the-segments",
                   the_units_do_not_depend_on_the_segments);
  g_test_add_func ("/wire/rtsp/hostile-octets-are-all-handed-out",
                   hostile_octets_are_all_handed_out);
  g_test_add_func ("/wire/rtsp/real-sessions-hold-no-stray-octets",
                   real_sessions_hold_no_stray_octets);
  return g_test_run ();
}
