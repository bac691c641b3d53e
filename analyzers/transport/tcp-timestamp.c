/* tcp-timestamp: are the time stamps of TCP those of a clock?
 *
 * RFC 7323 section 5.4: TSval comes of a clock that never goes back; section 4.3: TSecr is what the
 * other end said last, which does not go back either.  Segments that are sent one after the other
 * lie between their neighbours, so that in a burst each tick is known.  And where the low bits of a
 * stamp are written over, it is ahead of its clock by as much as they are large.
 *
 * Benign: any clock (ticks of 1 us to 500 ms, any offset); a clock that stands; segments sent again
 * or captured out of order, which are left out; a device that sets its clock.
 *
 *   room   not counted: how fast a clock runs, and when a segment is sent, is free
 *   use    the bits by which a time stamp lies outside of its neighbours, or is written over
 *
 * What hides in one or two bits of segments that are alone in their tick is not seen.
 */
#include "ledger/analyzer.h"
#include "ledger/by-talk.h"
#include "ledger/odd-share.h"
#include "ledger/seed-bed.h"
#include "ledger/spots.h"
#include "ledger/stamp-bits.h"
#include "wire/tcp-options.h"

#define LEAST 8          /* stamps outside of their neighbours that no honest life has */
#define ONE_IN 500       /* ... of all of them */
#define BURST 4          /* segments before a seed with its stamp, itself counted */
#define RUN_AWAY_BITS 4  /* at least, of each stamp of a clock that runs by itself */
#define RUN_AHEAD_BITS 1 /* ... that runs ahead in bursts */
#define SAMPLES 4096     /* of one direction of a connection, kept for the end */
#define ALL_SAMPLES (1024 * 1024)
#define RESTART 4 /* falls in a row: another clock */

/* A clock as it is seen: the last stamp that is believed, and one that waits for the next. */
typedef struct
{
  gboolean has_good, has_pending;
  guint32 good, pending;
  guint falls;
  LensSpot spot; /* of @pending */
} Clock;

/* One direction of a connection. */
typedef struct
{
  LensSide *side;    /* the way of its first segment */
  gint64 end, acked; /* of what it sent in order, and of the other direction */
  guint32 stamps, odd;
  LensCarrier *carrier; /* NULL: no odd stamp yet */
  Clock value, echo;
  LensSpots *samples; /* NULL: none yet */
} Talk;

typedef struct
{
  LensByTalk talks; /* Talk */
  guint samples;    /* kept */
} TcpTimestamp;

static const char channel_id[] = "tcp-timestamp-lsb";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "Time stamps of TCP go back and forth, as no clock does.",
    .filter_hint = "tcp.options.timestamp.tsval",
    .reference = "RFC 7323 sections 4.3 and 5.4",
    .hides = TRUE,
    .unit = LENS_UNIT_SEGMENT },
  { NULL },
};

/* --- a clock --- */

static gint32
later (guint32 stamp, guint32 than)
{
  return (gint32)(stamp - than);
}

/* @spot said something that is @off ticks away from what its neighbours allow. */
static void
use (LensLedger *ledger, Talk *talk, const LensSpot *spot, gint32 off)
{
  lens_spot_use (spot, ledger, channel_id, NULL, g_bit_storage ((gulong)ABS ((gint64)off)));
  talk->odd++;
}

/* The next stamp.  The one that waits was raised when it lies above; this one was lowered when it
 * lies below what is believed. */
static void
take (LensLedger *ledger, Talk *talk, Clock *clock, guint32 stamp, const LensSpot *spot)
{
  if (clock->has_good && later (stamp, clock->good) < 0)
    {
      use (ledger, talk, spot, later (stamp, clock->good));
      if (++clock->falls >= RESTART)
        *clock = (Clock){ .has_pending = TRUE, .pending = stamp, .spot = *spot };
      return;
    }
  clock->falls = 0;
  if (clock->has_pending && later (clock->pending, stamp) > 0)
    use (ledger, talk, &clock->spot, later (clock->pending, stamp));
  else if (clock->has_pending)
    {
      clock->has_good = TRUE;
      clock->good = clock->pending;
    }
  clock->has_pending = TRUE;
  clock->pending = stamp;
  clock->spot = *spot;
}

