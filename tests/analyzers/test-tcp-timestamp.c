/* Time stamps of TCP, and clocks that go back. */
#include "tests/analyzers/build.h"
#include "wire/transport.h"

typedef struct
{
  Build *build;
  guint32 sequence;
} Talk;

static Talk
talk_new (void)
{
  Talk talk = { build_new ("tcp-timestamp"), 5001 };
  BuildTcp tcp;

  talk.build->step = 100000; /* ns */
  build_connect (talk.build, &tcp, 80, 40000);
  return talk;
}

static guint64
say_at (Talk *talk, guint32 sequence, guint32 value, guint32 echo)
{
  GByteArray *options = build_hex ("0101 080a 00000000 00000000");

  for (guint i = 0; i < 4; i++)
    {
      options->data[4 + i] = (guint8)(value >> (24 - 8 * i));
      options->data[8 + i] = (guint8)(echo >> (24 - 8 * i));
    }
  return build_tcp (talk->build, CAMERA, 80, 40000,
                    (BuildSegment){ .flags = LENS_TCP_ACK,
                                    .sequence = sequence,
                                    .acknowledgement = 1001,
                                    .options = options,
                                    .data = build_text ("data") });
}

static guint64
say (Talk *talk, guint32 value, guint32 echo)
{
  guint64 frame = say_at (talk, talk->sequence, value, echo);

  talk->sequence += 4;
  return frame;
}

static void
a_clock_of_any_tick_is_quiet (void)
{
  static const guint ticks[] = { 1, 10, 100, 5000, 0 }; /* segments a tick; 0: it stands */

  for (guint t = 0; t < G_N_ELEMENTS (ticks); t++)
    {
      Talk talk = talk_new ();
      for (guint i = 0; i < 300; i++)
        say (&talk, 0xffffff80 + (ticks[t] > 0 ? i / ticks[t] : 0), 77); /* over the wrap */
      g_assert_null (build_finding (talk.build, "tcp-timestamp-lsb"));
      build_free (talk.build);
    }
}

static void
stamps_that_go_back_and_forth_are_found (void)
{
  Talk talk = talk_new ();
  guint64 frames[2] = { 0, 0 };

  for (guint i = 0; i < 200; i++)
    {
      guint32 off = i % 20 == 10 ? 3 : i % 20 == 15 ? (guint32)-2 : 0;
      guint64 frame = say (&talk, 1000 + i / 50 + off, 77);
      if (i == 10 || i == 15)
        frames[i == 15] = frame;
    }
  const LensFindingRow *finding
      = build_found (talk.build, "tcp-timestamp-lsb", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frames[0], talk.build->offset + 24, 4);
  build_assert_octets (finding, 1, frames[1], talk.build->offset + 24, 4);
  g_assert_cmpuint (finding->frame_count, ==, 20);
  build_free (talk.build);
}

static void
echoes_that_go_back_and_forth_are_found (void)
{
  Talk talk = talk_new ();

  for (guint i = 0; i < 200; i++)
    say (&talk, 1000 + i / 50, i % 20 == 10 ? 12345 : 77);
  const LensFindingRow *finding
      = build_found (talk.build, "tcp-timestamp-lsb", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 10);
  build_free (talk.build);
}

static void
a_clock_that_is_set_is_quiet (void)
{
  Talk talk = talk_new ();

  for (guint i = 0; i < 300; i++)
    say (&talk, (i < 150 ? 90000 : 1000) + i / 10, 77);
  build_quiet (talk.build, "tcp-timestamp-lsb");
  build_free (talk.build);
}

/* In the capture they come late, and so do their stamps. */
static void
segments_out_of_order_are_left_out (void)
{
  Talk talk = talk_new ();

  for (guint i = 0; i < 100; i += 2)
    {
      say_at (&talk, 5001 + 4 * (i + 1), 1000 + i + 1, 77);
      say_at (&talk, 5001 + 4 * i, 1000 + i, 77);
    }
  g_assert_null (build_finding (talk.build, "tcp-timestamp-lsb"));
  build_free (talk.build);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/tcp-timestamp/a-clock-of-any-tick-is-quiet",
                   a_clock_of_any_tick_is_quiet);
  g_test_add_func ("/analyzers/tcp-timestamp/stamps-that-go-back-and-forth-are-found",
                   stamps_that_go_back_and_forth_are_found);
  g_test_add_func ("/analyzers/tcp-timestamp/echoes-that-go-back-and-forth-are-found",
                   echoes_that_go_back_and_forth_are_found);
  g_test_add_func ("/analyzers/tcp-timestamp/a-clock-that-is-set-is-quiet",
                   a_clock_that_is_set_is_quiet);
  g_test_add_func ("/analyzers/tcp-timestamp/segments-out-of-order-are-left-out",
                   segments_out_of_order_are_left_out);
  return g_test_run ();
}
