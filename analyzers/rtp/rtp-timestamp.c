/* rtp-timestamp: do time stamps say anything but the time?
 *
 * RFC 3550 section 5.1: the time stamp tells when the first octet of the payload was sampled;
 * all packets of one picture have the same (RFC 6184 section 5.1).  Players smooth it, so its
 * low bits may say what they like.
 *
 * Benign: a step that never changes, or is rounded; steps left out; pictures in another order;
 * a clock of its own that jitters (of that nothing can be said), counts in larger units, or runs
 * at another rate.
 *
 *   use    the bits by which the stamps of a counting encoder are off; the bits that differ
 *          between fragments of one unit
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/own-source.h"
#include "ledger/seed-bed.h"
#include "ledger/spots.h"
#include "ledger/ticks.h"

#include "wire/rtp-fragment.h"

enum
{
  MAX_UNITS = 512,    /* and ... */
  MAX_PACKETS = 8192, /* ... packets that are judged together */
  FEW = 24,           /* stamps that are off, below which nothing is said */
  TORN = 4,           /* fragments that differ from most of their unit */
  STAMP = 4,          /* where it stands in the header */
};

typedef struct
{
  gint64 sequence; /* extended */
  guint32 stamp;
  guint32 from, to; /* of JPEG: where its octets go */
  guint16 index;    /* its spot is that many behind the first */
  guint8 place;     /* LensFragmentPlace */
} Packet;

G_STATIC_ASSERT (MAX_PACKETS <= G_MAXUINT16);

/* What stands behind the spot of a packet that is kept: its place, and of what follows. */
enum
{
  PLACE = 7,
  LEAPS = 1 << 3, /* its number does not follow the one before: the difference */
  STEPS = 1 << 4, /* another stamp: the difference */
  JPEG = 1 << 5,  /* from and to */
};

typedef struct
{
  LensTrack *track;
  LensOwnSource source;
  gboolean begun;
  gint64 sequence; /* of the last packet, extended */
  guint8 payload_type;
  guint32 last_stamp;
  guint units;        /* in @packets, about */
  LensSpots packets;  /* Packet, as keep() writes them */
  gint64 kept;        /* sequence ... */
  guint32 kept_stamp; /* ... and stamp of the last of these; 0 of the first */
  LensSpot *spots;    /* of @packets, while it is judged; NULL: none is wanted yet */
} Stamps;

