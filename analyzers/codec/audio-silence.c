/* audio-silence: is silence silent?
 *
 * A microphone that is off sends zeros of ITU-T G.711, which has two, and a decoder plays them
 * alike.  In a track that is silence:
 *
 *   - sounds that begin and end are smooth: from sample to sample they change their size by a
 *     factor of eight only where they pass zero.  Short stretches that leap are data;
 *   - samples that choose between zeros (and their neighbours) are noise if they do so all the
 *     time, or more and more and less and less often.  Choices that begin and end sharply, between
 *     samples that are all the same, are data.
 *
 * Data that fill the sound of a track which is not silent are another question (audio-content),
 * and its lowest bits cannot be told from noise.
 *
 *   room   8 bits per sample of a stretch, 1 bit per choice
 *   use    the same, once there is enough of it
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/seed-bed.h"

#include "wire/g711.h"

enum
{
  SILENT_SHARE = 95, /* percent of the samples */
  GAP = 16,          /* silent samples that end a stretch */
  LEAP = 3,          /* segments: a factor of eight */
  LEAST_LEAPS = 20,  /* percent, of a stretch with the steps into it and out of it, ... */
  LEAST_QUIET = 40,  /* ... and of its samples that are that much below the loudest, ... */
  SHORT = 4,         /* ... unless it is shorter */
  STRETCHES = 3,
  ROUGH_SHARE = 60, /* percent of the stretches: one of few samples may look smooth */
  SAMPLES = 32,     /* of all of them */
  WINDOW = 8,       /* samples whose choices are looked at together */
  EDGES = 8,        /* from no choice to many, or back */
  SHARPNESS = 4     /* windows of many choices for each of a single one */
};

typedef enum
{
  NONE,   /* no window */
  PLAIN,  /* all samples are the same */
  SPARSE, /* but one */
  MIXED,
} Choices;

typedef struct
{
  guint64 samples, silent;
  guint16 sequence;                    /* of the packet before, which ... */
  gboolean any, loud;                  /* ... was there; ended in sound */
  guint64 stretches, rough, stretched; /* their samples */
  Choices last;
  guint64 windows[MIXED + 1], edges;
} Voice;

typedef struct
{
  LensByTrack tracks; /* Voice */
} AudioSilence;

static const LensChannelText channels[] = {
  { .id = "audio-silent-declared",
    .summary = "The sound is silent, but for data.",
    .room = "The sound is silent, but for little; data could travel there.",
    .filter_hint = "rtp",
    .reference = "ITU-T G.711",
    .hides = TRUE,
    .unit = LENS_UNIT_AUDIO },
  { NULL },
};

static void
take (LensLedger *ledger, const LensUnit *unit, const char *subject, guint64 bits, gsize start,
      gsize end)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "audio-silent-declared", unit, subject);

  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, start, end - start);
}

static gboolean
is_silence (const Voice *voice)
{
  return voice->silent * 100 >= voice->samples * SILENT_SHARE;
}

/* --- stretches --- */

static gboolean
is_rough (gboolean a_law, const LensView *view, gsize start, gsize end)
{
  guint segments[LENS_G711_SEGMENTS] = { 0 }, loudest = LENS_G711_SEGMENTS - 1;
  gsize n_leaps = 0, quiet = 0;
  gint before = 0;

  for (gsize i = start; i <= end; i++)
    {
      gint segment = i < end ? (gint)lens_g711_segment (a_law, view->octets[i]) : 0;
      n_leaps += ABS (segment - before) >= LEAP;
      segments[segment] += i < end;
      before = segment;
    }
  while (loudest > 0 && segments[loudest] == 0)
    loudest--;
  for (guint i = 0; i + LEAP <= loudest; i++)
    quiet += segments[i];
  return 100 * n_leaps >= LEAST_LEAPS * (end - start + 1)
         && (end - start <= SHORT || 100 * quiet >= LEAST_QUIET * (end - start));
}

static void
see_stretch (LensLedger *ledger, Voice *voice, const LensUnit *unit, gboolean a_law, gsize start,
             gsize end)
{
  voice->stretches++;
  voice->rough += is_rough (a_law, &unit->view, start, end);
  voice->stretched += end - start;
  take (ledger, unit, "stretches", 8 * (end - start), start, end);
}

