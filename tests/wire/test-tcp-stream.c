#include "wire/tcp-stream.h"

#include <string.h>

#define HEADERS 54 /* octets of Ethernet, IPv4 and TCP before the payload */

/* What was captured, frame by frame, and which octets of it were reported. */
typedef struct
{
  GByteArray *octets;
  GByteArray *reported;
} Frame;

typedef struct
{
  LensTcpStream stream;
  GPtrArray *frames;
  GString *story;        /* one word per event */
  GByteArray *delivered; /* a small gap as zeros, a large one left out */
  guint64 offset;
  guint8 last_notes;
  gint64 last_time_ns;
} Fixture;

static void
check_view (Fixture *fixture, const LensView *view)
{
  gsize at = 0;

  for (gsize i = 0; i < view->n_pieces; i++)
    {
      const LensPiece *piece = &view->pieces[i];
      Frame *frame = g_ptr_array_index (fixture->frames, piece->frame - 1);
      g_assert_cmpuint (piece->offset, >=, HEADERS);
      g_assert_cmpuint (piece->offset - HEADERS + piece->length, <=, frame->octets->len);
      for (guint32 k = 0; k < piece->length; k++, at++)
        {
          guint32 in_frame = piece->offset - HEADERS + k;
          g_assert_cmpuint (view->octets[at], ==, frame->octets->data[in_frame]);
          g_assert_cmpuint (frame->reported->data[in_frame], ==, 0);
          frame->reported->data[in_frame] = 1;
        }
    }
  g_assert_cmpuint (at, ==, view->length);
}

static void
note (Fixture *fixture)
{
  fixture->last_notes = fixture->stream.notes;
  fixture->last_time_ns = fixture->stream.time_ns;
}

static void
on_deliver (gpointer data, const LensView *view)
{
  Fixture *fixture = data;

  check_view (fixture, view);
  note (fixture);
  g_assert_cmpuint (lens_tcp_stream_offset (&fixture->stream), ==, fixture->offset);
  fixture->offset += view->length;
  g_byte_array_append (fixture->delivered, view->octets, (guint)view->length);
  g_string_append_printf (fixture->story, "%zu ", view->length);
}

static void
on_duplicate (gpointer data, const LensView *view, LensTcpOverlap how)
{
  static const char *const words[]
      = { "same", "different", "unknown", "late", "keepalive", "outside", "reset" };
  Fixture *fixture = data;

  check_view (fixture, view);
  note (fixture);
  g_string_append_printf (fixture->story, "%s:%zu ", words[how], view->length);
}

static void
on_gap (gpointer data, guint64 length)
{
  Fixture *fixture = data;
  guint old = fixture->delivered->len;

  g_string_append_printf (fixture->story, "gap:%" G_GUINT64_FORMAT " ", length);
  fixture->offset += length;
  if (length == 0 || length > 1024 * 1024)
    return;
  g_byte_array_set_size (fixture->delivered, old + (guint)length);
  memset (fixture->delivered->data + old, 0, length);
}

static const LensTcpStreamCalls calls = { on_deliver, on_duplicate, on_gap };

static void
free_frame (gpointer data)
{
  Frame *frame = data;

  g_byte_array_unref (frame->octets);
  g_byte_array_unref (frame->reported);
  g_free (frame);
}

static Fixture *
fixture_new (void)
{
  Fixture *fixture = g_new0 (Fixture, 1);

  lens_tcp_stream_init (&fixture->stream, &calls, fixture);
  fixture->frames = g_ptr_array_new_with_free_func (free_frame);
  fixture->story = g_string_new (NULL);
  fixture->delivered = g_byte_array_new ();
  return fixture;
}

