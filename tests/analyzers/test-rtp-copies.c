/* Media packets that are sent twice, octet for octet. */
#include "tests/analyzers/build.h"

enum
{
  PACKETS = 600,
};

typedef struct
{
  Build *build;
  guint16 sequence;
} Stream;

static Stream
stream_new (void)
{
  Stream stream = { build_new ("rtp-copies"), 0 };

  build_session (stream.build, build_sdp_h264, FALSE, "");
  stream.build->step = 100 * 1000; /* 0.1 ms */
  return stream;
}

static guint64
put (Stream *stream, guint16 sequence)
{
  return build_media (stream->build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .marker = sequence % 5 == 4,
                                             .payload_type = 96,
                                             .sequence = sequence,
                                             .timestamp = 3600u * (sequence / 5),
                                             .ssrc = 7,
                                             .payload = build_hex ("419a24ff80") }));
}

/* The same packet in a frame without anything that counts. */
static guint64
put_frame (Stream *stream, guint16 sequence)
{
  GByteArray *rtp = build_rtp ((BuildRtp){ .marker = sequence % 5 == 4,
                                           .payload_type = 96,
                                           .sequence = sequence,
                                           .timestamp = 3600u * (sequence / 5),
                                           .ssrc = 7,
                                           .payload = build_hex ("419a24ff80") });
  GByteArray *head = build_hex ("020000000020 020000000010 0800"
                                "4500002d 00004000 40110000 c000020a c0000214");

  return build_frame (stream->build, build_join (head, build_datagram (CAMERA, 6000, 5000, rtp)));
}

static gboolean
by_chance (guint i)
{
  return (i * i + i / 5) % 11 % 2 == 1;
}

static void
find_repeats (guint64 (*again) (Stream *, guint16))
{
  Stream stream = stream_new ();
  g_autoptr (Build) build = stream.build;
  guint repeats = 0;
  guint64 first = 0;

  for (guint16 i = 0; i < PACKETS; i++)
    {
      again (&stream, i);
      /* Behind the next packet. */
      if (i > 0 && by_chance (i))
        {
          guint64 frame = again (&stream, i - 1);
          first = first > 0 ? first : frame;
          repeats++;
        }
    }
  const LensFindingRow *finding
      = build_found (build, "rtp-duplicate-different", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, repeats);
  build_assert_octets (finding, 0, first, 14 + 20 + 8 + 2, 2);
  /* A frame that repeats another stays overhead. */
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, again == put ? 2 * repeats : 0);
}

static void
repeats_without_a_rule_are_found (void)
{
  find_repeats (put);
}

static void
repeated_frames_without_a_rule_are_found (void)
{
  find_repeats (put_frame);
}

static void
everything_twice_or_some_packets_are_quiet (void)
{
  Stream all = stream_new (), some = stream_new (), kind = stream_new ();

  for (guint16 i = 0; i < PACKETS; i++)
    {
      put (&all, i);
      put (&all, i);
      put (&some, i);
      if (by_chance (i) && by_chance (i / 3) && by_chance (i / 7) && by_chance (i / 11))
        put (&some, i);
      put (&kind, i);
      if (i % 5 == 4)
        put (&kind, i);
    }
  build_quiet (all.build, "rtp-duplicate-different");
  build_quiet (some.build, "rtp-duplicate-different");
  build_quiet (kind.build, "rtp-duplicate-different");
  build_free (all.build);
  build_free (some.build);
  build_free (kind.build);
}

/* A mirror port that shows some frames twice, whoever sent them. */
static void
a_capture_that_doubles_frames_is_quiet (void)
{
  Stream stream = stream_new ();

  for (guint16 i = 0; i < PACKETS; i++)
    {
      put_frame (&stream, i);
      if (by_chance (i))
        put_frame (&stream, i);
      if (i % 20 != 0)
        continue;
      for (guint k = 0; k < 1u + by_chance (i / 20u); k++)
        {
          g_autofree char *arp
              = g_strdup_printf ("ffffffffffff 020000000020 0806 0001 0800 06 04 0001 020000000020"
                                 "c0000214 000000000000 c00002%02x",
                                 1 + i / 20u);
          build_frame (stream.build, build_hex (arp));
        }
    }
  build_quiet (stream.build, "rtp-duplicate-different");
  build_free (stream.build);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtp-copies/" name, function)
  CASE ("repeats-without-a-rule-are-found", repeats_without_a_rule_are_found);
  CASE ("repeated-frames-without-a-rule-are-found", repeated_frames_without_a_rule_are_found);
  CASE ("everything-twice-or-some-packets-are-quiet", everything_twice_or_some_packets_are_quiet);
  CASE ("a-capture-that-doubles-frames-is-quiet", a_capture_that_doubles_frames_is_quiet);
  return g_test_run ();
}
