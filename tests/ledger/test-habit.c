/* What a field used to do, and what surprises. */
#include "ledger/habit.h"

static guint
surprises_of (const guint64 *values, guint count)
{
  LensHabit habit = { 0 };

  for (guint i = 0; i < count; i++)
    lens_habit_take (&habit, values[i]);
  g_assert_cmpuint (habit.seen, ==, count);
  return habit.surprises;
}

static void
a_constant_does_not_surprise (void)
{
  guint64 values[500];

  for (guint i = 0; i < 500; i++)
    values[i] = 77;
  g_assert_cmpuint (surprises_of (values, 500), ==, 0);
}

static void
an_alternation_and_a_step_are_learned (void)
{
  guint64 alternating[100], stepping[100];

  for (guint i = 0; i < 100; i++)
    {
      alternating[i] = i & 1;
      stepping[i] = G_MAXUINT64 - 50 * 3600 + i * G_GUINT64_CONSTANT (3600);
    }
  g_assert_cmpuint (surprises_of (alternating, 100), <=, 2);
  g_assert_cmpuint (surprises_of (stepping, 100), <=, 2);
}

static void
a_new_constant_surprises_once (void)
{
  guint64 values[400];

  for (guint i = 0; i < 400; i++)
    values[i] = i < 150 ? 5 : 9;
  g_assert_cmpuint (surprises_of (values, 400), <=, 3);
}

static void
what_stands_out_surprises_and_the_usual_does_not (void)
{
  LensHabit habit = { 0 };

  for (guint i = 1; i <= 600; i++)
    {
      gboolean odd = i % 20 == 0;
      gboolean expected = lens_habit_take (&habit, odd ? 1000 + i : 3);
      g_assert_true (expected == !odd);
    }
  g_assert_true (lens_habit_is_broken (&habit, 8));
}

static void
random_bits_surprise_about_half_the_time (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  LensHabit habit = { 0 };

  for (guint i = 0; i < 1000; i++)
    lens_habit_take (&habit, g_rand_boolean (random));
  g_assert_cmpuint (habit.surprises, >, 350);
  g_assert_cmpuint (habit.surprises, <, 650);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/ledger/habit/" name, function)
  CASE ("a-constant-does-not-surprise", a_constant_does_not_surprise);
  CASE ("an-alternation-and-a-step-are-learned", an_alternation_and_a_step_are_learned);
  CASE ("a-new-constant-surprises-once", a_new_constant_surprises_once);
  CASE ("what-stands-out-surprises-and-the-usual-does-not",
        what_stands_out_surprises_and_the_usual_does_not);
  CASE ("random-bits-surprise-about-half-the-time", random_bits_surprise_about_half_the_time);
  return g_test_run ();
}