static void
fixture_free (Fixture *fixture)
{
  lens_tcp_stream_clear (&fixture->stream);
  g_ptr_array_unref (fixture->frames);
  g_string_free (fixture->story, TRUE);
  g_byte_array_unref (fixture->delivered);
  g_free (fixture);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

#define SYN 1
#define FIN 2
#define RST 4

/* A segment arrives; its payload lies in two pieces when it is longer than 100 octets, as a
 * reassembled datagram's would (here of one frame, which proves the same). */
static void
segment_of (Fixture *fixture, guint32 seq, int flags, const guint8 *octets, gsize length)
{
  Frame *frame = g_new0 (Frame, 1);
  frame->octets = g_byte_array_new ();
  g_byte_array_append (frame->octets, octets, (guint)length);
  frame->reported = g_byte_array_new ();
  g_byte_array_set_size (frame->reported, (guint)length);
  if (length > 0)
    memset (frame->reported->data, 0, length);
  g_ptr_array_add (fixture->frames, frame);

  guint32 first = length > 100 ? 33 : (guint32)length;
  const LensPiece pieces[] = {
    { fixture->frames->len, HEADERS, first },
    { fixture->frames->len, HEADERS + first, (guint32)length - first },
  };
  const LensView view = { frame->octets->data, length, pieces, length > 100 ? 2 : 1 };
  lens_tcp_stream_segment (&fixture->stream, fixture->frames->len * 1000, seq, (flags & SYN) != 0,
                           (flags & FIN) != 0, (flags & RST) != 0, &view);
}

static void
segment (Fixture *fixture, guint32 seq, int flags, const char *text)
{
  segment_of (fixture, seq, flags, (const guint8 *)text, strlen (text));
}

static void
tells (Fixture *fixture, const char *story)
{
  g_assert_cmpstr (fixture->story->str, ==, story);
  g_string_truncate (fixture->story, 0);
}

static void
the_sequence_number_wraps (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 0xfffffffc, SYN, "");
  segment (fixture, 0xfffffffd, 0, "abcde");
  segment (fixture, 0x00000002, 0, "fgh");
  tells (fixture, "5 3 ");
  segment (fixture, 0xfffffffe, 0, "bcdefghij");
  tells (fixture, "same:7 2 ");
}

static void
a_syn_takes_one_number_and_its_data_is_noted (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 100, SYN, "early");
  g_assert_cmpuint (fixture->last_notes, ==, LENS_TCP_NOTE_IN_SYN);
  segment (fixture, 106, 0, "later");
  g_assert_cmpuint (fixture->last_notes, ==, 0);
  tells (fixture, "5 5 ");
  g_assert_false (lens_tcp_stream_is_new_connection (&fixture->stream, 100, TRUE));
  g_assert_true (lens_tcp_stream_is_new_connection (&fixture->stream, 101, TRUE));
  g_assert_false (lens_tcp_stream_is_new_connection (&fixture->stream, 101, FALSE));
}

static void
a_stream_may_be_picked_up_in_the_middle (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 1000, 0, "abc");
  segment (fixture, 995, 0, "vwxyzabcde");
  tells (fixture, "3 unknown:5 same:3 2 ");
}

static void
a_keepalive_before_the_first_octets_is_no_hole (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 999, 0, "");
  segment (fixture, 1000, 0, "abc");
  tells (fixture, "3 ");
}

static void
octets_out_of_order_wait_and_keep_their_time (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 10, SYN, "");
  segment (fixture, 17, 0, "ghi");
  segment (fixture, 14, 0, "def");
  tells (fixture, "");
  segment (fixture, 11, 0, "abc");
  tells (fixture, "3 3 3 ");
  g_assert_cmpint (fixture->last_time_ns, ==, 2000);
  g_assert_cmpuint (fixture->last_notes, ==, LENS_TCP_NOTE_HELD);
  g_assert_cmpmem (fixture->delivered->data, fixture->delivered->len, "abcdefghi", 9);
}

static void
a_different_retransmission_is_told_and_the_first_copy_stays (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 10, SYN, "");
  segment (fixture, 11, 0, "abc");
  segment (fixture, 11, 0, "aXc");
  segment (fixture, 11, 0, "abc");
  tells (fixture, "3 different:3 same:3 ");
  segment (fixture, 17, 0, "ghi");
  segment (fixture, 15, 0, "efgHijk"); /* 2 new, 3 held (one differs), 2 new */
  tells (fixture, "different:3 ");
  segment (fixture, 14, 0, "d");
  tells (fixture, "1 2 3 2 ");
  g_assert_cmpmem (fixture->delivered->data, fixture->delivered->len, "abcdefghijk", 11);
}

