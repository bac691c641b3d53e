/* Windows of TCP that move by themselves. */
#include "tests/analyzers/build.h"
#include "wire/transport.h"

typedef struct
{
  Build *build;
  guint32 sequence, heard; /* of the camera and of the viewer */
} Talk;

static Talk
talk_new (void)
{
  Talk talk = { build_new ("tcp-window"), 5001, 1001 };
  BuildTcp tcp;

  build_connect (talk.build, &tcp, 80, 40000);
  return talk;
}

static guint64
say (Talk *talk, guint16 window, const char *text)
{
  guint64 frame = build_tcp (talk->build, CAMERA, 80, 40000,
                             (BuildSegment){ .flags = LENS_TCP_ACK,
                                             .sequence = talk->sequence,
                                             .acknowledgement = talk->heard,
                                             .window = window,
                                             .data = build_text (text) });
  talk->sequence += (guint32)strlen (text);
  return frame;
}

static void
ask (Talk *talk)
{
  build_tcp (talk->build, VIEWER, 80, 40000,
             (BuildSegment){ .flags = LENS_TCP_ACK,
                             .sequence = talk->heard,
                             .acknowledgement = talk->sequence,
                             .data = build_text ("again, please\n") });
  talk->heard += 14;
}

static void
a_window_that_moves_by_itself_is_found (void)
{
  Talk talk = talk_new ();
  guint64 frames[2] = { 0, 0 };

  for (guint i = 0; i < 200; i++)
    {
      guint64 frame = say (&talk, i % 20 == 12 ? 600 : i % 20 == 16 ? 400 : 502, "data");
      if (i == 12 || i == 16)
        frames[i == 16] = frame;
    }
  const LensFindingRow *finding
      = build_found (talk.build, "tcp-window-modulation", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frames[0], talk.build->offset + 14, 2);
  build_assert_octets (finding, 1, frames[1], talk.build->offset + 14, 2);
  g_assert_cmpuint (finding->frame_count, ==, 20);
  build_free (talk.build);
}

static void
a_window_that_follows_what_is_received_is_quiet (void)
{
  Talk talk = talk_new ();

  for (guint i = 0; i < 200; i++)
    {
      if (i % 10 == 0)
        ask (&talk);
      say (&talk, i % 10 < 2 ? 490 : 502, "data");
    }
  g_assert_null (build_finding (talk.build, "tcp-window-modulation"));
  build_free (talk.build);
}

static void
a_window_that_only_grows_without_end_is_found (void)
{
  Talk talk = talk_new ();

  for (guint i = 0; i < 100; i++)
    say (&talk, (guint16)(502 + i), "data");
  build_found (talk.build, "tcp-window-modulation", LENS_SEVERITY_MEDIUM);
  build_free (talk.build);
}

/* Duplicates, that nobody saw, are answered without data. */
static void
what_answers_something_may_say_anything (void)
{
  Talk talk = talk_new ();

  for (guint i = 0; i < 100; i++)
    {
      say (&talk, 502, "data");
      say (&talk, (guint16)(400 + 17 * i % 100), "");
    }
  g_assert_null (build_finding (talk.build, "tcp-window-modulation"));
  build_free (talk.build);
}

static void
a_window_that_closes_is_quiet (void)
{
  Talk talk = talk_new ();

  for (guint i = 0; i < 100; i++)
    say (&talk, i % 10 == 5 ? 0 : 502, "data");
  g_assert_null (build_finding (talk.build, "tcp-window-modulation"));
  build_free (talk.build);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/tcp-window/a-window-that-moves-by-itself-is-found",
                   a_window_that_moves_by_itself_is_found);
  g_test_add_func ("/analyzers/tcp-window/a-window-that-follows-what-is-received-is-quiet",
                   a_window_that_follows_what_is_received_is_quiet);
  g_test_add_func ("/analyzers/tcp-window/a-window-that-only-grows-without-end-is-found",
                   a_window_that_only_grows_without_end_is_found);
  g_test_add_func ("/analyzers/tcp-window/what-answers-something-may-say-anything",
                   what_answers_something_may_say_anything);
  g_test_add_func ("/analyzers/tcp-window/a-window-that-closes-is-quiet",
                   a_window_that_closes_is_quiet);
  return g_test_run ();
}
