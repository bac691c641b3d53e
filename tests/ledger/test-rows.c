#include "ledger/rows.h"

static void
remembers_by_number_what_was_asked_for (void)
{
  LensRows rows = { 0 };

  for (guint i = 0; i < 3000; i += 3)
    *(guint64 *)lens_rows_at (&rows, i, sizeof (guint64)) = i;
  g_assert_cmpuint (lens_rows_n (&rows), ==, 2998);
  for (guint i = 0; i < 3000; i++)
    {
      const guint64 *row = lens_rows_peek (&rows, i);
      g_assert_true ((row != NULL) == (i % 3 == 0));
      if (row != NULL)
        g_assert_cmpuint (*row, ==, i);
    }
  g_assert_null (lens_rows_peek (&rows, G_MAXUINT32));
  lens_rows_clear (&rows, NULL);
}

static void
what_is_dropped_becomes_the_next_ones (void)
{
  LensRows rows = { 0 };

  for (guint i = 0; i < 100000; i++)
    {
      guint64 *row = lens_rows_at (&rows, i, sizeof *row);
      g_assert_cmpuint (*row, ==, 0);
      *row = i + 1;
      if (i >= 10)
        lens_rows_drop (&rows, i - 10);
    }
  /* As many as were there at one time. */
  g_assert_cmpuint (rows.rows.n, ==, 11);
  g_assert_null (lens_rows_peek (&rows, 0));
  g_assert_cmpuint (*(guint64 *)lens_rows_peek (&rows, 99999), ==, 100000);
  lens_rows_drop (&rows, 0);
  lens_rows_drop (&rows, 200000);
  lens_rows_clear (&rows, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/rows/remembers-by-number-what-was-asked-for",
                   remembers_by_number_what_was_asked_for);
  g_test_add_func ("/ledger/rows/what-is-dropped-becomes-the-next-ones",
                   what_is_dropped_becomes_the_next_ones);
  return g_test_run ();
}
