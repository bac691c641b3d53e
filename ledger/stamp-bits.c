#include "ledger/stamp-bits.h"

#include <math.h>

enum
{
  FEWEST = 3, /* bits: fewer are in step with the rounding of the clock itself */
  MOST = 10,
};

#define LEAST_SLOPE 0.6
#define MOST_SLOPE 1.5
#define LEAST_Z 8 /* standard errors */

/* Sums for the line through points. */
typedef struct
{
  double n, x, y, xx, xy, yy;
} Line;

static void
add (Line *line, double x, double y)
{
  line->n++;
  line->x += x;
  line->y += y;
  line->xx += x * x;
  line->xy += x * y;
  line->yy += y * y;
}

static double
slope_of (const Line *line)
{
  double spread = line->xx - line->x * line->x / line->n;

  return spread > 0 ? (line->xy - line->x * line->y / line->n) / spread : 0;
}

/* How many standard errors the slope is from none. */
static double
z_of (const Line *line)
{
  double slope = slope_of (line), spread = line->xx - line->x * line->x / line->n;
  double rest = line->yy - line->y * line->y / line->n - slope * slope * spread;

  return rest > 0 ? slope * sqrt (spread * line->n / rest) : 0;
}

/* Seconds since the first sample. */
static double
seconds_of (const LensStampSample *samples, guint i)
{
  return (double)(samples[i].time_ns - samples[0].time_ns) / 1e9;
}

/* Ticks since the first stamp, over any number of wraps. */
static double *
all_ticks (const LensStampSample *samples, guint n)
{
  double *ticks = g_new0 (double, n);

  for (guint i = 1; i < n; i++)
    ticks[i] = ticks[i - 1] + (gint32)(samples[i].stamp - samples[i - 1].stamp);
  return ticks;
}

/* Stamps of one tick are one stamp. */
static gboolean
is_new (const LensStampSample *samples, guint i)
{
  return i == 0 || samples[i].stamp != samples[i - 1].stamp;
}

/* The residual to the clock against the value of the low bits. */
static Line
against_low_bits (const LensStampSample *samples, const double *ticks, guint n, const Line *clock,
                  guint bits)
{
  double rate = slope_of (clock), start = (clock->y - rate * clock->x) / clock->n;
  double limit = ldexp (1, (int)bits + 1);
  Line line = { 0 };

  for (guint i = 0; i < n; i++)
    {
      double off = ticks[i] - (start + rate * seconds_of (samples, i));
      if (is_new (samples, i))
        add (&line, samples[i].stamp & ((1u << bits) - 1), CLAMP (off, -limit, limit));
    }
  return line;
}

guint
lens_stamp_bits (const LensStampSample *samples, guint n)
{
  g_autofree double *ticks = all_ticks (samples, n);
  Line clock = { 0 };

  for (guint i = 0; i < n; i++)
    if (is_new (samples, i))
      add (&clock, seconds_of (samples, i), ticks[i]);
  if (clock.n < LENS_STAMP_BITS_LEAST || slope_of (&clock) <= 0)
    return 0;
  for (guint bits = FEWEST; bits <= MOST; bits++)
    {
      const Line line = against_low_bits (samples, ticks, n, &clock, bits);
      double slope = slope_of (&line);
      gboolean passes_all = ticks[n - 1] > ldexp (8, (int)bits);
      if (passes_all && slope >= LEAST_SLOPE && slope <= MOST_SLOPE && z_of (&line) >= LEAST_Z)
        return bits;
    }
  return 0;
}

/* --- clocks that run by themselves --- */

#define BURST_NS 200000 /* from one packet to the next */
#define FAR 4           /* ticks */
#define LEAST_SECONDS 5
#define OFF_RATE 0.02

