/* rtp-replay: do the words of ONVIF's replay extension say only what they are for?
 *
 * ONVIF Streaming Specification, RTP header extension for replay: NTP time of the access unit,
 * flags C, E, D and T with four bits that must be zero, the low octet of the CSeq of the PLAY
 * that asked for it, and two octets of padding.
 *
 * Benign: a CSeq that changes with a PLAY; a time that runs faster or slower than the media's
 * by a constant, jumps with a PLAY, or has its own jitter of some milliseconds; that of sending
 * instead of the picture's.
 *
 *   room   28 bits per extension
 *   use    4 and 16 of must-be-zero bits and padding that are not zero; 8 of a CSeq that changes
 *          without a PLAY; 32 of a time that goes on neither with the media's nor with the
 *          capture's
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/habit.h"
#include "ledger/seed-bed.h"
#include "ledger/spot.h"

#include "wire/cursor.h"
#include "wire/rtsp-header.h"

enum
{
  HEAD = 4, /* profile id and length */
  REPLAY = 12,
  ONVIF_REPLAY = 0xabac,
  FLAGS = 8, /* behind the time */
  CSEQ = 9,
  PADDING = 10,
  FEW = 24, /* times that do not go on; one in ten */
  MAX_SPOTS = 4096,
  GRAIN = 20, /* ms by which time and media may run apart, or not */
  SENT = 40,  /* ms by which time and capture may run apart */
  USUAL_CLOCK = 90000,
};

#define CHANNEL "rtp-onvif-ext-mbz"

typedef struct
{
  LensTrack *track;
  gboolean any;
  guint8 cseq;
  guint plays; /* of the state, when @cseq was learnt */
  guint64 ntp;
  guint32 stamp;
  gint64 arrival;  /* ns */
  guint times;     /* compared */
  LensHabit apart; /* GRAINs by which the time ran ahead of the media's */
  GArray *odd;     /* LensSpot of fractions */
} Replay;

typedef struct
{
  guint plays; /* seen, of any session */
  LensByTrack tracks;
} RtpReplay;

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Fields of the ONVIF replay header that must be zero, or constant, carry data.",
    .room = "Media packets carry ONVIF replay headers; data could hide in them.",
    .filter_hint = "rtp.ext.profile == 0xabac",
    .reference = "ONVIF Streaming Specification, RTP header extension for replay",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static void
see_message (RtpReplay *state, const LensUnit *unit)
{
  if (unit->rtsp->kind == LENS_RTSP_REQUEST
      && lens_rtsp_is (unit->view.octets, unit->rtsp->method, "PLAY"))
    state->plays++;
}

static void
see_fixed (LensLedger *ledger, const RtpReplay *state, Replay *replay, const LensUnit *unit,
           gsize words)
{
  const guint8 *octets = unit->view.octets + words;
  LensCarrier *carrier = lens_ledger_carrier (ledger, CHANNEL, unit, NULL);

  lens_ledger_room (ledger, carrier, unit, 28);
  if ((octets[FLAGS] & 0x0f) != 0)
    lens_ledger_use (ledger, carrier, unit, 4, words + FLAGS, 1);
  if (octets[PADDING] != 0 || octets[PADDING + 1] != 0)
    lens_ledger_use (ledger, carrier, unit, 16, words + PADDING, 2);
  if (replay->any && octets[CSEQ] != replay->cseq && state->plays == replay->plays)
    {
      lens_ledger_use (ledger, carrier, unit, 8, words + CSEQ, 1);
      return;
    }
  if (octets[CSEQ] != replay->cseq)
    replay->plays = state->plays;
  replay->cseq = octets[CSEQ];
}

