/* Values that come often, and those that do not. */
#include "ledger/familiar.h"

static void
few_values_are_familiar (void)
{
  LensFamiliar familiar = { 0 };
  guint new = 0;

  for (guint64 i = 0; i < 1000; i++)
    new += !lens_familiar_take (&familiar, i % 7 * 1000);
  g_assert_cmpuint (new, ==, 7);
}

static void
many_values_are_not (void)
{
  LensFamiliar familiar = { 0 };
  guint new = 0;

  for (guint32 i = 0; i < 1000; i++)
    new += !lens_familiar_take (&familiar, i * 2654435761u);
  g_assert_cmpuint (new, ==, 1000);
}

/* One that is every third of them stays, whatever comes between. */
static void
a_value_among_many_is_familiar (void)
{
  LensFamiliar familiar = { 0 };
  guint new = 0;

  for (guint32 i = 0; i < 1000; i++)
    if (i % 3 == 0)
      new += !lens_familiar_take (&familiar, 5);
    else
      lens_familiar_take (&familiar, i * 2654435761u);
  g_assert_cmpuint (new, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/ledger/familiar/" name, function)
  CASE ("few-values-are-familiar", few_values_are_familiar);
  CASE ("many-values-are-not", many_values_are_not);
  CASE ("a-value-among-many-is-familiar", a_value_among_many_is_familiar);
  return g_test_run ();
}
