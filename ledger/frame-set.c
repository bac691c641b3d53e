#include "ledger/frame-set.h"

static LensFrameSpan *
at (const LensFrameSet *set, guint index)
{
  return &g_array_index (set->ranges, LensFrameSpan, index);
}

/* The index of the first range that ends at @frame - 1 or later. */
static guint
position (const LensFrameSet *set, guint64 frame)
{
  guint low = 0, high = set->ranges->len;

  if (high > 0 && at (set, high - 1)->last + 1 < frame)
    return high;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (at (set, middle)->last + 1 < frame)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Most sets are a single run of frames.  TRUE when @frame fits it. */
static gboolean
fits_only (LensFrameSet *set, guint64 frame)
{
  LensFrameSpan *only = &set->only;

  if (set->count == 0)
    *only = (LensFrameSpan){ frame, frame };
  else if (frame >= only->first && frame <= only->last)
    return TRUE;
  else if (frame == only->last + 1)
    only->last = frame;
  else if (frame + 1 == only->first)
    only->first = frame;
  else
    return FALSE;
  set->count++;
  return TRUE;
}

/* The middle ranges, too many to be told. */
static void
forget (LensFrameSet *set)
{
  guint n = set->ranges->len - LENS_FRAME_SET_FIRST - LENS_FRAME_SET_LAST;
  guint64 first = at (set, LENS_FRAME_SET_FIRST)->first;
  guint64 last = at (set, LENS_FRAME_SET_FIRST + n - 1)->last;

  set->only.first = set->only.first == 0 ? first : MIN (set->only.first, first);
  set->only.last = MAX (set->only.last, last);
  g_array_remove_range (set->ranges, LENS_FRAME_SET_FIRST, n);
}

static void
insert (LensFrameSet *set, guint index, guint64 frame)
{
  const LensFrameSpan span = { frame, frame };

  g_array_insert_val (set->ranges, index, span);
  if (set->ranges->len >= LENS_FRAME_SET_RANGES)
    forget (set);
}

static void
begin_ranges (LensFrameSet *set)
{
  set->ranges = g_array_sized_new (FALSE, FALSE, sizeof (LensFrameSpan), 2);
  g_array_append_val (set->ranges, set->only);
  set->only = (LensFrameSpan){ 0, 0 };
}

/* @fresh: a frame among the forgotten ones is none of them. */
static void
add (LensFrameSet *set, guint64 frame, gboolean fresh)
{
  if (set->ranges == NULL)
    {
      if (fits_only (set, frame))
        return;
      begin_ranges (set);
    }
  guint index = position (set, frame);
  LensFrameSpan *range = index < set->ranges->len ? at (set, index) : NULL;
  gboolean forgotten = frame >= set->only.first && frame <= set->only.last;

  if (range != NULL && frame >= range->first && frame <= range->last)
    return;
  set->count += fresh || !forgotten;
  if (forgotten)
    return;
  if (range != NULL && frame == range->last + 1)
    {
      range->last = frame;
      if (index + 1 < set->ranges->len && at (set, index + 1)->first == frame + 1)
        {
          range->last = at (set, index + 1)->last;
          g_array_remove_index (set->ranges, index + 1);
        }
    }
  else if (range != NULL && frame + 1 == range->first)
    range->first = frame;
  else
    insert (set, index, frame);
}

void
lens_frame_set_add (LensFrameSet *set, guint64 frame)
{
  add (set, frame, FALSE);
}

void
lens_frame_set_join (LensFrameSet *set, const LensFrameSet *more)
{
  guint64 listed = 0;

  for (guint i = 0; i < lens_frame_set_n (more); i++)
    {
      const LensFrameSpan *span = lens_frame_set_at (more, i);
      listed += span->last - span->first + 1;
      for (guint64 frame = span->first; frame <= span->last; frame++)
        add (set, frame, TRUE);
    }
  set->count += more->count - listed;
}

void
lens_frame_set_clear (LensFrameSet *set)
{
  if (set->ranges != NULL)
    g_array_unref (set->ranges);
  *set = (LensFrameSet){ 0 };
}

guint
lens_frame_set_n (const LensFrameSet *set)
{
  return set->ranges != NULL ? set->ranges->len : set->count > 0;
}

const LensFrameSpan *
lens_frame_set_at (const LensFrameSet *set, guint index)
{
  return set->ranges != NULL ? at (set, index) : &set->only;
}

guint64
lens_frame_set_first (const LensFrameSet *set)
{
  return lens_frame_set_n (set) > 0 ? lens_frame_set_at (set, 0)->first : 0;
}
