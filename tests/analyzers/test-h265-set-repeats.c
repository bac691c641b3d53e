/* Copies of H.265 parameter sets before one picture. */
#include "tests/analyzers/build-h265.h"

typedef struct
{
  Build *build;
  guint16 sequence;
} Stream;

static Stream
stream_new (void)
{
  Stream stream = { build_new ("h265-set-repeats"), 0 };

  build_session (stream.build, build_sdp_h265, FALSE, "");
  return stream;
}

/* A picture behind @copies of each set. */
static void
put (Stream *stream, guint copies, gboolean key)
{
  for (guint i = 0; i < copies; i++)
    {
      build_nal (stream->build, ++stream->sequence, UNIT (h265_vps));
      build_nal (stream->build, ++stream->sequence, UNIT (h265_sps));
      build_nal (stream->build, ++stream->sequence, UNIT (h265_pps));
    }
  build_nal (stream->build, ++stream->sequence, key ? UNIT (h265_idr) : UNIT (h265_p));
}

static void
numbers_without_a_habit_are_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 120; i++)
    put (&stream, (i * i + i / 5) % 11 % 4, i % 10 == 0);
  g_assert_cmpuint (build_found (build, "h265-ps-churn", LENS_SEVERITY_MEDIUM)->frame_count, >,
                    120);
}

static void
copies_by_encoder_and_server_are_quiet (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 300; i++)
    put (&stream, i % 10 == 0 ? 2 : i % 7 == 3, i % 10 == 0);
  build_quiet (build, "h265-ps-churn");
}

static void
numbers_of_which_packets_are_missing_are_quiet (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 120; i++)
    {
      put (&stream, (i * i + i / 5) % 11 % 4, i % 10 == 0);
      stream.sequence += 3;
    }
  build_quiet (build, "h265-ps-churn");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h265-set-repeats/" name, function)
  CASE ("numbers-without-a-habit-are-found", numbers_without_a_habit_are_found);
  CASE ("copies-by-encoder-and-server-are-quiet", copies_by_encoder_and_server_are_quiet);
  CASE ("numbers-of-which-packets-are-missing-are-quiet",
        numbers_of_which_packets_are_missing_are_quiet);
  return g_test_run ();
}