/* Passes capture time: an acknowledged hole is left open for 20 ms. */
static void
later (Fixture *fixture)
{
  fixture->stream.time_ns += 21 * 1000 * 1000;
}

static void
an_acknowledged_hole_becomes_a_gap (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 10, SYN, "");
  segment (fixture, 11, 0, "abc");
  segment (fixture, 17, 0, "ghi");
  lens_tcp_stream_acknowledged (&fixture->stream, 14);
  tells (fixture, "3 ");
  lens_tcp_stream_acknowledged (&fixture->stream, 20);
  tells (fixture, "");
  later (fixture);
  lens_tcp_stream_acknowledged (&fixture->stream, 20);
  tells (fixture, "gap:3 3 ");
  segment (fixture, 14, 0, "def");
  tells (fixture, "late:3 ");
}

static void
what_the_snap_length_cut_is_a_gap_at_once (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 10, SYN, "");
  segment (fixture, 11, 0, "abc");
  lens_tcp_stream_cut (&fixture->stream, 14, 3);
  segment (fixture, 17, 0, "ghi");
  tells (fixture, "3 gap:3 3 ");
  /* A copy that was cut as well, and one behind which the rest was seen. */
  segment (fixture, 11, 0, "abc");
  lens_tcp_stream_cut (&fixture->stream, 14, 3);
  segment (fixture, 25, 0, "opq");
  segment (fixture, 20, 0, "jkl");
  lens_tcp_stream_cut (&fixture->stream, 23, 5);
  tells (fixture, "unknown:3 3 gap:2 3 ");
}

static void
an_acknowledgement_may_overtake_its_segment (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 10, SYN, "");
  segment (fixture, 14, 0, "def");
  lens_tcp_stream_acknowledged (&fixture->stream, 17);
  segment (fixture, 11, 0, "abc");
  tells (fixture, "3 3 ");
}

static void
an_acknowledgement_alone_moves_nothing (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 10, SYN, "");
  lens_tcp_stream_acknowledged (&fixture->stream, 14);
  segment (fixture, 11, 0, "abc");
  tells (fixture, "3 ");
  lens_tcp_stream_acknowledged (&fixture->stream, 15); /* perhaps a FIN not captured */
  lens_tcp_stream_finish (&fixture->stream);
  tells (fixture, "");
}

static void
what_is_given_up_is_a_gap_and_the_stream_goes_on (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 10, SYN, "");
  segment (fixture, 11, 0, "abc");
  segment (fixture, 20, 0, "jkl");
  segment (fixture, 30, 0, "tuv");
  tells (fixture, "3 ");
  g_assert_cmpuint (lens_tcp_stream_memory (&fixture->stream), >, 0);
  lens_tcp_stream_give_up (&fixture->stream);
  g_assert_cmpuint (lens_tcp_stream_memory (&fixture->stream), ==, 0);
  tells (fixture, "gap:6 3 gap:7 3 ");
  segment (fixture, 33, 0, "wx");
  tells (fixture, "2 ");
}

static void
a_keepalive_octet_is_no_retransmission (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 10, SYN, "");
  segment (fixture, 10, 0, "?");
  tells (fixture, "keepalive:1 ");
  segment (fixture, 11, 0, "abc");
  lens_tcp_stream_acknowledged (&fixture->stream, 14);
  segment (fixture, 13, 0, "!");
  g_assert_cmpuint (fixture->last_notes, ==, 0);
  segment (fixture, 13, 0, "c");
  g_assert_cmpuint (fixture->last_notes, ==, LENS_TCP_NOTE_LAST_OCTET);
  segment (fixture, 14, 0, "de");
  tells (fixture, "3 keepalive:1 keepalive:1 2 ");
}

static void
a_zero_window_probe_is_the_next_octet (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 10, SYN, "");
  segment (fixture, 11, 0, "abc");
  lens_tcp_stream_acknowledged (&fixture->stream, 14);
  segment (fixture, 14, 0, "d"); /* the window is closed: not taken */
  segment (fixture, 14, 0, "d");
  segment (fixture, 14, 0, "def");
  tells (fixture, "3 1 same:1 same:1 2 ");
}