/* --- segments --- */

/* Whether the segment follows those before, in both directions. */
static gboolean
is_in_order (Talk *talk, const LensUnit *unit)
{
  const LensSegment *segment = unit->segment;
  gint64 end = segment->position + (gint64)segment->header.payload.length;
  gint64 acked
      = segment->peer_stream != NULL
            ? lens_tcp_stream_position (segment->peer_stream, segment->header.acknowledgement)
            : 0;

  if (talk->side == NULL)
    {
      talk->side = unit->side;
      talk->end = segment->position;
      talk->acked = acked;
    }
  if (talk->side != unit->side || segment->position < talk->end || acked < talk->acked)
    return FALSE;
  talk->end = end;
  talk->acked = acked;
  return TRUE;
}

/* What the clock said when.  Free with g_free. */
static LensStampSample *
samples_of (const Talk *talk)
{
  LensStampSample *samples = g_new (LensStampSample, talk->samples->n);
  LensSpotsReader reader = lens_spots_reader (talk->samples);

  for (guint i = 0; i < talk->samples->n; i++)
    {
      const LensSpot spot = lens_spots_next (&reader);
      const guint8 *octets = spot.octets;
      samples[i] = (LensStampSample){ spot.time_ns, (guint32)octets[0] << 24 | octets[1] << 16
                                                        | octets[2] << 8 | octets[3] };
    }
  return samples;
}

/* Low bits that are not the clock's, or all of them: then every stamp spoke. */
static guint
bits_of (const Talk *talk)
{
  if (talk->samples == NULL)
    return 0;
  g_autofree LensStampSample *samples = samples_of (talk);
  guint bits = lens_stamp_bits (samples, talk->samples->n);

  if (bits == 0 && lens_stamps_run_away (samples, talk->samples->n))
    return RUN_AWAY_BITS;
  if (bits == 0 && lens_stamps_run_ahead (samples, talk->samples->n))
    return RUN_AHEAD_BITS;
  return bits;
}

static void
drop_samples (Talk *talk)
{
  if (talk->samples != NULL)
    lens_spots_clear (talk->samples);
  g_clear_pointer (&talk->samples, g_free);
}

/* No more are kept of it: unless they are somebody else's, others can have their room. */
static void
settle (TcpTimestamp *state, Talk *talk)
{
  guint n = talk->samples != NULL ? talk->samples->n : 0;

  if (bits_of (talk) > 0)
    return;
  drop_samples (talk);
  state->samples -= n;
}

static void
keep (TcpTimestamp *state, Talk *talk, const LensSpot *spot)
{
  LensPiece piece;

  if (talk->stamps == SAMPLES + 1)
    settle (state, talk);
  if (state->samples >= ALL_SAMPLES || talk->stamps > SAMPLES || !lens_spot_is_whole (spot, &piece))
    return;
  if (talk->samples == NULL)
    talk->samples = g_new0 (LensSpots, 1);
  lens_spots_add (talk->samples, spot);
  state->samples++;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  TcpTimestamp *state = data;
  const LensSegment *segment = unit->segment;
  const LensRange *range = &segment->header.tcp_options;
  LensTcpOptions options;

  if (segment->stream == NULL || range->length < 10
      || (segment->header.tcp_flags & (LENS_TCP_SYN | LENS_TCP_RST)) != 0)
    return;
  lens_tcp_options_parse (unit->view.octets + range->offset, range->length, &options);
  Talk *talk = options.has_timestamps ? lens_by_talk (&state->talks, segment, sizeof (Talk)) : NULL;
  if (talk == NULL || !is_in_order (talk, unit))
    return;
  gsize at = range->offset + options.stamps.offset;
  LensSpot value = lens_spot_at (unit, at, 4), echo = lens_spot_at (unit, at + 4, 4);
  talk->stamps++;
  keep (state, talk, &value);
  take (ledger, talk, &talk->value, options.value, &value);
  take (ledger, talk, &talk->echo, options.echo, &echo);
  if (talk->odd > 0 && talk->carrier == NULL)
    talk->carrier = lens_ledger_carrier (ledger, channel_id, unit, NULL);
}

/* --- the end --- */

