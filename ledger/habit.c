#include "ledger/habit.h"

enum
{
  COMMON,
  LAST,
  BEFORE,
  STEP,
  N_HABITS,
};

/* Values that are foreseen, by habit. */
static void
foresee (const LensHabit *habit, guint64 into[N_HABITS])
{
  into[COMMON] = habit->common;
  into[LAST] = habit->last;
  into[BEFORE] = habit->before;
  into[STEP] = habit->last + habit->step;
}

/* The majority vote of Boyer and Moore. */
static void
vote (LensHabit *habit, guint64 value)
{
  if (habit->lead == 0)
    habit->common = value;
  habit->lead += habit->common == value ? 1 : -1;
}

gboolean
lens_habit_take_any (LensHabit *habit, guint64 value)
{
  guint64 foreseen[N_HABITS];
  gboolean expected = TRUE;

  foresee (habit, foreseen);
  if (habit->seen > 0)
    {
      guint believed = COMMON;
      for (guint i = 1; i < N_HABITS; i++)
        if (habit->hits[i] > habit->hits[believed])
          believed = i;
      expected = foreseen[believed] == value;
      for (guint i = 0; i < N_HABITS; i++)
        habit->hits[i] += foreseen[i] == value;
      habit->step = value - habit->last;
    }
  vote (habit, value);
  habit->before = habit->seen > 0 ? habit->last : value;
  habit->last = value;
  habit->seen++;
  habit->surprises += !expected;
  return expected;
}

gboolean
lens_habit_is_broken (const LensHabit *habit, guint least)
{
  return habit->surprises >= least && habit->surprises >= habit->seen / 100;
}
