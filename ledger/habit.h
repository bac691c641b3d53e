#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensHabit:
 * What a field that its standard leaves free used to do, and so what it was expected to say.
 *
 * Four habits of honest devices are tried side by side: the field says what it said most often,
 * what it said last, what it said the time before last, or goes on by the same step.  The one
 * that was right most often so far is believed; a value that it did not foresee is a surprise.
 * A field with a context (a parameter set's id, an access unit's type) has one habit for each.
 *
 * Zero to begin with.
 */
typedef struct
{
  guint64 last, before; /* the last two values */
  guint64 common;       /* a value that holds the majority, if any does */
  guint64 step;         /* last - before, modulo 2^64 */
  guint32 lead;         /* votes for @common that no other value cancels */
  guint32 hits[4];      /* how often each habit was right */
  guint32 seen;         /* values */
  guint32 surprises;    /* of these, not foreseen */
} LensHabit;

/* The same as lens_habit_take(), of any value. */
gboolean lens_habit_take_any (LensHabit *habit, guint64 value);

/* Takes a value; whether it was foreseen.  The first one always is. */
static inline gboolean
lens_habit_take (LensHabit *habit, guint64 value)
{
  if (value != habit->last || value != habit->before || value != habit->common || habit->step != 0
      || habit->lead == 0)
    return lens_habit_take_any (habit, value);
  /* What it always was: all four foresaw it. */
  for (guint i = 0; i < G_N_ELEMENTS (habit->hits); i++)
    habit->hits[i]++;
  habit->lead++;
  habit->seen++;
  return TRUE;
}

/**
 * lens_habit_is_broken:
 * Whether the surprises are more than an honest device's life explains: at least @least, and
 * one in a hundred values.  A device that is reconfigured or restarted surprises once or twice.
 */
gboolean lens_habit_is_broken (const LensHabit *habit, guint least);

G_END_DECLS
