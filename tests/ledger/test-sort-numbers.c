#include "ledger/sort-numbers.h"

static gint
compare (gconstpointer a, gconstpointer b)
{
  const guint64 *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static void
numbers_of_any_kind_rise_afterwards (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (guint round = 0; round < 300; round++)
    {
      const guint n = (guint)g_rand_int_range (random, 1, 3000), shift = round % 64;
      g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
      for (guint i = 0; i < n; i++)
        {
          guint64 number = ((guint64)g_rand_int (random) << 32 | g_rand_int (random)) >> shift;
          g_array_append_val (numbers, number);
        }
      g_autoptr (GArray) sorted = g_array_copy (numbers);
      g_array_sort (sorted, compare);
      lens_sort_numbers ((guint64 *)(gpointer)numbers->data, n);
      g_assert_cmpmem (numbers->data, n * sizeof (guint64), sorted->data, n * sizeof (guint64));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/sort-numbers/numbers-of-any-kind-rise-afterwards",
                   numbers_of_any_kind_rise_afterwards);
  return g_test_run ();
}
