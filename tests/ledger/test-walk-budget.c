/* How many slices are walked. */
#include "ledger/walk-budget.h"

enum
{
  MIB = 1024 * 1024,
  SLICE = MIB / 16, /* octets */
  FRONT = 4 * 16,   /* slices that are walked in any case */
};

/* Slices that are walked of @count pictures from @first on, of one slice each. */
static guint
walk (LensWalkBudget *budget, guint64 first, guint count)
{
  guint walked = 0;

  for (guint i = 0; i < count; i++)
    if (lens_walk_budget_take (budget, first + i, SLICE))
      {
        lens_walk_budget_spend (budget, SLICE);
        walked++;
      }
  return walked;
}

static void
a_capture_s_front_is_walked_whole (void)
{
  LensWalkBudget budget = { 0 };

  g_assert_cmpuint (walk (&budget, 0, FRONT), ==, FRONT);
  g_assert_false (lens_walk_budget_take (&(LensWalkBudget){ 0 }, 0, 3 * MIB));
}

static void
the_rest_is_sampled_to_its_end (void)
{
  LensWalkBudget budget = { 0 };

  walk (&budget, 0, FRONT);
  for (guint part = 0; part < 16; part++)
    {
      guint walked = walk (&budget, FRONT + part * 10000, 10000);
      g_assert_cmpuint (walked, >, 20);
      g_assert_cmpuint (walked, <=, 60);
    }
}

/* Whatever the length of a group of pictures is, its first ones are not left out. */
static void
no_period_is_left_out (void)
{
  for (guint period = 2; period <= 64; period++)
    {
      LensWalkBudget budget = { 0 };
      guint walked = 0;

      walk (&budget, 0, FRONT);
      for (guint i = 0; i < 2048 * 64; i++)
        {
          guint one = walk (&budget, FRONT + i, 1);
          walked += i % period == 0 ? one : 0;
        }
      g_assert_cmpuint (walked, >=, 2048 * 64 / period / 640);
    }
}

static void
where_a_slice_speaks_all_are_walked_for_a_while (void)
{
  LensWalkBudget budget = { 0 };

  walk (&budget, 0, FRONT);
  lens_walk_budget_raise (&budget);
  g_assert_cmpuint (walk (&budget, FRONT, 50), ==, 50);
  /* Not for ever, whoever speaks. */
  guint walked = 0;
  for (guint i = 0; i < 20000; i++)
    {
      walked += walk (&budget, FRONT + 50 + i, 1);
      lens_walk_budget_raise (&budget);
    }
  g_assert_cmpuint (walked, <, 20000 / 5);
}

static void
walks_are_believed_where_hardly_one_is_broken (void)
{
  g_assert_false (lens_walks_are_sound (0, 0));
  g_assert_true (lens_walks_are_sound (1, 0));
  g_assert_true (lens_walks_are_sound (20, 1));
  g_assert_false (lens_walks_are_sound (19, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/ledger/walk-budget/" name, function)
  CASE ("a-capture-s-front-is-walked-whole", a_capture_s_front_is_walked_whole);
  CASE ("the-rest-is-sampled-to-its-end", the_rest_is_sampled_to_its_end);
  CASE ("no-period-is-left-out", no_period_is_left_out);
  CASE ("where-a-slice-speaks-all-are-walked-for-a-while",
        where_a_slice_speaks_all_are_walked_for_a_while);
  CASE ("walks-are-believed-where-hardly-one-is-broken",
        walks_are_believed_where_hardly_one_is_broken);
  return g_test_run ();
}
