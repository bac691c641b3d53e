#include "ledger/stamp-bits.h"

#include <math.h>

#define N 1200

/* Segments of a stream with @per_second pictures, of which each is sent in a few segments, delayed
 * by about @jitter_ms; the low @bits of their stamps (1 ms) written over. */
static guint
bits_found (GRand *random, double per_second, double jitter_ms, guint bits)
{
  g_autofree LensStampSample *samples = g_new0 (LensStampSample, N);

  for (guint i = 0; i < N; i++)
    {
      double ms = 1000.0 * (i / 3) / per_second + 0.2 * (i % 3) + g_rand_double (random);
      guint32 mask = (1u << bits) - 1, stamp = 70000 + (guint32)ms;
      double delay = -jitter_ms * log (1 - g_rand_double (random));
      samples[i].time_ns = (gint64)((ms + delay) * 1e6);
      samples[i].stamp = (stamp & ~mask) | (g_rand_int (random) & mask);
    }
  return lens_stamp_bits (samples, N);
}

static void
a_clock_is_a_clock_at_any_rate_and_delay (void)
{
  static const double rates[] = { 10, 12.5, 15, 25, 29.97, 30, 60, 62.5, 125, 250 };
  static const double jitters[] = { 0.05, 0.5, 2, 10, 50 };
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (guint r = 0; r < G_N_ELEMENTS (rates); r++)
    for (guint j = 0; j < G_N_ELEMENTS (jitters); j++)
      for (guint round = 0; round < 20; round++)
        g_assert_cmpuint (bits_found (random, rates[r], jitters[j], 0), ==, 0);
}

static void
bits_that_are_written_over_are_found (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (guint bits = 3; bits <= 8; bits++)
    for (guint round = 0; round < 10; round++)
      g_assert_cmpuint (bits_found (random, 25, 0.3, bits), >=, 3);
}

/* Each stamp is the next one that ends in the octet to be said. */
static void
stamps_that_only_go_forward_run_away (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  LensStampSample samples[600];
  guint32 last = 70000;

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      guint32 clock = 70000 + 40 * (i / 4), stamp;
      last = MAX (last, clock);
      stamp = (last & ~0xffu) | (g_rand_int (random) & 0xff);
      last = stamp < last ? stamp + 0x100 : stamp;
      samples[i] = (LensStampSample){ (gint64)(i / 4) * 40000000 + i % 4 * 20000, last };
    }
  g_assert_true (lens_stamps_run_away (samples, G_N_ELEMENTS (samples)));
}

/* Held up for 400 ms, all that was sent comes at once; or a clock that counts 977 in a second. */
static void
delayed_and_unusual_clocks_do_not_run_away (void)
{
  LensStampSample held[600], unusual[600];

  for (guint i = 0; i < G_N_ELEMENTS (held); i++)
    {
      gint64 sent = (gint64)i * 20000000;
      held[i] = (LensStampSample){ (sent / 400000000 + 1) * 400000000 + i % 20 * 10000,
                                   (guint32)(sent / 1000000) };
      unusual[i] = (LensStampSample){ (gint64)(i / 4) * 40000000 + i % 4 * 20000,
                                      (guint32)((gint64)(i / 4) * 40 * 977 / 1000) };
    }
  g_assert_false (lens_stamps_run_away (held, G_N_ELEMENTS (held)));
  g_assert_false (lens_stamps_run_away (unusual, G_N_ELEMENTS (unusual)));
}

/* Bursts of six; each stamp is the next one whose lowest bit is the message. */
static void
stamps_by_a_bit_run_ahead (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (6);
  LensStampSample samples[1200];
  guint32 last = 0;

  for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      guint32 clock = 70000 + 40 * (i / 6), bit = g_rand_boolean (random);
      last = MAX (last, clock);
      last += (last & 1) ^ bit;
      samples[i] = (LensStampSample){ (gint64)(i / 6) * 40000000 + i % 6 * 20000, last };
    }
  g_assert_true (lens_stamps_run_ahead (samples, G_N_ELEMENTS (samples)));
}

/* The same bursts: held up by up to 30 ms each; or each packet by up to @jitter, in order. */
static void
delayed_stamps_do_not_run_ahead (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (6);

  for (gint jitter = 0; jitter <= 30; jitter += 6)
    for (guint size = 1; size <= 6; size += 5)
      {
        LensStampSample samples[1200];
        gint64 before = 0, hold = 0;
        for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
          {
            gint64 sent = (gint64)(i / 6) * 40000000 + i % 6 * 3000000;
            if (i % size == 0)
              hold = g_rand_int_range (random, 0, 1000 * jitter + 1) * G_GINT64_CONSTANT (1000);
            before = MAX (before + 20000, sent + hold);
            samples[i] = (LensStampSample){ before, (guint32)(sent / 1000000) };
          }
        g_assert_false (lens_stamps_run_ahead (samples, G_N_ELEMENTS (samples)));
      }
}

static void
a_few_stamps_say_nothing (void)
{
  static const LensStampSample samples[] = { { 0, 5 }, { 1000000, 9 } };

  g_assert_cmpuint (lens_stamp_bits (samples, G_N_ELEMENTS (samples)), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/stamp-bits/a-clock-is-a-clock-at-any-rate-and-delay",
                   a_clock_is_a_clock_at_any_rate_and_delay);
  g_test_add_func ("/ledger/stamp-bits/bits-that-are-written-over-are-found",
                   bits_that_are_written_over_are_found);
  g_test_add_func ("/ledger/stamp-bits/stamps-that-only-go-forward-run-away",
                   stamps_that_only_go_forward_run_away);
  g_test_add_func ("/ledger/stamp-bits/delayed-and-unusual-clocks-do-not-run-away",
                   delayed_and_unusual_clocks_do_not_run_away);
  g_test_add_func ("/ledger/stamp-bits/stamps-by-a-bit-run-ahead", stamps_by_a_bit_run_ahead);
  g_test_add_func ("/ledger/stamp-bits/delayed-stamps-do-not-run-ahead",
                   delayed_stamps_do_not_run_ahead);
  g_test_add_func ("/ledger/stamp-bits/a-few-stamps-say-nothing", a_few_stamps_say_nothing);
  return g_test_run ();
}
