#include "ledger/drawn.h"

/* Of two that know nothing of each other four in nine are a third of the range apart. */
#define FAR 3

typedef struct
{
  gint64 least;
  guint64 size; /* values that it has */
} Span;

static Span
span_of (const gint64 *values, guint n)
{
  gint64 least = values[0], most = values[0];

  for (guint i = 1; i < n; i++)
    {
      least = MIN (least, values[i]);
      most = MAX (most, values[i]);
    }
  return (Span){ least, (guint64)most - (guint64)least + 1 };
}

static gboolean
are_even (const gint64 *values, guint n, guint parts, Span span)
{
  guint counts[LENS_DRAWN_PARTS] = { 0 };

  for (guint i = 0; i < n; i++)
    counts[(guint64)(values[i] - span.least) * parts / span.size]++;
  for (guint i = 0; i < parts; i++)
    if (counts[i] * parts * 5 < n * 2 || counts[i] * parts > n * 2)
      return FALSE;
  return TRUE;
}

static gboolean
are_fresh (const gint64 *values, guint n, Span span)
{
  guint far = 0;

  for (guint i = 1; i < n; i++)
    far += (guint64)ABS (values[i] - values[i - 1]) * FAR >= span.size;
  return far * FAR >= n;
}

gboolean
lens_are_drawn (const gint64 *values, guint n, guint parts)
{
  if (n == 0 || parts == 0 || parts > LENS_DRAWN_PARTS)
    return FALSE;
  Span span = span_of (values, n);
  if (span.size == 0 || span.size > G_MAXUINT32)
    return FALSE;
  return are_even (values, n, parts, span) && are_fresh (values, n, span);
}
