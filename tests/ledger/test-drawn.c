/* Values drawn by lot, and those that are not. */
#include "ledger/drawn.h"

enum
{
  VALUES = 200,
};

typedef gint64 (*Value) (GRand *random, guint index);

static gboolean
are_drawn (Value value, guint parts)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  gint64 values[VALUES];

  for (guint i = 0; i < VALUES; i++)
    values[i] = value (random, i);
  return lens_are_drawn (values, VALUES, parts);
}

static gint64
by_lot (GRand *random, guint index)
{
  return -7000000 + (gint64)g_rand_int_range (random, 0, 8192) * 976;
}

static gint64
letters (GRand *random, guint index)
{
  return g_rand_int_range (random, 0, 4);
}

static gint64
around_a_middle (GRand *random, guint index)
{
  gint64 sum = 0;

  for (guint i = 0; i < 8; i++)
    sum += g_rand_int_range (random, -1000, 1000);
  return sum;
}

static gint64
rising (GRand *random, guint index)
{
  return index % 64 * 1000;
}

static gint64
of_two_kinds (GRand *random, guint index)
{
  return g_rand_boolean (random) ? 0 : 8000;
}

static gint64
all_alike (GRand *random, guint index)
{
  return 5;
}

static void
lots_are_told_from_clocks (void)
{
  g_assert_true (are_drawn (by_lot, 8));
  g_assert_true (are_drawn (letters, 4));
  g_assert_false (are_drawn (around_a_middle, 8));
  g_assert_false (are_drawn (rising, 8));
  g_assert_false (are_drawn (of_two_kinds, 8));
  g_assert_false (are_drawn (all_alike, 8));
  g_assert_false (lens_are_drawn (NULL, 0, 8));
}

static void
extremes_do_not_overflow (void)
{
  const gint64 values[] = { G_MININT64, G_MAXINT64, 0, -1 };

  g_assert_false (lens_are_drawn (values, G_N_ELEMENTS (values), 4));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/drawn/lots-are-told-from-clocks", lots_are_told_from_clocks);
  g_test_add_func ("/ledger/drawn/extremes-do-not-overflow", extremes_do_not_overflow);
  return g_test_run ();
}
