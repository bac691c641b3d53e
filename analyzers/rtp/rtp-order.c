/* rtp-order: do sequence numbers count the packets, in the order sent?
 *
 * RFC 3550 section 5.1: the number grows by one for each packet sent, so that receivers see loss
 * and put packets in order.  A sender that leaves numbers out, or sends its packets in another
 * order, says something with it: players take it for the network's doing.
 *
 * Where numbers are left out and nothing is missing (the sound's time goes on, the picture's
 * octets follow each other, no unit is torn), nothing was lost.  Benign: what the network or the
 * capture loses, and what a sender drops when the way is blocked.  Over TCP nobody but the sender
 * changes the order; over UDP the network does, but it does not swap neighbours that were sent
 * in one breath, and them alone.
 *
 *   use    the bits that tell how many numbers were left out; 1 bit for a packet before its turn
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/habit.h"
#include "ledger/own-source.h"
#include "ledger/seed-bed.h"
#include "ledger/spot.h"

#include "wire/rtp-fragment.h"

enum
{
  JUMP = 3000,        /* numbers further is another sequence (RFC 3550 A.1) */
  WHOLE_GAPS = 16,    /* gaps where nothing is missing */
  BLIND_GAPS = 40,    /* gaps of which nothing can be told ... */
  TORN_EXPECTED = 10, /* ... though loss would have torn so many units */
  TCP_LATE = 8,       /* packets out of order, by transport */
  UDP_LATE = 48,
  MAX_SPOTS = 8192, /* of each kind */
  NUMBER = 2,       /* where it stands in the header */
};

#define ONE_BREATH (300 * 1000)                 /* ns */
#define LATEST (G_GINT64_CONSTANT (2000000000)) /* ns: no network keeps a packet longer */

/* What a gap did to the media. */
typedef enum
{
  NOTHING_MISSES,
  SOMETHING_MISSES,
  NOBODY_KNOWS,
  FATES,
} Fate;

typedef struct
{
  LensSpot spot; /* the number behind the gap */
  guint size;
  gint64 from; /* the first number left out */
  guint8 fate;
  gboolean filled;
} Gap;

typedef struct
{
  gint64 number; /* extended */
  gint64 time_ns;
  guint32 stamp;
  gboolean marker;
  LensRtpFragment fragment;
  guint32 to; /* of JPEG: where the next octets go */
} Before;

typedef struct
{
  LensTrack *track;
  LensOwnSource source;
  gboolean any;
  Before before;   /* the one with the highest number */
  LensHabit steps; /* of the time stamp, in neighbours whose stamps differ */
  guint packets, edges, markers;
  GArray *gaps;      /* Gap */
  GArray *early;     /* LensSpot of packets before their turn */
  guint swaps, late; /* of neighbours in one breath; of all kinds */
} Order;