static void
data_after_fin_is_delivered_and_noted (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 10, SYN, "");
  segment (fixture, 11, FIN, "abc"); /* FIN at 14 */
  g_assert_cmpuint (fixture->last_notes, ==, 0);
  g_assert_true (lens_tcp_stream_ended (&fixture->stream));
  segment (fixture, 15, 0, "more");
  g_assert_cmpuint (fixture->last_notes, ==, LENS_TCP_NOTE_AFTER_FIN);
  tells (fixture, "3 4 ");
  g_assert_cmpuint (lens_tcp_stream_offset (&fixture->stream), ==, 7);
  segment (fixture, 15, 0, "mare");
  tells (fixture, "different:4 ");
}

static void
data_across_a_fin_is_split_there (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 10, SYN, "");
  segment (fixture, 14, FIN, "");
  segment (fixture, 11, 0, "abcdef");
  tells (fixture, "3 3 ");
  g_assert_cmpuint (fixture->last_notes, ==, LENS_TCP_NOTE_AFTER_FIN);
}

static void
a_reset_carries_no_stream_octets (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 10, SYN, "");
  segment (fixture, 11, RST, "no such port");
  segment (fixture, 11, 0, "abc");
  tells (fixture, "reset:12 3 ");
}

static void
far_segments_do_not_move_the_stream (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 10, SYN, "");
  segment (fixture, 11, 0, "abc");
  lens_tcp_stream_acknowledged (&fixture->stream, 14);
  for (guint32 i = 0; i < 4; i++)
    segment (fixture, 0x80000000 + 4 * i, 0, "evil");
  segment (fixture, 14, 0, "def");
  tells (fixture, "3 outside:4 outside:4 outside:4 outside:4 3 ");
}

static void
the_stream_goes_on_where_the_peer_acknowledges (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 10, SYN, "");
  segment (fixture, 11, 0, "abc");
  lens_tcp_stream_acknowledged (&fixture->stream, 14);
  segment (fixture, 14 + 5000000, 0, "xyz");
  lens_tcp_stream_acknowledged (&fixture->stream, 17 + 5000000);
  segment (fixture, 17 + 5000000, 0, "!!");
  tells (fixture, "3 outside:3 gap:5000003 2 ");
}

static void
the_stream_goes_on_after_three_far_segments_in_a_row (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  segment (fixture, 0x90000010, 0, "abc");
  for (guint32 i = 0; i < 4; i++)
    segment (fixture, 50 + 4 * i, 0, "else");
  tells (fixture, "3 outside:4 outside:4 outside:4 gap:1879048235 4 ");
  for (guint32 i = 0; i < 4; i++)
    segment (fixture, 0x90000010 + 4 * i, 0, "back");
  tells (fixture, "outside:4 outside:4 outside:4 gap:0 4 ");
}

static void
the_hold_is_bounded (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  guint8 octets[4096] = { 0 };

  segment (fixture, 10, SYN, "");
  for (guint32 i = 0; i < 1000; i++)
    {
      segment_of (fixture, 12 + 4097 * i, 0, octets, sizeof octets);
      g_assert_cmpuint (lens_tcp_stream_memory (&fixture->stream), <=, 300 * 1024);
    }
  g_assert_nonnull (strstr (fixture->story->str, "gap:1 4096 gap:1 4096 "));
  g_assert_cmpuint (fixture->delivered->len, >, 3 * 1000 * 1000);

  g_autoptr (Fixture) tiny = fixture_new ();
  segment (tiny, 10, SYN, "");
  for (guint32 i = 0; i < 129; i++)
    segment (tiny, 12 + 2 * i, 0, "x");
  tells (tiny, "gap:1 1 ");
}

static void
a_quiet_stream_costs_little (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();

  g_assert_cmpuint (sizeof (LensTcpStream), <, 100);
  segment (fixture, 10, SYN, "");
  g_assert_cmpuint (lens_tcp_stream_memory (&fixture->stream), ==, 0);
  segment (fixture, 11, 0, "a few octets");
  g_assert_cmpuint (lens_tcp_stream_memory (&fixture->stream), <=, 100);
  lens_tcp_stream_forget (&fixture->stream);
  g_assert_cmpuint (lens_tcp_stream_memory (&fixture->stream), ==, 0);
  segment (fixture, 11, 0, "a few octets");
  tells (fixture, "12 unknown:12 ");
}

