/* Clocks as honest devices have them, and the same with a message on top. */
#include "ledger/ticks.h"

#include <math.h>

enum
{
  UNITS = 600,
};

typedef struct
{
  guint32 stamps[UNITS];
  guint8 odd[UNITS];
  GRand *random;
} Clock;

typedef double (*Law) (GRand *random, guint i);

static Clock *
clock_new (Law law)
{
  Clock *clock = g_new0 (Clock, 1);

  clock->random = g_rand_new_with_seed (11);
  for (guint i = 0; i < UNITS; i++)
    clock->stamps[i] = 0xfffe0000u + (guint32)(gint64)floor (law (clock->random, i));
  return clock;
}

static void
clock_free (Clock *clock)
{
  g_rand_free (clock->random);
  g_free (clock);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Clock, clock_free)

static double
gauss (GRand *random)
{
  double u = g_rand_double_range (random, 1e-9, 1), v = g_rand_double (random);

  return sqrt (-2 * log (u)) * cos (2 * G_PI * v);
}

static double
counted (GRand *random, guint i)
{
  return 3600.0 * i;
}

static double
counted_sound (GRand *random, guint i)
{
  return 160.0 * i;
}

/* 30 pictures a second by a clock of microseconds, rounded twice. */
static double
rounded (GRand *random, guint i)
{
  return floor (i * 33333.0) * 0.09 + 0.5;
}

static double
third (GRand *random, guint i)
{
  return 3753.75 * i;
}

static double
fifth (GRand *random, guint i)
{
  return 3000.2 * i;
}

static double
milliseconds (GRand *random, guint i)
{
  return 90 * floor (i * 33.366);
}

static double
jitter_of_one (GRand *random, guint i)
{
  return 3600.0 * i + gauss (random);
}

static double
jitter_of_three (GRand *random, guint i)
{
  return 3600.0 * i + 3 * gauss (random);
}

static double
jitter_of_90 (GRand *random, guint i)
{
  return 3600.0 * i + 90 * gauss (random);
}

static double
jitter_of_900 (GRand *random, guint i)
{
  return 3600.1 * i + 900 * gauss (random);
}

/* Decoding order I P B B: shown as 0 3 1 2. */
static double
reordered (GRand *random, guint i)
{
  static const gint shown[] = { 0, 2, -1, -1 };

  return 3003.0 * ((gint)i + shown[i % 4] + 4);
}

/* A picture in five is missing, and every 100 the encoder starts again. */
static double
with_gaps (GRand *random, guint i)
{
  return 3600.0 * (i + i / 5 + i / 7) + 777.0 * (i / 100);
}

static double
variable (GRand *random, guint i)
{
  return i * 3600.0 + g_rand_double_range (random, -1700, 1700);
}

/* Powers of two: a clock of 1/256 s. */
static double
coarse (GRand *random, guint i)
{
  return 256 * floor (i * 3600.0 / 256);
}

/* Four or five coded frames of sound in a packet. */
static double
coded_sound (GRand *random, guint i)
{
  static const guint before[] = { 0, 5, 10, 14, 19, 23, 28, 33, 37 };

  return 1024.0 * (i / 9 * 42 + before[i % 9]);
}

/* Most pictures are on time by a clock of milliseconds, the others some of them late. */
static double
late_milliseconds (GRand *random, guint i)
{
  return 9000.0 * i + 90 * (i % 3 == 1 ? g_rand_int_range (random, -3, 4) : 0);
}

/* Every second unit is stamped by a clock that runs faster. */
static double
two_rates (GRand *random, guint i)
{
  return 3000.0 * i + (i % 2 == 1 ? i : 0);
}

typedef struct
{
  const char *name;
  Law law;
  gboolean counts; /* always by the same number */
} Named;

static const Named laws[] = {
  { "counted", counted, TRUE },
  { "counted-sound", counted_sound, TRUE },
  { "counted-with-gaps", with_gaps, TRUE },
  { "reordered", reordered, TRUE },
  { "rounded", rounded, FALSE },
  { "three-quarters", third, FALSE },
  { "fifths", fifth, FALSE },
  { "milliseconds", milliseconds, FALSE },
  { "jitter-of-1", jitter_of_one, FALSE },
  { "jitter-of-3", jitter_of_three, FALSE },
  { "jitter-of-90", jitter_of_90, FALSE },
  { "jitter-of-900", jitter_of_900, FALSE },
  { "variable", variable, FALSE },
  { "coarse", coarse, FALSE },
  { "coded-sound", coded_sound, FALSE },
  { "late-milliseconds", late_milliseconds, FALSE },
  { "two-rates", two_rates, FALSE },
};

