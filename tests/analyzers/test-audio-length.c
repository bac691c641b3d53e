/* Packets of G.711 and their time. */
#include "tests/analyzers/sound.h"

#include <string.h>

enum
{
  PACKETS = 300,
  SAMPLES = 160,
};

/* sound_send() counts 160 samples a packet. */
static void
send_packets (Build *build, guint every, guint more)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  guint8 octets[SAMPLES + 64];

  for (guint16 i = 0; i < PACKETS; i++)
    {
      for (guint o = 0; o < sizeof octets; o++)
        octets[o] = (guint8)g_rand_int_range (random, 0xc0, 0xd0);
      gsize beyond = every > 0 && i % every == every - 1
                         ? more + (gsize)g_rand_int_range (random, 0, 16)
                         : (every == 0 ? more : 0);
      sound_send (build, 0, i, octets, SAMPLES + beyond);
    }
}

static void
packets_as_long_as_their_time_are_quiet (void)
{
  g_autoptr (Build) build = sound_session ("audio-length");

  send_packets (build, 0, 0);
  build_conclude (build);
  g_assert_null (build_finding (build, "rtp-trailing-in-payload"));
}

static void
the_same_surplus_always_is_quiet (void)
{
  g_autoptr (Build) build = sound_session ("audio-length");

  send_packets (build, 0, 4);
  build_conclude (build);
  g_assert_null (build_finding (build, "rtp-trailing-in-payload"));
}

static void
octets_beyond_the_time_are_found (void)
{
  g_autoptr (Build) build = sound_session ("audio-length");

  send_packets (build, 10, 8);
  build_conclude (build);
  const LensFindingRow *finding
      = build_found (build, "rtp-trailing-in-payload", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, PACKETS / 10);
}

/* Each 160 samples in two pieces. */
static void
lengths_that_no_buffer_explains_are_found (void)
{
  for (guint with = 0; with < 2; with++)
    {
      g_autoptr (Build) build = sound_session ("audio-length");
      g_autoptr (GRand) random = g_rand_new_with_seed (2);
      guint8 octets[SAMPLES];
      memset (octets, 0xc7, sizeof octets);
      for (guint16 i = 0; i < PACKETS; i++)
        {
          gsize first = with ? (gsize)g_rand_int_range (random, 1, 129) : 60u + 2u * (i % 5u);
          sound_send (build, 0, (guint16)(2 * i), octets, first);
          sound_send (build, 0, (guint16)(2 * i + 1), octets, SAMPLES - first);
        }
      build_conclude (build);
      const LensFindingRow *finding = build_finding (build, "rtp-size-modulation");
      if (with)
        g_assert_cmpuint (finding->frame_count, >, PACKETS);
      else
        g_assert_null (finding);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/audio-length/" name, function)
  CASE ("packets-as-long-as-their-time-are-quiet", packets_as_long_as_their_time_are_quiet);
  CASE ("the-same-surplus-always-is-quiet", the_same_surplus_always_is_quiet);
  CASE ("octets-beyond-the-time-are-found", octets_beyond_the_time_are_found);
  g_test_add_func ("/analyzers/audio-length/lengths-that-no-buffer-explains-are-found",
                   lengths_that_no_buffer_explains_are_found);
  return g_test_run ();
}
