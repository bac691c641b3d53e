/* Times in a transport stream. */
#include "tests/analyzers/build.h"

#include "wire/ts.h"

#define CHANNEL "ts-ps-private"

enum
{
  PICTURES = 200,
  START = 64 * 10000,
  BEFORE = 42 + 12 + 4 + 9, /* octets before a time: to UDP's payload, RTP, TS, PES */
};

static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=S\r\nt=0 0\r\n"
                          "m=video 0 RTP/AVP 33\r\na=control:track1\r\n";

typedef gint64 (*Time) (GRand *random, guint index);

static void
send_picture (Build *build, guint16 number, guint64 pts)
{
  const guint8 front[] = { 0x47,
                           0x41,
                           0x00,
                           (guint8)(0x10 | (number & 0x0f)),
                           0,
                           0,
                           1,
                           0xe0,
                           0,
                           0,
                           0x80,
                           0x80,
                           5,
                           (guint8)(0x21 | (pts >> 29 & 0x0e)),
                           (guint8)(pts >> 22),
                           (guint8)(pts >> 14 | 1),
                           (guint8)(pts >> 7),
                           (guint8)(pts << 1 | 1) };
  GByteArray *packet = g_byte_array_append (g_byte_array_new (), front, sizeof front);

  packet = build_join (packet, build_filled (0x5a, LENS_TS_LENGTH - packet->len));
  build_media (build, CAMERA, 0, FALSE,
               build_rtp ((BuildRtp){ .payload_type = 33,
                                      .sequence = number,
                                      .timestamp = 3600u * number,
                                      .ssrc = 5,
                                      .payload = packet }));
}

static Build *
session (Time time)
{
  Build *build = build_new ("ts-times");
  g_autoptr (GRand) random = g_rand_new_with_seed (12);

  build_session (build, sdp, FALSE, "");
  for (guint16 i = 0; i < PICTURES; i++)
    send_picture (build, i, (guint64)(START + time (random, i)));
  return build;
}

static gint64
counted (GRand *random, guint index)
{
  return 3600 * (gint64)index;
}

/* 30000/1001 pictures a second, some left out. */
static gint64
rounded (GRand *random, guint index)
{
  return (gint64)(index + index / 20) * 3003;
}

static gint64
jitter (GRand *random, guint index)
{
  return 3600 * (gint64)index + g_rand_int_range (random, 0, 900)
         + g_rand_int_range (random, 0, 900);
}

static gint64
low_bits (GRand *random, guint index)
{
  return (3600 * (gint64)index & ~(gint64)63) + g_rand_int_range (random, 0, 64);
}

static void
clocks_are_quiet (void)
{
  static const Time times[] = { counted, rounded, jitter };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (Build) build = session (times[i]);
      build_quiet (build, CHANNEL);
    }
}

static void
low_bits_are_found (void)
{
  g_autoptr (Build) build = session (low_bits);

  build_conclude (build);
  const LensFindingRow *finding = build_finding (build, CHANNEL);
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, >, PICTURES * 9 / 10);
  const LensPiece *piece = &g_array_index (finding->octets, LensPiece, 0);
  g_assert_cmpuint (piece->offset, ==, BEFORE + 1);
  g_assert_cmpuint (piece->length, ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/ts-times/clocks-are-quiet", clocks_are_quiet);
  g_test_add_func ("/analyzers/ts-times/low-bits-are-found", low_bits_are_found);
  return g_test_run ();
}