static const LensChannelText channels[] = {
  { .id = "rtp-timestamp-lsb",
    .summary = "Time stamps of the media are off by amounts that no clock explains.",
    .filter_hint = "rtp.timestamp",
    .reference = "RFC 3550 section 5.1; RFC 6184 section 5.1",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

/* --- packets that wait --- */

static void
keep (Stamps *stamps, const LensSpot *spot, const Packet *packet)
{
  LensSpots *packets = &stamps->packets;
  gint64 leap = packet->sequence - stamps->kept;
  gint64 step = (gint64)packet->stamp - stamps->kept_stamp;
  gint64 what = packet->place | (leap != 1 ? LEAPS : 0) | (step != 0 ? STEPS : 0)
                | (packet->to > 0 ? JPEG : 0);

  lens_spots_add (packets, spot);
  lens_spots_add_number (packets, what);
  if (what & LEAPS)
    lens_spots_add_number (packets, leap);
  if (what & STEPS)
    lens_spots_add_number (packets, step);
  if (what & JPEG)
    {
      lens_spots_add_number (packets, packet->from);
      lens_spots_add_number (packets, packet->to);
    }
  stamps->kept = packet->sequence;
  stamps->kept_stamp = packet->stamp;
}

/* Reads the next packet, and its spot into @spot; @last: the one before. */
static Packet
read_packet (LensSpotsReader *reader, const Packet *last, LensSpot *spot)
{
  *spot = lens_spots_next (reader);
  gint64 what = lens_spots_next_number (reader);
  Packet packet = { .place = what & PLACE };

  packet.sequence = last->sequence + (what & LEAPS ? lens_spots_next_number (reader) : 1);
  packet.stamp = (guint32)(last->stamp + (what & STEPS ? lens_spots_next_number (reader) : 0));
  if (what & JPEG)
    {
      packet.from = (guint32)lens_spots_next_number (reader);
      packet.to = (guint32)lens_spots_next_number (reader);
    }
  return packet;
}

/* All of them, without their spots.  Free with g_free. */
static Packet *
read_packets (const Stamps *stamps)
{
  LensSpotsReader reader = lens_spots_reader (&stamps->packets);
  Packet *packets = g_new (Packet, stamps->packets.n), last = { 0 };
  LensSpot spot;

  for (guint i = 0; i < stamps->packets.n; i++)
    {
      last = packets[i] = read_packet (&reader, &last, &spot);
      packets[i].index = (guint16)i;
    }
  return packets;
}

/* Few packets ever speak, and all spots take twice the memory of all packets. */
static const LensSpot *
spot_of (Stamps *stamps, const Packet *packet)
{
  if (stamps->spots == NULL)
    {
      LensSpotsReader reader = lens_spots_reader (&stamps->packets);
      Packet last = { 0 };
      stamps->spots = g_new (LensSpot, stamps->packets.n);
      for (guint i = 0; i < stamps->packets.n; i++)
        last = read_packet (&reader, &last, &stamps->spots[i]);
    }
  return &stamps->spots[packet->index];
}

static void
forget (Stamps *stamps)
{
  lens_spots_clear (&stamps->packets);
  g_clear_pointer (&stamps->spots, g_free);
  stamps->units = stamps->kept_stamp = 0;
  stamps->kept = 0;
}

static gboolean
is_in_order (const Packet *all, guint count)
{
  for (guint i = 1; i < count; i++)
    if (all[i].sequence <= all[i - 1].sequence)
      return FALSE;
  return TRUE;
}

static gint
compare_sequence (gconstpointer a, gconstpointer b, gpointer unused)
{
  const Packet *x = a, *y = b;

  return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

/* In the order of their numbers, each once. */
static guint
put_in_order (Packet *all, guint count)
{
  guint n = 0;

  if (is_in_order (all, count))
    return count;
  g_qsort_with_data (all, (gint)count, sizeof *all, compare_sequence, NULL);
  for (guint i = 0; i < count; i++)
    if (i == 0 || all[i].sequence != all[n - 1].sequence)
      all[n++] = all[i];
  return n;
}

/* Whether the packet is the next fragment of a unit that the one before belongs to. */
static gboolean
goes_on (const Packet *before, const Packet *packet)
{
  if (packet->sequence != before->sequence + 1 || packet->place < LENS_FRAGMENT_MIDDLE
      || packet->place == LENS_FRAGMENT_ONLY)
    return FALSE;
  if (packet->to > 0)
    return packet->from == before->to;
  return before->place == LENS_FRAGMENT_FIRST || before->place == LENS_FRAGMENT_MIDDLE;
}

static guint64
bits_between (guint32 a, guint32 b)
{
  return a == b ? 0 : g_bit_storage (a ^ b);
}

/* The stamp that most packets of a unit have. */
static guint32
common_stamp (const Packet *packets, guint n)
{
  guint32 common = packets[0].stamp;
  guint lead = 0;

  for (guint i = 0; i < n; i++)
    {
      if (lead == 0)
        common = packets[i].stamp;
      lead = packets[i].stamp == common ? lead + 1 : lead - 1;
    }
  return lead > 0 ? common : packets[0].stamp;
}

/* --- fragments of one unit --- */

/* Where the fragments of the unit end that begins with packet @i. */
static guint
end_of_unit (const Packet *packets, guint n, guint i)
{
  guint end = i + 1;

  while (end < n && goes_on (&packets[end - 1], &packets[end]))
    end++;
  return end;
}

/* Whether as many fragments have another stamp than their unit as a message needs, and no clock
 * explains it. */
static gboolean
are_torn (const Packet *packets, guint n)
{
  g_autoptr (GArray) torn = g_array_new (FALSE, FALSE, sizeof (LensTicksOff));
  guint inside = 0;

  for (guint i = 0, end; i < n; i = end)
    {
      end = end_of_unit (packets, n, i);
      guint32 common = common_stamp (packets + i, end - i);
      inside += end - i > 1 ? end - i : 0;
      for (guint k = i; k < end; k++)
        {
          LensTicksOff off = { (gint32)(common - packets[0].stamp),
                               ABS ((gint64)(gint32)(packets[k].stamp - common)) };
          if (off.off != 0)
            g_array_append_val (torn, off);
        }
    }
  return torn->len >= TORN && torn->len * 3 <= inside
         && !lens_ticks_drift ((LensTicksOff *)(gpointer)torn->data, torn->len);
}

/* Stamps that differ inside a unit; those are then put right, so that they count once. */
static void
judge_fragments (LensLedger *ledger, Stamps *stamps, Packet *packets, guint n)
{
  gboolean torn = are_torn (packets, n);

  for (guint i = 0, end; i < n; i = end)
    {
      end = end_of_unit (packets, n, i);
      guint32 common = common_stamp (packets + i, end - i);
      for (guint k = i; k < end; k++)
        {
          guint64 bits = bits_between (packets[k].stamp, common);
          if (bits > 0 && torn)
            lens_spot_use (spot_of (stamps, &packets[k]), ledger, "rtp-timestamp-lsb",
                           stamps->track, bits);
          packets[k].stamp = common;
        }
    }
}

/* --- all units --- */

static void
judge (LensLedger *ledger, Stamps *stamps)
{
  guint count = stamps->packets.n, units = 0;
  if (count == 0)
    return;
  g_autofree Packet *packets = read_packets (stamps);
  guint n = put_in_order (packets, count);
  g_autofree guint32 *stamp = g_new (guint32, n);
  g_autofree guint *first = g_new (guint, n + 1);
  g_autofree guint8 *odd = g_new0 (guint8, n);

  judge_fragments (ledger, stamps, packets, n);
  for (guint i = 0; i < n; i++)
    if (i == 0 || packets[i].stamp != packets[i - 1].stamp)
      {
        stamp[units] = packets[i].stamp;
        first[units++] = i;
      }
  first[units] = n;
  LensTicks ticks = lens_ticks_judge (stamp, units, odd);
  for (guint u = 0; ticks.n_odd >= FEW && u < units; u++)
    for (guint i = first[u]; odd[u] > 0 && i < first[u + 1]; i++)
      lens_spot_use (spot_of (stamps, &packets[i]), ledger, "rtp-timestamp-lsb", stamps->track,
                     i == first[u] ? odd[u] : 0);
  forget (stamps);
}

static void
take (Stamps *stamps, const LensUnit *unit)
{
  const LensRtp *rtp = unit->rtp;
  const LensRtpFragment *fragment = unit->fragment;

  stamps->sequence += (gint16)(guint16)(rtp->sequence - (guint16)stamps->sequence);
  Packet packet
      = { .sequence = stamps->sequence, .stamp = rtp->timestamp, .place = (guint8)fragment->place };
  const LensSpot spot = lens_spot_at (unit, STAMP, 4);
  if (fragment->of == LENS_FRAGMENT_OF_JPEG)
    {
      packet.from = fragment->position;
      packet.to = fragment->position + (guint32)(rtp->payload.length - fragment->head);
    }
  stamps->units += rtp->timestamp != stamps->last_stamp;
  stamps->last_stamp = rtp->timestamp;
  keep (stamps, &spot, &packet);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensRtp *rtp = unit->rtp;

  if (!lens_unit_is_offered (unit))
    return;
  Stamps *stamps = lens_by_track (data, unit->track, sizeof *stamps);
  LensSourceIs is = lens_own_source_take (&stamps->source, rtp->ssrc);
  if (is == LENS_SOURCE_OTHER)
    return;
  if (is == LENS_SOURCE_NEW)
    judge (ledger, stamps);
  if (!stamps->begun || is == LENS_SOURCE_NEW)
    {
      stamps->begun = TRUE;
      stamps->track = unit->track;
      stamps->payload_type = rtp->payload_type;
      stamps->sequence = rtp->sequence;
    }
  /* Comfort noise and the like have clocks of their own. */
  if (stamps->payload_type != rtp->payload_type)
    return;
  take (stamps, unit);
  if (stamps->units >= MAX_UNITS || stamps->packets.n >= MAX_PACKETS)
    judge (ledger, stamps);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const LensByTrack *tracks = data;

  for (guint i = 0; i < lens_rows_n (tracks); i++)
    if (lens_rows_peek (tracks, i) != NULL)
      judge (ledger, lens_rows_peek (tracks, i));
  lens_spot_find_used (ledger, "rtp-timestamp-lsb");
}

static void
stamps_clear (gpointer data)
{
  lens_spots_clear (&((Stamps *)data)->packets);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (data, stamps_clear);
}

/* Low bits of one packet of sound in four. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  const LensTrack *track = NULL;
  LensSeedPlace place;
  guint count = 0;
  guint32 value;

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      if (place.track->media != LENS_MEDIA_AUDIO || (track != NULL && track != place.track)
          || count++ % 4 != 0)
        continue;
      track = place.track;
      guint bits = lens_seed_bed_take_bits (bed, &value, 6);
      if (bits > 0)
        lens_seed_bed_set (bed, place.start + STAMP + 3, (guint8)((1u << bits) - 1), (guint8)value);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtp_timestamp = {
  .name = "rtp-timestamp",
  .question = "Are the media's time stamps those of a clock, and of nothing else?",
  .source = "RFC 3550 section 5.1; RFC 6184 section 5.1",
  .units = LENS_UNIT_RTP,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
