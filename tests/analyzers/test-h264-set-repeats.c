/* Copies of parameter sets before one picture. */
#include "tests/analyzers/build.h"

#define SPS "6742c01eda0507e4"
#define PPS "68ce3c80"

typedef struct
{
  Build *build;
  guint16 sequence;
} Stream;

static Stream
stream_new (void)
{
  Stream stream = { build_new ("h264-set-repeats"), 0 };

  build_session (stream.build, build_sdp_h264, FALSE, "");
  return stream;
}

/* A picture behind @copies of both sets. */
static void
put (Stream *stream, guint copies, gboolean key)
{
  for (guint i = 0; i < copies; i++)
    {
      build_nal (stream->build, ++stream->sequence, build_hex (SPS));
      build_nal (stream->build, ++stream->sequence, build_hex (PPS));
    }
  build_nal (stream->build, ++stream->sequence, build_hex (key ? "658884ff80" : "419a24ff80"));
}

static void
numbers_without_a_habit_are_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 120; i++)
    put (&stream, (i * i + i / 5) % 11 % 4, i % 10 == 0);
  g_assert_cmpuint (build_found (build, "h264-ps-churn", LENS_SEVERITY_MEDIUM)->frame_count, >, 80);
}

static void
copies_by_encoder_and_server_are_quiet (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  /* Both before key pictures, the server by its clock as well. */
  for (guint i = 0; i < 300; i++)
    put (&stream, i % 10 == 0 ? 2 : i % 7 == 3, i % 10 == 0);
  build_quiet (build, "h264-ps-churn");
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
  build_quiet (build, "h264-ps-churn");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-set-repeats/" name, function)
  CASE ("numbers-without-a-habit-are-found", numbers_without_a_habit_are_found);
  CASE ("copies-by-encoder-and-server-are-quiet", copies_by_encoder_and_server_are_quiet);
  CASE ("numbers-of-which-packets-are-missing-are-quiet",
        numbers_of_which_packets_are_missing_are_quiet);
  return g_test_run ();
}
