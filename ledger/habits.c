#include "ledger/habits.h"

/* Surprises before anything is called noise. */
#define MANY 16

gboolean
lens_habits_take (LensHabits *habits, guint n_views, const guint *contexts, guint64 value)
{
  gboolean foreseen[LENS_HABITS_VIEWS];
  guint believed = 0;

  g_assert (n_views > 0 && n_views <= LENS_HABITS_VIEWS);
  for (guint i = 0; i < n_views; i++)
    {
      g_assert (contexts[i] < LENS_HABITS_CONTEXTS);
      if (habits->missed[i] <= habits->missed[believed])
        believed = i;
      foreseen[i] = lens_habit_take (&habits->habit[i][contexts[i]], value);
    }
  for (guint i = 0; i < n_views; i++)
    habits->missed[i] += !foreseen[i];
  habits->seen++;
  habits->surprises += !foreseen[believed];
  return foreseen[believed];
}

gboolean
lens_habits_is_broken (const LensHabits *habits, guint least)
{
  return habits->surprises >= least && habits->surprises >= habits->seen / 100;
}

gboolean
lens_habits_is_noise (const LensHabits *habits)
{
  return habits->surprises >= MANY && habits->surprises >= habits->seen / 4;
}
