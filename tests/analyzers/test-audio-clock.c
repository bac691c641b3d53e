/* Time stamps of G.711 that count samples, and those that do not. */
#include "tests/analyzers/build.h"

#define CHANNEL "rtp-timestamp-lsb"

enum
{
  SAMPLES = 160,
  PACKETS = 600,
};

static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=S\r\nt=0 0\r\n"
                          "m=audio 0 RTP/AVP 8\r\na=control:track1\r\n";

typedef gint (*Off) (GRand *random, guint packet);

static Build *
session (Off off)
{
  Build *build = build_new ("audio-clock");
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  build_session (build, sdp, FALSE, "");
  for (guint16 i = 0; i < PACKETS; i++)
    build_media (
        build, CAMERA, 0, FALSE,
        build_rtp ((BuildRtp){ .payload_type = 8,
                               .sequence = i,
                               .timestamp = (guint32)(5000 + SAMPLES * i + off (random, i)),
                               .ssrc = 7,
                               .payload = build_filled (0xd5, SAMPLES) }));
  return build;
}

static gint
none (GRand *random, guint packet)
{
  return 0;
}

static gint
message (GRand *random, guint packet)
{
  return g_rand_int_range (random, 0, 4);
}

/* A clock that jitters by a third of a millisecond. */
static gint
jitter (GRand *random, guint packet)
{
  double sum = 0;

  for (guint i = 0; i < 6; i++)
    sum += g_rand_double_range (random, -3, 3);
  return (gint)sum / 2;
}

static gint
milliseconds (GRand *random, guint packet)
{
  return 8 * g_rand_int_range (random, -1, 2);
}

/* A clock that runs at another rate, and is set right again. */
static gint
beat (GRand *random, guint packet)
{
  return (gint)(packet / 5 % 8);
}

static gint
rounded (GRand *random, guint packet)
{
  return g_rand_int_range (random, -1, 2);
}

static void
clocks_are_quiet (void)
{
  static const Off clocks[] = { none, jitter, milliseconds, beat, rounded };

  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++)
    {
      g_autoptr (Build) build = session (clocks[i]);
      build_quiet (build, CHANNEL);
    }
}

static void
a_message_is_found (void)
{
  g_autoptr (Build) build = session (message);

  build_conclude (build);
  const LensFindingRow *finding = build_finding (build, CHANNEL);
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, >=, 512);
  g_assert_cmpuint (finding->used_bits, ==, 2 * finding->frame_count);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/audio-clock/clocks-are-quiet", clocks_are_quiet);
  g_test_add_func ("/analyzers/audio-clock/a-message-is-found", a_message_is_found);
  return g_test_run ();
}