static void
old_octets_are_forgotten_beyond_the_tail (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autofree guint8 *octets = g_malloc0 (100000);

  segment_of (fixture, 1, 0, octets, 100000);
  segment_of (fixture, 1, 0, octets, 100000);
  tells (fixture, "100000 unknown:83616 same:16384 ");

  g_autoptr (Fixture) unacknowledged = fixture_new ();
  segment (unacknowledged, 0, SYN, "");
  lens_tcp_stream_acknowledged (&unacknowledged->stream, 1);
  segment_of (unacknowledged, 1, 0, octets, 50000);
  segment_of (unacknowledged, 50001, 0, octets, 50000);
  segment_of (unacknowledged, 1, 0, octets, 100000);
  tells (unacknowledged, "50000 50000 same:100000 ");
}

/* What octet @position of the known string is; never 0, which stands for a gap. */
static guint8
known (guint32 position)
{
  return (guint8)(1 + (position * 2654435761u >> 24) % 255);
}

static void
send_random (Fixture *fixture, GRand *rand, guint32 isn, guint32 total, gint32 *held_back)
{
  guint32 sent = 0;
  guint8 octets[3000];

  for (guint step = 0; sent < total && step < 100000; step++)
    {
      guint32 length = (guint32)g_rand_int_range (rand, 1, 3000);
      guint32 start = sent;
      int what = g_rand_int_range (rand, 0, 20);
      if (what < 4) /* an old range again, cut elsewhere */
        start = (guint32)g_rand_int_range (rand, MAX (0, (gint32)sent - 20000), (gint32)sent + 1);
      else if (what < 7) /* ahead */
        start = sent + (guint32)g_rand_int_range (rand, 1, 9000);
      start = MIN (start, total - 1);
      length = MIN (length, total - start);
      for (guint32 i = 0; i < length; i++)
        octets[i] = known (start + i);
      if (what == 7) /* lost, or late: sent again after the next ones */
        *held_back = (gint32)start;
      else
        segment_of (fixture, isn + 1 + start, 0, octets, length);
      if (what >= 7)
        sent = start + length;
      if (what == 9 && *held_back >= 0)
        {
          octets[0] = known ((guint32)*held_back);
          segment_of (fixture, isn + 1 + (guint32)*held_back, 0, octets, 1);
          *held_back = -1;
        }
      if (what == 8)
        lens_tcp_stream_acknowledged (&fixture->stream, isn + 1 + start);
    }
}

static void
any_segmentation_gives_back_the_octets_once (void)
{
  for (guint32 seed = 1; seed <= 60; seed++)
    {
      g_autoptr (Fixture) fixture = fixture_new ();
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      guint32 isn = g_rand_int (rand) | (seed % 2 == 0 ? 0xfffff000 : 0);
      guint32 total = (guint32)g_rand_int_range (rand, 1, 400000);
      gint32 held_back = -1;

      segment (fixture, isn, SYN, "");
      send_random (fixture, rand, isn, total, &held_back);
      segment (fixture, isn + 1 + total, FIN, "");
      lens_tcp_stream_finish (&fixture->stream);

      g_assert_cmpuint (fixture->delivered->len, ==, total);
      g_assert_cmpuint (lens_tcp_stream_offset (&fixture->stream), ==, total);
      for (guint32 i = 0; i < total; i++)
        g_assert_true (fixture->delivered->data[i] == known (i)
                       || fixture->delivered->data[i] == 0);
      for (guint i = 0; i < fixture->frames->len; i++)
        {
          Frame *frame = g_ptr_array_index (fixture->frames, i);
          if (frame->reported->len > 0)
            g_assert_null (memchr (frame->reported->data, 0, frame->reported->len));
        }
      g_assert_null (strstr (fixture->story->str, "different"));
    }
}

