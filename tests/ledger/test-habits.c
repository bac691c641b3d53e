/* Habits that depend on a context. */
#include "ledger/habits.h"

static guint
surprises (const guint values[], const guint contexts[], guint count)
{
  LensHabits habits = { 0 };

  for (guint i = 0; i < count; i++)
    {
      const guint views[] = { 0, contexts[i % 4] };
      lens_habits_take (&habits, 2, views, values[i % 4]);
    }
  return habits.surprises;
}

static void
a_value_that_follows_its_context_is_foreseen (void)
{
  static const guint values[] = { 3, 1, 2, 1 }, contexts[] = { 0, 1, 2, 1 };

  g_assert_cmpuint (surprises (values, contexts, 100), ==, 0);
}

static void
a_value_that_ignores_it_is_foreseen_too (void)
{
  LensHabits habits = { 0 };
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint i = 0; i < 200; i++)
    {
      const guint views[] = { 0, (guint)g_rand_int_range (random, 0, 16) };
      lens_habits_take (&habits, 2, views, 7);
    }
  g_assert_cmpuint (habits.surprises, ==, 0);
}

static void
noise_is_told_from_a_few_surprises (void)
{
  LensHabits noise = { 0 }, habit = { 0 };
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  const guint views[] = { 0 };

  for (guint i = 0; i < 200; i++)
    {
      lens_habits_take (&noise, 1, views, g_rand_int_range (random, 0, 4));
      lens_habits_take (&habit, 1, views, i % 20 == 9);
    }
  g_assert_true (lens_habits_is_noise (&noise));
  g_assert_true (lens_habits_is_broken (&noise, 6));
  g_assert_false (lens_habits_is_noise (&habit));
  g_assert_true (lens_habits_is_broken (&habit, 6));
  g_assert_false (lens_habits_is_broken (&habit, 30));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/ledger/habits/" name, function)
  CASE ("a-value-that-follows-its-context-is-foreseen",
        a_value_that_follows_its_context_is_foreseen);
  CASE ("a-value-that-ignores-it-is-foreseen-too", a_value_that_ignores_it_is_foreseen_too);
  CASE ("noise-is-told-from-a-few-surprises", noise_is_told_from_a_few_surprises);
  return g_test_run ();
}
