#include "tests/analyzers/sound.h"

#include <math.h>

static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=Session\r\nt=0 0\r\n"
                          "m=audio 0 RTP/AVP 0 13\r\na=control:track1\r\n";

guint64
sound_send (Build *build, guint8 type, guint16 sequence, const guint8 *octets, gsize length)
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

Build *
sound_session (const char *analyzer)
{
  Build *build = build_new (analyzer);

  build_session (build, sdp, TRUE, "");
  return build;
}

double
sound_tone (GRand *random, guint index)
{
  return 0.9 * sin (index * 0.4) * sin (index * 0.001);
}

double
sound_babble (GRand *random, guint index)
{
  static double low;

  low = 0.6 * low + 0.4 * g_rand_double_range (random, -1, 1);
  return low * exp (-8 * fabs (sin (index * 0.0003)));
}

double
sound_loud_noise (GRand *random, guint index)
{
  return g_rand_double_range (random, -1, 1);
}

double
sound_soft_noise (GRand *random, guint index)
{
  return g_rand_double_range (random, -0.002, 0.002);
}

double
sound_silence (GRand *random, guint index)
{
  return 0;
}

double
sound_dialling (GRand *random, guint index)
{
  return index / 800 % 2 == 0 ? 0.4 * sin (index * 0.5474) + 0.4 * sin (index * 0.9496) : 0;
}

double
sound_ticks (GRand *random, guint index)
{
  return index % 8000 < 80 ? 0.8 * sin (index % 8000 * 2 * G_PI * 440 / 8000) : 0;
}

void
sound_send_all (Build *build, Sound sound, guint packets)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  guint8 octets[160];

  for (guint p = 0; p < packets; p++)
    {
      for (guint i = 0; i < sizeof octets; i++)
        octets[i] = mu_law (sound (random, 160 * p + i));
      sound_send (build, 0, (guint16)p, octets, sizeof octets);
    }
}
