/* tcp-window: does the window of TCP move as a receive buffer does?
 *
 * RFC 9293 section 3.8.6: the window says how many octets the receiver takes behind those that it
 * acknowledged.  It should not take back what it offered (SHLD-14, "shrinking the window"), and
 * offers more only when its program has read something.
 *
 * So while nothing is received, the field stays, or grows as what was received before is read.
 *
 * Benign: any window behind something that was received, in order or not, or that answers
 * something (it then comes without data); a window of 0 where memory is short; the fields of SYN,
 * FIN and RST, which count otherwise; segments captured out of order.
 *
 *   room   not counted
 *   use    the bits by which the field moves although nothing was received
 */
#include "ledger/analyzer.h"
#include "ledger/by-talk.h"
#include "ledger/odd-share.h"
#include "ledger/seed-bed.h"
#include "ledger/spot.h"

#include <string.h>

/* Offsets in the header (RFC 9293 section 3.1). */
enum
{
  ACKNOWLEDGEMENT = 8,
  LENGTH = 12,
  FLAGS = 13,
  WINDOW = 14,
};

#define SETTLES 3     /* segments behind one that was received, which may say anything */
#define STILL 8       /* segments before a seed with its window */
#define LEAST 8       /* moves that no honest life has */
#define ONE_IN 100    /* ... of the segments behind nothing that was received */
#define RESTART 4     /* falls in a row: another window */
#define READS 4       /* growths that follow when something was received */
#define READ_SIZE 256 /* octets of what was received that explain one more */

/* One direction of a connection. */
typedef struct
{
  const LensSide *side; /* the way of its first segment */
  gint64 end, acked;    /* of what it sent in order, and acknowledged */
  gint64 reads;         /* growths that what was received explains */
  guint16 good, last;   /* the field as it is believed; the last one, which waits for the next */
  gboolean has_good;
  guint8 unsettled; /* segments that still may say anything */
  LensSpot spot;    /* of @last */
  guint falls;
  guint32 still, moves; /* segments behind nothing that was received, and of these */
  LensCarrier *carrier; /* NULL: no move yet */
} Talk;

typedef struct
{
  LensByTalk talks; /* Talk */
} TcpWindow;

static const char channel_id[] = "tcp-window-modulation";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "The receive window of TCP moves although nothing is received.",
    .filter_hint = "tcp.window_size_value",
    .reference = "RFC 9293 section 3.8.6",
    .hides = TRUE,
    .unit = LENS_UNIT_SEGMENT },
  { NULL },
};

static void
use (LensLedger *ledger, Talk *talk, const LensSpot *spot, gint off)
{
  lens_spot_use (spot, ledger, channel_id, NULL, g_bit_storage ((gulong)ABS (off)));
  talk->moves++;
}

/* What is received sets the window free. */
static void
restart (Talk *talk, guint16 window, const LensSpot *spot, gint64 received)
{
  talk->has_good = FALSE;
  talk->last = window;
  talk->spot = *spot;
  talk->falls = 0;
  talk->reads += READS + received / READ_SIZE;
}

/* The field of a segment behind nothing that was received. */
static void
take (LensLedger *ledger, Talk *talk, guint16 window, const LensSpot *spot)
{
  talk->still++;
  if (window == 0)
    return;
  if (talk->has_good && window < talk->good)
    {
      use (ledger, talk, spot, talk->good - window);
      if (++talk->falls >= RESTART)
        restart (talk, window, spot, 0);
      return;
    }
  talk->falls = 0;
  if (talk->last > window)
    use (ledger, talk, &talk->spot, talk->last - window);
  else
    {
      if (talk->has_good && talk->last > talk->good && --talk->reads < 0)
        use (ledger, talk, &talk->spot, talk->last - talk->good);
      talk->has_good = TRUE;
      talk->good = talk->last;
    }
  talk->last = window;
  talk->spot = *spot;
}

