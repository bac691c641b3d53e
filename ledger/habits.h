#pragma once

#include "ledger/habit.h"

G_BEGIN_DECLS

enum
{
  LENS_HABITS_VIEWS = 3,
  LENS_HABITS_CONTEXTS = 16,
};

/**
 * LensHabits:
 * A field whose habit may depend on its context in more than one way: on the slice's type, say,
 * or on the place in a pattern of pictures.  Each way to look at it (a view) has a habit for each
 * context; the views that were surprised least so far are believed, and a value that none of them
 * foresaw is a surprise.
 *
 * Zero to begin with.
 */
typedef struct
{
  LensHabit habit[LENS_HABITS_VIEWS][LENS_HABITS_CONTEXTS];
  guint32 missed[LENS_HABITS_VIEWS]; /* values that the view did not foresee */
  guint32 seen;
  guint32 surprises; /* values that no view that was believed foresaw */
} LensHabits;

/* Takes a value; whether it was foreseen.  @contexts has one entry for each of @n_views views,
 * always the same number; each below LENS_HABITS_CONTEXTS. */
gboolean lens_habits_take (LensHabits *habits, guint n_views, const guint *contexts, guint64 value);

/* As lens_habit_is_broken(). */
gboolean lens_habits_is_broken (const LensHabits *habits, guint least);

/* Whether there is no habit at all: so many surprises that what was foreseen was so by chance. */
gboolean lens_habits_is_noise (const LensHabits *habits);

G_END_DECLS
