#include "ledger/ticks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum
{
  AROUND = 16,     /* units on each side that a unit is compared with */
  NEAR = 8,        /* of these, so many are where it is, give or take rounding */
  MAX_MASKED = 12, /* low bits */
  PHASES = 64,     /* tried of a line */
  COARSE = 32,     /* ticks: the unit of a clock that counts in larger ones */
};

/* Shares of the units. */
#define EXACT 0.35 /* so many are exactly on the line, if it is the line of a counter */
#define ODD 0.10   /* so many off it are more than hiccups */
#define LIKE 0.60  /* steps like the median one, if there is a step at all */
#define HIGH_BITS 0.97
#define COARSELY 0.95 /* so many units are off by whole units of a coarse clock, if it is one */
#define TURNS 0.20    /* so few turns make a drift; noise has two for three units */

typedef struct
{
  guint n;
  gint64 *ticks; /* since the first */
  gint64 *steps; /* since the first, in whole steps */
  gint64 *off;   /* from the line at hand */
} Run;

static gint
compare (gconstpointer a, gconstpointer b)
{
  const gint64 *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static gint64
common_divisor (gint64 a, gint64 b)
{
  while (b != 0)
    {
      gint64 rest = a % b;
      a = b;
      b = rest;
    }
  return a;
}

/* The least size among those that are frequent: not much less than the most frequent one.  Where
 * units hold several of a smaller one, that one: 4 or 5 coded frames of 1024 samples.  0: none
 * is. */
static gint64
frequent_size (const gint64 *sizes, guint n)
{
  gint64 least = 0, divisor = 0;

  for (guint round = 0, most = 0; round < 2; round++)
    for (guint i = 0, run = 0; i < n; i++)
      {
        run = i > 0 && sizes[i] == sizes[i - 1] ? run + 1 : 1;
        gboolean ends = i + 1 == n || sizes[i + 1] != sizes[i];
        if (round == 0)
          most = MAX (most, run);
        else if (ends && run * 20 >= n && run * 3 >= most && sizes[i] > 1)
          {
            least = least == 0 ? sizes[i] : least;
            divisor = common_divisor (sizes[i], divisor);
          }
      }
  return divisor * 8 >= least ? divisor : least;
}

/* The step by which units follow each other: a frequent one, or the median, if most are like
 * it.  0: there is none. */
static gint64
find_step (const guint32 *stamps, guint n)
{
  g_autofree gint64 *sizes = g_new (gint64, n - 1);
  guint like = 0;

  for (guint i = 0; i + 1 < n; i++)
    sizes[i] = ABS ((gint64)(gint32)(stamps[i + 1] - stamps[i]));
  qsort (sizes, n - 1, sizeof *sizes, compare);
  gint64 step = frequent_size (sizes, n - 1), median = sizes[(n - 1) / 2];
  if (step != 0)
    return step;
  for (guint i = 0; i < n - 1; i++)
    like += sizes[i] > median * 3 / 4 && sizes[i] < median * 5 / 4;
  return median > 1 && like >= LIKE * (n - 1) ? median : 0;
}

static void
measure (Run *run, const guint32 *stamps, gint64 step)
{
  run->ticks[0] = run->steps[0] = 0;
  for (guint i = 1; i < run->n; i++)
    {
      gint64 size = (gint32)(stamps[i] - stamps[i - 1]);
      gint64 half = size < 0 ? -step / 2 : step / 2;
      run->ticks[i] = run->ticks[i - 1] + size;
      run->steps[i] = run->steps[i - 1] + (size + half) / step;
    }
}

/* A line's slope that half of the units do not move: between the medians of both ends. */
static double
find_slope (const Run *run, gint64 step)
{
  guint quarter = run->n / 4;
  g_autofree gint64 *off = g_new (gint64, quarter);
  gint64 ends[2];

  for (guint end = 0; end < 2; end++)
    {
      guint from = end == 0 ? 0 : run->n - quarter;
      for (guint i = 0; i < quarter; i++)
        off[i] = run->ticks[from + i] - step * run->steps[from + i];
      qsort (off, quarter, sizeof *off, compare);
      ends[end] = off[quarter / 2];
    }
  gint64 between = run->steps[run->n - 1 - quarter / 2] - run->steps[quarter / 2];
  return (double)step + (between != 0 ? (double)(ends[1] - ends[0]) / (double)between : 0);
}

static void
measure_off (Run *run, double slope, double phase)
{
  for (guint i = 0; i < run->n; i++)
    run->off[i] = run->ticks[i] - (gint64)floor (slope * (double)run->steps[i] + phase);
}

/* How many of the units around @i are as far off as it is, give or take @slack. */
static guint
count_like (const Run *run, guint i, gint64 slack)
{
  guint from = i > AROUND ? i - AROUND : 0, to = MIN (i + AROUND + 1, run->n), count = 0;

  for (guint k = from; k < to; k++)
    count += k != i && ABS (run->off[k] - run->off[i]) <= slack;
  return count;
}

/* Where most units near @i are, and how many. */
static gint64
common_off (const Run *run, guint i, guint *most)
{
  guint from = i > AROUND ? i - AROUND : 0, to = MIN (i + AROUND + 1, run->n);
  gint64 common = run->off[i];

  *most = 0;
  /* No other can be where more are than half of them. */
  for (guint k = from; k < to && 2 * *most < to - from; k++)
    {
      guint count = 0;
      for (guint l = from; l < to; l++)
        count += run->off[l] == run->off[k];
      if (count > *most)
        {
          *most = count;
          common = run->off[k];
        }
    }
  return common;
}

static guint8
bits_of (guint64 number)
{
  return (guint8)(number == 0 ? 0 : g_bit_storage (number));
}

static gint
compare_ticks (gconstpointer a, gconstpointer b)
{
  const LensTicksOff *x = a, *y = b;

  return (x->ticks > y->ticks) - (x->ticks < y->ticks);
}

/* By whole units of a clock that counts in larger ones, milliseconds for one. */
static gboolean
are_coarse (const LensTicksOff *offs, guint n)
{
  gint64 unit = G_MAXINT64;
  guint whole = 0;

  for (guint i = 0; i < n; i++)
    unit = MIN (unit, ABS (offs[i].off));
  for (guint i = 0; i < n; i++)
    whole += offs[i].off % unit == 0;
  return unit >= COARSE && whole >= COARSELY * n;
}

gboolean
lens_ticks_drift (LensTicksOff *offs, guint n)
{
  guint turns = 0;

  if (n <= 2)
    return FALSE;
  qsort (offs, n, sizeof *offs, compare_ticks);
  for (guint i = 1; i + 1 < n; i++)
    turns += (offs[i].off > offs[i - 1].off && offs[i].off > offs[i + 1].off)
             || (offs[i].off < offs[i - 1].off && offs[i].off < offs[i + 1].off);
  return turns < TURNS * (n - 2) && offs[0].off != offs[n - 1].off;
}

/* Whether a clock explains what is off. */
static gboolean
is_clockwork (const Run *run, const guint8 *odd)
{
  g_autofree LensTicksOff *offs = g_new (LensTicksOff, run->n);
  guint n = 0, most;

  for (guint i = 0; i < run->n; i++)
    if (odd[i] > 0)
      offs[n++] = (LensTicksOff){ run->ticks[i], run->off[i] - common_off (run, i, &most) };
  return n > 0 && (are_coarse (offs, n) || lens_ticks_drift (offs, n));
}

/* Counted, with exceptions. */
static gboolean
judge_grid (Run *run, LensTicks *ticks, guint8 *odd)
{
  guint exact = 0, far = 0, most;

  for (guint i = 0; i < run->n; i++)
    {
      exact += run->off[i] == common_off (run, i, &most);
      far += count_like (run, i, 1) < NEAR;
    }
  if (exact < EXACT * run->n || far < ODD * run->n)
    return FALSE;
  for (guint i = 0; i < run->n; i++)
    {
      gint64 off = run->off[i] - common_off (run, i, &most);
      gboolean alone = 2 * count_like (run, i, 0) < most;
      odd[i] = alone ? MIN (bits_of ((guint64)ABS (off)), 32) : 0;
    }
  if (is_clockwork (run, odd))
    {
      memset (odd, 0, run->n);
      *ticks = (LensTicks){ LENS_TICKS_FREE, 0, 0 };
    }
  else
    *ticks = (LensTicks){ LENS_TICKS_GRID, far, 0 };
  return TRUE;
}

/* floor(), of what is far from the end of the range; it is a call otherwise. */
static gint64
whole_of (double number)
{
  gint64 cut = (gint64)number;

  return cut - ((double)cut > number);
}

/* Whether the bits above the low @bits are those of the line in nearly all units. */
static gboolean
are_high_bits_same (const Run *run, const gint64 *stamps, const double *line, double phase,
                    guint bits)
{
  const guint most = (guint)((1 - HIGH_BITS) * run->n); /* others */
  guint others = 0;

  for (guint i = 0; i < run->n && others <= most; i++)
    others += ((stamps[0] + whole_of (line[i] + phase)) ^ stamps[i]) >> bits != 0;
  return others <= most && (double)(run->n - others) / run->n >= HIGH_BITS;
}

/* How far the units are from the line, as a standard deviation. */
static double
spread_of (const Run *run, const double *line, double phase)
{
  double sum = 0, squares = 0;

  for (guint i = 0; i < run->n; i++)
    {
      double off = (double)(whole_of (line[i] + phase) - run->ticks[i]);
      sum += off;
      squares += off * off;
    }
  return sqrt (MAX (squares / run->n - sum / run->n * (sum / run->n), 0));
}

/* Whether the low @bits say all kinds of things: those of a coarse clock do not. */
static gboolean
are_lively (const Run *run, guint32 first, guint bits)
{
  guint8 seen[1u << MAX_MASKED] = { 0 };
  guint values = 0;

  for (guint i = 0; i < run->n; i++)
    {
      guint low = (guint)((guint64)((gint64)first + run->ticks[i]) & ((1u << bits) - 1));
      values += !seen[low];
      seen[low] = 1;
    }
  return values >= MIN (1u << bits, run->n) / 2;
}

/* Where enough units are exactly on the line, the others spoke. */
static guint
mark_masked (Run *run, guint bits, guint8 *odd)
{
  guint exact = 0, most;

  for (guint i = 0; i < run->n; i++)
    {
      odd[i] = run->off[i] == common_off (run, i, &most) ? 0 : (guint8)bits;
      exact += odd[i] == 0;
    }
  if (exact >= EXACT * run->n)
    return run->n - exact;
  memset (odd, (int)bits, run->n);
  return run->n;
}

/* Counted, and the low bits of nearly all of them replaced: a jitter would carry over. */
static gboolean
judge_masked (Run *run, guint32 first, double slope, LensTicks *ticks, guint8 *odd)
{
  g_autofree gint64 *stamps = g_new (gint64, run->n);
  g_autofree double *line = g_new (double, run->n);

  for (guint i = 0; i < run->n; i++)
    {
      stamps[i] = (gint64)first + run->ticks[i];
      line[i] = slope * (double)run->steps[i];
    }
  /* No phase spreads them by more than what it rounds: a standard deviation of at most 1/2. */
  const double most = spread_of (run, line, 0) + 2;
  for (guint bits = 2; bits <= MAX_MASKED && (double)(1u << bits) / 5 <= most; bits++)
    for (guint p = 0; p < PHASES; p++)
      {
        double width = (double)(1u << bits);
        double phase = width * (2.0 * p / PHASES - 1);
        if (!are_high_bits_same (run, stamps, line, phase, bits)
            || spread_of (run, line, phase) < width / 5 || !are_lively (run, first, bits))
          continue;
        measure_off (run, slope, 0);
        *ticks = (LensTicks){ LENS_TICKS_MASKED, mark_masked (run, bits, odd), bits };
        return TRUE;
      }
  return FALSE;
}

static gint64
median_off (const Run *run)
{
  g_autofree gint64 *sorted = g_memdup2 (run->off, run->n * sizeof *sorted);

  qsort (sorted, run->n, sizeof *sorted, compare);
  return sorted[run->n / 2];
}

LensTicks
lens_ticks_judge (const guint32 *stamps, guint n, guint8 *odd)
{
  LensTicks ticks = { LENS_TICKS_FREE, 0, 0 };

  for (guint i = 0; i < n; i++)
    odd[i] = 0;
  gint64 step = n >= LENS_TICKS_LEAST ? find_step (stamps, n) : 0;
  if (step == 0)
    return ticks;
  g_autofree gint64 *room = g_new0 (gint64, 3 * n);
  Run run = { n, room, room + n, room + 2 * n };
  measure (&run, stamps, step);
  double slope = find_slope (&run, step);
  measure_off (&run, (double)step, 0);
  if (judge_grid (&run, &ticks, odd))
    {
      if (ticks.kind == LENS_TICKS_FREE)
        return ticks;
      /* A step that is no whole number looks like that too. */
      g_autofree guint8 *again = g_new0 (guint8, n);
      LensTicks other = { LENS_TICKS_FREE, 0, 0 };
      measure_off (&run, slope, 0);
      measure_off (&run, slope, (double)median_off (&run));
      guint near = 0;
      for (guint i = 0; i < n; i++)
        near += ABS (run.off[i]) <= 1;
      if (near < (1 - ODD) * n || judge_grid (&run, &other, again))
        return ticks;
      for (guint i = 0; i < n; i++)
        odd[i] = 0;
      return (LensTicks){ LENS_TICKS_FREE, 0, 0 };
    }
  if (!judge_masked (&run, stamps[0], round (slope), &ticks, odd))
    judge_masked (&run, stamps[0], slope, &ticks, odd);
  return ticks;
}
