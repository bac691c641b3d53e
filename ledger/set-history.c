#include "ledger/set-history.h"

#include <string.h>

enum
{
  USUAL_IDS = 3, /* sets of a kind that slices may not need */
  LONGEST = 4096,
};

void
lens_set_history_clear (LensSetHistory *history)
{
  for (guint i = 0; i < LENS_SET_PLACES; i++)
    {
      g_clear_pointer (&history->places[i].last, g_bytes_unref);
      g_clear_pointer (&history->places[i].home, g_bytes_unref);
    }
}

/* The octets of @view between what it has in common with @before in front and behind. */
static LensRange
difference (const LensView *view, GBytes *before)
{
  gsize old_length, from = 0, same = 0;
  const guint8 *old = g_bytes_get_data (before, &old_length);
  gsize shorter = MIN (old_length, view->length);

  while (from < shorter && old[from] == view->octets[from])
    from++;
  while (same < shorter - from
         && old[old_length - 1 - same] == view->octets[view->length - 1 - same])
    same++;
  from = MIN (from, view->length - 1);
  return (LensRange){ from, MAX (view->length - same, from + 1) - from };
}

static LensSetNews
take_first (LensSetHistory *history, LensSetPlace *place, guint kind)
{
  gboolean many = ++history->ids[kind] > USUAL_IDS;

  history->new_ids += many;
  place->spare = many;
  /* One that comes late is the first of those that change, if they do. */
  return many ? LENS_SET_MANY : history->late ? LENS_SET_LATE : LENS_SET_KNOWN;
}

/* The majority vote of Boyer and Moore. */
static void
keep (LensSetPlace *place, GBytes *now)
{
  gboolean same = place->home != NULL && g_bytes_equal (place->home, now);

  if (place->lead == 0 && !same)
    {
      g_clear_pointer (&place->home, g_bytes_unref);
      place->home = g_bytes_ref (now);
      same = TRUE;
    }
  place->lead += same ? 1 : -1;
  g_clear_pointer (&place->last, g_bytes_unref);
  place->last = g_bytes_ref (now);
}

/* Nothing tells of another set that no slice needs it, but that there are many. */
static gboolean
is_needed (const LensSetHistory *history, guint place)
{
  if (place < history->pictures)
    return !history->places[place].spare;
  guint id = place - history->pictures;
  return (history->used[id / 32] >> id % 32 & 1) != 0;
}

static guint
ids_in_use (const LensSetHistory *history)
{
  guint count = 0;

  for (guint i = 0; i < G_N_ELEMENTS (history->used); i++)
    count += (guint)__builtin_popcount (history->used[i]);
  return count;
}

gboolean
lens_set_history_has_spare (const LensSetHistory *history)
{
  guint ids = 0;

  for (guint i = 0; i < LENS_SET_KINDS; i++)
    ids += history->ids[i];
  return history->new_ids >= LENS_SET_FEW && ids > ids_in_use (history) + USUAL_IDS + LENS_SET_FEW;
}

static gboolean
is_same (GBytes *set, const LensView *view)
{
  gsize length;
  const guint8 *octets = g_bytes_get_data (set, &length);

  return length == view->length && memcmp (octets, view->octets, length) == 0;
}

LensSetNews
lens_set_history_take (LensSetHistory *history, guint place, guint kind, const LensView *view,
                       LensRange *octets)
{
  LensSetNews news = LENS_SET_KNOWN;

  g_assert (place < LENS_SET_PLACES && kind < LENS_SET_KINDS);
  if (view->length < 2 || view->length > LONGEST)
    return LENS_SET_KNOWN;
  LensSetPlace *here = &history->places[place];
  *octets = (LensRange){ 1, view->length - 1 };
  if (here->last == NULL)
    news = take_first (history, here, kind);
  else if (!is_same (here->last, view) && !is_same (here->home, view))
    {
      news = LENS_SET_CHANGED;
      *octets = difference (view, here->home);
    }
  else if (lens_set_history_has_spare (history) && !is_needed (history, place))
    news = LENS_SET_SPARE;
  g_autoptr (GBytes) now = g_bytes_new (view->octets, view->length);
  keep (here, now);
  return news;
}

void
lens_set_history_describe (LensSetHistory *history, guint place, GBytes *set)
{
  g_assert (place < LENS_SET_PLACES);
  keep (&history->places[place], set);
  history->places[place].described = TRUE;
}

void
lens_set_history_name (LensSetHistory *history, guint32 id)
{
  history->late = TRUE;
  if (id < LENS_SET_PICTURES)
    history->used[id / 32] |= 1u << id % 32;
}
