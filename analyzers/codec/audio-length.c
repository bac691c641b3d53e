/* audio-length: is a packet of G.711 as long as its time, and as others?
 *
 * RFC 3551 section 4.5.14: a sample is an octet, and time stamps count samples, so the next packet
 * is as much later as this one is long.  A player that puts packets where their time stamps say
 * has no place for octets beyond.  A packet may be of any length (section 4.2), but a device makes
 * them by its buffers: of the same few lengths.
 *
 * Benign: packets of any length whose time is as long; too many octets by the same number again
 * and again; clocks that do not count samples.
 *
 *   use    8 bits per octet for which there is no time; LENGTH_BITS of a packet that is as long
 *          as hardly another one, when half of them are
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/habit.h"
#include "ledger/familiar.h"

enum
{
  SETTLED = 8,        /* packets until a usual time is believed */
  FEW = 8,            /* packets that are too long, below which nothing is said */
  CONFIRMED = 90,     /* percent of them whose time was the usual one all the same */
  UNUSUAL = 64,       /* packets of unusual lengths, and ... */
  UNUSUAL_SHARE = 50, /* ... percent of all */
  LENGTH_BITS = 4,    /* that one says, at least */
  EXACT_SHARE = 50    /* percent of the packets that are as long as their time, or too long */
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
  LensFamiliar familiar; /* lengths */
  guint packets, unusual;
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
  { .id = "rtp-size-modulation",
    .summary
    = "Sound is cut into packets of lengths that no buffer explains; the lengths can carry "
      "data.",
    .filter_hint = "rtp",
    .reference = "RFC 3551 section 4.2",
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

/* Which length it is, its first octet stands for. */
static void
see_cut (LensLedger *ledger, Voice *voice, const LensUnit *unit)
{
  voice->packets++;
  if (unit->view.length == 0 || lens_familiar_take (&voice->familiar, unit->view.length))
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtp-size-modulation", unit, "sound");
  voice->unusual++;
  lens_ledger_room (ledger, carrier, unit, LENGTH_BITS);
  lens_ledger_use (ledger, carrier, unit, LENGTH_BITS, 0, 1);
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
  see_cut (ledger, voice, unit);
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

static gboolean
lengths_speak (const Voice *voice)
{
  return voice->unusual >= UNUSUAL
         && 100 * (guint64)voice->unusual >= UNUSUAL_SHARE * (guint64)voice->packets;
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  AudioLength *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "audio-length"))
        continue;
      const Voice *voice = lens_by_track_peek (&state->tracks, carrier->track);
      gboolean cut = g_str_equal (carrier->channel, "rtp-size-modulation");
      if (!(cut ? lengths_speak (voice) : speaks (voice)))
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
  .question = "Is a packet of G.711 as long as its time, and as others?",
  .source = "RFC 3551 sections 4.2 and 4.5.14",
  .units = LENS_UNIT_AUDIO,
  .channels = channels,
  .state_size = sizeof (AudioLength),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