static void
judge_bits (LensLedger *ledger, Talk *talk)
{
  guint bits = bits_of (talk);

  if (bits == 0)
    return;
  LensSpotsReader reader = lens_spots_reader (talk->samples);
  for (guint i = 0; i < talk->samples->n; i++)
    {
      LensSpot spot = lens_spots_next (&reader);
      lens_spot_use (&spot, ledger, channel_id, NULL, bits);
      talk->odd++;
    }
  const LensUnit unit = { .kind = LENS_UNIT_SEGMENT, .side = talk->side };
  talk->carrier = lens_ledger_carrier (ledger, channel_id, &unit, NULL);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const TcpTimestamp *state = data;
  LensOddShare share = { NULL };

  for (guint i = 0; i < lens_rows_n (&state->talks); i++)
    {
      Talk *talk = lens_rows_peek (&state->talks, i);
      if (talk == NULL)
        continue;
      judge_bits (ledger, talk);
      if (talk->carrier != NULL)
        lens_odd_share_add (&share, talk->carrier, talk->stamps, talk->odd);
    }
  lens_odd_share_conclude (&share, ledger, LEAST, ONE_IN,
                           "A few stamps only: a clock that was set, or packets that were captured "
                           "out of order.");
  lens_odd_share_clear (&share);
}

static void
talk_clear (gpointer data)
{
  drop_samples (data);
}

static void
clear (gpointer data)
{
  TcpTimestamp *state = data;

  lens_by_talk_clear (&state->talks, talk_clear);
}

/* --- seeds --- */

/* The stamp of the segment at hand and where it lies in its frame; FALSE: none. */
static gboolean
stamp_of (const LensSeedPlace *place, guint32 *stamp, gsize *at)
{
  const guint8 *octets = place->octets + place->start;
  LensTransport header;
  LensTcpOptions options;

  lens_transport_parse (LENS_PROTOCOL_TCP, octets, place->end - place->start, &header);
  lens_tcp_options_parse (octets + header.tcp_options.offset, header.tcp_options.length, &options);
  *stamp = options.value;
  *at = place->start + header.tcp_options.offset + options.stamps.offset;
  return options.has_timestamps && header.payload.length > 0
         && (header.tcp_flags & (LENS_TCP_SYN | LENS_TCP_RST)) == 0;
}

/* Which places lie in the middle of a burst: those around them have the same stamp. */
static GArray *
find_middles (LensSeedBed *bed)
{
  GArray *middles = g_array_new (FALSE, TRUE, sizeof (guint8));
  const LensSide *last = NULL;
  guint32 last_stamp = 0, stamp;
  guint run = 0;
  LensSeedPlace place;
  gsize at;

  while (lens_seed_bed_next (bed, LENS_UNIT_SEGMENT, &place))
    {
      const LensSide *side = stamp_of (&place, &stamp, &at) ? place.side : NULL;
      gboolean goes_on = side != NULL && side == last && stamp == last_stamp;
      if (goes_on && run >= BURST)
        g_array_index (middles, guint8, middles->len - 1) = TRUE;
      run = goes_on ? run + 1 : 1;
      last = side;
      last_stamp = stamp;
      g_array_set_size (middles, middles->len + 1);
    }
  lens_seed_bed_rewind (bed);
  return middles;
}

/* Bits of the message instead of the lowest of a stamp whose neighbours keep theirs. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  g_autoptr (GArray) middles = find_middles (bed);
  LensSeedPlace place;
  guint32 stamp, value;
  gsize at;
  guint next = 0;

  for (guint i = 0; lens_seed_bed_next (bed, LENS_UNIT_SEGMENT, &place); i++)
    {
      if (i < next || !g_array_index (middles, guint8, i) || !stamp_of (&place, &stamp, &at))
        continue;
      guint count = lens_seed_bed_take_bits (bed, &value, 8);
      if (count == 0)
        continue;
      lens_seed_bed_set_bits (bed, at, 32 - count, value, count);
      next = i + 2;
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_tcp_timestamp = {
  .name = "tcp-timestamp",
  .question = "Are the time stamps of TCP those of a clock?",
  .source = "RFC 7323 sections 4.3 and 5.4",
  .units = LENS_UNIT_SEGMENT,
  .channels = channels,
  .state_size = sizeof (TcpTimestamp),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
