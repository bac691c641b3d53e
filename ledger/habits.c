#include "ledger/habits.h"

/* Surprises before anything is called noise. */
#define MANY 16

gboolean
lens_habits_take (LensHabits *habits, guint n_views, const guint *contexts, guint64 value)
{
  guint32 least = G_MAXUINT32;
  gboolean foreseen = FALSE;

  g_assert (n_views > 0 && n_views <= LENS_HABITS_VIEWS);
  for (guint i = 0; i < n_views; i++)
    least = MIN (least, habits->missed[i]);
  for (guint i = 0; i < n_views; i++)
    {
      g_assert (contexts[i] < LENS_HABITS_CONTEXTS);
      gboolean right = lens_habit_take (&habits->habit[i][contexts[i]], value);
      foreseen |= right && habits->missed[i] == least;
      habits->missed[i] += !right;
    }
  habits->seen++;
  habits->surprises += !foreseen;
  return foreseen;
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
