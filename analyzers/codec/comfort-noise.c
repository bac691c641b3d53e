/* comfort-noise: is there a pause where comfort noise is sent?
 *
 * RFC 3389: in a pause, a packet of another payload type tells the level of the noise (seven bits;
 * the highest is 0, section 3.1) and perhaps its spectrum (3.2), as many coefficients as the
 * encoder's model has.  It stands for sound that is not sent.  A player that has sound for the same
 * time plays that.
 *
 *   room   8 bits per octet of comfort noise
 *   use    the same: of packets with the highest bit; of all, if most are for time that sound fills
 *          and they say ever new things, or if their number of coefficients does
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/habit.h"
#include "ledger/seed-bed.h"

#include "wire/octets.h"

#include <string.h>

enum
{
  FILLED = 3,         /* packets for time that sound fills */
  SURPRISES = 3,      /* in what they say */
  MODEL_SURPRISES = 8 /* in the number of coefficients */
};

typedef struct
{
  gboolean sound, noise;    /* there was some; noise came last */
  guint32 start, end;       /* time stamps of the last packet of sound */
  gint64 time_ns;           /* when it came */
  guint32 noise_at;         /* time stamp of the last noise */
  guint64 packets, filled;  /* of noise */
  LensHabit content, model; /* of noise */
} Voice;

typedef struct
{
  LensByTrack tracks; /* Voice */
} ComfortNoise;

static const LensChannelText channels[] = {
  { .id = "audio-silent-declared",
    .summary = "Comfort noise is sent for pauses that do not exist, or says more than noise.",
    .room = "Comfort noise is sent in pauses; its level and coefficients could carry data.",
    .filter_hint = "rtp",
    .reference = "RFC 3389 sections 3 and 4",
    .hides = TRUE,
    .unit = LENS_UNIT_AUDIO },
  { NULL },
};

static void
take (LensLedger *ledger, const LensUnit *unit, const char *subject)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "audio-silent-declared", unit, subject);
  gsize length = unit->view.length;

  lens_ledger_room (ledger, carrier, unit, 8 * length);
  lens_ledger_use (ledger, carrier, unit, 8 * length, 0, length);
}

static void
see_noise (LensLedger *ledger, Voice *voice, const LensUnit *unit)
{
  guint32 at = unit->audio->timestamp;
  gboolean filled = voice->sound && at - voice->start < voice->end - voice->start;

  voice->packets++;
  voice->filled += filled;
  voice->noise = !filled;
  voice->noise_at = at;
  lens_habit_take (&voice->content,
                   lens_octets_hash (LENS_HASH_START, unit->view.octets, unit->view.length));
  lens_habit_take (&voice->model, unit->view.length);
  take (ledger, unit, (unit->view.octets[0] & 0x80) != 0 ? NULL : "pauses");
}

/* Sound may begin where noise began, if its clock stood still meanwhile: then there was a pause. */
static gboolean
came_at_once (const Voice *voice, const LensUnit *unit, guint32 clock)
{
  gint64 length_ns = (gint64)(voice->end - voice->start) * (G_GINT64_CONSTANT (1000000000) / clock);

  return unit->time_ns - voice->time_ns < 3 * length_ns;
}

static void
see_sound (Voice *voice, const LensUnit *unit)
{
  enum
  {
    CLOCK = 8000 /* RFC 3551 section 4.5.14 */
  };
  guint32 start = unit->audio->timestamp, length = (guint32)unit->view.length;

  if (voice->sound && voice->noise && voice->noise_at - start < length
      && came_at_once (voice, unit, CLOCK))
    voice->filled++;
  voice->noise = FALSE;
  voice->sound = TRUE;
  voice->start = start;
  voice->end = start + length;
  voice->time_ns = unit->time_ns;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  ComfortNoise *state = data;
  const char *codec = unit->audio->format->codec;
  Voice *voice = lens_by_track (&state->tracks, unit->track, sizeof (Voice));

  if (g_str_equal (codec, "CN"))
    see_noise (ledger, voice, unit);
  else if (g_str_equal (codec, "PCMA") || g_str_equal (codec, "PCMU"))
    see_sound (voice, unit);
}

static gboolean
speaks (const Voice *voice)
{
  if (voice == NULL)
    return FALSE;
  return (voice->filled >= FILLED && 2 * voice->filled >= voice->packets
          && lens_habit_is_broken (&voice->content, SURPRISES))
         || lens_habit_is_broken (&voice->model, MODEL_SURPRISES);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  ComfortNoise *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (g_str_equal (carrier->analyzer, "comfort-noise") && carrier->subject != NULL
          && !speaks (lens_by_track_peek (&state->tracks, carrier->track)))
        lens_ledger_find_room (ledger, carrier, NULL);
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((ComfortNoise *)data)->tracks, NULL);
}

/* Noise for the time of a packet of sound, behind it. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  enum
  {
    NOISE = 13, /* RFC 3551 table 4 */
    MOST = 11   /* octets of level and coefficients */
  };
  guint16 sequence = (guint16)lens_seed_bed_below (bed, 0x10000);
  guint8 octets[LENS_RTP_HEADER_LENGTH + MOST] = { 0x80, NOISE };
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      const guint8 *like = place.octets + place.start;
      guint8 type = like[1] & 0x7f;
      if ((type != 0 && type != 8) || place.track->formats->len < 2
          || !lens_track_offers (place.track, NOISE))
        continue;
      gsize count = lens_seed_bed_take (bed, octets + LENS_RTP_HEADER_LENGTH, MOST);
      if (count == 0)
        continue;
      octets[2] = (guint8)(sequence >> 8);
      octets[3] = (guint8)sequence++;
      memcpy (octets + 4, like + 4, 8); /* the sound's time and source */
      lens_seed_bed_send_beside (bed, octets, LENS_RTP_HEADER_LENGTH + count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_comfort_noise = {
  .name = "comfort-noise",
  .question = "Is there a pause where comfort noise is sent?",
  .source = "RFC 3389",
  .units = LENS_UNIT_AUDIO,
  .channels = channels,
  .state_size = sizeof (ComfortNoise),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
