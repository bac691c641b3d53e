/* What RTP may be that nobody described. */
#include "wire/media-guess.h"

#include <string.h>

typedef struct
{
  LensMediaGuess guess;
  LensRtp rtp;
} Fixture;

static void
take (Fixture *fixture, guint32 step, gboolean marker, const void *payload, gsize length)
{
  fixture->rtp.timestamp += step;
  fixture->rtp.marker = marker;
  lens_media_guess_take (&fixture->guess, &fixture->rtp, payload, length);
}

static void
nal_units_are_h264 (void)
{
  Fixture fixture = { .rtp.payload_type = 96 };

  for (guint i = 0; i < 10; i++)
    {
      take (&fixture, 3600, FALSE,
            "\x7c\x85"
            "abcdef",
            8);
      take (&fixture, 0, TRUE,
            "\x7c\x45"
            "abcdef",
            8);
      take (&fixture, 3600, TRUE,
            "\x41\x9a"
            "abcdef",
            8);
    }
  g_assert_cmpstr (lens_media_guess_name (&fixture.guess), ==, "H.264");
  g_assert_true (fixture.guess.fragments);
}

static void
two_octets_of_header_are_h265 (void)
{
  Fixture fixture = { .rtp.payload_type = 96 };

  for (guint i = 0; i < 10; i++)
    {
      take (&fixture, 3600, FALSE, "\x40\x01\x0c\x01", 4);
      take (&fixture, 0, TRUE, "\x26\x01\xaf\x09", 4);
      take (&fixture, 3600, TRUE, "\x62\x01\x81xyz", 6);
      take (&fixture, 0, TRUE, "\x62\x01\x41xyz", 6);
    }
  g_assert_cmpstr (lens_media_guess_name (&fixture.guess), ==, "H.265");
}

static void
offsets_that_go_on_are_jpeg (void)
{
  Fixture fixture = { .rtp.payload_type = 26 };

  for (guint i = 0; i < 10; i++)
    {
      take (&fixture, 3600, FALSE,
            "\0\0\0\0\1\x40\x28\x1e"
            "0123456789",
            18);
      take (&fixture, 0, TRUE,
            "\0\0\0\x0a\1\x40\x28\x1e"
            "0123",
            12);
    }
  g_assert_cmpstr (lens_media_guess_name (&fixture.guess), ==, "JPEG");
}

static void
access_unit_headers_are_aac (void)
{
  Fixture fixture = { .rtp.payload_type = 97 };

  for (guint i = 0; i < 10; i++)
    take (&fixture, 1024, TRUE,
          "\x00\x20\x00\x18\x00\x10"
          "abc"
          "de",
          11);
  g_assert_cmpstr (lens_media_guess_name (&fixture.guess), ==, "AAC");
  g_assert_true (lens_media_guess_is_sound (&fixture.guess));
}

static void
an_octet_a_tick_is_sound (void)
{
  Fixture fixture = { .rtp.payload_type = 8 };
  guint8 samples[160];

  memset (samples, 0xd5, sizeof samples);
  for (guint i = 0; i < 20; i++)
    take (&fixture, sizeof samples, FALSE, samples, sizeof samples);
  g_assert_cmpstr (lens_media_guess_name (&fixture.guess), ==, "PCMA");
  g_assert_true (lens_media_guess_is_sound (&fixture.guess));
}

static void
packets_of_188_octets_are_a_transport_stream (void)
{
  Fixture fixture = { .rtp.payload_type = 33 };
  guint8 packets[7 * 188] = { 0 };

  for (guint i = 0; i < 7; i++)
    packets[i * 188] = 0x47;
  for (guint i = 0; i < 10; i++)
    take (&fixture, 3000, FALSE, packets, sizeof packets);
  g_assert_cmpstr (lens_media_guess_name (&fixture.guess), ==, "MPEG transport stream");
  g_assert_false (lens_media_guess_is_sound (&fixture.guess));
}

static void
noise_is_nothing (void)
{
  Fixture fixture = { .rtp.payload_type = 77 };
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  guint8 octets[200];

  for (guint i = 0; i < 200; i++)
    {
      for (guint o = 0; o < sizeof octets; o++)
        octets[o] = (guint8)g_rand_int (random);
      take (&fixture, 3000, FALSE, octets, 1 + (gsize)g_rand_int_range (random, 0, 200));
    }
  g_assert_cmpstr (lens_media_guess_name (&fixture.guess), ==, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/wire/media-guess/" name, function)
  CASE ("nal-units-are-h264", nal_units_are_h264);
  CASE ("two-octets-of-header-are-h265", two_octets_of_header_are_h265);
  CASE ("offsets-that-go-on-are-jpeg", offsets_that_go_on_are_jpeg);
  CASE ("access-unit-headers-are-aac", access_unit_headers_are_aac);
  CASE ("an-octet-a-tick-is-sound", an_octet_a_tick_is_sound);
  CASE ("packets-of-188-octets-are-a-transport-stream",
        packets_of_188_octets_are_a_transport_stream);
  CASE ("noise-is-nothing", noise_is_nothing);
  return g_test_run ();
}
