/* Which NAL units share a packet. */
#include "tests/analyzers/build.h"

typedef struct
{
  Build *build;
  guint16 sequence;
  guint32 timestamp;
} Stream;

static Stream
stream_new (void)
{
  Stream stream = { build_new ("rtp-aggregates"), 0, 0 };

  build_session (stream.build, build_sdp_h264, FALSE, "");
  return stream;
}

static GByteArray *
slice (guint size)
{
  return build_join (build_hex ("419a"), build_filled (0x55, size));
}

/* @unit behind its size. */
static GByteArray *
sized (GByteArray *unit)
{
  const guint8 size[] = { (guint8)(unit->len >> 8), (guint8)unit->len };

  return build_join (g_byte_array_append (g_byte_array_new (), size, 2), unit);
}

static guint64
put (Stream *stream, GByteArray *payload)
{
  return build_media (stream->build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .payload_type = 96,
                                             .sequence = ++stream->sequence,
                                             .timestamp = stream->timestamp,
                                             .ssrc = 7,
                                             .payload = payload }));
}

/* A picture of four slices of @size octets, the first two and the last two in a packet where
 * @joins has their bit. */
static void
put_picture (Stream *stream, guint size, guint joins)
{
  stream->timestamp += 3600;
  for (guint pair = 0; pair < 2; pair++)
    if ((joins >> pair & 1) != 0)
      put (stream,
           build_join (build_join (build_hex ("58"), sized (slice (size))), sized (slice (size))));
    else
      {
        put (stream, slice (size));
        put (stream, slice (size));
      }
}

static void
a_choice_without_a_rule_is_found (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 120; i++)
    put_picture (&stream, 100, (i * i + i / 5) % 11 % 4);
  g_assert_cmpuint (build_found (build, "rtp-size-modulation", LENS_SEVERITY_MEDIUM)->frame_count,
                    >, 200);
}

static void
packets_that_are_filled_up_are_quiet (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  /* Two of 600 octets fit, two of 800 do not. */
  for (guint i = 0; i < 240; i++)
    {
      gboolean large = (i * i + i / 5) % 11 % 2 == 1;
      put_picture (&stream, large ? 800 : 600, large ? 0 : 3);
    }
  build_quiet (build, "rtp-size-modulation");
}

static void
sets_that_share_a_packet_are_quiet (void)
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;

  for (guint i = 0; i < 240; i++)
    {
      if ((i * i + i / 5) % 11 % 2 == 1)
        put (&stream, build_join (build_join (build_hex ("78"), sized (build_hex ("6742c01eda"))),
                                  sized (build_hex ("68ce3c80"))));
      put_picture (&stream, 100, 0);
    }
  build_quiet (build, "rtp-size-modulation");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtp-aggregates/" name, function)
  CASE ("a-choice-without-a-rule-is-found", a_choice_without_a_rule_is_found);
  CASE ("packets-that-are-filled-up-are-quiet", packets_that_are_filled_up_are_quiet);
  CASE ("sets-that-share-a-packet-are-quiet", sets_that_share_a_packet_are_quiet);
  return g_test_run ();
}
