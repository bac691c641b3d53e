/* Numbers drawn by lot, and those that only seem to be. */
#include "ledger/lots.h"

#include <string.h>

enum
{
  NUMBERS = 2000,
};

typedef guint16 (*Number) (GRand *random, guint index);

static gboolean
are_fair (Number number)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  LensLots *lots = lens_lots_new ();
  guint8 octets[2] = { 0 };
  LensPiece piece = { 1, 0, 2 };
  const LensUnit unit = { .kind = LENS_UNIT_FRAME, .view = { octets, 2, &piece, 1 } };

  for (guint i = 0; i < NUMBERS; i++)
    lens_lots_take (lots, number (random, i), &unit, 0);
  gboolean fair = lens_lots_are_fair (lots);
  lens_lots_free (lots);
  return fair;
}

static guint16
by_lot (GRand *random, guint index)
{
  return (guint16)g_rand_int (random);
}

/* RAND_MAX of small libraries; a range that is no power of two. */
static guint16
of_15_bits (GRand *random, guint index)
{
  return (guint16)(g_rand_int (random) & 0x7fff);
}

static guint16
below_50000 (GRand *random, guint index)
{
  return (guint16)g_rand_int_range (random, 0, 50000);
}

static guint16
letters (GRand *random, guint index)
{
  static const char text[]
      = "what leaves this device beyond the video that it declares, and who sees it? ";

  return (guint16)(text[2 * index % strlen (text)] << 8 | text[(2 * index + 1) % strlen (text)]);
}

static guint16
digits (GRand *random, guint index)
{
  static const char hex[] = "0123456789abcdef";

  return (guint16)(hex[g_rand_int_range (random, 0, 16)] << 8
                   | hex[g_rand_int_range (random, 0, 16)]);
}

static guint16
half_a_counter (GRand *random, guint index)
{
  return (guint16)(g_rand_int_range (random, 0, 256) << 8 | (index & 0xff));
}

static void
random_numbers_are_fair (void)
{
  g_assert_true (are_fair (by_lot));
  g_assert_true (are_fair (of_15_bits));
  g_assert_true (are_fair (below_50000));
}

static void
text_and_half_a_counter_are_not (void)
{
  g_assert_false (are_fair (letters));
  g_assert_false (are_fair (digits));
  g_assert_false (are_fair (half_a_counter));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/lots/random-numbers-are-fair", random_numbers_are_fair);
  g_test_add_func ("/ledger/lots/text-and-half-a-counter-are-not", text_and_half_a_counter_are_not);
  return g_test_run ();
}