/* The usual rate that @rate is about; 0: none. */
static double
usual_rate (double rate)
{
  static const double rates[]
      = { 1,   2,   10,  20,   50,   60,   64,   100,  128,  200,   250,   256,    300,    333,
          400, 500, 512, 1000, 1024, 2000, 4000, 5000, 8000, 10000, 32768, 100000, 1000000 };

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    if (fabs (rate / rates[i] - 1) < OFF_RATE)
      return rates[i];
  return 0;
}

gboolean
lens_stamps_run_away (const LensStampSample *samples, guint n)
{
  guint bursts = 0, far = 0;
  double ticks = 0;

  if (n < LENS_STAMP_BITS_LEAST || seconds_of (samples, n - 1) < LEAST_SECONDS)
    return FALSE;
  for (guint i = 1; i < n; i++)
    {
      gint32 step = (gint32)(samples[i].stamp - samples[i - 1].stamp);
      gboolean burst = samples[i].time_ns - samples[i - 1].time_ns < BURST_NS;
      ticks += step;
      bursts += burst;
      far += burst && step >= FAR;
    }
  double rate = ticks / seconds_of (samples, n - 1);
  /* A tick that is shorter than the burst is far from the one before. */
  return rate * BURST_NS / 1e9 < FAR && usual_rate (rate) == 0 && far >= 16 && far * 5 >= bursts;
}

/* --- clocks that run ahead of themselves --- */

#define ALONE_NS 15000000 /* a packet so long after the one before it waited for none */
#define AROUND 8          /* such packets on each side */
#define LEAST_ALONE 32
#define LEAST_AHEAD 24
#define AHEAD_IN 25
#define AHEAD 2.2 /* ticks: the clock's and the capture's rounding */

/* How far a stamp is ahead of the capture's clock. */
typedef struct
{
  double *ahead; /* of all samples */
  guint *alone;  /* numbers of those that came alone */
  guint n_alone;
} Advance;

static void
advance_init (Advance *advance, const LensStampSample *samples, guint n, const double *ticks,
              double rate)
{
  *advance = (Advance){ g_new (double, n), g_new (guint, n), 0 };
  for (guint i = 0; i < n; i++)
    {
      advance->ahead[i] = ticks[i] - rate * seconds_of (samples, i);
      if (i > 0 && samples[i].time_ns - samples[i - 1].time_ns >= ALONE_NS)
        advance->alone[advance->n_alone++] = i;
    }
}

/* What those around number @at of the lonely ones explain: the most that one of them is ahead, and
 * as much again as they differ. */
static double
limit_at (const Advance *advance, guint at)
{
  guint first = at > AROUND ? at - AROUND : 0, end = MIN (at + AROUND + 1, advance->n_alone);
  double least = G_MAXDOUBLE, most = -G_MAXDOUBLE;

  for (guint i = first; i < end; i++)
    {
      least = MIN (least, advance->ahead[advance->alone[i]]);
      most = MAX (most, advance->ahead[advance->alone[i]]);
    }
  return most + MAX (AHEAD, most - least);
}

gboolean
lens_stamps_run_ahead (const LensStampSample *samples, guint n)
{
  guint together = 0, ahead = 0;

  if (n < LENS_STAMP_BITS_LEAST || seconds_of (samples, n - 1) < LEAST_SECONDS)
    return FALSE;
  g_autofree double *ticks = all_ticks (samples, n);
  double rate = usual_rate (ticks[n - 1] / seconds_of (samples, n - 1));
  Advance advance;
  advance_init (&advance, samples, n, ticks, rate);
  for (guint at = 0; at < advance.n_alone; at++)
    {
      guint end = at + 1 < advance.n_alone ? advance.alone[at + 1] : n;
      double limit = limit_at (&advance, at);
      for (guint i = advance.alone[at] + 1; i < end; i++)
        ahead += advance.ahead[i] > limit;
      together += end - advance.alone[at] - 1;
    }
  gboolean enough = advance.n_alone >= LEAST_ALONE;
  g_free (advance.ahead);
  g_free (advance.alone);
  return rate > 0 && enough && ahead >= LEAST_AHEAD && ahead * AHEAD_IN >= together;
}