static void
see_time (Replay *replay, const LensUnit *unit, gsize words)
{
  const LensFormat *format = lens_track_format (unit->track, unit->rtp->payload_type);
  double clock = format != NULL && format->clock > 0 ? format->clock : USUAL_CLOCK;
  LensCursor cursor = lens_cursor_over (unit->view.octets + words, REPLAY);
  guint64 ntp = lens_cursor_u64 (&cursor);

  if (replay->any && ntp != replay->ntp)
    {
      double time = (double)(gint64)(ntp - replay->ntp) / 4294967296.0;
      double media = (double)(gint32)(unit->rtp->timestamp - replay->stamp) / clock;
      double grains = CLAMP ((time - media) * 1000 / GRAIN, -1e9, 1e9);
      gint64 apart = (gint64)(grains < 0 ? grains - 0.5 : grains + 0.5);
      double late = time * 1000 - (double)(unit->time_ns - replay->arrival) / 1e6;
      LensSpot spot = lens_spot_at (unit, words + 4, 4);
      replay->times++;
      if (!lens_habit_take (&replay->apart, (guint64)apart) && ABS (late) > SENT
          && replay->odd->len < MAX_SPOTS)
        g_array_append_val (replay->odd, spot);
    }
  replay->ntp = ntp;
  replay->stamp = unit->rtp->timestamp;
  replay->arrival = unit->time_ns;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  RtpReplay *state = data;

  if (unit->kind == LENS_UNIT_RTSP)
    {
      see_message (state, unit);
      return;
    }
  const LensRtp *rtp = unit->rtp;
  if (rtp->extension_profile != ONVIF_REPLAY || rtp->extension.length < HEAD + REPLAY)
    return;
  Replay *replay = lens_by_track (&state->tracks, unit->track, sizeof *replay);
  if (replay->odd == NULL)
    {
      replay->track = unit->track;
      replay->plays = state->plays;
      replay->odd = g_array_new (FALSE, FALSE, sizeof (LensSpot));
    }
  see_fixed (ledger, state, replay, unit, rtp->extension.offset + HEAD);
  see_time (replay, unit, rtp->extension.offset + HEAD);
  replay->any = TRUE;
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const RtpReplay *state = data;
  const LensRows *rows = &state->tracks;

  for (guint i = 0; i < lens_rows_n (rows); i++)
    {
      const Replay *replay = lens_rows_peek (rows, i);
      if (replay == NULL || replay->odd == NULL || replay->odd->len < FEW
          || replay->odd->len < replay->times / 10)
        continue;
      for (guint k = 0; k < replay->odd->len; k++)
        lens_spot_use (&g_array_index (replay->odd, LensSpot, k), ledger, CHANNEL, replay->track,
                       32);
    }
  lens_ledger_find_used (ledger);
}

static void
replay_clear (gpointer data)
{
  g_clear_pointer (&((Replay *)data)->odd, g_array_unref);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((RtpReplay *)data)->tracks, replay_clear);
}

/* The replay header as a camera would write it, but for its 20 bits. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  enum
  {
    ALL = HEAD + REPLAY
  };
  const guint8 cseq = (guint8)lens_seed_bed_below (bed, 256);
  LensSeedPlace place;
  guint32 value;

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      guint8 first = place.octets[place.start];
      if ((first & 0x10) != 0 || place.spare < ALL
          || lens_seed_bed_take_bits (bed, &value, 20) == 0)
        continue;
      guint8 octets[ALL] = { 0xab, 0xac, 0, 3 };
      guint64 us = (guint64)place.time_ns / 1000;
      guint64 ntp = (us / 1000000 + 2208988800u) << 32 | (us % 1000000 << 32) / 1000000;
      for (guint i = 0; i < 8; i++)
        octets[HEAD + i] = (guint8)(ntp >> (56 - 8 * i));
      octets[HEAD + FLAGS] = (guint8)(value >> 16);
      octets[HEAD + CSEQ] = cseq;
      octets[HEAD + PADDING] = (guint8)(value >> 8);
      octets[HEAD + PADDING + 1] = (guint8)value;
      const guint8 extended = first | 0x10;
      lens_seed_bed_replace (bed, place.start, &extended, 1);
      lens_seed_bed_insert (bed, place.start + LENS_RTP_HEADER_LENGTH + 4u * (first & 0x0f), octets,
                            sizeof octets, LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtp_replay = {
  .name = "rtp-replay",
  .question = "Do ONVIF replay headers hold only time, flags and the number of the PLAY?",
  .source = "ONVIF Streaming Specification, RTP header extension for replay",
  .units = LENS_UNIT_RTP | LENS_UNIT_RTSP,
  .only = LENS_TRAIT_EXTENSION,
  .channels = channels,
  .state_size = sizeof (RtpReplay),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
