#include "ledger/usual.h"

static void
what_is_said_most_is_usual (void)
{
  LensUsual usual = { 0 };

  for (guint i = 0; i < 100; i++)
    g_assert_true (lens_usual_take (&usual, i % 3 == 2 ? 1000 + i : 7) == (i % 3 != 2));
  g_assert_cmpuint (lens_usual_value (&usual), ==, 7);
}

/* Even where strangers follow the first at once. */
static void
the_first_value_has_a_start (void)
{
  LensUsual usual = { 0 };

  g_assert_true (lens_usual_take (&usual, 7));
  g_assert_false (lens_usual_take (&usual, 8));
  g_assert_false (lens_usual_take (&usual, 9));
  g_assert_true (lens_usual_take (&usual, 7));
}

static void
another_value_that_stays_takes_over (void)
{
  LensUsual usual = { 0 };
  guint until = 0;

  for (guint i = 0; i < 10; i++)
    g_assert_true (lens_usual_take (&usual, 0));
  while (!lens_usual_take (&usual, 5))
    g_assert_cmpuint (++until, <, 100);
  g_assert_true (lens_usual_take (&usual, 5));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/ledger/usual/" name, function)
  ADD ("what-is-said-most-is-usual", what_is_said_most_is_usual);
  ADD ("the-first-value-has-a-start", the_first_value_has_a_start);
  ADD ("another-value-that-stays-takes-over", another_value_that_stays_takes_over);
  return g_test_run ();
}
