/* How senders number their packets, and which numbers are none of it. */
#include "ledger/generator.h"

#define MS G_GINT64_CONSTANT (1000000)

typedef struct
{
  LensGenerator generator;
  gint64 now;
  guint steps[LENS_GENERATOR_STRAY + 1];
} Series;

static LensGeneratorStep
say (Series *series, guint32 value, gint64 later_ms)
{
  series->now += later_ms * MS;
  LensGeneratorStep step = lens_generator_take (&series->generator, 16, value, series->now);
  series->steps[step]++;
  return step;
}

static void
zero_is_no_number_at_all (void)
{
  Series series = { 0 };

  for (guint i = 0; i < 20; i++)
    g_assert_cmpint (say (&series, 0, 10), ==, LENS_GENERATOR_ZERO);
  g_assert_cmpint (lens_generator_law (&series.generator), ==, LENS_GENERATOR_NONE);
}

static void
a_counter_goes_on_over_its_end (void)
{
  Series series = { 0 };

  for (guint i = 0; i < 200; i++)
    say (&series, (0xffa0 + i) & 0xffff, 10);
  g_assert_cmpuint (series.steps[LENS_GENERATOR_STRAY], ==, 0);
  g_assert_cmpint (lens_generator_law (&series.generator), ==, LENS_GENERATOR_COUNTER);
}

/* A constant as one device sends it, and Linux's counter of a destination. */
static void
a_counter_may_be_constant_or_leap_with_time (void)
{
  static const guint16 leaps[]
      = { 0x8fc1, 0x8fc4, 0x8fc6, 0x8fc9, 0x8fca, 0x8fcb, 0x8fd8, 0x8fdc, 0x8fe9, 0x9200, 0x9203 };
  Series constant = { 0 }, series = { 0 };

  for (guint i = 0; i < 20; i++)
    say (&constant, 1, 10);
  g_assert_cmpint (lens_generator_law (&constant.generator), ==, LENS_GENERATOR_CONSTANT);
  for (guint i = 0; i < G_N_ELEMENTS (leaps); i++)
    say (&series, leaps[i], i == 9 ? 600 : 20);
  g_assert_cmpuint (series.steps[LENS_GENERATOR_STRAY], ==, 0);
  g_assert_cmpint (lens_generator_law (&series.generator), ==, LENS_GENERATOR_COUNTER);
}

static void
a_counter_of_the_other_byte_order_is_known (void)
{
  Series series = { 0 };

  for (guint i = 0; i < 300; i++)
    say (&series, GUINT16_SWAP_LE_BE ((guint16)(0x10 + i)), 10);
  g_assert_cmpuint (lens_generator_last_step (&series.generator), ==, 1);
  g_assert_cmpuint (lens_generator_last_from (&series.generator, 16), ==,
                    GUINT16_SWAP_LE_BE (0x10 + 298));
  g_assert_cmpuint (series.steps[LENS_GENERATOR_STRAY], ==, 0);
  g_assert_cmpint (lens_generator_law (&series.generator), ==, LENS_GENERATOR_COUNTER);
}

static void
counters_may_run_side_by_side (void)
{
  Series series = { 0 };

  for (guint i = 0; i < 300; i++)
    say (&series, (i % 3) * 20000 + 100 + i / 3, 5);
  g_assert_cmpuint (series.steps[LENS_GENERATOR_STRAY], ==, 4);
  g_assert_cmpint (lens_generator_law (&series.generator), ==, LENS_GENERATOR_COUNTER);
}

/* What a kernel answers pings with goes on from a counter that many share; its errors have one of
 * their own, and were there first. */
static void
a_second_counter_may_leap_with_time (void)
{
  static const guint16 leaps[] = { 0x6156, 0x61a0, 0x6213, 0x6259, 0x62cd, 0x6343, 0x63bd, 0x63f2 };
  Series series = { 0 };

  for (guint i = 0; i < 20; i++)
    say (&series, 0x8443 + i, 10);
  for (guint i = 0; i < G_N_ELEMENTS (leaps); i++)
    say (&series, leaps[i], 500);
  g_assert_cmpuint (series.steps[LENS_GENERATOR_STRAY], ==, 3);
  g_assert_cmpint (say (&series, 0x8443 + 20, 20), ==, LENS_GENERATOR_NEXT);
}

static void
packets_may_overtake_each_other (void)
{
  static const guint16 values[] = { 10, 11, 13, 12, 14, 15, 17, 16, 18, 19, 21, 22, 20, 23, 24 };
  Series series = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    say (&series, values[i], 1);
  g_assert_cmpuint (series.steps[LENS_GENERATOR_STRAY], ==, 0);
  g_assert_cmpuint (series.steps[LENS_GENERATOR_RETURNED], ==, 0);
}

