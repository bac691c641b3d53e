/* Numbers of key pictures. */
#include "tests/analyzers/build-h264.h"

/* @filter: disable_deblocking_filter_idc; frame_num is what was expected and @jump. */
static guint64
put_picture (Stream *stream, guint jump, guint filter)
{
  GString *bits = g_string_new ("1"
                                "00110"
                                "1");

  put_bits (bits, (stream->number++ + jump) & 15, 4);
  g_string_append (bits, "00"
                         "0"
                         "1");
  put_ue (bits, filter);
  if (filter != 1)
    g_string_append (bits, "11");
  return put_slice (stream, 0x41, bits);
}

static void
put_pictures (Stream *stream, guint count)
{
  for (guint i = 0; i < count; i++)
    put_picture (stream, 0, 0);
}

static void
identifiers_by_a_rule_are_room (void)
{
  static const guint rules[3][2] = { { 0, 0 }, { 1, 0 }, { 1, 1 } };

  for (guint rule = 0; rule < 3; rule++)
    {
      Stream stream = stream_new ("h264-idr-pic-id");
      g_autoptr (Build) build = stream.build;
      for (guint i = 0; i < 30; i++)
        {
          put_key (&stream, rules[rule][1] == 1 ? 40 + i : i % 2 * rules[rule][0]);
          put_pictures (&stream, 5);
        }
      g_assert_cmpuint (build_quiet (build, "h264-idr-pic-id")->room_bits, ==, 16 * 30);
    }
}

/* An encoder that was started again once. */
static void
one_new_beginning_is_room (void)
{
  Stream stream = stream_new ("h264-idr-pic-id");
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 40; i++)
    {
      put_key (&stream, i < 17 ? 1000 + i : i - 17);
      put_pictures (&stream, 3);
    }
  build_quiet (build, "h264-idr-pic-id");
}

/* Every fifth key picture gets lost, with a packet somewhere else now and then. */
static void
missing_key_pictures_are_room (void)
{
  Stream stream = stream_new ("h264-idr-pic-id");
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 60; i++)
    {
      if (i % 5 == 3)
        stream.sequence++;
      else
        put_key (&stream, i % 2);
      put_pictures (&stream, 3);
    }
  build_quiet (build, "h264-idr-pic-id");
}

static void
identifiers_without_a_rule_are_found (void)
{
  Stream stream = stream_new ("h264-idr-pic-id");
  g_autoptr (Build) build = stream.build;
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (guint i = 0; i < 20; i++)
    {
      put_key (&stream, (guint)g_rand_int_range (random, 0, 65536));
      put_pictures (&stream, 3);
    }
  g_assert_cmpuint (build_found (build, "h264-idr-pic-id", LENS_SEVERITY_MEDIUM)->frame_count, >=,
                    18);
}

/* Every third identifier speaks; the others count on. */
static void
only_the_odd_ones_are_named (void)
{
  Stream stream = stream_new ("h264-idr-pic-id");
  g_autoptr (Build) build = stream.build;
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  guint64 frame = 0;

  for (guint i = 0; i < 30; i++)
    {
      guint64 key
          = put_key (&stream, i % 3 == 2 ? 500 + (guint)g_rand_int_range (random, 0, 65000) : i);
      frame = i == 2 ? key : frame;
      put_pictures (&stream, 3);
    }
  const LensFindingRow *finding = build_finding (build, "h264-idr-pic-id");
  g_assert_cmpuint (finding->frame_count, ==, 10);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 2,
                       g_array_index (finding->octets, LensPiece, 0).length);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-idr-pic-id/" name, function)
  CASE ("identifiers-by-a-rule-are-room", identifiers_by_a_rule_are_room);
  CASE ("one-new-beginning-is-room", one_new_beginning_is_room);
  CASE ("missing-key-pictures-are-room", missing_key_pictures_are_room);
  CASE ("identifiers-without-a-rule-are-found", identifiers_without_a_rule_are_found);
  CASE ("only-the-odd-ones-are-named", only_the_odd_ones_are_named);
  return g_test_run ();
}
