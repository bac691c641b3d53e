#include "ledger/frame-set.h"

#include <string.h>

/* As most captures have them: below 2^32. */
typedef struct
{
  guint32 first, last;
} Narrow;

static gsize
size_of_one (const LensFrameSet *set)
{
  return set->room == 0 || set->wide ? sizeof (LensFrameSpan) : sizeof (Narrow);
}

static gpointer
place (LensFrameSet *set, guint index)
{
  guint8 *all = set->room > 0 ? set->many.ranges : (gpointer)set->few;

  return all + index * size_of_one (set);
}

static LensFrameSpan
get (const LensFrameSet *set, guint index)
{
  if (set->room == 0)
    return set->few[index];
  if (set->wide)
    return ((const LensFrameSpan *)set->many.ranges)[index];
  const Narrow *range = (const Narrow *)set->many.ranges + index;
  return (LensFrameSpan){ range->first, range->last };
}

/* All frames of @span fit the set. */
static void
put (LensFrameSet *set, guint index, LensFrameSpan span)
{
  if (set->room == 0)
    set->few[index] = span;
  else if (set->wide)
    ((LensFrameSpan *)set->many.ranges)[index] = span;
  else
    ((Narrow *)set->many.ranges)[index] = (Narrow){ (guint32)span.first, (guint32)span.last };
}

/* Ranges from @from on lie from @to on now. */
static void
move (LensFrameSet *set, guint to, guint from)
{
  memmove (place (set, to), place (set, from), (set->n - from) * size_of_one (set));
}

/* Room for @room ranges, as wide as asked for. */
static void
make_anew (LensFrameSet *set, guint32 room, gboolean wide)
{
  const LensFrameSet old = *set;
  const LensFrameSpan none = { 0, 0 };

  set->many.ranges = wide ? (gpointer)g_new (LensFrameSpan, room) : (gpointer)g_new (Narrow, room);
  set->many.forgotten = old.room > 0 ? old.many.forgotten : none;
  set->room = room & G_MAXINT32;
  set->wide = wide ? 1 : 0;
  for (guint i = 0; i < old.n; i++)
    put (set, i, get (&old, i));
  if (old.room > 0)
    g_free (old.many.ranges);
}

static gboolean
is_wide (guint64 frame)
{
  return frame > G_MAXUINT32;
}

/* For one range more, and for @frame. */
static void
make_room (LensFrameSet *set, guint64 frame)
{
  guint32 room = MAX (set->room, (guint32)G_N_ELEMENTS (set->few));
  gboolean wide = set->wide || is_wide (frame);

  if (set->n >= room)
    make_anew (set, MIN (room + MAX (room / 2, 2), LENS_FRAME_SET_RANGES),
               wide || is_wide (get (set, set->n - 1).last));
  else if (set->room > 0 && wide && !set->wide)
    make_anew (set, room, TRUE);
}

/* The index of the first range that ends at @frame - 1 or later. */
static guint
position (const LensFrameSet *set, guint64 frame)
{
  guint low = 0, high = set->n;

  if (high > 0 && get (set, high - 1).last + 1 < frame)
    return high;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (get (set, middle).last + 1 < frame)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* The middle ranges, too many to be told. */
static void
forget (LensFrameSet *set)
{
  LensFrameSpan *forgotten = &set->many.forgotten;
  guint n = set->n - LENS_FRAME_SET_FIRST - LENS_FRAME_SET_LAST;

  g_assert (set->room > 0);
  guint64 first = get (set, LENS_FRAME_SET_FIRST).first;
  guint64 last = get (set, LENS_FRAME_SET_FIRST + n - 1).last;

  forgotten->first = forgotten->first == 0 ? first : MIN (forgotten->first, first);
  forgotten->last = MAX (forgotten->last, last);
  move (set, LENS_FRAME_SET_FIRST, LENS_FRAME_SET_FIRST + n);
  set->n -= n;
}

static void
insert (LensFrameSet *set, guint index, guint64 frame)
{
  make_room (set, frame);
  move (set, index + 1, index);
  put (set, index, (LensFrameSpan){ frame, frame });
  if (++set->n >= LENS_FRAME_SET_RANGES)
    forget (set);
}

/* The range is this now, and may touch the one behind it. */
static void
widen (LensFrameSet *set, guint index, LensFrameSpan range)
{
  LensFrameSpan next = index + 1 < set->n ? get (set, index + 1) : (LensFrameSpan){ 0, 0 };

  if (next.first == range.last + 1)
    {
      range.last = next.last;
      move (set, index + 1, index + 2);
      set->n--;
    }
  put (set, index, range);
}

static gboolean
is_forgotten (const LensFrameSet *set, guint64 frame)
{
  return set->room > 0 && frame >= set->many.forgotten.first && frame <= set->many.forgotten.last;
}

/* The usual case, a frame at the end.  FALSE: it is none. */
static gboolean
add_last (LensFrameSet *set, guint64 frame)
{
  LensFrameSpan end = set->n > 0 ? get (set, set->n - 1) : (LensFrameSpan){ 0, 0 };

  if (set->n > 0 && frame < end.first)
    return FALSE;
  if (set->n > 0 && frame <= end.last)
    return TRUE;
  set->count++;
  if (set->n == 0 || frame > end.last + 1)
    insert (set, set->n, frame);
  else
    {
      if (set->room > 0 && !set->wide && is_wide (frame))
        make_anew (set, set->room, TRUE);
      put (set, set->n - 1, (LensFrameSpan){ end.first, frame });
    }
  return TRUE;
}

/* @fresh: a frame among the forgotten ones is none of them. */
static void
add (LensFrameSet *set, guint64 frame, gboolean fresh)
{
  if (add_last (set, frame))
    return;
  guint index = position (set, frame);
  LensFrameSpan range = get (set, index);
  gboolean forgotten = is_forgotten (set, frame);

  if (frame >= range.first && frame <= range.last)
    return;
  set->count += fresh || !forgotten;
  if (forgotten)
    return;
  if (frame == range.last + 1)
    widen (set, index, (LensFrameSpan){ range.first, frame });
  else if (frame + 1 == range.first)
    put (set, index, (LensFrameSpan){ frame, range.last });
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
      const LensFrameSpan span = lens_frame_set_at (more, i);
      listed += span.last - span.first + 1;
      for (guint64 frame = span.first; frame <= span.last; frame++)
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

LensFrameSpan
lens_frame_set_at (const LensFrameSet *set, guint index)
{
  return get (set, index);
}

guint64
lens_frame_set_first (const LensFrameSet *set)
{
  return set->n > 0 ? get (set, 0).first : 0;
}
