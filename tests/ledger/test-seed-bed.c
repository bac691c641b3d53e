#include "ledger/seed-bed.h"
#include "tests/analyzers/honest.h"
#include "wire/checksum.h"
#include "wire/fcs.h"
#include "wire/tcp-stream.h"
#include "wire/transport.h"

#include <string.h>

/* --- a ground to stand on --- */

typedef struct
{
  LensPackets *packets;
  GPtrArray *profiles;
  LensLedgerOptions options;
  LensSeedGround *ground;
} Field;

static void
field_set (Field *field, LensPackets *packets)
{
  field->packets = packets;
  field->profiles = g_ptr_array_new ();
  field->options = (LensLedgerOptions){ .profiles = field->profiles, .device = "192.0.2.10" };
  field->ground = lens_seed_ground_new (packets, &field->options);
}

static void
field_clear (Field *field)
{
  lens_seed_ground_free (field->ground);
  lens_packets_free (field->packets);
  g_ptr_array_unref (field->profiles);
}

/* Octets of the message behind units of one kind. */
static LensPackets *
put_behind (const Field *field, guint32 seed, LensUnitKind kind, LensSeedGrowth growth,
            LensSeedTruth *truth)
{
  g_autoptr (LensSeedBed) bed = lens_seed_bed_new (field->ground, seed, 800);
  LensSeedPlace place;
  guint8 octets[64];

  while (lens_seed_bed_next (bed, kind, &place))
    {
      gsize count = lens_seed_bed_take (bed, octets, MIN (sizeof octets, place.spare));
      gsize at = growth == LENS_SEED_FRAME ? place.frame_end : place.end;
      lens_seed_bed_insert (bed, at, octets, count, growth);
    }
  g_assert_true (lens_seed_bed_written (bed));
  return lens_seed_bed_finish (bed, truth);
}

/* --- what every stream must keep --- */

static guint32
sum_with_pseudo_header (const LensLayers *layers, const guint8 *octets, gsize length)
{
  const guint8 rest[] = { 0, layers->protocol, (guint8)(length >> 8), (guint8)length };
  guint32 sum = 0;

  if (layers->protocol != LENS_PROTOCOL_ICMP)
    {
      sum = lens_checksum_add (sum, layers->source.octets, 4);
      sum = lens_checksum_add (sum, layers->destination.octets, 4);
      sum = lens_checksum_add (sum, rest, sizeof rest);
    }
  return lens_checksum_add (sum, octets, length);
}

/* Lengths and checksums of every frame hold. */
static void
assert_sound (const LensPackets *packets)
{
  for (guint i = 0; i < lens_packets_n (packets); i++)
    {
      const LensRecord *record = lens_packets_at (packets, i);
      LensLayers layers;
      LensTransport transport;
      lens_layers_parse (record->linktype, record->fcs, record->octets, record->captured,
                         record->original, &layers);
      g_assert_cmpuint (record->frame, ==, i + 1);
      g_assert_false (layers.bad_total_length);
      if (layers.ip_version == 0)
        continue;
      const guint8 *network = record->octets + layers.network.offset;
      const guint8 *octets = record->octets + layers.payload.offset;
      lens_transport_parse (layers.protocol, octets, layers.payload.length, &transport);
      g_assert_false (transport.payload_cut);
      gsize length = transport.header.length + transport.payload.length;
      g_assert_cmphex (lens_checksum_end (lens_checksum_add (0, network, layers.network.length)),
                       ==, 0);
      g_assert_cmphex (lens_checksum_end (sum_with_pseudo_header (&layers, octets, length)), ==, 0);
    }
}

typedef struct
{
  LensTcpStream stream;
  GByteArray *octets;
  guint odd; /* gaps and duplicates */
} Listener;

static void
deliver (gpointer data, const LensView *view)
{
  g_byte_array_append (((Listener *)data)->octets, view->octets, (guint)view->length);
}

static void
duplicate (gpointer data, const LensView *view, LensTcpOverlap how)
{
  ((Listener *)data)->odd++;
}

static void
gap (gpointer data, guint64 length)
{
  ((Listener *)data)->odd++;
}