static const LensChannelText channels[] = {
  { .id = "rtp-seq-gap",
    .summary = "The device leaves out packet numbers though no packet is missing.",
    .filter_hint = "rtp.seq",
    .reference = "RFC 3550 section 5.1",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { .id = "rtp-reorder",
    .summary = "The device sends its packets in an order that no network makes.",
    .filter_hint = "rtp.seq",
    .reference = "RFC 3550 section 5.1",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

/* --- gaps --- */

static gboolean
is_inside (const LensRtpFragment *fragment)
{
  return fragment->place == LENS_FRAGMENT_FIRST || fragment->place == LENS_FRAGMENT_MIDDLE;
}

static gboolean
goes_on (const LensRtpFragment *fragment)
{
  return fragment->place == LENS_FRAGMENT_MIDDLE || fragment->place == LENS_FRAGMENT_LAST;
}

/* Of two packets with another time, by the steps that the stamp is used to take. */
static Fate
fate_by_time (const Order *order, const Before *now)
{
  guint32 step = now->stamp - order->before.stamp;

  if (order->steps.seen < WHOLE_GAPS || order->steps.lead * 2 < order->steps.seen)
    return NOBODY_KNOWS; /* it has no step */
  return step == order->steps.common ? NOTHING_MISSES : SOMETHING_MISSES;
}

static Fate
fate_of (const Order *order, const Before *now)
{
  const Before *before = &order->before;
  gboolean other_time = now->stamp != before->stamp;

  if (order->track->media == LENS_MEDIA_AUDIO)
    return other_time ? fate_by_time (order, now) : NOBODY_KNOWS;
  if (before->to > 0 && !other_time)
    return now->fragment.position == before->to ? NOTHING_MISSES : SOMETHING_MISSES;
  if (before->to == 0 && is_inside (&before->fragment) && !goes_on (&now->fragment))
    return SOMETHING_MISSES;
  if (before->to == 0 && !is_inside (&before->fragment) && goes_on (&now->fragment))
    return SOMETHING_MISSES;
  if (!other_time)
    return NOBODY_KNOWS;
  if (before->to > 0 && now->fragment.position > 0)
    return SOMETHING_MISSES;
  if (!before->marker)
    return order->markers > 0 ? SOMETHING_MISSES : NOBODY_KNOWS;
  return fate_by_time (order, now);
}

static void
see_gap (Order *order, const LensUnit *unit, const Before *now)
{
  gint64 left_out = now->number - order->before.number - 1;
  Gap gap = { lens_spot_at (unit, NUMBER, 2), (guint)left_out, order->before.number + 1,
              (guint8)fate_of (order, now), FALSE };

  if (order->gaps == NULL)
    order->gaps = g_array_new (FALSE, FALSE, sizeof (Gap));
  if (order->gaps->len < MAX_SPOTS)
    g_array_append_val (order->gaps, gap);
}

/* A packet whose number was passed over: its gap was none. */
static void
see_late (Order *order, gint64 number, gint64 time_ns)
{
  for (guint i = order->gaps != NULL ? order->gaps->len : 0; i > 0; i--)
    {
      Gap *gap = &g_array_index (order->gaps, Gap, i - 1);
      if (number >= gap->from + gap->size || time_ns - gap->spot.time_ns > LATEST)
        return; /* a repeat */
      if (number < gap->from)
        continue;
      order->late++;
      order->swaps += gap->size == 1 && order->before.number == number + 1
                      && time_ns - gap->spot.time_ns <= ONE_BREATH;
      if (!gap->filled && order->early == NULL)
        order->early = g_array_new (FALSE, FALSE, sizeof (LensSpot));
      if (!gap->filled && order->early->len < MAX_SPOTS)
        g_array_append_val (order->early, gap->spot);
      gap->filled = TRUE;
      return;
    }
}

/* --- packets --- */

static Before
read_packet (const Order *order, const LensUnit *unit)
{
  const LensRtp *rtp = unit->rtp;
  Before now = { .number = order->before.number, .time_ns = unit->time_ns };

  now.number += (gint16)(guint16)(rtp->sequence - (guint16)order->before.number);
  now.stamp = rtp->timestamp;
  now.marker = rtp->marker;
  now.fragment = *unit->fragment;
  if (now.fragment.of == LENS_FRAGMENT_OF_JPEG)
    now.to = now.fragment.position + (guint32)(rtp->payload.length - now.fragment.head);
  return now;
}

static void
see_next (Order *order, const LensUnit *unit, const Before *now)
{
  if (now->number > order->before.number + 1)
    see_gap (order, unit, now);
  else if (now->stamp != order->before.stamp)
    lens_habit_take (&order->steps, now->stamp - order->before.stamp);
  order->packets++;
  order->markers += now->marker != 0;
  order->edges += now->fragment.place == LENS_FRAGMENT_FIRST
                  || now->fragment.place == LENS_FRAGMENT_LAST || now->marker;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Order *order = lens_by_track (data, unit->track, sizeof *order);
  gboolean declared = lens_unit_is_offered (unit);

  if (lens_own_source_take (&order->source, unit->rtp->ssrc) == LENS_SOURCE_OTHER)
    return;
  order->track = unit->track;
  Before now = read_packet (order, unit);
  gint64 further = now.number - order->before.number;
  if (order->any && ABS (further) < JUMP)
    {
      if (further <= 0)
        {
          see_late (order, now.number, unit->time_ns);
          return;
        }
      if (!declared)
        {
          /* A private packet that has a number of its own: the count goes on. */
          order->before.number = now.number;
          return;
        }
      see_next (order, unit, &now);
    }
  order->any = TRUE;
  order->before = now;
}

/* --- conclude --- */

static void
conclude_gaps (LensLedger *ledger, const Order *order)
{
  guint count[FATES] = { 0 };

  for (guint i = 0; order->gaps != NULL && i < order->gaps->len; i++)
    {
      const Gap *gap = &g_array_index (order->gaps, Gap, i);
      count[gap->fate] += !gap->filled;
    }
  /* Loss would have torn a unit wherever it took the first packet or the last. */
  double torn
      = order->packets > 0 ? (double)count[NOBODY_KNOWS] * order->edges / order->packets : 0;
  gboolean whole
      = count[NOTHING_MISSES] >= WHOLE_GAPS && count[NOTHING_MISSES] >= 4 * count[SOMETHING_MISSES];
  gboolean blind = count[NOBODY_KNOWS] >= BLIND_GAPS && torn >= TORN_EXPECTED
                   && count[SOMETHING_MISSES] * 10 <= torn;
  if (!whole && !blind)
    return;
  for (guint i = 0; i < order->gaps->len; i++)
    {
      const Gap *gap = &g_array_index (order->gaps, Gap, i);
      if (!gap->filled && gap->fate != SOMETHING_MISSES
          && (gap->fate == NOTHING_MISSES || count[SOMETHING_MISSES] == 0 || blind))
        lens_spot_use (&gap->spot, ledger, "rtp-seq-gap", order->track, g_bit_storage (gap->size));
    }
}

static void
conclude_order (LensLedger *ledger, const Order *order)
{
  gboolean tcp = order->track->channel >= 0;
  gboolean own = tcp ? order->late >= TCP_LATE
                     : order->swaps >= UDP_LATE && order->swaps * 50 >= order->late * 49;

  for (guint i = 0; own && i < order->early->len; i++)
    lens_spot_use (&g_array_index (order->early, LensSpot, i), ledger, "rtp-reorder", order->track,
                   1);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const LensByTrack *tracks = data;

  for (guint i = 0; i < lens_rows_n (tracks); i++)
    {
      const Order *order = lens_rows_peek (tracks, i);
      if (order == NULL || order->track == NULL)
        continue;
      conclude_gaps (ledger, order);
      if (order->early != NULL)
        conclude_order (ledger, order);
    }
  lens_spot_find_used (ledger, "rtp-seq-gap");
  lens_spot_find_used (ledger, "rtp-reorder");
}

static void
order_clear (gpointer data)
{
  Order *order = data;

  g_clear_pointer (&order->gaps, g_array_unref);
  g_clear_pointer (&order->early, g_array_unref);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (data, order_clear);
}

/* --- seeds --- */

static void
write_number (LensSeedBed *bed, const LensSeedPlace *place, gint add)
{
  const guint8 *octets = place->octets + place->start + NUMBER;
  guint16 number = (guint16)((octets[0] << 8 | octets[1]) + add);

  lens_seed_bed_set (bed, place->start + NUMBER, 0xff, (guint8)(number >> 8));
  lens_seed_bed_set (bed, place->start + NUMBER + 1, 0xff, (guint8)number);
}

/* How many packets the first sound has; the next walk begins anew. */
static guint
count_sound (LensSeedBed *bed, const LensTrack **track)
{
  LensSeedPlace place;
  guint count = 0;

  *track = NULL;
  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      if (*track == NULL && place.track->media == LENS_MEDIA_AUDIO)
        *track = place.track;
      count += place.track == *track;
    }
  lens_seed_bed_next (bed, LENS_UNIT_RTCP, &place);
  return count;
}

/* Numbers of one sound's packets: some left out, or those of two neighbours swapped, over TCP
 * (over UDP the network may do that to sound). */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gboolean gaps = g_str_equal (channel, "rtp-seq-gap"), swapped = FALSE;
  const LensTrack *track;
  guint all = count_sound (bed, &track), count = 0;
  gint left_out = 0;
  guint16 last = 0;
  LensSeedPlace place;
  guint32 value;

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      const guint8 *octets = place.octets + place.start + NUMBER;
      guint16 number = (guint16)(octets[0] << 8 | octets[1]);
      if (place.track != track || (!gaps && place.track->channel < 0) || ++count <= 2 * WHOLE_GAPS)
        continue;
      /* Neighbours only: a packet between them may be no place. */
      gboolean follows = number == (guint16)(last + 1), last_one = count + 1 >= all;
      last = number;
      if (swapped && follows)
        write_number (bed, &place, -1);
      else if (gaps && follows && count % 4 == 0 && lens_seed_bed_take_bits (bed, &value, 5) > 0)
        left_out += 1 + (gint)value;
      swapped = !swapped && !gaps && !last_one && lens_seed_bed_take_bits (bed, &value, 1) > 0
                && value == 1;
      if (gaps || swapped)
        write_number (bed, &place, gaps ? left_out : 1);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtp_order = {
  .name = "rtp-order",
  .question = "Do sequence numbers count the packets, in the order in which they are sent?",
  .source = "RFC 3550 section 5.1",
  .units = LENS_UNIT_RTP,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
