/* audio-length: is a packet of G.711 as long as its time?
 *
 * RFC 3551 section 4.5.14: a sample is an octet, and time stamps count samples, so the next packet
 * is as much later as this one is long.  A player that puts packets where their time stamps say
 * has no place for octets beyond.
 *
 * Benign: packets of any length whose time is as long; too many octets by the same number again
 * and again; clocks that do not count samples.
 *
 *   use    8 bits per octet for which there is no time
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/habit.h"

enum
{
  SETTLED = 8,     /* packets until a usual time is believed */
  FEW = 8,         /* packets that are too long, below which nothing is said */
  CONFIRMED = 90,  /* percent of them whose time was the usual one all the same */
  EXACT_SHARE = 50 /* percent of the packets that are as long as their time, or too long */
};

typedef struct
{
  gboolean any, is_long; /* there was a packet; longer than the usual time */
  guint16 sequence;
  guint32 timestamp;
  gsize length;
  guint64 pairs, exact;           /* packets whose time is known; as long as that */
  guint64 too_long, not_too_long; /* of those that were longer than usual */
  LensHabit steps, lengths;
} Voice;

typedef struct
{
  LensByTrack tracks; /* Voice */
} AudioLength;

static const LensChannelText channels[] = {
  { .id = "rtp-trailing-in-payload",
    .summary = "Packets of sound have octets for which there is no time.",
    .filter_hint = "rtp",
    .reference = "RFC 3551 section 4.5.14",
    .hides = TRUE,
    .unit = LENS_UNIT_AUDIO },
  { NULL },
};

/* The time of the packet before is known now. */
static void
see_time (Voice *voice, guint32 step)
{
  gboolean usual = voice->steps.seen >= SETTLED && step == voice->steps.common;

  voice->pairs++;
  voice->exact += step == voice->length;
  voice->too_long += voice->is_long && usual;
  voice->not_too_long += voice->is_long && !usual;
  lens_habit_take (&voice->steps, step);
}

static void
see_length (LensLedger *ledger, Voice *voice, const LensUnit *unit)
{
  gsize length = unit->view.length, usual = (gsize)voice->steps.common;

  voice->is_long = voice->steps.seen >= SETTLED && length > usual;
  lens_habit_take (&voice->lengths, length);
  if (!voice->is_long)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtp-trailing-in-payload", unit, "sound");
  lens_ledger_room (ledger, carrier, unit, 8 * (length - usual));
  lens_ledger_use (ledger, carrier, unit, 8 * (length - usual), usual, length - usual);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  AudioLength *state = data;
  const LensAudio *audio = unit->audio;

  if (!g_str_equal (audio->format->codec, "PCMA") && !g_str_equal (audio->format->codec, "PCMU"))
    return;
  Voice *voice = lens_by_track (&state->tracks, unit->track, sizeof (Voice));
  if (voice->any && audio->sequence == (guint16)(voice->sequence + 1))
    see_time (voice, audio->timestamp - voice->timestamp);
  see_length (ledger, voice, unit);
  voice->any = TRUE;
  voice->sequence = audio->sequence;
  voice->timestamp = audio->timestamp;
  voice->length = unit->view.length;
}

static gboolean
speaks (const Voice *voice)
{
  guint64 all = voice->too_long + voice->not_too_long;

  return voice->too_long >= FEW && 100 * voice->too_long >= CONFIRMED * all
         && 100 * (voice->exact + voice->too_long) >= EXACT_SHARE * voice->pairs && voice->exact > 0
         && lens_habit_is_broken (&voice->lengths, FEW);
}

/* What came of the others is their business: packets are as long as the device likes. */
static void
conclude (LensLedger *ledger, gpointer data)
{
  AudioLength *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "audio-length")
          || !speaks (lens_by_track_peek (&state->tracks, carrier->track)))
        continue;
      lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, NULL);
    }
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((AudioLength *)data)->tracks, NULL);
}

const LensAnalyzer lens_analyzer_audio_length = {
  .name = "audio-length",
  .question = "Is a packet of G.711 as long as its time?",
  .source = "RFC 3551 section 4.5.14",
  .units = LENS_UNIT_AUDIO,
  .channels = channels,
  .state_size = sizeof (AudioLength),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
