/* h264-filler-length: does filler fill up to a rate?
 *
 * ITU-T H.264 (08/2021) C.1: an encoder at a constant bit rate sends filler data when the
 * decoder's buffer would otherwise run full.  So from one picture with filler to the next the
 * stream has just as many octets as the rate has in the time between, whatever the pictures
 * take.  Filler that brings about no rate is as long as somebody wants it to be.
 *
 * Benign: one length, or lengths in a step; filler up to one size of picture, or to a multiple
 * of sixteen octets; a rate that the description names or not.
 *
 *   use    8 bits for each filler NAL unit, where most follow no rule
 */
#include "ledger/by-track.h"
#include "ledger/h264-watch.h"
#include "ledger/habit.h"
#include "ledger/seed-bed.h"

#include <math.h>
#include <string.h>

enum
{
  FEW = 16,         /* pictures with filler that are no finding */
  MAX_SPANS = 1024, /* of time between such pictures: what is judged */
  START_CODE = 4,   /* octets before each unit that an encoder counts (Annex B) */
  ALIGNED = 16,
  SHOWN = 4, /* octets of a unit that a finding names */
};

typedef enum
{
  BY_TIME,
  BY_PICTURE,
  N_CLOCKS,
} Clock;

/* From the end of one picture with filler to the end of the next. */
typedef struct
{
  guint32 ticks[N_CLOCKS];
  gboolean regular; /* a rule explains the length */
  guint64 octets;
} Span;

typedef struct
{
  LensH264Watch watch;
  GArray *spans;
  LensHabit lengths, sizes, residues; /* of filler, of pictures with it, these modulo ALIGNED */
  gboolean started;                   /* a picture with filler came, and nothing is missing since */
  guint32 since;                      /* its time stamp */
  guint64 octets;                     /* behind it, up to the picture at hand */
  guint32 pictures;                   /* since then */
  guint64 picture, filler;            /* octets of the picture at hand */
  guint32 timestamp;                  /* of the picture at hand */
} Fill;

#define FILLER_LENGTH "h264-filler-length"

static const LensChannelText channels[] = {
  { .id = FILLER_LENGTH,
    .summary = "The video is filled up by lengths that lead to no rate; the lengths can carry "
               "data.",
    .filter_hint = "h264.nal_unit_type == 12",
    .reference = "ITU-T H.264 (08/2021) 7.3.2.7 and C.1",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { NULL },
};

/* All three see each picture. */
static gboolean
follows_habit (Fill *fill)
{
  gboolean length = lens_habit_take (&fill->lengths, fill->filler);
  gboolean size = lens_habit_take (&fill->sizes, fill->picture);
  gboolean residue = lens_habit_take (&fill->residues, fill->picture % ALIGNED);

  return length || size || residue;
}

static void
end_picture (Fill *fill)
{
  fill->octets += fill->picture;
  fill->pictures++;
  if (fill->filler > 0)
    {
      Span span = { .ticks = { fill->timestamp - fill->since, fill->pictures },
                    .regular = follows_habit (fill),
                    .octets = fill->octets };
      if (fill->started && fill->spans->len < MAX_SPANS)
        g_array_append_val (fill->spans, span);
      fill->started = TRUE;
      fill->since = fill->timestamp;
      fill->octets = fill->pictures = 0;
    }
  fill->picture = fill->filler = 0;
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  Fill *fill = lens_by_track (state, unit->track, sizeof (Fill));
  gsize length = START_CODE + unit->view.length;

  lens_h264_watch_take (&fill->watch, unit);
  if (fill->spans == NULL)
    fill->spans = g_array_new (FALSE, FALSE, sizeof (Span));
  if (fill->watch.lost)
    {
      fill->started = FALSE;
      fill->picture = fill->filler = 0;
    }
  else if (fill->watch.new_timestamp)
    end_picture (fill);
  fill->timestamp = unit->nal->timestamp;
  fill->picture += length;
  if (unit->nal->type != LENS_H264_FILLER)
    return;
  fill->filler += length;
  LensCarrier *carrier = lens_ledger_carrier (ledger, FILLER_LENGTH, unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8);
  lens_ledger_use (ledger, carrier, unit, 8, 0, MIN (SHOWN, unit->view.length));
}

/* --- what came of it --- */

static double
rate_of (const Span *span, Clock clock)
{
  return (double)span->octets / (double)MAX (1, span->ticks[clock]);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const double *one = a, *other = b;

  return (*one > *other) - (*one < *other);
}

static double
median_rate (const GArray *spans, Clock clock)
{
  g_autoptr (GArray) rates = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < spans->len; i++)
    {
      double rate = rate_of (&g_array_index (spans, Span, i), clock);
      g_array_append_val (rates, rate);
    }
  g_array_sort (rates, compare);
  return g_array_index (rates, double, rates->len / 2);
}

/* To a hundredth of what came, and what rounding and lengths of start codes account for. */
static gboolean
is_at_rate (const Span *span, Clock clock, double rate)
{
  double apart = fabs ((double)span->octets - rate * span->ticks[clock]);

  return apart <= 16 + (double)span->octets / 100;
}

static gboolean
follows_no_rule (const Fill *fill)
{
  guint wild[N_CLOCKS] = { 0 };

  if (fill == NULL || fill->spans->len < FEW)
    return FALSE;
  for (Clock clock = BY_TIME; clock < N_CLOCKS; clock++)
    {
      double rate = median_rate (fill->spans, clock);
      for (guint i = 0; i < fill->spans->len; i++)
        {
          const Span *span = &g_array_index (fill->spans, Span, i);
          wild[clock] += !span->regular && !is_at_rate (span, clock, rate);
        }
    }
  guint least = MIN (wild[BY_TIME], wild[BY_PICTURE]);
  return least >= FEW && least > fill->spans->len / 2;
}

/* The length speaks, not the octets, which are all the same. */
static LensSeverity
severity (LensLedger *ledger, const LensCarrier *carrier)
{
  return MAX (LENS_SEVERITY_MEDIUM, lens_ledger_severity (ledger, carrier));
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (g_str_equal (carrier->channel, FILLER_LENGTH)
          && follows_no_rule (lens_by_track_peek (state, carrier->track)))
        lens_ledger_find (ledger, carrier, severity (ledger, carrier), NULL, NULL);
    }
}

static void
fill_clear (gpointer data)
{
  Fill *fill = data;

  lens_h264_watch_clear (&fill->watch);
  g_clear_pointer (&fill->spans, g_array_unref);
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, fill_clear);
}

/* Filler of any length in the packets of units that were alone. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[1 + 0xff + 1];
  guint32 count;

  memset (octets, 0xff, sizeof octets);
  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || place.spare < 2 * sizeof octets
          || lens_seed_bed_take_bits (bed, &count, 8) == 0)
        continue;
      octets[count + 1] = 0x80;
      lens_seed_bed_put_nal (bed, LENS_H264_FILLER, octets, count + 2);
      octets[count + 1] = 0xff;
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h264_filler_length = {
  .name = "h264-filler-length",
  .question = "Is filler as long as a constant rate demands?",
  .source = "ITU-T H.264 (08/2021) 7.3.2.7 and C.1",
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
