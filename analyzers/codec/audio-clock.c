/* audio-clock: do the time stamps of G.711 count its samples?
 *
 * RFC 3550 section 5.1 and RFC 3551 section 4.1: the clock of a time stamp is that of the samples,
 * so a packet begins where the one before it ended.  A player does not hear a millisecond.
 *
 * Benign: clocks of their own, which jitter (most around a middle, or in units of a millisecond),
 * drift, or stay a while where they are; a stamp that is off by one, which is rounded.
 *
 *   use    log2 N bits of each stamp of a run, when all are off the count of samples by 0 to N - 1
 *          (at least four values, any of them as often as another, whatever came before)
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/drawn.h"
#include "ledger/own-source.h"
#include "ledger/spot.h"

#define CHANNEL "rtp-timestamp-lsb"

enum
{
  MAX_RUN = 512,  /* packets that are judged together */
  LEAST_RUN = 96, /* to say anything of */
  LEAST_EACH = 6, /* packets for each value */
  FEWEST = 4,     /* values: less is rounding */
  STAMP = 4,      /* where it stands in the header */
};

typedef struct
{
  gint64 off; /* of the count of samples */
  LensSpot spot;
} Packet;

typedef struct
{
  LensTrack *track;
  LensOwnSource source;
  gboolean any;
  guint16 sequence;
  guint32 expected; /* stamp of the next packet, by the count */
  GArray *run;      /* Packet */
} Clock;

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Time stamps of the sound are off the count of its samples by amounts that no clock "
               "explains.",
    .filter_hint = "rtp.timestamp",
    .reference = "RFC 3550 section 5.1; RFC 3551 section 4.1",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static const Packet *
packet_at (const Clock *clock, guint index)
{
  return &g_array_index (clock->run, Packet, index);
}

static void
judge (LensLedger *ledger, Clock *clock)
{
  guint packets = clock->run->len;
  g_autofree gint64 *offs = g_new (gint64, packets + 1);
  gint64 least = G_MAXINT64, most = G_MININT64;

  for (guint i = 0; i < packets; i++)
    {
      offs[i] = packet_at (clock, i)->off;
      least = MIN (least, offs[i]);
      most = MAX (most, offs[i]);
    }
  guint64 n = packets > 0 ? (guint64)(most - least) + 1 : 0;
  if (packets >= LEAST_RUN && n >= FEWEST && n <= LENS_DRAWN_PARTS && packets >= LEAST_EACH * n
      && lens_are_drawn (offs, packets, (guint)n))
    for (guint i = 0; i < packets; i++)
      lens_spot_use (&packet_at (clock, i)->spot, ledger, CHANNEL, clock->track,
                     g_bit_storage (n) - 1);
  g_array_set_size (clock->run, 0);
}

static gboolean
is_g711 (const LensFormat *format)
{
  return format != NULL && format->fragment_of == LENS_FRAGMENT_OF_NOTHING
         && (g_strcmp0 (format->codec, "PCMA") == 0 || g_strcmp0 (format->codec, "PCMU") == 0);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensRtp *rtp = unit->rtp;

  if (unit->track->encrypted || !is_g711 (unit->format))
    return;
  Clock *clock = lens_by_track (data, unit->track, sizeof *clock);
  LensSourceIs is = lens_own_source_take (&clock->source, rtp->ssrc);
  if (is == LENS_SOURCE_OTHER)
    return;
  if (clock->run == NULL)
    clock->run = g_array_new (FALSE, FALSE, sizeof (Packet));
  clock->track = unit->track;
  if (!clock->any || is == LENS_SOURCE_NEW || rtp->sequence != (guint16)(clock->sequence + 1)
      || clock->run->len >= MAX_RUN)
    {
      judge (ledger, clock);
      clock->expected = rtp->timestamp;
    }
  Packet packet = { (gint32)(rtp->timestamp - clock->expected), lens_spot_at (unit, STAMP, 4) };
  g_array_append_val (clock->run, packet);
  clock->any = TRUE;
  clock->sequence = rtp->sequence;
  clock->expected += (guint32)rtp->payload.length;
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const LensByTrack *tracks = data;

  for (guint i = 0; i < lens_rows_n (tracks); i++)
    if (lens_rows_peek (tracks, i) != NULL)
      judge (ledger, lens_rows_peek (tracks, i));
  lens_spot_find_used (ledger, CHANNEL);
}

static void
clock_clear (gpointer data)
{
  g_clear_pointer (&((Clock *)data)->run, g_array_unref);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (data, clock_clear);
}

const LensAnalyzer lens_analyzer_audio_clock = {
  .name = "audio-clock",
  .question = "Do the time stamps of G.711 count its samples?",
  .source = "RFC 3550 section 5.1; RFC 3551 section 4.1",
  .units = LENS_UNIT_RTP,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
