/* audio-content: is G.711 sound at all?
 *
 * ITU-T G.711 spreads a sound over 256 codes by the logarithm of its size.  From sample to sample
 * a sound changes its size by a factor of eight only where it passes zero, and it passes zero.
 * Octets of another kind do not know of that:
 *
 *   - compressed or enciphered ones leap half of the time, and use all sizes of both signs alike;
 *   - text leaps without ever changing its sign, which is the highest bit.
 *
 *   room   8 bits per octet of such stretches
 *   use    the same, once there is enough of it
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/seed-bed.h"

#include "wire/g711.h"

#include <math.h>
#include <string.h>

enum
{
  CELLS = 2 * LENS_G711_SEGMENTS, /* sign and segment: the upper four bits, somehow */
  WINDOW = 64,                    /* samples that are judged together, ... */
  STRIDE = 16,                    /* ... from each so many on */
  LEAP = 3,                       /* segments: a factor of eight */
  LEAST_LEAPS = 30,               /* percent of the samples of a window of data; of a text ... */
  LEAST_LEAPS_OF_TEXT = 17,
  MOST_LEAPS = 75, /* ... and percent that only a tone has */
  LEAST_QUIET = 45,
  LEAST_DISTINCT = 24, /* codes of a window */
  TEXT = 20,           /* characters */
  TEXT_LEAPS = 6,
  PACKETS = 3,  /* that hold such stretches, at least */
  OCTETS = 512, /* of data, at least */
};

#define MOST_UNLIKE 3.0 /* from the mean of all cells, up or down */
#define SIGN_BIAS 0.1

typedef struct
{
  guint64 cells[CELLS]; /* of what is perhaps no sound */
  guint64 octets, packets, pairs, same;
  guint64 texts;
} Voice;

typedef struct
{
  LensByTrack tracks; /* Voice */
} AudioContent;

static const LensChannelText channels[] = {
  { .id = "audio-transteg",
    .summary = "Packets that are declared as sound hold data of another kind.",
    .room = "Some of the sound leaps as data do; some sounds do so too.",
    .filter_hint = "rtp",
    .reference = "ITU-T G.711; RFC 3551 section 4.5.14",
    .hides = TRUE,
    .unit = LENS_UNIT_AUDIO },
  { NULL },
};

static void
take (LensLedger *ledger, const LensUnit *unit, const char *subject, gsize start, gsize end)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "audio-transteg", unit, subject);

  lens_ledger_room (ledger, carrier, unit, 8 * (end - start));
  lens_ledger_use (ledger, carrier, unit, 8 * (end - start), start, end - start);
}

static gboolean
leaps (gboolean a_law, guint8 before, guint8 code)
{
  gint step = (gint)lens_g711_segment (a_law, code) - (gint)lens_g711_segment (a_law, before);

  return ABS (step) >= LEAP;
}

/* --- data --- */

/* Of the WINDOW samples at @octets, among which are so many leaps: those, which are rare in sound,
 * are asked first. */
static gboolean
is_rough (gboolean a_law, const guint8 *octets, guint n_leaps)
{
  guint segments[LENS_G711_SEGMENTS] = { 0 }, distinct = 0, quiet = 0;
  guint loudest = LENS_G711_SEGMENTS - 1;
  guint8 seen[256] = { 0 };

  if (100 * n_leaps < LEAST_LEAPS * WINDOW || 100 * n_leaps > MOST_LEAPS * WINDOW)
    return FALSE;
  for (guint i = 0; i < WINDOW; i++)
    {
      segments[lens_g711_segment (a_law, octets[i])]++;
      distinct += !seen[octets[i]];
      seen[octets[i]] = 1;
    }
  while (segments[loudest] == 0)
    loudest--;
  for (guint i = 0; i + LEAP <= loudest; i++)
    quiet += segments[i];
  return distinct >= LEAST_DISTINCT && 100 * quiet >= LEAST_QUIET * WINDOW;
}

/* Samples that are looked at at once. */
typedef guint8 Lanes __attribute__ ((vector_size (16)));

static Lanes
segments_at (gboolean a_law, const guint8 *octets)
{
  Lanes codes;

  memcpy (&codes, octets, sizeof codes);
  return (codes ^ (guint8)(a_law ? 0x55 : 0x7f)) >> 4 & 7;
}

/* Those that end at the samples from @octets on: as many as there are lanes. */
static guint
count_in_lanes (gboolean a_law, const guint8 *octets)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);
  Lanes step = segments_at (a_law, octets) - segments_at (a_law, octets - 1) + (guint8)(LEAP - 1);
  Lanes found = (Lanes)(step > (guint8)(2 * (LEAP - 1))) & 1;
  guint64 halves[2];

  memcpy (halves, &found, sizeof halves);
  return (guint)((halves[0] + halves[1]) * ones >> 56);
}

/* From sample to sample: those that end at @from to @to, the latter not included. */
static guint
count_leaps (gboolean a_law, const guint8 *octets, gsize from, gsize to)
{
  guint n = 0;
  gsize i = from;

  for (; i + sizeof (Lanes) <= to; i += sizeof (Lanes))
    n += count_in_lanes (a_law, octets + i);
  for (; i < to; i++)
    n += leaps (a_law, octets[i - 1], octets[i]);
  return n;
}