/* What one direction of the one TCP connection says, without gap or repetition. */
static GByteArray *
listen (const LensPackets *packets, guint16 source_port)
{
  static const LensTcpStreamCalls calls = { deliver, duplicate, gap };
  Listener listener = { .octets = g_byte_array_new () };

  lens_tcp_stream_init (&listener.stream, &calls, &listener);
  for (guint i = 0; i < lens_packets_n (packets); i++)
    {
      const LensRecord *record = lens_packets_at (packets, i);
      LensLayers layers;
      LensTransport tcp;
      lens_layers_parse (record->linktype, record->fcs, record->octets, record->captured,
                         record->original, &layers);
      lens_transport_parse (layers.protocol, record->octets + layers.payload.offset,
                            layers.payload.length, &tcp);
      if (tcp.kind != LENS_TRANSPORT_TCP)
        continue;
      if (tcp.source_port != source_port)
        {
          /* Nobody acknowledges what was not said. */
          if (listener.stream.started)
            g_assert_cmpint ((gint32)(tcp.acknowledgement - listener.stream.base
                                      - (guint32)listener.stream.next),
                             <=, 1);
          continue;
        }
      LensPiece piece = { record->frame, 0, (guint32)tcp.payload.length };
      LensView view = { record->octets + layers.payload.offset + tcp.payload.offset,
                        tcp.payload.length, &piece, 1 };
      lens_tcp_stream_segment (&listener.stream, record->time_ns, tcp.sequence,
                               (tcp.tcp_flags & LENS_TCP_SYN) != 0,
                               (tcp.tcp_flags & LENS_TCP_FIN) != 0, FALSE, &view);
    }
  lens_tcp_stream_finish (&listener.stream);
  lens_tcp_stream_clear (&listener.stream);
  g_assert_cmpuint (listener.odd, ==, 0);
  return listener.octets;
}

/* --- tests --- */

static void
without_edits_nothing_changes (void)
{
  Field field;
  LensSeedTruth truth;

  field_set (&field, honest_new (TRUE));
  g_autoptr (LensSeedBed) bed = lens_seed_bed_new (field.ground, 1, 64);
  g_autoptr (LensPackets) same = lens_seed_bed_finish (bed, &truth);
  g_assert_cmpuint (truth.frames->len, ==, 0);
  g_assert_cmpuint (lens_packets_n (same), ==, lens_packets_n (field.packets));
  for (guint i = 0; i < lens_packets_n (same); i++)
    {
      const LensRecord *a = lens_packets_at (same, i), *b = lens_packets_at (field.packets, i);
      g_assert_cmpmem (a->octets, a->captured, b->octets, b->captured);
      g_assert_cmpint (a->time_ns, ==, b->time_ns);
    }
  assert_sound (same);
  lens_seed_truth_clear (&truth);
  field_clear (&field);
}

static guint64
octets_of (const LensSeedTruth *truth)
{
  guint64 octets = 0;

  for (guint i = 0; i < truth->octets->len; i++)
    octets += g_array_index (truth->octets, LensPiece, i).length;
  return octets;
}

static void
a_connection_goes_on_around_what_was_put_into_it (void)
{
  static const LensUnitKind kinds[] = { LENS_UNIT_RTP, LENS_UNIT_RTCP, LENS_UNIT_RTSP };
  Field field;

  field_set (&field, honest_new (TRUE));
  g_autoptr (GByteArray) before = listen (field.packets, 554);
  g_autoptr (GByteArray) viewer = listen (field.packets, 40554);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      LensSeedTruth truth;
      g_autoptr (LensPackets) grown
          = put_behind (&field, i, kinds[i],
                        kinds[i] == LENS_UNIT_RTSP ? LENS_SEED_PAYLOAD : LENS_SEED_UNIT, &truth);
      g_autoptr (GByteArray) after = listen (grown, 554);
      g_autoptr (GByteArray) same = listen (grown, 40554);
      assert_sound (grown);
      g_assert_cmpuint (8 * octets_of (&truth), ==, truth.bits);
      g_assert_cmpuint (after->len, ==, before->len + octets_of (&truth));
      g_assert_cmpmem (same->data, same->len, viewer->data, viewer->len);
      lens_seed_truth_clear (&truth);
    }
  field_clear (&field);
}

