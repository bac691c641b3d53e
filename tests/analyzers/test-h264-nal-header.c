/* forbidden_zero_bit and nal_ref_idc. */
#include "tests/analyzers/build.h"

/* Baseline, 320 x 240, frame_num of 4 bits, no B pictures. */
#define SPS "42c01eda0507e4"
#define PPS "ce3c80"

typedef struct
{
  Build *build;
  guint16 sequence;
  guint number; /* frame_num of the next picture */
} Stream;

static Stream
stream_new (void)
{
  Stream stream = { .build = build_new ("h264-nal-header"), .sequence = 1 };

  build_session (stream.build, build_sdp_h264, FALSE, "");
  return stream;
}

static guint64
put (Stream *stream, guint8 header, const char *digits)
{
  GByteArray *nal = g_byte_array_new ();

  g_byte_array_append (nal, &header, 1);
  return build_nal (stream->build, stream->sequence++, build_join (nal, build_hex (digits)));
}

/* SPS, PPS and an IDR picture. */
static void
put_key (Stream *stream)
{
  put (stream, 0x67, SPS);
  put (stream, 0x68, PPS);
  put (stream, 0x65, "8884ff 1234 80");
  stream->number = 1;
}

/* A P slice (its header as in 7.3.3); a reference picture counts. */
static guint64
put_picture (Stream *stream, guint ref_idc, gboolean counts)
{
  const guint8 header = (guint8)(ref_idc << 5 | 1);
  /* first_mb 0, slice_type 5, set 0, frame_num; nothing is overridden, reordered or marked. */
  guint32 word = 1u << 31 | 0x06u << 26 | 1u << 25 | (stream->number & 15) << 21 | 0x3ffffu;
  g_autofree char *text = g_strdup_printf ("%08x7f%02x80", word, 0x10 | (stream->sequence & 15));
  stream->number += counts;
  return put (stream, header, text);
}

static void
a_forbidden_bit_is_found_at_once (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  put_key (&stream);
  guint64 frame = put_picture (&stream, 6, TRUE);
  const LensFindingRow *finding
      = build_found (build, "h264-forbidden-bit-nri", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12, 4);
  g_assert_cmpuint (finding->used_bits, ==, 1);
}

static void
a_rule_that_is_broken_once_is_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  put_key (&stream);
  put (&stream, 0x06, "010180 80");
  put (&stream, 0x06, "010180 80");
  guint64 frame = put (&stream, 0x46, "010180 80");
  const LensFindingRow *finding
      = build_found (build, "h264-forbidden-bit-nri", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12, 4);
}

static void
a_fixed_wrong_value_is_a_habit (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 10; i++)
    {
      put (&stream, 0x66, "010180 80");
      put (&stream, 0x69, "f0");
    }
  build_quiet (build, "h264-forbidden-bit-nri");
}

/* 3 in IDR pictures, 2 in P, 0 in those that are no reference. */
static void
an_encoder_s_values_are_quiet (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint gop = 0; gop < 4; gop++)
    {
      put_key (&stream);
      for (guint i = 0; i < 20; i++)
        put_picture (&stream, i % 3 == 2 ? 0 : 2, i % 3 != 2);
    }
  build_quiet (build, "h264-forbidden-bit-nri");
}

/* Temporal layers: 3 1 2 1 ... */
static void
a_pattern_of_layers_is_quiet (void)
{
  static const guint8 layers[] = { 1, 2, 1, 3 };
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint gop = 0; gop < 4; gop++)
    {
      put_key (&stream);
      for (guint i = 0; i < 24; i++)
        put_picture (&stream, layers[i % 4], TRUE);
    }
  build_quiet (build, "h264-forbidden-bit-nri");
}

static void
values_without_a_habit_are_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (guint gop = 0; gop < 4; gop++)
    {
      put_key (&stream);
      for (guint i = 0; i < 24; i++)
        put_picture (&stream, (guint)g_rand_int_range (random, 1, 4), TRUE);
    }
  const LensFindingRow *finding
      = build_found (build, "h264-forbidden-bit-nri", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, >, 60);
}

/* Twice in a row by chance, so that the way back surprises too. */
static void
the_usual_value_is_not_named (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  guint odd = 0;

  put_key (&stream);
  for (guint i = 0; i < 300; i++)
    {
      gboolean speaks = i > 10 && g_rand_int_range (random, 0, 3) == 0;
      odd += speaks;
      put_picture (&stream, speaks ? 3 : 2, TRUE);
    }
  g_assert_cmpuint (
      build_found (build, "h264-forbidden-bit-nri", LENS_SEVERITY_MEDIUM)->frame_count, <=, odd);
}

/* Pictures that say they are no reference, while frame_num counts on. */
static void
a_reference_that_denies_it_is_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;
  guint64 liar = 0;

  put_key (&stream);
  for (guint i = 0; i < 80; i++)
    {
      guint64 frame = put_picture (&stream, i % 10 == 3 ? 0 : 2, TRUE);
      if (i == 3)
        liar = frame;
    }
  const LensFindingRow *finding
      = build_found (build, "h264-forbidden-bit-nri", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 8);
  build_assert_octets (finding, 0, liar, build->offset + 12, 4);
}

/* first_mb_in_slice 1 in the same access unit, but another mind about being a reference. */
static void
slices_of_one_picture_that_disagree_are_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  put_key (&stream);
  put_picture (&stream, 2, TRUE);
  guint64 frame = build_media (build, CAMERA, 0, FALSE,
                               build_rtp ((BuildRtp){ .payload_type = 96,
                                                      .sequence = stream.sequence,
                                                      .timestamp = 3600u * (stream.sequence - 1u),
                                                      .ssrc = 0x11223344,
                                                      .payload = build_hex ("0146 88ff ffff80") }));
  const LensFindingRow *finding
      = build_found (build, "h264-forbidden-bit-nri", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-nal-header/" name, function)
  CASE ("a-forbidden-bit-is-found-at-once", a_forbidden_bit_is_found_at_once);
  CASE ("a-rule-that-is-broken-once-is-found", a_rule_that_is_broken_once_is_found);
  CASE ("a-fixed-wrong-value-is-a-habit", a_fixed_wrong_value_is_a_habit);
  CASE ("an-encoder-s-values-are-quiet", an_encoder_s_values_are_quiet);
  CASE ("a-pattern-of-layers-is-quiet", a_pattern_of_layers_is_quiet);
  CASE ("the-usual-value-is-not-named", the_usual_value_is_not_named);
  CASE ("values-without-a-habit-are-found", values_without_a_habit_are_found);
  CASE ("slices-of-one-picture-that-disagree-are-found",
        slices_of_one_picture_that_disagree_are_found);
  CASE ("a-reference-that-denies-it-is-found", a_reference_that_denies_it_is_found);
  return g_test_run ();
}
