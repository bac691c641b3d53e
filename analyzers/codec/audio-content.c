/* audio-content: is G.711 sound at all?
 *
 * ITU-T G.711 spreads a sound over 256 codes by the logarithm of its size, and no sound uses
 * all sizes alike, sample by sample without any memory: data does, when it is compressed or
 * enciphered.  Packets that have nearly as many different codes as chance would give them, and
 * all sizes alike, are set aside; only if there are several, all of them together are uniform over
 * sign and segment, and signs follow each other by chance, were they never sound.
 *
 * A track that is digital silence (codes of 0 and its neighbours) has no short bursts of other
 * codes: real sound that begins lasts longer.
 *
 * Comfort noise (RFC 3389) has a level whose highest bit is 0.
 *
 *   room   8 bits per octet of packets that are no sound, of bursts
 *   use    the same, once there is enough of it
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/seed-bed.h"

#include <math.h>
#include <string.h>

enum
{
  CELLS = 16,         /* sign and segment */
  SHORTEST = 80,      /* octets of a packet that says something */
  PACKETS = 8,        /* of no sound, at least */
  LONGEST_BURST = 40, /* samples: 5 ms */
  BURSTS = 3,
  SILENT_SHARE = 95, /* percent of the samples */
};

#define DISTINCT 0.8       /* of the codes that chance would give */
#define CHI_OF_PACKET 60.0 /* one packet of data in millions has more */
#define CHI_SQUARE 45.0    /* all of them: p < 1e-4 */
#define SIGN_BIAS 0.1

typedef struct
{
  guint64 samples, silent; /* of the track */
  guint64 cells[CELLS];    /* of packets that are perhaps no sound */
  guint64 suspects, pairs, same;
  guint bursts;
} Voice;

typedef struct
{
  LensByTrack tracks; /* Voice */
} AudioContent;

static const LensChannelText channels[] = {
  { .id = "audio-transteg",
    .summary = "Packets that are declared as sound hold compressed or enciphered data.",
    .filter_hint = "rtp",
    .reference = "ITU-T G.711; RFC 3551 section 4.5.14",
    .hides = TRUE,
    .unit = LENS_UNIT_AUDIO },
  { .id = "audio-silent-declared",
    .summary = "The sound is silent, but for short bursts of data.",
    .filter_hint = "rtp",
    .reference = "ITU-T G.711; RFC 3389 section 3.1",
    .hides = TRUE,
    .unit = LENS_UNIT_AUDIO },
  { NULL },
};

static void
take (LensLedger *ledger, const LensUnit *unit, const char *channel, const char *subject,
      gsize offset, gsize length)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, subject);

  lens_ledger_room (ledger, carrier, unit, 8 * length);
  lens_ledger_use (ledger, carrier, unit, 8 * length, offset, length);
}

/* --- no sound --- */

/* Of the counts of sign and segment, against all alike: 15 degrees of freedom. */
static double
chi_square (const guint64 cells[CELLS])
{
  double total = 0, sum = 0;

  for (guint i = 0; i < CELLS; i++)
    total += (double)cells[i];
  for (guint i = 0; i < CELLS; i++)
    {
      double apart = (double)cells[i] - total / CELLS;
      sum += apart * apart / (total / CELLS);
    }
  return sum;
}

static gboolean
looks_uniform (const LensView *view)
{
  guint8 seen[256] = { 0 };
  guint64 cells[CELLS] = { 0 };
  guint distinct = 0;

  if (view->length < SHORTEST)
    return FALSE;
  for (gsize i = 0; i < view->length; i++)
    {
      distinct += !seen[view->octets[i]];
      seen[view->octets[i]] = 1;
      cells[view->octets[i] >> 4]++;
    }
  return distinct >= DISTINCT * 256 * (1 - pow (255.0 / 256, (double)view->length))
         && chi_square (cells) < CHI_OF_PACKET;
}

static void
see_uniform (LensLedger *ledger, Voice *voice, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets;

  voice->suspects++;
  for (gsize i = 0; i < unit->view.length; i++)
    voice->cells[octets[i] >> 4]++;
  for (gsize i = 1; i < unit->view.length; i++)
    voice->same += ((octets[i] ^ octets[i - 1]) & 0x80) == 0;
  voice->pairs += unit->view.length - 1;
  take (ledger, unit, "audio-transteg", NULL, 0, unit->view.length);
}

static gboolean
is_no_sound (const Voice *voice)
{
  return voice->suspects >= PACKETS && chi_square (voice->cells) < CHI_SQUARE
         && fabs ((double)voice->same / (double)voice->pairs - 0.5) < SIGN_BIAS;
}

/* --- silence --- */

