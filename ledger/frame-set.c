#include "ledger/frame-set.h"

#include <string.h>

static LensFrameSpan *
spans (LensFrameSet *set)
{
  return set->room > 0 ? set->many.ranges : set->few;
}

/* The index of the first range that ends at @frame - 1 or later. */
static guint
position (LensFrameSet *set, guint64 frame)
{
  const LensFrameSpan *all = spans (set);
  guint low = 0, high = set->n;

  if (high > 0 && all[high - 1].last + 1 < frame)
    return high;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (all[middle].last + 1 < frame)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
make_room (LensFrameSet *set)
{
  guint32 room = MAX (2 * set->room, 2 * (guint32)G_N_ELEMENTS (set->few));

  if (set->n < MAX (set->room, G_N_ELEMENTS (set->few)))
    return;
  if (set->room > 0)
    set->many.ranges = g_renew (LensFrameSpan, set->many.ranges, room);
  else
    {
      LensFrameSpan *ranges = g_new (LensFrameSpan, room);
      memcpy (ranges, set->few, sizeof set->few);
      set->many.ranges = ranges;
      set->many.forgotten = (LensFrameSpan){ 0, 0 };
    }
  set->room = room;
}

/* The middle ranges, too many to be told. */
static void
forget (LensFrameSet *set)
{
  LensFrameSpan *all = spans (set), *forgotten = &set->many.forgotten;
  guint n = set->n - LENS_FRAME_SET_FIRST - LENS_FRAME_SET_LAST;
  guint64 first = all[LENS_FRAME_SET_FIRST].first;
  guint64 last = all[LENS_FRAME_SET_FIRST + n - 1].last;

  forgotten->first = forgotten->first == 0 ? first : MIN (forgotten->first, first);
  forgotten->last = MAX (forgotten->last, last);
  memmove (&all[LENS_FRAME_SET_FIRST], &all[LENS_FRAME_SET_FIRST + n],
           LENS_FRAME_SET_LAST * sizeof *all);
  set->n -= n;
}

static void
insert (LensFrameSet *set, guint index, guint64 frame)
{
  make_room (set);
  LensFrameSpan *all = spans (set);
  memmove (&all[index + 1], &all[index], (set->n - index) * sizeof *all);
  all[index] = (LensFrameSpan){ frame, frame };
  if (++set->n >= LENS_FRAME_SET_RANGES)
    forget (set);
}

/* The range behind that one begins where it ends now. */
static void
close_gap (LensFrameSet *set, guint index)
{
  LensFrameSpan *all = spans (set);

  if (index + 1 >= set->n || all[index + 1].first != all[index].last + 1)
    return;
  all[index].last = all[index + 1].last;
  memmove (&all[index + 1], &all[index + 2], (set->n - index - 2) * sizeof *all);
  set->n--;
}

static gboolean
is_forgotten (const LensFrameSet *set, guint64 frame)
{
  return set->room > 0 && frame >= set->many.forgotten.first && frame <= set->many.forgotten.last;
}

/* @fresh: a frame among the forgotten ones is none of them. */
static void
add (LensFrameSet *set, guint64 frame, gboolean fresh)
{
  LensFrameSpan *end = set->n > 0 ? &spans (set)[set->n - 1] : NULL;
  if (end != NULL && frame >= end->first && frame <= end->last + 1)
    {
      set->count += frame > end->last;
      end->last = MAX (end->last, frame);
      return;
    }
  if (end == NULL || frame > end->last)
    {
      set->count++;
      insert (set, set->n, frame);
      return;
    }
  guint index = position (set, frame);
  LensFrameSpan *range = index < set->n ? &spans (set)[index] : NULL;
  gboolean forgotten = is_forgotten (set, frame);

  if (range != NULL && frame >= range->first && frame <= range->last)
    return;
  set->count += fresh || !forgotten;
  if (forgotten)
    return;
  if (range != NULL && frame == range->last + 1)
    {
      range->last = frame;
      close_gap (set, index);
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
  if (set->room > 0)
    g_free (set->many.ranges);
  *set = (LensFrameSet){ 0 };
}

guint
lens_frame_set_n (const LensFrameSet *set)
{
  return set->n;
}

const LensFrameSpan *
lens_frame_set_at (const LensFrameSet *set, guint index)
{
  return set->room > 0 ? &set->many.ranges[index] : &set->few[index];
}

guint64
lens_frame_set_first (const LensFrameSet *set)
{
  return set->n > 0 ? lens_frame_set_at (set, 0)->first : 0;
}
