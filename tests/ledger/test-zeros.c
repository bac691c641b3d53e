/* Zeros behind units. */
#include "ledger/zeros.h"

static void
a_number_that_stays_is_foreseen (void)
{
  LensZeros zeros = { 0 };

  for (guint i = 0; i < 50; i++)
    lens_zeros_take (&zeros, i % 2, 100 + 7 * i, i % 2 != 0 ? 3 : 1);
  g_assert_cmpuint (zeros.surprises, <, 3);
  g_assert_false (lens_zeros_is_broken (&zeros));
}

static void
rounding_is_foreseen (void)
{
  LensZeros zeros = { 0 };

  for (gsize i = 0; i < 50; i++)
    {
      gsize end = 100 + i * i;
      lens_zeros_take (&zeros, 0, end, (8 - end % 8) % 8);
    }
  g_assert_false (lens_zeros_is_broken (&zeros));
}

static void
a_number_that_speaks_is_not (void)
{
  LensZeros zeros = { 0 };
  guint32 dice = 1;

  for (guint i = 0; i < 50; i++)
    {
      dice = dice * 1664525u + 1013904223u;
      lens_zeros_take (&zeros, 0, 100 + i, dice >> 28 & 3);
    }
  g_assert_true (lens_zeros_is_broken (&zeros));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/ledger/zeros/" name, function)
  CASE ("a-number-that-stays-is-foreseen", a_number_that_stays_is_foreseen);
  CASE ("rounding-is-foreseen", rounding_is_foreseen);
  CASE ("a-number-that-speaks-is-not", a_number_that_speaks_is_not);
  return g_test_run ();
}
