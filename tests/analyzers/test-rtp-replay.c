/* What the words of ONVIF's replay extension say. */
#include "tests/analyzers/build.h"

/* Pictures 40 ms apart; @milliseconds: by which the time is off. */
static guint64
send (Build *build, guint16 i, gint milliseconds, const char *flags)
{
  guint64 ms = (guint64)(3900000000000 + 40 * (gint64)i + milliseconds);
  g_autofree char *digits = g_strdup_printf ("abac 0003 %08x %08x %s", (guint)(ms / 1000),
                                             (guint)((ms % 1000 << 32) / 1000), flags);

  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .payload_type = 96,
                                             .sequence = i,
                                             .timestamp = 3600u * i,
                                             .ssrc = 0xaaaa,
                                             .extension = build_hex (digits),
                                             .payload = build_hex ("419a5c5c") }));
}

static Build *
start (gboolean over_tcp)
{
  Build *build = build_new ("rtp-replay");

  build_session (build, build_sdp_h264, over_tcp, "Require: onvif-replay\r\n");
  return build;
}

static void
an_honest_replay_is_room (gconstpointer over_tcp)
{
  g_autoptr (Build) build = start (GPOINTER_TO_INT (over_tcp));

  for (guint16 i = 0; i < 100; i++)
    send (build, i, i % 3, i % 25 == 0 ? "c0050000" : "00050000");

  const LensFindingRow *room = build_quiet (build, "rtp-onvif-ext-mbz");
  g_assert_cmpuint (room->room_bits, ==, 28 * 100);
  g_assert_cmpuint (room->used_bits, ==, 0);
}

static void
bits_that_must_be_zero_are_found (void)
{
  g_autoptr (Build) build = start (FALSE);

  guint64 first = send (build, 1, 0, "e7050000");
  gsize offset = build->offset + 12 + 4;
  guint64 second = send (build, 2, 0, "00051234");

  const LensFindingRow *finding = build_found (build, "rtp-onvif-ext-mbz", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, first, offset + 8, 1);
  build_assert_octets (finding, 1, second, offset + 10, 2);
  g_assert_cmpuint (finding->used_bits, ==, 4 + 16);
}

static void
a_number_that_changes_is_found (void)
{
  g_autoptr (Build) build = start (FALSE);

  send (build, 1, 0, "00050000");
  guint64 frame = send (build, 2, 0, "00730000");
  send (build, 3, 0, "00650000");

  const LensFindingRow *finding = build_found (build, "rtp-onvif-ext-mbz", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 4 + 9, 1);
  g_assert_cmpuint (finding->used_bits, ==, 16);
}

static void
a_number_that_changes_with_play_is_quiet (void)
{
  g_autoptr (Build) build = start (TRUE);

  send (build, 1, 0, "00050000");
  build_request (build, "PLAY", "Session: 1\r\n", "Session: 1\r\n", "");
  send (build, 2, 0, "00060000");
  send (build, 3, 0, "00060000");

  g_assert_cmpuint (build_quiet (build, "rtp-onvif-ext-mbz")->used_bits, ==, 0);
}

static void
a_time_that_wanders_is_found (void)
{
  g_autoptr (Build) build = start (FALSE);
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (guint16 i = 0; i < 100; i++)
    send (build, i, g_rand_int_range (random, 0, 500), "00050000");

  build_found (build, "rtp-onvif-ext-mbz", LENS_SEVERITY_HIGH);
}

/* Pictures in the order of decoding; the time is when they are sent. */
static void
a_time_of_sending_is_quiet (void)
{
  static const gint early[] = { 0, 3, -1, -2 };
  g_autoptr (Build) build = start (FALSE);
  gint64 start_ns = build->now;

  for (guint16 i = 0; i < 200; i++)
    {
      guint16 shown = (guint16)(i + early[i % 4] + 4);
      gint64 ms = (build->now - start_ns) / 1000000;
      send (build, shown, (gint)(ms - 40 * (gint64)shown), "00050000");
      build->now += (i * 7 % 5) * G_GINT64_CONSTANT (9000000);
    }
  g_assert_cmpuint (build_quiet (build, "rtp-onvif-ext-mbz")->used_bits, ==, 0);
}

static void
a_fast_replay_is_quiet (void)
{
  g_autoptr (Build) build = start (FALSE);

  for (guint16 i = 0; i < 100; i++)
    send (build, i, 280 * i, "00050000");

  g_assert_cmpuint (build_quiet (build, "rtp-onvif-ext-mbz")->used_bits, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/analyzers/rtp-replay/an-honest-replay-is-room-over-udp",
                        GINT_TO_POINTER (FALSE), an_honest_replay_is_room);
  g_test_add_data_func ("/analyzers/rtp-replay/an-honest-replay-is-room-over-tcp",
                        GINT_TO_POINTER (TRUE), an_honest_replay_is_room);
#define CASE(name, function) g_test_add_func ("/analyzers/rtp-replay/" name, function)
  CASE ("bits-that-must-be-zero-are-found", bits_that_must_be_zero_are_found);
  CASE ("a-number-that-changes-is-found", a_number_that_changes_is_found);
  CASE ("a-number-that-changes-with-play-is-quiet", a_number_that_changes_with_play_is_quiet);
  CASE ("a-time-that-wanders-is-found", a_time_that_wanders_is_found);
  CASE ("a-time-of-sending-is-quiet", a_time_of_sending_is_quiet);
  CASE ("a-fast-replay-is-quiet", a_fast_replay_is_quiet);
  return g_test_run ();
}
