/* Copies of parameter sets before one picture. */
#include "tests/analyzers/build-h265.h"

#define SPS "6742c01eda0507e4"
#define PPS "68ce3c80"

typedef struct
{
  Build *build;
  gboolean hevc;
  guint16 sequence;
} Stream;

static const char *const channels[] = { "h264-ps-churn", "h265-ps-churn" };

static Stream
stream_new (gboolean hevc)
{
  Stream stream = { build_new ("set-repeats"), hevc, 0 };

  build_session (stream.build, hevc ? build_sdp_h265 : build_sdp_h264, FALSE, "");
  return stream;
}

static void
put_unit (Stream *stream, GByteArray *unit)
{
  build_nal (stream->build, ++stream->sequence, unit);
}

/* A picture behind @copies of each set. */
static void
put (Stream *stream, guint copies, gboolean key)
{
  for (guint i = 0; i < copies && stream->hevc; i++)
    {
      put_unit (stream, UNIT (h265_vps));
      put_unit (stream, UNIT (h265_sps));
      put_unit (stream, UNIT (h265_pps));
    }
  for (guint i = 0; i < copies && !stream->hevc; i++)
    {
      put_unit (stream, build_hex (SPS));
      put_unit (stream, build_hex (PPS));
    }
  if (stream->hevc)
    put_unit (stream, key ? UNIT (h265_idr) : UNIT (h265_p));
  else
    put_unit (stream, build_hex (key ? "658884ff80" : "419a24ff80"));
}

static void
numbers_without_a_habit_are_found (void)
{
  static const guint64 least[] = { 80, 120 }; /* frames: of two sets, of three */

  for (guint hevc = 0; hevc < 2; hevc++)
    {
      Stream stream = stream_new (hevc != 0);
      g_autoptr (Build) build = stream.build;

      for (guint i = 0; i < 120; i++)
        put (&stream, (i * i + i / 5) % 11 % 4, i % 10 == 0);
      g_assert_cmpuint (build_found (build, channels[hevc], LENS_SEVERITY_MEDIUM)->frame_count, >,
                        least[hevc]);
    }
}

static void
copies_by_encoder_and_server_are_quiet (void)
{
  for (guint hevc = 0; hevc < 2; hevc++)
    {
      Stream stream = stream_new (hevc != 0);
      g_autoptr (Build) build = stream.build;

      /* All before key pictures, the server by its clock as well. */
      for (guint i = 0; i < 300; i++)
        put (&stream, i % 10 == 0 ? 2 : i % 7 == 3, i % 10 == 0);
      build_quiet (build, channels[hevc]);
    }
}

static void
numbers_of_which_packets_are_missing_are_quiet (void)
{
  for (guint hevc = 0; hevc < 2; hevc++)
    {
      Stream stream = stream_new (hevc != 0);
      g_autoptr (Build) build = stream.build;

      for (guint i = 0; i < 120; i++)
        {
          put (&stream, (i * i + i / 5) % 11 % 4, i % 10 == 0);
          stream.sequence += 3;
        }
      build_quiet (build, channels[hevc]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/set-repeats/" name, function)
  CASE ("numbers-without-a-habit-are-found", numbers_without_a_habit_are_found);
  CASE ("copies-by-encoder-and-server-are-quiet", copies_by_encoder_and_server_are_quiet);
  CASE ("numbers-of-which-packets-are-missing-are-quiet",
        numbers_of_which_packets_are_missing_are_quiet);
  return g_test_run ();
}
