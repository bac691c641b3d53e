/* Numbers and lengths of filler NAL units. */
#include "tests/analyzers/build-h265.h"

enum
{
  PICTURES = 60,
  RATE = 600, /* octets per picture */
};

typedef struct
{
  Build *build;
  guint16 sequence;
  guint index;
  GRand *random;
} Stream;

static Stream
stream_new (void)
{
  Stream stream = { .build = build_new ("filler-length"),
                    .sequence = 1,
                    .random = g_rand_new_with_seed (11) };

  build_session (stream.build, build_sdp_h264, FALSE, "");
  return stream;
}

static guint64
put (Stream *stream, const char *head, guint count, gboolean marker)
{
  GByteArray *nal = build_join (build_hex (head), build_filled (0xff, count));

  return build_media (stream->build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .marker = marker,
                                             .payload_type = 96,
                                             .sequence = stream->sequence++,
                                             .timestamp = 3600 * stream->index,
                                             .ssrc = 7,
                                             .payload = build_join (nal, build_hex ("80")) }));
}

/* A picture of @size octets, and filler of @filler; 0: none.  Returns the filler's frame. */
static guint64
put_picture (Stream *stream, guint size, guint filler)
{
  guint64 frame = 0;

  put (stream, "419a80", size - 8, filler == 0);
  if (filler > 0)
    frame = put (stream, "0c", filler - 6, TRUE);
  stream->index++;
  return frame;
}

static void
finish (Stream *stream)
{
  g_rand_free (stream->random);
  build_free (stream->build);
}

/* A picture that is too large leaves a debt, and there is no filler until it is paid. */
static void
a_constant_rate_is_quiet (void)
{
  Stream stream = stream_new ();
  gint debt = 0;

  for (guint i = 0; i < PICTURES; i++)
    {
      guint size = i % 10 == 0 ? 1500 : (guint)g_rand_int_range (stream.random, 100, 500);
      debt += (gint)size - RATE;
      put_picture (&stream, size, debt < -20 ? (guint)-debt : 0);
      debt = debt < -20 ? 0 : debt;
    }
  build_quiet (stream.build, "h264-filler-length");
  finish (&stream);
}

static void
one_length_or_one_size_is_quiet (void)
{
  Stream fixed = stream_new (), up_to = stream_new (), aligned = stream_new ();

  for (guint i = 0; i < PICTURES; i++)
    {
      guint size = (guint)g_rand_int_range (fixed.random, 100, 500);
      put_picture (&fixed, size, 40);
      if (i % 3 == 0)
        put_picture (&up_to, size, 600 - size);
      else
        put_picture (&up_to, 700 + size, 0);
      put_picture (&aligned, size, 32 - size % 16);
    }
  build_quiet (fixed.build, "h264-filler-length");
  build_quiet (up_to.build, "h264-filler-length");
  build_quiet (aligned.build, "h264-filler-length");
  finish (&fixed);
  finish (&up_to);
  finish (&aligned);
}

static void
lengths_without_a_rule_are_found (void)
{
  Stream stream = stream_new ();
  guint64 first = 0;

  for (guint i = 0; i < PICTURES; i++)
    {
      guint size = (guint)g_rand_int_range (stream.random, 300, 400);
      guint64 frame = put_picture (&stream, size, (guint)g_rand_int_range (stream.random, 8, 255));
      first = i == 0 ? frame : first;
    }
  const LensFindingRow *finding
      = build_found (stream.build, "h264-filler-length", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, PICTURES);
  build_assert_octets (finding, 0, first, stream.build->offset + 12, 4);
  finish (&stream);
}

static void
a_few_are_quiet (void)
{
  Stream stream = stream_new ();

  for (guint i = 0; i < 12; i++)
    put_picture (&stream, 300, (guint)g_rand_int_range (stream.random, 8, 255));
  build_quiet (stream.build, "h264-filler-length");
  finish (&stream);
}

/* --- H.265: the same rules; as many units as somebody wants, too --- */

static guint64
put_hevc (Build *build, guint16 sequence, guint picture, gboolean marker, const char *head,
          guint count)
{
  GByteArray *nal = build_join (build_hex (head), build_filled (0xff, count));

  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .marker = marker,
                                             .payload_type = 96,
                                             .sequence = sequence,
                                             .timestamp = 3600 * picture,
                                             .ssrc = 7,
                                             .payload = build_join (nal, build_hex ("80")) }));
}

static void
numbers_of_units_without_a_rule_are_found (void)
{
  g_autoptr (Build) build = build_new ("filler-length");
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  guint16 sequence = 0;

  build_session (build, build_sdp_h265, FALSE, "");
  for (guint i = 0; i < PICTURES; i++)
    {
      put_hevc (build, sequence++, i, FALSE, "0201d0", (guint)g_rand_int_range (random, 100, 500));
      for (gint n = g_rand_int_range (random, 1, 30); n > 0; n--)
        put_hevc (build, sequence++, i, n == 1, "4c01", 6);
    }
  g_assert_cmpuint (build_found (build, "h265-fd-nal", LENS_SEVERITY_MEDIUM)->frame_count, >,
                    PICTURES);
}

static void
a_constant_rate_of_h265_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("filler-length");
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  guint16 sequence = 0;

  build_session (build, build_sdp_h265, FALSE, "");
  for (guint i = 0; i < PICTURES; i++)
    {
      guint size = (guint)g_rand_int_range (random, 100, 500);
      put_hevc (build, sequence++, i, FALSE, "0201d0", size - 8);
      put_hevc (build, sequence++, i, TRUE, "4c01", RATE - size - 7);
    }
  build_quiet (build, "h265-fd-nal");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/filler-length/" name, function)
  CASE ("a-constant-rate-is-quiet", a_constant_rate_is_quiet);
  CASE ("one-length-or-one-size-is-quiet", one_length_or_one_size_is_quiet);
  CASE ("lengths-without-a-rule-are-found", lengths_without_a_rule_are_found);
  CASE ("a-few-are-quiet", a_few_are_quiet);
  CASE ("numbers-of-units-without-a-rule-are-found", numbers_of_units_without_a_rule_are_found);
  CASE ("a-constant-rate-of-h265-is-quiet", a_constant_rate_of_h265_is_quiet);
  return g_test_run ();
}