static void
anything_goes_in_and_every_octet_comes_out (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint run = 0; run < 200; run++)
    {
      g_autoptr (Fixture) fixture = fixture_new ();
      guint32 around = g_rand_int (rand);
      for (guint i = 0; i < 200; i++)
        {
          guint8 octets[600];
          guint32 seq = around + (guint32)g_rand_int_range (rand, -3000, 3000);
          if (g_rand_int_range (rand, 0, 10) == 0)
            seq = g_rand_int (rand);
          int flags = g_rand_int_range (rand, 0, 12) == 0 ? g_rand_int_range (rand, 0, 8) : 0;
          for (guint k = 0; k < sizeof octets; k++)
            octets[k] = (guint8)g_rand_int_range (rand, 1, 3);
          segment_of (fixture, seq, flags, octets,
                      (gsize)g_rand_int_range (rand, 0, sizeof octets));
          if (g_rand_int_range (rand, 0, 5) == 0)
            lens_tcp_stream_acknowledged (&fixture->stream, seq);
        }
      lens_tcp_stream_finish (&fixture->stream);
      for (guint i = 0; i < fixture->frames->len; i++)
        {
          Frame *frame = g_ptr_array_index (fixture->frames, i);
          if (frame->reported->len > 0)
            g_assert_null (memchr (frame->reported->data, 0, frame->reported->len));
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/tcp-stream/" name, function)
  ADD ("the-sequence-number-wraps", the_sequence_number_wraps);
  ADD ("a-syn-takes-one-number-and-its-data-is-noted",
       a_syn_takes_one_number_and_its_data_is_noted);
  ADD ("a-stream-may-be-picked-up-in-the-middle", a_stream_may_be_picked_up_in_the_middle);
  ADD ("a-keepalive-before-the-first-octets-is-no-hole",
       a_keepalive_before_the_first_octets_is_no_hole);
  ADD ("octets-out-of-order-wait-and-keep-their-time",
       octets_out_of_order_wait_and_keep_their_time);
  ADD ("a-different-retransmission-is-told-and-the-first-copy-stays",
       a_different_retransmission_is_told_and_the_first_copy_stays);
  ADD ("an-acknowledged-hole-becomes-a-gap", an_acknowledged_hole_becomes_a_gap);
  ADD ("what-the-snap-length-cut-is-a-gap-at-once", what_the_snap_length_cut_is_a_gap_at_once);
  ADD ("what-is-given-up-is-a-gap-and-the-stream-goes-on",
       what_is_given_up_is_a_gap_and_the_stream_goes_on);
  ADD ("an-acknowledgement-may-overtake-its-segment", an_acknowledgement_may_overtake_its_segment);
  ADD ("an-acknowledgement-alone-moves-nothing", an_acknowledgement_alone_moves_nothing);
  ADD ("a-keepalive-octet-is-no-retransmission", a_keepalive_octet_is_no_retransmission);
  ADD ("a-zero-window-probe-is-the-next-octet", a_zero_window_probe_is_the_next_octet);
  ADD ("data-after-fin-is-delivered-and-noted", data_after_fin_is_delivered_and_noted);
  ADD ("data-across-a-fin-is-split-there", data_across_a_fin_is_split_there);
  ADD ("a-reset-carries-no-stream-octets", a_reset_carries_no_stream_octets);
  ADD ("far-segments-do-not-move-the-stream", far_segments_do_not_move_the_stream);
  ADD ("the-stream-goes-on-where-the-peer-acknowledges",
       the_stream_goes_on_where_the_peer_acknowledges);
  ADD ("the-stream-goes-on-after-three-far-segments-in-a-row",
       the_stream_goes_on_after_three_far_segments_in_a_row);
  ADD ("the-hold-is-bounded", the_hold_is_bounded);
  ADD ("a-quiet-stream-costs-little", a_quiet_stream_costs_little);
  ADD ("old-octets-are-forgotten-beyond-the-tail", old_octets_are_forgotten_beyond_the_tail);
  ADD ("any-segmentation-gives-back-the-octets-once", any_segmentation_gives_back_the_octets_once);
  ADD ("anything-goes-in-and-every-octet-comes-out", anything_goes_in_and_every_octet_comes_out);
  return g_test_run ();
}