static void
datagrams_grow_with_what_counts_them (void)
{
  static const LensSeedGrowth growths[]
      = { LENS_SEED_FRAME, LENS_SEED_DATAGRAM, LENS_SEED_PAYLOAD, LENS_SEED_UNIT };
  Field field;

  field_set (&field, honest_new (FALSE));
  for (guint i = 0; i < G_N_ELEMENTS (growths); i++)
    {
      LensSeedTruth truth;
      g_autoptr (LensPackets) grown = put_behind (&field, i, LENS_UNIT_RTP, growths[i], &truth);
      assert_sound (grown);
      for (guint t = 0; t < truth.octets->len; t++)
        {
          const LensPiece *piece = &g_array_index (truth.octets, LensPiece, t);
          const LensRecord *record = lens_packets_at (grown, (guint)piece->frame - 1);
          LensLayers layers;
          LensTransport udp;
          lens_layers_parse (1, 0, record->octets, record->captured, record->original, &layers);
          lens_transport_parse (layers.protocol, record->octets + layers.payload.offset,
                                layers.payload.length, &udp);
          g_assert_true ((growths[i] == LENS_SEED_FRAME)
                         == (piece->offset >= layers.trailer.offset));
          g_assert_cmpuint (udp.slack.length, ==,
                            growths[i] == LENS_SEED_DATAGRAM ? piece->length : 0);
        }
      lens_seed_truth_clear (&truth);
    }
  field_clear (&field);
}

static void
the_same_seed_gives_the_same_stream (void)
{
  Field field;
  LensSeedTruth truths[3];
  LensPackets *streams[3];

  field_set (&field, honest_new (TRUE));
  for (guint i = 0; i < 3; i++)
    streams[i] = put_behind (&field, 7 + (i == 2), LENS_UNIT_RTP, LENS_SEED_UNIT, &truths[i]);
  g_assert_cmpmem (truths[0].octets->data, truths[0].octets->len * sizeof (LensPiece),
                   truths[1].octets->data, truths[1].octets->len * sizeof (LensPiece));
  g_assert_false (truths[0].frames->len == truths[2].frames->len
                  && memcmp (truths[0].frames->data, truths[2].frames->data,
                             truths[0].frames->len * sizeof (guint64))
                         == 0);
  for (guint i = 0; i < lens_packets_n (streams[0]); i++)
    {
      const LensRecord *a = lens_packets_at (streams[0], i), *b = lens_packets_at (streams[1], i);
      g_assert_cmpmem (a->octets, a->captured, b->octets, b->captured);
    }
  for (guint i = 0; i < 3; i++)
    {
      lens_seed_truth_clear (&truths[i]);
      lens_packets_free (streams[i]);
    }
  field_clear (&field);
}

/* @packets with a frame check sequence behind each frame. */
static LensPackets *
with_check_sequences (LensPackets *packets)
{
  LensPackets *into = lens_packets_new ();

  for (guint i = 0; i < lens_packets_n (packets); i++)
    {
      LensRecord record = *lens_packets_at (packets, i);
      g_autofree guint8 *octets = g_malloc0 (record.captured + LENS_FCS_LENGTH);
      memcpy (octets, record.octets, record.captured);
      record.octets = octets;
      record.captured = record.original += LENS_FCS_LENGTH;
      lens_fcs_write (octets, record.captured);
      lens_packets_add (into, &record);
    }
  lens_packets_free (packets);
  return into;
}

static void
check_sequences_stay_right (void)
{
  Field field;
  LensSeedTruth truth;

  field_set (&field, with_check_sequences (honest_new (TRUE)));
  g_autoptr (LensPackets) grown = put_behind (&field, 1, LENS_UNIT_FRAME, LENS_SEED_FRAME, &truth);
  for (guint i = 0; i < lens_packets_n (grown); i++)
    {
      const LensRecord *record = lens_packets_at (grown, i);
      g_assert_true (lens_fcs_holds (record->octets, record->captured));
    }
  lens_seed_truth_clear (&truth);
  field_clear (&field);
}

static void
padding_goes_when_a_short_frame_grows (void)
{
  Field field;
  LensSeedTruth truth;

  field_set (&field, honest_new (FALSE));
  g_autoptr (LensPackets) grown = put_behind (&field, 1, LENS_UNIT_DNS, LENS_SEED_PAYLOAD, &truth);
  for (guint i = 0; i < lens_packets_n (grown); i++)
    {
      const LensRecord *record = lens_packets_at (grown, i);
      LensLayers layers;
      lens_layers_parse (1, 0, record->octets, record->captured, record->original, &layers);
      g_assert_true (layers.trailer.length == 0 || record->captured == 60);
    }
  lens_seed_truth_clear (&truth);
  field_clear (&field);
}