static void
a_stranger_among_a_counter_is_seen (void)
{
  Series series = { 0 };

  for (guint i = 0; i < 100; i++)
    say (&series, i % 5 == 4 ? (0x4000 + 7919 * i) & 0xffff : 1000 + i, 20);
  g_assert_cmpuint (series.steps[LENS_GENERATOR_STRAY], ==, 20);
  g_assert_cmpint (lens_generator_law (&series.generator), ==, LENS_GENERATOR_MIXED);
}

static void
many_strangers_in_a_row_do_not_hide_the_counter (void)
{
  Series series = { 0 };

  for (guint i = 0; i < 20; i++)
    say (&series, 1000 + i, 20);
  for (guint i = 0; i < 9; i++)
    g_assert_cmpint (say (&series, 5000 * (i + 1), 20), ==, LENS_GENERATOR_STRAY);
  g_assert_cmpint (say (&series, 1030, 20), ==, LENS_GENERATOR_NEXT);
}

/* It lies where the counter might have gone, but the counter goes on from before it. */
static void
a_stranger_close_ahead_is_seen_afterwards (void)
{
  Series series = { 0 };

  for (guint i = 0; i < 20; i++)
    say (&series, 1000 + i, 20);
  g_assert_cmpint (say (&series, 1050, 20), ==, LENS_GENERATOR_NEXT);
  g_assert_cmpuint (lens_generator_last_step (&series.generator), ==, 31);
  g_assert_cmpint (say (&series, 1020, 20), ==, LENS_GENERATOR_LATE);
  g_assert_cmpint (say (&series, 1021, 20), ==, LENS_GENERATOR_RETURNED);
  g_assert_cmpint (say (&series, 1022, 20), ==, LENS_GENERATOR_NEXT);
}

static void
after_a_long_silence_nothing_is_said (void)
{
  Series series = { 0 };

  for (guint i = 0; i < 20; i++)
    g_assert_cmpint (say (&series, (i * 24593) & 0xffff, 60000), !=, LENS_GENERATOR_STRAY);
  g_assert_cmpint (lens_generator_law (&series.generator), ==, LENS_GENERATOR_UNKNOWN);
}

static void
random_numbers_and_a_busy_counter_are_told_apart (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  Series noise = { 0 }, busy = { 0 };
  guint32 value = 0;

  for (guint i = 0; i < 100; i++)
    {
      say (&noise, (guint32)g_rand_int_range (random, 1, 0x10000), 50);
      value += (guint32)g_rand_int_range (random, 200, 3000);
      say (&busy, value & 0xffff, 50);
    }
  g_assert_cmpint (lens_generator_law (&noise.generator), ==, LENS_GENERATOR_RANDOM);
  g_assert_cmpint (lens_generator_law (&busy.generator), ==, LENS_GENERATOR_FAST);
}

static void
numbers_may_have_32_bits (void)
{
  LensGenerator generator = { 0 };

  for (guint i = 0; i < 20; i++)
    lens_generator_take (&generator, 32, 0xfffffff0u + 4 * i, i * 4 * MS);
  g_assert_cmpint (lens_generator_law (&generator), ==, LENS_GENERATOR_COUNTER);
  g_assert_cmpint (lens_generator_take (&generator, 32, 0x12345678, 80 * MS), ==,
                   LENS_GENERATOR_STRAY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/ledger/generator/" name, function)
  CASE ("zero-is-no-number-at-all", zero_is_no_number_at_all);
  CASE ("a-counter-goes-on-over-its-end", a_counter_goes_on_over_its_end);
  CASE ("a-counter-may-be-constant-or-leap-with-time", a_counter_may_be_constant_or_leap_with_time);
  CASE ("a-counter-of-the-other-byte-order-is-known", a_counter_of_the_other_byte_order_is_known);
  CASE ("counters-may-run-side-by-side", counters_may_run_side_by_side);
  CASE ("a-second-counter-may-leap-with-time", a_second_counter_may_leap_with_time);
  CASE ("packets-may-overtake-each-other", packets_may_overtake_each_other);
  CASE ("a-stranger-among-a-counter-is-seen", a_stranger_among_a_counter_is_seen);
  CASE ("many-strangers-in-a-row-do-not-hide-the-counter",
        many_strangers_in_a_row_do_not_hide_the_counter);
  CASE ("a-stranger-close-ahead-is-seen-afterwards", a_stranger_close_ahead_is_seen_afterwards);
  CASE ("after-a-long-silence-nothing-is-said", after_a_long_silence_nothing_is_said);
  CASE ("random-numbers-and-a-busy-counter-are-told-apart",
        random_numbers_and_a_busy_counter_are_told_apart);
  CASE ("numbers-may-have-32-bits", numbers_may_have_32_bits);
  return g_test_run ();
}