/* The other direction has received something. */
static void
unsettle (const TcpWindow *state, const LensSegment *segment)
{
  Talk *peer = lens_by_talk_peer (&state->talks, segment);

  if (peer != NULL && segment->header.payload.length > 0)
    peer->unsettled = SETTLES;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  TcpWindow *state = data;
  const LensSegment *segment = unit->segment;
  guint16 flags = segment->header.tcp_flags;

  unsettle (state, segment);

  if (segment->stream == NULL || segment->peer_stream == NULL || !segment->peer_stream->started
      || (flags & (LENS_TCP_SYN | LENS_TCP_FIN | LENS_TCP_RST | LENS_TCP_ACK)) != LENS_TCP_ACK
      || segment->stream->fin != G_MAXINT64)
    return;
  Talk *talk = lens_by_talk (&state->talks, segment, sizeof (Talk));
  if (talk == NULL)
    return;
  gint64 acked = lens_tcp_stream_position (segment->peer_stream, segment->header.acknowledgement);
  LensSpot spot = lens_spot_at (unit, WINDOW, 2);
  if (talk->side == NULL)
    {
      talk->side = unit->side;
      talk->end = segment->position;
      talk->acked = acked;
      restart (talk, segment->header.window, &spot, 0);
    }
  if (talk->side != unit->side || segment->position < talk->end || acked < talk->acked)
    return;
  /* An acknowledgment of nothing new answers something that came twice, or that nobody saw. */
  if (segment->header.payload.length == 0)
    talk->unsettled = SETTLES;
  if (acked > talk->acked || talk->unsettled > 0)
    restart (talk, segment->header.window, &spot, acked - talk->acked);
  else
    take (ledger, talk, segment->header.window, &spot);
  talk->end = segment->position + (gint64)segment->header.payload.length;
  talk->acked = acked;
  talk->unsettled -= talk->unsettled > 0;
  if (talk->moves > 0 && talk->carrier == NULL)
    talk->carrier = lens_ledger_carrier (ledger, channel_id, unit, NULL);
}

/* --- the end --- */

static void
conclude (LensLedger *ledger, gpointer data)
{
  const TcpWindow *state = data;
  LensOddShare share = { NULL };

  for (guint i = 0; i < lens_rows_n (&state->talks); i++)
    {
      const Talk *talk = lens_rows_peek (&state->talks, i);
      if (talk != NULL && talk->carrier != NULL)
        lens_odd_share_add (&share, talk->carrier, talk->still, talk->moves);
    }
  lens_odd_share_conclude (&share, ledger, LEAST, ONE_IN,
                           "A few times only: memory may have been short.");
  lens_odd_share_clear (&share);
}

static void
clear (gpointer data)
{
  TcpWindow *state = data;

  lens_by_talk_clear (&state->talks, NULL);
}

/* --- seeds --- */

/* A segment between two with the same acknowledgment and window, of the same connection. */
typedef struct
{
  const LensSide *side;
  guint8 octets[8]; /* acknowledgment, header length and flags, window */
} Like;

static Like
like_of (const LensSeedPlace *place)
{
  const guint8 *octets = place->octets + place->start;
  gboolean has_data = place->end - place->start > 4u * (octets[LENGTH] >> 4);
  Like like = { .side = has_data ? place->side : NULL };

  memcpy (like.octets, octets + ACKNOWLEDGEMENT, sizeof like.octets);
  like.octets[FLAGS - ACKNOWLEDGEMENT] &= (guint8)~LENS_TCP_PSH;
  return like;
}

static gboolean
is_like (const Like *a, const Like *b)
{
  return a->side != NULL && a->side == b->side
         && memcmp (a->octets, b->octets, sizeof a->octets) == 0;
}

/* Which places have the window that those before and behind them have. */
static GArray *
find_middles (LensSeedBed *bed)
{
  GArray *middles = g_array_new (FALSE, TRUE, sizeof (guint8));
  Like last = { .side = NULL };
  guint run = 0;
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_SEGMENT, &place))
    {
      const Like like = like_of (&place);
      gboolean goes_on = is_like (&like, &last);
      if (goes_on && run >= STILL)
        g_array_index (middles, guint8, middles->len - 1) = TRUE;
      run = goes_on ? run + 1 : 1;
      last = like;
      g_array_set_size (middles, middles->len + 1);
    }
  lens_seed_bed_rewind (bed);
  return middles;
}

/* Two octets of the message instead of the window, where it would stand still. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  g_autoptr (GArray) middles = find_middles (bed);
  LensSeedPlace place;
  guint next = 0;

  for (guint i = 0; lens_seed_bed_next (bed, LENS_UNIT_SEGMENT, &place); i++)
    {
      guint32 value;
      guint count = 0;
      if (i >= next && g_array_index (middles, guint8, i))
        count = lens_seed_bed_take_bits (bed, &value, 15);
      if (count == 0)
        continue;
      lens_seed_bed_set_bits (bed, place.start + WINDOW, 16 - count, value, count);
      next = i + 2;
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_tcp_window = {
  .name = "tcp-window",
  .question = "Does the window of TCP move as a receive buffer does?",
  .source = "RFC 9293 section 3.8.6",
  .units = LENS_UNIT_SEGMENT,
  .channels = channels,
  .state_size = sizeof (TcpWindow),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