static void
an_honest_clock_is_quiet (gconstpointer data)
{
  g_autoptr (Clock) clock = clock_new (((const Named *)data)->law);
  LensTicks ticks = lens_ticks_judge (clock->stamps, UNITS, clock->odd);

  g_assert_cmpint (ticks.kind, ==, LENS_TICKS_FREE);
  for (guint i = 0; i < UNITS; i++)
    g_assert_cmpuint (clock->odd[i], ==, 0);
}

/* @share of the units have their low @bits replaced. */
static guint
write_bits (Clock *clock, guint bits, double share, guint8 *written)
{
  guint count = 0;

  for (guint i = 0; i < UNITS; i++)
    {
      guint32 mask = bits < 32 ? (1u << bits) - 1 : 0xffffffff;
      guint32 value = (clock->stamps[i] & ~mask) | (g_rand_int (clock->random) & mask);
      written[i] = g_rand_double (clock->random) < share && value != clock->stamps[i];
      if (written[i])
        clock->stamps[i] = value;
      count += written[i];
    }
  return count;
}

static void
some_units_that_are_off_are_found (gconstpointer data)
{
  static const guint bits[] = { 3, 4, 8, 10 };
  guint8 written[UNITS];

  for (guint b = 0; b < G_N_ELEMENTS (bits); b++)
    {
      g_autoptr (Clock) clock = clock_new (((const Named *)data)->law);
      guint count = write_bits (clock, bits[b], 0.5, written), right = 0, wrong = 0;
      LensTicks ticks = lens_ticks_judge (clock->stamps, UNITS, clock->odd);
      for (guint i = 0; i < UNITS; i++)
        {
          right += written[i] && clock->odd[i] > 0;
          wrong += !written[i] && clock->odd[i] > 0;
        }
      g_test_message ("%u bits: %u of %u, %u wrong", bits[b], right, count, wrong);
      g_assert_cmpint (ticks.kind, ==, LENS_TICKS_GRID);
      g_assert_cmpuint (right, >=, count - count / 20);
      g_assert_cmpuint (wrong, <=, UNITS / 50);
    }
}

static void
low_bits_of_all_units_are_found (gconstpointer data)
{
  guint8 written[UNITS];

  for (guint bits = 3; bits <= 10; bits++)
    {
      g_autoptr (Clock) clock = clock_new (((const Named *)data)->law);
      write_bits (clock, bits, 1, written);
      LensTicks ticks = lens_ticks_judge (clock->stamps, UNITS, clock->odd);
      g_assert_cmpint (ticks.kind, ==, LENS_TICKS_MASKED);
      g_assert_cmpuint (ticks.bits, ==, bits);
    }
}

static void
a_few_units_are_not_judged (void)
{
  guint32 stamps[LENS_TICKS_LEAST - 1] = { 5, 1, 7 };
  guint8 odd[LENS_TICKS_LEAST - 1];

  g_assert_cmpint (lens_ticks_judge (stamps, LENS_TICKS_LEAST - 1, odd).kind, ==, LENS_TICKS_FREE);
  g_assert_cmpint (lens_ticks_judge (stamps, 0, odd).kind, ==, LENS_TICKS_FREE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (laws); i++)
    {
      g_autofree char *quiet
          = g_strconcat ("/ledger/ticks/an-honest-clock-is-quiet/", laws[i].name, NULL);
      g_autofree char *some
          = g_strconcat ("/ledger/ticks/some-units-that-are-off-are-found/", laws[i].name, NULL);
      g_test_add_data_func (quiet, &laws[i], an_honest_clock_is_quiet);
      if (laws[i].counts && laws[i].law != counted_sound)
        g_test_add_data_func (some, &laws[i], some_units_that_are_off_are_found);
    }
  g_test_add_data_func ("/ledger/ticks/low-bits-of-all-units-are-found/counted", &laws[0],
                        low_bits_of_all_units_are_found);
  g_test_add_func ("/ledger/ticks/a-few-units-are-not-judged", a_few_units_are_not_judged);
  return g_test_run ();
}