/* Every segment of the camera twice, the copy with another identification. */
static LensPackets *
with_repetitions (LensPackets *packets)
{
  LensPackets *into = lens_packets_new ();

  for (guint i = 0; i < lens_packets_n (packets); i++)
    {
      LensRecord record = *lens_packets_at (packets, i);
      lens_packets_add (into, &record);
      if (record.octets[12] != 8 || record.octets[13] != 0 || record.octets[23] != 6)
        continue;
      g_autofree guint8 *copy = g_memdup2 (record.octets, record.captured);
      copy[18] ^= 0x80;
      record.octets = copy;
      lens_packets_add (into, &record);
    }
  lens_packets_free (packets);
  return into;
}

static void
octets_that_were_sent_again_are_no_place (void)
{
  Field field;

  field_set (&field, with_repetitions (honest_new (TRUE)));
  g_assert_cmpuint (lens_seed_ground_n_places (field.ground, LENS_UNIT_RTP), ==, 0);
  g_assert_cmpuint (lens_seed_ground_n_places (field.ground, LENS_UNIT_DNS), >, 0);
  field_clear (&field);
}

static void
new_frames_come_from_the_device_in_order_of_time (void)
{
  Field field;
  LensSeedPlace place;
  LensSeedTruth truth;
  guint8 octets[100];

  field_set (&field, honest_new (FALSE));
  g_autoptr (LensSeedBed) bed = lens_seed_bed_new (field.ground, 3, 800);
  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
      if (count > 0 && lens_seed_bed_below (bed, 2) == 0)
        g_assert_true (lens_seed_bed_send_udp (bed, NULL, 9000, 9001, octets, count));
      else if (count > 0)
        g_assert_true (lens_seed_bed_send_icmp (bed, NULL, 8, 0, 1, octets, count));
    }
  g_autoptr (LensPackets) grown = lens_seed_bed_finish (bed, &truth);
  assert_sound (grown);
  g_assert_cmpuint (lens_packets_n (grown), ==, lens_packets_n (field.packets) + truth.frames->len);
  for (guint i = 1; i < lens_packets_n (grown); i++)
    g_assert_cmpint (lens_packets_at (grown, i)->time_ns, >=,
                     lens_packets_at (grown, i - 1)->time_ns);
  for (guint i = 0; i < truth.frames->len; i++)
    {
      guint64 frame = g_array_index (truth.frames, guint64, i);
      const guint8 *sent = lens_packets_at (grown, (guint)frame - 1)->octets;
      g_assert_cmphex (sent[11], ==, 0x10);     /* the camera's link address */
      g_assert_cmpuint (sent[14 + 15], ==, 10); /* and its network address */
    }
  lens_seed_truth_clear (&truth);
  field_clear (&field);
}

static void
the_rate_is_that_of_the_whole_capture (void)
{
  Field field;
  LensSeedTruth truth;

  field_set (&field, honest_new (TRUE));
  g_autoptr (LensPackets) grown = put_behind (&field, 1, LENS_UNIT_RTP, LENS_SEED_UNIT, &truth);

  assert_sound (grown);
  /* 800 bit/s for half a minute and its session; the last place may be one message short. */
  g_assert_cmpuint (truth.bits, >, 23500);
  g_assert_cmpuint (truth.bits, <, 24500);
  lens_seed_truth_clear (&truth);
  field_clear (&field);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/seed-bed/without-edits-nothing-changes", without_edits_nothing_changes);
  g_test_add_func ("/ledger/seed-bed/a-connection-goes-on-around-what-was-put-into-it",
                   a_connection_goes_on_around_what_was_put_into_it);
  g_test_add_func ("/ledger/seed-bed/datagrams-grow-with-what-counts-them",
                   datagrams_grow_with_what_counts_them);
  g_test_add_func ("/ledger/seed-bed/the-same-seed-gives-the-same-stream",
                   the_same_seed_gives_the_same_stream);
  g_test_add_func ("/ledger/seed-bed/check-sequences-stay-right", check_sequences_stay_right);
  g_test_add_func ("/ledger/seed-bed/padding-goes-when-a-short-frame-grows",
                   padding_goes_when_a_short_frame_grows);
  g_test_add_func ("/ledger/seed-bed/octets-that-were-sent-again-are-no-place",
                   octets_that_were_sent_again_are_no_place);
  g_test_add_func ("/ledger/seed-bed/new-frames-come-from-the-device-in-order-of-time",
                   new_frames_come_from_the_device_in_order_of_time);
  g_test_add_func ("/ledger/seed-bed/the-rate-is-that-of-the-whole-capture",
                   the_rate_is_that_of_the_whole_capture);
  return g_test_run ();
}
