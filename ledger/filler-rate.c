#include "ledger/filler-rate.h"

#include "ledger/by-track.h"

#include <math.h>

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

/* All three see each picture. */
static gboolean
follows_habit (LensFillerRate *fill)
{
  gboolean length = lens_habit_take (&fill->lengths, fill->filler);
  gboolean size = lens_habit_take (&fill->sizes, fill->picture);
  gboolean residue = lens_habit_take (&fill->residues, fill->picture % ALIGNED);

  return length || size || residue;
}

static void
end_picture (LensFillerRate *fill)
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

void
lens_filler_rate_take (LensFillerRate *fill, guint16 first, guint16 last, guint32 timestamp,
                       gsize length, gboolean is_filler)
{
  gboolean lost = fill->begun && first != fill->sequence && first != (guint16)(fill->sequence + 1);
  gboolean new_picture = !fill->begun || timestamp != fill->timestamp;

  if (fill->spans == NULL)
    fill->spans = g_array_new (FALSE, FALSE, sizeof (Span));
  if (lost)
    {
      fill->started = FALSE;
      fill->picture = fill->filler = 0;
    }
  else if (new_picture)
    end_picture (fill);
  fill->begun = TRUE;
  fill->sequence = last;
  fill->timestamp = timestamp;
  fill->picture += START_CODE + length;
  if (is_filler)
    fill->filler += START_CODE + length;
}

void
lens_filler_rate_use (LensLedger *ledger, const LensUnit *unit, const char *channel)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, LENS_SUBJECT_FILLER_LENGTH);

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
follows_no_rule (const LensFillerRate *fill)
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

void
lens_filler_rate_conclude (LensLedger *ledger, const char *analyzer, gconstpointer by_track)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (g_str_equal (carrier->analyzer, analyzer)
          && follows_no_rule (lens_by_track_peek (by_track, carrier->track)))
        lens_ledger_find (ledger, carrier, severity (ledger, carrier), NULL, NULL);
    }
}

void
lens_filler_rate_clear (gpointer data)
{
  LensFillerRate *fill = data;

  g_clear_pointer (&fill->spans, g_array_unref);
}
