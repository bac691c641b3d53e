/* SEI messages that go with one H.265 picture. */
#include "tests/analyzers/build-h265.h"

typedef struct
{
  Build *build;
  guint16 sequence;
  guint32 timestamp;
} Stream;

static Stream
stream_new (void)
{
  Stream stream = { build_new ("h265-sei-picture"), 0, 0 };

  stream.build->step = 2 * 1000 * 1000; /* of one of the frames of a picture */
  build_session (stream.build, build_sdp_h265, FALSE, "");
  return stream;
}

static guint64
put (Stream *stream, GByteArray *nal)
{
  return build_media (stream->build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .payload_type = 96,
                                             .sequence = ++stream->sequence,
                                             .timestamp = stream->timestamp,
                                             .ssrc = 7,
                                             .payload = nal }));
}

/* A P picture, with a hash of @method (1: CRC, with @number) behind it; 0: none. */
static guint64
put_hash (Stream *stream, guint method, guint16 number)
{
  GByteArray *nal = build_hex ("5001 8407 01 0000 1111 2222 80");

  nal->data[4] = (guint8)method;
  nal->data[5] = (guint8)(number >> 8);
  nal->data[6] = (guint8)number;
  return put (stream, nal);
}

static void
put_picture (Stream *stream)
{
  stream->timestamp += 3600;
  put (stream, UNIT (h265_p));
}

/* time_code() of one clock: @frame of @second in the hour of twelve, and an offset of 10 bits. */
static void
put_time (Stream *stream, guint second, guint frame, guint offset)
{
  /* num_clock_ts 01, 1; 1 00000 1 0 0; n_frames; seconds, minutes, hours; 01010, offset; 1 */
  guint64 bits = 1ull << 62 | 1ull << 61 | 1ull << 60 | 1ull << 54 | (guint64)frame << 43
                 | (guint64)second << 37 | 12ull << 26 | 10ull << 21 | (guint64)offset << 11
                 | 1 << 10;
  GByteArray *nal = build_hex ("4e01 8807 00000000000000 80");

  for (guint i = 0; i < 7; i++)
    nal->data[4 + i] = (guint8)(bits >> (56 - 8 * i));
  stream->timestamp += 3600;
  put (stream, nal);
  put (stream, UNIT (h265_p));
}

static void
a_second_hash_that_differs_is_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;
  guint64 frame = 0;

  for (guint i = 0; i < 20; i++)
    {
      put_picture (&stream);
      put_hash (&stream, 1, (guint16)(i * 7919));
      if (i % 5 == 4)
        frame = put_hash (&stream, 1, (guint16)(i * 104729));
    }
  const LensFindingRow *finding
      = build_found (build, "h265-sei-prefix-suffix", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 4);
  build_assert_octets (finding, 3, frame, build->offset + 12 + 4, 7);
}

static void
one_hash_of_each_picture_or_the_same_twice_is_quiet (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 60; i++)
    {
      put_picture (&stream);
      for (guint n = 0; n < 1 + i / 30; n++)
        put_hash (&stream, 1, (guint16)(i * 7919));
    }
  build_quiet (build, "h265-sei-prefix-suffix");
}

static void
methods_without_a_habit_are_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 60; i++)
    {
      put_picture (&stream);
      put_hash (&stream, 1 + (i * i + i / 5) % 11 % 2, (guint16)(i * 7919));
    }
  build_found (build, "h265-sei-prefix-suffix", LENS_SEVERITY_MEDIUM);
}

static void
hashes_of_pictures_without_a_rule_are_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 200; i++)
    {
      put_picture (&stream);
      if ((i * i + i / 5) % 11 % 2 == 1)
        put_hash (&stream, 1, (guint16)(i * 7919));
    }
  build_found (build, "h265-sei-prefix-suffix", LENS_SEVERITY_MEDIUM);
}

static void
a_clock_that_counts_is_quiet (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 400; i++)
    put_time (&stream, i / 250, i % 250, 5);
  build_quiet (build, "h265-sei-prefix-suffix");
}

static void
an_offset_that_speaks_is_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 100; i++)
    put_time (&stream, i / 250, i % 250, i * i * 31 % 1021);
  const LensFindingRow *finding
      = build_found (build, "h265-sei-prefix-suffix", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, >, 90);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h265-sei-picture/" name, function)
  CASE ("a-second-hash-that-differs-is-found", a_second_hash_that_differs_is_found);
  CASE ("one-hash-of-each-picture-or-the-same-twice-is-quiet",
        one_hash_of_each_picture_or_the_same_twice_is_quiet);
  CASE ("methods-without-a-habit-are-found", methods_without_a_habit_are_found);
  CASE ("hashes-of-pictures-without-a-rule-are-found", hashes_of_pictures_without_a_rule_are_found);
  CASE ("a-clock-that-counts-is-quiet", a_clock_that_counts_is_quiet);
  CASE ("an-offset-that-speaks-is-found", an_offset_that_speaks_is_found);
  return g_test_run ();
}
