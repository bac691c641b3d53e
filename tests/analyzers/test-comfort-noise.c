/* Comfort noise, in pauses and elsewhere. */
#include "tests/analyzers/sound.h"

enum
{
  NOISE = 13,
  LEVELS = 40,
};

/* Sound, and in each pause of ten packets one of noise, of ever another level. */
static void
noise_in_pauses_is_quiet (void)
{
  g_autoptr (Build) build = sound_session ("comfort-noise");
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  guint8 octets[160] = { 0 };

  for (guint16 i = 0; i < LEVELS; i++)
    {
      const guint8 noise[] = { (guint8)g_rand_int_range (random, 30, 80),
                               (guint8)g_rand_int (random), (guint8)g_rand_int (random) };
      sound_send (build, 0, (guint16)(12 * i), octets, sizeof octets);
      sound_send (build, NOISE, (guint16)(12 * i + 1), noise, sizeof noise);
      build->now += 10 * 20 * G_GINT64_CONSTANT (1000000);
    }
  build_conclude (build);
  build_quiet (build, "audio-silent-declared");
}

static void
noise_without_a_pause_is_found (void)
{
  g_autoptr (Build) build = sound_session ("comfort-noise");
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  guint8 octets[160] = { 0 };

  for (guint16 i = 0; i < LEVELS; i++)
    {
      const guint8 noise[] = { (guint8)g_rand_int_range (random, 0, 128) };
      sound_send (build, 0, i, octets, sizeof octets);
      sound_send (build, NOISE, i, noise, sizeof noise);
    }
  build_conclude (build);
  const LensFindingRow *finding
      = build_found (build, "audio-silent-declared", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, LEVELS);
  g_assert_cmpuint (finding->used_bits, ==, 8 * LEVELS);
}

static void
coefficients_that_come_and_go_are_found (void)
{
  g_autoptr (Build) build = sound_session ("comfort-noise");
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  guint8 octets[160] = { 0 };
  const guint8 noise[12] = { 40, 127, 127, 127 };

  for (guint16 i = 0; i < LEVELS; i++)
    {
      sound_send (build, 0, (guint16)(12 * i), octets, sizeof octets);
      sound_send (build, NOISE, (guint16)(12 * i + 1), noise,
                  (gsize)g_rand_int_range (random, 1, sizeof noise));
    }
  build_conclude (build);
  build_found (build, "audio-silent-declared", LENS_SEVERITY_HIGH);
}

static void
the_highest_bit_of_a_level_is_zero (void)
{
  g_autoptr (Build) build = sound_session ("comfort-noise");
  const guint8 odd[] = { 0xc0 };

  sound_send_all (build, sound_silence, 20);
  sound_send (build, NOISE, 20, odd, sizeof odd);
  build_conclude (build);
  build_found (build, "audio-silent-declared", LENS_SEVERITY_MEDIUM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/comfort-noise/" name, function)
  CASE ("noise-in-pauses-is-quiet", noise_in_pauses_is_quiet);
  CASE ("noise-without-a-pause-is-found", noise_without_a_pause_is_found);
  CASE ("coefficients-that-come-and-go-are-found", coefficients_that_come_and_go_are_found);
  CASE ("the-highest-bit-of-a-level-is-zero", the_highest_bit_of_a_level_is_zero);
  return g_test_run ();
}
