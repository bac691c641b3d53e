#include "tests/analyzers/build.h"

#include <math.h>
#include <string.h>

static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=Session\r\nt=0 0\r\n"
                          "m=audio 0 RTP/AVP 0 13\r\na=control:track1\r\n";

static guint64
send (Build *build, guint8 type, guint16 sequence, const guint8 *octets, gsize length)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .payload_type = type,
                                             .sequence = sequence,
                                             .timestamp = 160u * sequence,
                                             .ssrc = 7,
                                             .payload = g_byte_array_append (
                                                 g_byte_array_new (), octets, (guint)length) }));
}

/* G.711 mu-law of a sample of -1 to 1. */
static guint8
mu_law (double sample)
{
  gint magnitude = (gint)(MIN (fabs (sample), 1.0) * 8158) + 33, segment = 0;

  while (segment < 7 && magnitude >= 64 << segment)
    segment++;
  guint8 code = (guint8)(segment << 4 | (magnitude >> (segment + 1) & 15));
  return (guint8) ~(code | (sample < 0 ? 0x80 : 0));
}

static Build *
session (void)
{
  Build *build = build_new ("audio-content");

  build_session (build, sdp, TRUE, "");
  return build;
}

typedef double (*Sound) (GRand *random, guint index);

static double
tone (GRand *random, guint index)
{
  return 0.9 * sin (index * 0.4) * sin (index * 0.001);
}

/* Louder and softer, as speech. */
static double
babble (GRand *random, guint index)
{
  static double low;

  low = 0.6 * low + 0.4 * g_rand_double_range (random, -1, 1);
  return low * exp (-8 * fabs (sin (index * 0.0003)));
}

static double
loud_noise (GRand *random, guint index)
{
  return g_rand_double_range (random, -1, 1);
}

static double
soft_noise (GRand *random, guint index)
{
  return g_rand_double_range (random, -0.002, 0.002);
}

static double
silence (GRand *random, guint index)
{
  return 0;
}

/* Two tones, 100 ms on and 100 ms off. */
static double
dialling (GRand *random, guint index)
{
  return index / 800 % 2 == 0 ? 0.4 * sin (index * 0.5474) + 0.4 * sin (index * 0.9496) : 0;
}

static void
send_sound (Build *build, Sound sound, guint packets)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  guint8 octets[160];

  for (guint p = 0; p < packets; p++)
    {
      for (guint i = 0; i < sizeof octets; i++)
        octets[i] = mu_law (sound (random, 160 * p + i));
      send (build, 0, (guint16)p, octets, sizeof octets);
    }
}

static void
sounds_are_quiet (void)
{
  static const Sound sounds[] = { tone, babble, loud_noise, soft_noise, silence, dialling };

  for (guint i = 0; i < G_N_ELEMENTS (sounds); i++)
    {
      g_autoptr (Build) build = session ();
      send_sound (build, sounds[i], 1000);
      build_conclude (build);
      build_quiet (build, "audio-transteg");
      build_quiet (build, "audio-silent-declared");
    }
}

static void
data_in_place_of_sound_is_found (void)
{
  g_autoptr (Build) build = session ();
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  guint8 octets[160];

  send_sound (build, babble, 500);
  for (guint p = 0; p < 20; p++)
    {
      for (guint i = 0; i < sizeof octets; i++)
        octets[i] = (guint8)g_rand_int (random);
      send (build, 0, (guint16)(500 + p), octets, sizeof octets);
    }
  build_conclude (build);
  const LensFindingRow *finding = build_found (build, "audio-transteg", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 20);
  g_assert_cmpuint (finding->used_bits, ==, 20 * 160 * 8);
}

static void
bursts_in_silence_are_found (void)
{
  g_autoptr (Build) build = session ();
  guint8 octets[160];

  send_sound (build, silence, 200);
  for (guint p = 0; p < 6; p++)
    {
      memset (octets, 0xff, sizeof octets);
      octets[20] = 0x12;
      octets[21] = (guint8)(0x34 + p);
      send (build, 0, (guint16)(200 + p), octets, sizeof octets);
    }
  build_conclude (build);
  const LensFindingRow *finding
      = build_found (build, "audio-silent-declared", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 6 * 16);
}

static void
comfort_noise_has_a_bit_of_zero (void)
{
  g_autoptr (Build) build = session (), other = session ();
  const guint8 honest[] = { 0x40, 0x81, 0x7f }, odd[] = { 0xc0 };

  send_sound (build, silence, 20);
  send (build, 13, 20, honest, sizeof honest);
  build_conclude (build);
  build_quiet (build, "audio-silent-declared");

  send_sound (other, silence, 20);
  send (other, 13, 20, odd, sizeof odd);
  build_conclude (other);
  build_found (other, "audio-silent-declared", LENS_SEVERITY_MEDIUM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/audio-content/sounds-are-quiet", sounds_are_quiet);
  g_test_add_func ("/analyzers/audio-content/data-in-place-of-sound-is-found",
                   data_in_place_of_sound_is_found);
  g_test_add_func ("/analyzers/audio-content/bursts-in-silence-are-found",
                   bursts_in_silence_are_found);
  g_test_add_func ("/analyzers/audio-content/comfort-noise-has-a-bit-of-zero",
                   comfort_noise_has_a_bit_of_zero);
  return g_test_run ();
}
