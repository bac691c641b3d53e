/* Data in the place of sound. */
#include "tests/analyzers/sound.h"

#include <string.h>

static void
sounds_are_quiet (void)
{
  static const Sound sounds[] = { sound_tone,       sound_babble,  sound_loud_noise,
                                  sound_soft_noise, sound_silence, sound_dialling };

  for (guint i = 0; i < G_N_ELEMENTS (sounds); i++)
    {
      g_autoptr (Build) build = sound_session ("audio-content");
      sound_send_all (build, sounds[i], 1000);
      build_conclude (build);
      build_quiet (build, "audio-transteg");
    }
}

static void
data_in_place_of_sound_is_found (void)
{
  g_autoptr (Build) build = sound_session ("audio-content");
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  guint8 octets[160];

  sound_send_all (build, sound_babble, 500);
  for (guint p = 0; p < 20; p++)
    {
      for (guint i = 0; i < sizeof octets; i++)
        octets[i] = (guint8)g_rand_int (random);
      sound_send (build, 0, (guint16)(500 + p), octets, sizeof octets);
    }
  build_conclude (build);
  const LensFindingRow *finding = build_found (build, "audio-transteg", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 20);
  g_assert_cmpuint (finding->used_bits, >, 20 * 160 * 8 * 9 / 10);
}

static void
text_in_place_of_sound_is_found (void)
{
  static const char text[] = "gate 14 opened at 09:31; plate WX-441-B, badge 20177, room 3, "
                             "two persons, key=c0rrect-horse. ";
  g_autoptr (Build) build = sound_session ("audio-content");
  guint8 octets[160];

  sound_send_all (build, sound_babble, 500);
  for (guint p = 0; p < 4; p++)
    {
      memset (octets, 0xff, sizeof octets);
      memcpy (octets, text + 9 * p, strlen (text) - 9 * p);
      sound_send (build, 0, (guint16)(500 + p), octets, sizeof octets);
    }
  build_conclude (build);
  const LensFindingRow *finding = build_found (build, "audio-transteg", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/audio-content/sounds-are-quiet", sounds_are_quiet);
  g_test_add_func ("/analyzers/audio-content/data-in-place-of-sound-is-found",
                   data_in_place_of_sound_is_found);
  g_test_add_func ("/analyzers/audio-content/text-in-place-of-sound-is-found",
                   text_in_place_of_sound_is_found);
  return g_test_run ();
}