/* Positive and negative zero and their neighbours. */
static gboolean
is_silent (gboolean a_law, guint8 code)
{
  return a_law ? (code & 0x7e) == 0x54 : (code & 0x7e) == 0x7e;
}

/* Samples from the first to the last of a packet that are not silent, and silence around. */
static void
see_silence (LensLedger *ledger, Voice *voice, const LensUnit *unit, gboolean a_law)
{
  const LensView *view = &unit->view;
  gsize silent = 0, first = view->length, last = 0;

  for (gsize i = 0; i < view->length; i++)
    if (is_silent (a_law, view->octets[i]))
      silent++;
    else
      {
        first = MIN (first, i);
        last = i;
      }
  voice->samples += view->length;
  voice->silent += silent;
  if (silent == view->length || last - first >= LONGEST_BURST || view->length < 2 * LONGEST_BURST)
    return;
  voice->bursts++;
  take (ledger, unit, "audio-silent-declared", "bursts", first, last - first + 1);
}

static gboolean
bursts_speak (const Voice *voice)
{
  return voice->bursts >= BURSTS && voice->silent * 100 >= voice->samples * SILENT_SHARE;
}

/* RFC 3389 section 3.1: the level is the lower seven bits of the first octet, the other is 0. */
static void
see_comfort_noise (LensLedger *ledger, const LensUnit *unit)
{
  if ((unit->view.octets[0] & 0x80) != 0)
    take (ledger, unit, "audio-silent-declared", NULL, 0, unit->view.length);
}

/* --- see and conclude --- */

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  AudioContent *state = data;
  const char *codec = unit->audio->format->codec;
  gboolean a_law = g_str_equal (codec, "PCMA");

  if (g_str_equal (codec, "CN"))
    see_comfort_noise (ledger, unit);
  if (!a_law && !g_str_equal (codec, "PCMU"))
    return;
  Voice *voice = lens_by_track (&state->tracks, unit->track, sizeof (Voice));
  see_silence (ledger, voice, unit, a_law);
  if (looks_uniform (&unit->view))
    see_uniform (ledger, voice, unit);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  AudioContent *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "audio-content"))
        continue;
      const Voice *voice = lens_by_track_peek (&state->tracks, carrier->track);
      gboolean exact
          = carrier->subject == NULL && g_str_equal (carrier->channel, "audio-silent-declared");
      gboolean bursts = carrier->subject != NULL;
      if (!exact && !(bursts ? bursts_speak (voice) : is_no_sound (voice)))
        lens_ledger_find_room (ledger, carrier, "It may be sound.");
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((AudioContent *)data)->tracks, NULL);
}

/* --- seeds --- */

enum
{
  MOST_OF_PACKET = 4, /* octets of the message in a packet of other data */
  MOST_OF_BURST = 16,
};

static void
put_message (LensSeedBed *bed, const LensSeedPlace *place, gsize at, const guint8 *octets,
             gsize count)
{
  for (gsize i = 0; i < count; i++)
    lens_seed_bed_set (bed, place->start + at + i, 0xff, octets[i]);
}

/* All of a packet is something else, of which a part is the message. */
static void
put_other_data (LensSeedBed *bed, const LensSeedPlace *place)
{
  gsize length = place->end - place->start;
  g_autofree guint8 *octets = g_malloc (length);
  gsize count = lens_seed_bed_take (bed, octets, MOST_OF_PACKET);

  if (count == 0)
    return;
  lens_seed_bed_fill (bed, octets + count, length - count);
  put_message (bed, place, 0, octets, count);
  lens_seed_bed_replace (bed, place->start + count, octets + count, length - count);
}

/* A loud sample, then the message. */
static void
put_burst (LensSeedBed *bed, const LensSeedPlace *place)
{
  guint8 octets[MOST_OF_BURST], loud;
  gsize length = place->end - place->start;
  gsize count = lens_seed_bed_take (bed, octets, MOST_OF_BURST);
  gsize at = lens_seed_bed_below (bed, (guint32)(length - 1 - MOST_OF_BURST));

  if (count == 0)
    return;
  loud = (guint8)(0xa0 | lens_seed_bed_below (bed, 16));
  lens_seed_bed_replace (bed, place->start + at, &loud, 1);
  put_message (bed, place, at + 1, octets, count);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_AUDIO, &place))
    {
      if (place.end - place.start < 2 * LONGEST_BURST)
        continue;
      if (g_str_equal (channel, "audio-transteg"))
        put_other_data (bed, &place);
      else
        put_burst (bed, &place);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_audio_content = {
  .name = "audio-content",
  .question = "Is what G.711 carries sound?",
  .source = "ITU-T G.711; RFC 3551 section 4.5.14; RFC 3389",
  .units = LENS_UNIT_AUDIO,
  .channels = channels,
  .state_size = sizeof (AudioContent),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