static void
take_data (LensLedger *ledger, Voice *voice, const LensUnit *unit, gsize start, gsize end)
{
  const guint8 *octets = unit->view.octets;

  for (gsize i = start; i < end; i++)
    voice->cells[octets[i] >> 4]++;
  for (gsize i = start + 1; i < end; i++)
    voice->same += ((octets[i] ^ octets[i - 1]) & 0x80) == 0;
  voice->pairs += end - start - 1;
  voice->octets += end - start;
  take (ledger, unit, NULL, start, end);
}

/* Stretches of rough windows. */
static void
see_data (LensLedger *ledger, Voice *voice, const LensUnit *unit, gboolean a_law)
{
  const guint8 *octets = unit->view.octets;
  gsize start = 0, end = 0;
  guint64 before = voice->octets;
  guint n_leaps = 0; /* in the window */

  for (gsize at = 0; at + WINDOW <= unit->view.length; at += STRIDE)
    {
      if (at == 0)
        n_leaps = count_leaps (a_law, octets, 1, WINDOW);
      else
        n_leaps += count_leaps (a_law, octets, at + WINDOW - STRIDE, at + WINDOW)
                   - count_leaps (a_law, octets, at + 1 - STRIDE, at + 1);
      if (!is_rough (a_law, octets + at, n_leaps))
        continue;
      if (at > end && end > start)
        take_data (ledger, voice, unit, start, end);
      if (at > end || end == start)
        start = at;
      end = at + WINDOW;
    }
  if (end > start)
    take_data (ledger, voice, unit, start, end);
  voice->packets += voice->octets > before;
}

/* All sizes of both signs are alike, and a sign says nothing of the next. */
static gboolean
is_data (const Voice *voice)
{
  double mean = (double)voice->octets / CELLS;

  if (voice->packets < PACKETS || voice->octets < OCTETS)
    return FALSE;
  for (guint i = 0; i < CELLS; i++)
    if ((double)voice->cells[i] * MOST_UNLIKE < mean
        || (double)voice->cells[i] > MOST_UNLIKE * mean)
      return FALSE;
  return fabs ((double)voice->same / (double)voice->pairs - 0.5) < SIGN_BIAS;
}

/* --- text --- */

/* From the first leap to the last of a stretch of one sign. */
static gboolean
is_text (gboolean a_law, const guint8 *octets, gsize start, gsize end, gsize *first, gsize *last)
{
  gsize n_leaps = 0;

  for (gsize i = start + 1; i < end; i++)
    if (leaps (a_law, octets[i - 1], octets[i]))
      {
        *first = n_leaps == 0 ? i - 1 : *first;
        *last = i;
        n_leaps++;
      }
  gsize span = n_leaps > 0 ? *last - *first : 0;
  return n_leaps >= TEXT_LEAPS && span >= TEXT && 100 * n_leaps >= LEAST_LEAPS_OF_TEXT * span
         && 100 * n_leaps <= MOST_LEAPS * span;
}

static void
see_text (LensLedger *ledger, Voice *voice, const LensUnit *unit, gboolean a_law)
{
  const guint8 *octets = unit->view.octets;
  gsize length = unit->view.length, first = 0, last = 0;
  guint texts = 0;

  for (gsize start = 0, end; start < length; start = end)
    {
      end = start + 1;
      while (end < length && ((octets[end] ^ octets[start]) & 0x80) == 0)
        end++;
      if (end - start < TEXT || !is_text (a_law, octets, start, end, &first, &last))
        continue;
      take (ledger, unit, "one sign", first, last + 1);
      texts++;
    }
  voice->texts += texts > 0;
}

/* --- see and conclude --- */

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  AudioContent *state = data;
  const char *codec = unit->audio->format->codec;
  gboolean a_law = g_str_equal (codec, "PCMA");

  if (!a_law && !g_str_equal (codec, "PCMU"))
    return;
  Voice *voice = lens_by_track (&state->tracks, unit->track, sizeof (Voice));
  /* In sound they are rare: neither data nor text has fewer. */
  G_STATIC_ASSERT (100 * TEXT_LEAPS <= LEAST_LEAPS * WINDOW);
  if (count_leaps (a_law, unit->view.octets, 1, unit->view.length) < TEXT_LEAPS)
    return;
  see_data (ledger, voice, unit, a_law);
  see_text (ledger, voice, unit, a_law);
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
      if (!(carrier->subject != NULL ? voice->texts >= PACKETS : is_data (voice)))
        lens_ledger_find_room (ledger, carrier, "It may be sound.");
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((AudioContent *)data)->tracks, NULL);
}

/* --- seed --- */

/* All of a packet is something else, of which a part is the message. */
static void
put_other_data (LensSeedBed *bed, const LensSeedPlace *place)
{
  enum
  {
    MOST = 4
  };
  gsize length = place->end - place->start;
  g_autofree guint8 *octets = g_malloc (length);
  gsize count = lens_seed_bed_take (bed, octets, MOST);

  if (count == 0)
    return;
  lens_seed_bed_fill (bed, octets + count, length - count);
  for (gsize i = 0; i < count; i++)
    lens_seed_bed_set (bed, place->start + i, 0xff, octets[i]);
  lens_seed_bed_replace (bed, place->start + count, octets + count, length - count);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_AUDIO, &place))
    if (place.end - place.start >= 2 * WINDOW)
      put_other_data (bed, &place);
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_audio_content = {
  .name = "audio-content",
  .question = "Is what G.711 carries sound?",
  .source = "ITU-T G.711; RFC 3551 section 4.5.14",
  .units = LENS_UNIT_AUDIO,
  .channels = channels,
  .state_size = sizeof (AudioContent),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
