/* Data in silence. */
#include "tests/analyzers/sound.h"

#include <string.h>

static void
sounds_and_silence_are_quiet (void)
{
  static const Sound sounds[] = { sound_tone,    sound_babble,   sound_loud_noise, sound_soft_noise,
                                  sound_silence, sound_dialling, sound_ticks };

  for (guint i = 0; i < G_N_ELEMENTS (sounds); i++)
    {
      g_autoptr (Build) build = sound_session ("audio-silence");
      sound_send_all (build, sounds[i], 1000);
      build_conclude (build);
      build_quiet (build, "audio-silent-declared");
    }
}

/* Noise about zero, so rare in the even seconds and so frequent in the odd ones that each
 * fourth or second sample is another. */
static void
noise_about_zero_is_quiet (void)
{
  static const double frequencies[] = { 0.004, 0.05, 0.25, 0.5 };
  static const guint8 zeros[] = { 0xff, 0x7f, 0xfe, 0x7e };

  for (guint f = 0; f < G_N_ELEMENTS (frequencies); f++)
    {
      g_autoptr (Build) build = sound_session ("audio-silence");
      g_autoptr (GRand) random = g_rand_new_with_seed (5);
      guint8 octets[160];
      for (guint p = 0; p < 1000; p++)
        {
          double frequency = p / 50 % 2 == 0 ? frequencies[f] : frequencies[f] / 4;
          for (guint i = 0; i < sizeof octets; i++)
            octets[i] = g_rand_double (random) < frequency
                            ? zeros[g_rand_int_range (random, 0, G_N_ELEMENTS (zeros))]
                            : 0xff;
          sound_send (build, 0, (guint16)p, octets, sizeof octets);
        }
      build_conclude (build);
      build_quiet (build, "audio-silent-declared");
    }
}

static void
octets_in_silence_are_found (void)
{
  static const guint8 data[20] = { 0x0a, 0xf1, 0x3c, 0xe5, 0x91, 0x6d, 0x22, 0xfa, 0x47, 0xc9,
                                   0x05, 0xd8, 0x76, 0x1b, 0xee, 0x83, 0x58, 0xb0, 0x2f, 0x67 };
  g_autoptr (Build) build = sound_session ("audio-silence");
  guint8 octets[160];
  guint64 first = 0;

  sound_send_all (build, sound_silence, 200);
  for (guint p = 0; p < 6; p++)
    {
      memset (octets, 0xff, sizeof octets);
      for (guint i = 0; i < sizeof data; i++)
        octets[20 + i] = data[(i + p) % sizeof data];
      guint64 frame = sound_send (build, 0, (guint16)(200 + p), octets, sizeof octets);
      first = first == 0 ? frame : first;
    }
  build_conclude (build);
  const LensFindingRow *finding
      = build_found (build, "audio-silent-declared", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 6 * 20 * 8);
  build_assert_octets (finding, 0, first, build->offset + 12 + 20, 20);
}

static void
choices_between_zeros_are_found (void)
{
  g_autoptr (Build) build = sound_session ("audio-silence");
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  guint8 octets[160];

  sound_send_all (build, sound_silence, 200);
  for (guint p = 0; p < 60; p++)
    {
      memset (octets, 0xff, sizeof octets);
      for (guint i = 0; p % 3 == 0 && i < 16; i++)
        octets[i] = g_rand_boolean (random) ? 0xff : 0x7f;
      sound_send (build, 0, (guint16)(200 + p), octets, sizeof octets);
    }
  build_conclude (build);
  const LensFindingRow *finding
      = build_found (build, "audio-silent-declared", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/audio-silence/" name, function)
  CASE ("sounds-and-silence-are-quiet", sounds_and_silence_are_quiet);
  CASE ("noise-about-zero-is-quiet", noise_about_zero_is_quiet);
  CASE ("octets-in-silence-are-found", octets_in_silence_are_found);
  CASE ("choices-between-zeros-are-found", choices_between_zeros_are_found);
  return g_test_run ();
}
