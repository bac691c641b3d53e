/* Access unit delimiters and the pictures that they open. */
#include "tests/analyzers/build.h"

typedef struct
{
  Build *build;
  guint16 sequence;
} Stream;

static Stream
stream_new (void)
{
  Stream stream = { .build = build_new ("h264-aud"), .sequence = 1 };

  build_session (stream.build, build_sdp_h264, FALSE, "");
  return stream;
}

static guint64
put (Stream *stream, const char *digits, guint32 timestamp, gboolean marker)
{
  return build_media (stream->build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .marker = marker,
                                             .payload_type = 96,
                                             .sequence = stream->sequence++,
                                             .timestamp = timestamp,
                                             .ssrc = 7,
                                             .payload = build_hex (digits) }));
}

/* An access unit: a delimiter (or NULL) and a slice; I every ten, P and B by turns. */
static guint64
put_picture (Stream *stream, guint index, const char *delimiter)
{
  static const char *const slices[] = { "658884ff80", "419a80ff80", "019e80ff80" };
  guint kind = index % 10 == 0 ? 0 : 1 + index % 2;
  guint64 frame = 0;

  if (delimiter != NULL)
    frame = put (stream, delimiter, 3600 * index, FALSE);
  put (stream, slices[kind], 3600 * index, TRUE);
  return frame;
}

static const char *
fitting (guint index)
{
  return index % 10 == 0 ? "0910" : index % 2 == 0 ? "0930" : "0950";
}

static void
habits_of_encoders_are_quiet (void)
{
  Stream fits = stream_new (), fixed = stream_new (), none = stream_new (), keys = stream_new ();
  g_autoptr (Build) a = fits.build;
  g_autoptr (Build) b = fixed.build;
  g_autoptr (Build) c = none.build;
  g_autoptr (Build) d = keys.build;

  for (guint i = 0; i < 100; i++)
    {
      put_picture (&fits, i, fitting (i));
      put_picture (&fixed, i, "0910");
      put_picture (&none, i, NULL);
      put_picture (&keys, i, i % 10 == 0 ? "09f0" : NULL);
    }
  build_quiet (a, "h264-aud");
  build_quiet (b, "h264-aud");
  build_quiet (c, "h264-aud");
  build_quiet (d, "h264-aud");
}

static void
types_that_do_not_fit_are_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;
  guint64 first = 0;

  for (guint i = 0; i < 100; i++)
    {
      guint64 frame = put_picture (&stream, i, i % 9 == 5 ? "09b0" : fitting (i));
      if (i == 5)
        first = frame;
    }
  const LensFindingRow *finding = build_found (build, "h264-aud", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 11);
  build_assert_octets (finding, 0, first, build->offset + 12, 2);
}

static void
types_that_fit_are_not_named (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  guint odd = 0;

  for (guint i = 0; i < 200; i++)
    {
      gboolean speaks = i > 20 && g_rand_boolean (random);
      odd += speaks;
      put_picture (&stream, i, speaks ? "09b0" : fitting (i));
    }
  const LensFindingRow *finding = build_found (build, "h264-aud", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, <=, odd);
  g_assert_cmpuint (finding->frame_count, >, odd / 2);
}

static void
marks_without_a_pattern_are_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;
  g_autoptr (GRand) random = g_rand_new_with_seed (9);

  for (guint i = 0; i < 120; i++)
    put_picture (&stream, i, g_rand_boolean (random) ? fitting (i) : NULL);
  const LensFindingRow *finding = build_found (build, "h264-aud", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, >, 30);
}

static void
marks_of_nothing_are_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 60; i++)
    {
      if (i % 6 == 4)
        put (&stream, "09f0", 3600 * i, FALSE);
      if (i % 6 == 2)
        put (&stream, "0a", 3600 * i - 1800, FALSE);
      put_picture (&stream, i, fitting (i));
    }
  g_assert_cmpuint (build_found (build, "h264-aud", LENS_SEVERITY_MEDIUM)->frame_count, ==, 18);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-aud/" name, function)
  CASE ("habits-of-encoders-are-quiet", habits_of_encoders_are_quiet);
  CASE ("types-that-do-not-fit-are-found", types_that_do_not_fit_are_found);
  CASE ("types-that-fit-are-not-named", types_that_fit_are_not_named);
  CASE ("marks-without-a-pattern-are-found", marks_without_a_pattern_are_found);
  CASE ("marks-of-nothing-are-found", marks_of_nothing_are_found);
  return g_test_run ();
}