/* What may have begun in the packet before, or may go on in the next, is let go. */
static void
see_stretches (LensLedger *ledger, Voice *voice, const LensUnit *unit, gboolean a_law)
{
  const LensView *view = &unit->view;
  gsize start = 0, end = 0;
  gboolean open = FALSE, cut = voice->loud;

  for (gsize i = 0; i < view->length; i++)
    {
      gboolean silent = lens_g711_is_silent (a_law, view->octets[i]);
      voice->silent += silent;
      if (!silent && !open)
        {
          start = i;
          open = TRUE;
        }
      if (!silent)
        end = i + 1;
      else if (open && i + 1 - end >= GAP)
        {
          if (!(cut && start < GAP) && is_silence (voice))
            see_stretch (ledger, voice, unit, a_law, start, end);
          open = FALSE;
        }
    }
  voice->samples += view->length;
  voice->loud = open;
}

static gboolean
stretches_speak (const Voice *voice)
{
  return is_silence (voice) && voice->rough >= STRETCHES && voice->stretched >= SAMPLES
         && 100 * voice->rough >= ROUGH_SHARE * voice->stretches;
}

/* --- choices --- */

static Choices
choices_of (const guint8 *octets)
{
  guint most = 0;

  for (guint i = 0; i < WINDOW; i++)
    {
      guint alike = 0;
      for (guint j = 0; j < WINDOW; j++)
        alike += octets[j] == octets[i];
      most = MAX (most, alike);
    }
  return most == WINDOW ? PLAIN : most == WINDOW - 1 ? SPARSE : MIXED;
}

static gboolean
choices_are_rare (const Voice *voice)
{
  return voice->windows[PLAIN] >= voice->windows[SPARSE] + voice->windows[MIXED];
}

static void
see_choices (LensLedger *ledger, Voice *voice, const LensUnit *unit)
{
  gsize start = 0, end = 0;
  guint64 choices = 0;

  for (gsize at = 0; at + WINDOW <= unit->view.length; at += WINDOW)
    {
      Choices now = choices_of (unit->view.octets + at);
      voice->windows[now]++;
      voice->edges
          += (voice->last == PLAIN && now == MIXED) || (voice->last == MIXED && now == PLAIN);
      voice->last = now;
      if (now == PLAIN)
        continue;
      start = choices == 0 ? at : start;
      end = at + WINDOW;
      choices += WINDOW;
    }
  if (choices > 0 && choices_are_rare (voice))
    take (ledger, unit, "choices", choices, start, end);
}

static gboolean
choices_speak (const Voice *voice)
{
  return is_silence (voice) && choices_are_rare (voice) && voice->edges >= EDGES
         && voice->windows[MIXED] >= SHARPNESS * voice->windows[SPARSE];
}

/* --- see and conclude --- */

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  AudioSilence *state = data;
  const char *codec = unit->audio->format->codec;
  gboolean a_law = g_str_equal (codec, "PCMA");

  if (!a_law && !g_str_equal (codec, "PCMU"))
    return;
  Voice *voice = lens_by_track (&state->tracks, unit->track, sizeof (Voice));
  guint64 silent = voice->silent;
  if (voice->any && unit->audio->sequence != (guint16)(voice->sequence + 1))
    {
      voice->loud = TRUE; /* for all we know */
      voice->last = NONE;
    }
  see_stretches (ledger, voice, unit, a_law);
  if (voice->silent - silent == unit->view.length)
    see_choices (ledger, voice, unit);
  else
    voice->last = NONE;
  voice->any = TRUE;
  voice->sequence = unit->audio->sequence;
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  AudioSilence *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "audio-silence"))
        continue;
      const Voice *voice = lens_by_track_peek (&state->tracks, carrier->track);
      gboolean stretches = g_strcmp0 (carrier->subject, "stretches") == 0;
      if (!(stretches ? stretches_speak (voice) : choices_speak (voice)))
        lens_ledger_find_room (ledger, carrier, "It may be sound.");
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((AudioSilence *)data)->tracks, NULL);
}

/* --- seed --- */

/* Octets of any value, from somewhere in a packet on. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  enum
  {
    MOST = 24
  };
  LensSeedPlace place;
  guint8 octets[MOST];

  while (lens_seed_bed_next (bed, LENS_UNIT_AUDIO, &place))
    {
      gsize length = place.end - place.start;
      gsize count = length >= 4 * MOST ? lens_seed_bed_take (bed, octets, MOST) : 0;
      if (count == 0)
        continue;
      gsize at = lens_seed_bed_below (bed, (guint32)(length - MOST - GAP));
      for (gsize i = 0; i < count; i++)
        lens_seed_bed_set (bed, place.start + at + i, 0xff, octets[i]);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_audio_silence = {
  .name = "audio-silence",
  .question = "Is silence silent?",
  .source = "ITU-T G.711",
  .units = LENS_UNIT_AUDIO,
  .channels = channels,
  .state_size = sizeof (AudioSilence),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
