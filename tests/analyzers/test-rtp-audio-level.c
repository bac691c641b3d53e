/* Levels that packets of sound say they have. */
#include "tests/analyzers/build.h"

#include "wire/g711.h"

#include <math.h>

#define CHANNEL "rtp-ext-unmapped"

static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=S\r\nt=0 0\r\n"
                          "m=audio 0 RTP/AVP 8\r\na=control:track1\r\n"
                          "a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n";

/* Noise of some segments of A-law, and its level. */
static GByteArray *
sound (GRand *random, gint *level)
{
  GByteArray *octets = g_byte_array_new ();
  gint loudest = g_rand_int_range (random, 2, 8);
  double sum = 0;

  for (guint i = 0; i < 160; i++)
    {
      guint8 code = (guint8)((g_rand_boolean (random) ? 0x80 : 0)
                             | g_rand_int_range (random, 0, loudest) << 4
                             | g_rand_int_range (random, 0, 16));
      code ^= 0x55;
      sum += pow (lens_g711_sample (TRUE, code), 2);
      g_byte_array_append (octets, &code, 1);
    }
  *level = (gint)lround (-10 * log10 (sum / 160 / pow (32768, 2)));
  return octets;
}

static guint64
send (Build *build, guint16 sequence, gint level, GByteArray *octets)
{
  g_autofree char *extension = g_strdup_printf ("bede 0001 20%02x0000", (guint)level & 0x7f);

  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .payload_type = 8,
                                             .sequence = sequence,
                                             .timestamp = 160u * sequence,
                                             .ssrc = 7,
                                             .extension = build_hex (extension),
                                             .payload = octets }));
}

/* As it is, and 20 dB off as that of another place in the device. */
static void
levels_of_the_sound_are_quiet (void)
{
  for (gint off = 0; off <= 20; off += 20)
    {
      g_autoptr (Build) build = build_new ("rtp-audio-level");
      g_autoptr (GRand) random = g_rand_new_with_seed (9);
      build_session (build, sdp, FALSE, "");
      for (guint16 i = 0; i < 200; i++)
        {
          gint level;
          GByteArray *octets = sound (random, &level);
          send (build, i, level + off + g_rand_int_range (random, -3, 4), octets);
        }
      build_quiet (build, CHANNEL);
    }
}

static void
levels_of_anything_are_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-audio-level");
  g_autoptr (GRand) random = g_rand_new_with_seed (9);

  build_session (build, sdp, FALSE, "");
  for (guint16 i = 0; i < 200; i++)
    {
      gint level;
      GByteArray *octets = sound (random, &level);
      send (build, i, g_rand_int_range (random, 0, 128), octets);
    }
  const LensFindingRow *finding = build_finding (build, CHANNEL);
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, >, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtp-audio-level/" name, function)
  CASE ("levels-of-the-sound-are-quiet", levels_of_the_sound_are_quiet);
  CASE ("levels-of-anything-are-found", levels_of_anything_are_found);
  return g_test_run ();
}
