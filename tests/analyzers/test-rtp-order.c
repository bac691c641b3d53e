/* Sequence numbers that are left out or out of order, and who did it. */
#include "tests/analyzers/build.h"

#define SDP_SOUND                                                                                  \
  "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=S\r\nt=0 0\r\n"                                           \
  "m=audio 0 RTP/AVP 8\r\na=control:track1\r\n"

static guint64
send_sound (Build *build, guint16 sequence, guint32 stamp)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .payload_type = 8,
                                             .sequence = sequence,
                                             .timestamp = stamp,
                                             .ssrc = 0xbbbb,
                                             .payload = build_filled (0xd5, 160) }));
}

static guint64
send_picture (Build *build, guint16 sequence, guint32 stamp, gboolean marker, const char *payload)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .marker = marker,
                                             .payload_type = 96,
                                             .sequence = sequence,
                                             .timestamp = stamp,
                                             .ssrc = 0xaaaa,
                                             .payload = build_hex (payload) }));
}

static Build *
start (const char *sdp, gboolean over_tcp)
{
  Build *build = build_new ("rtp-order");

  build_session (build, sdp, over_tcp, "");
  return build;
}

static void
numbers_left_out_of_whole_sound_are_found (gconstpointer over_tcp)
{
  g_autoptr (Build) build = start (SDP_SOUND, GPOINTER_TO_INT (over_tcp));
  guint16 sequence = 1;

  for (guint32 i = 0; i < 200; i++)
    {
      sequence = (guint16)(sequence + (i > 20 && i % 5 == 4 ? 3 : 1));
      send_sound (build, sequence, 160 * i);
    }
  const LensFindingRow *finding = build_found (build, "rtp-seq-gap", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 36);
  g_assert_null (build_finding (build, "rtp-reorder"));
}

/* Pictures of ten fragments; numbers are left out inside, and no unit is ever torn. */
static void
numbers_left_out_inside_whole_pictures_are_found (void)
{
  g_autoptr (Build) build = start (build_sdp_h264, FALSE);
  guint16 sequence = 1;

  for (guint32 i = 0; i < 150; i++)
    for (guint k = 0; k < 10; k++)
      {
        sequence = (guint16)(sequence + (k == 1 + i % 9 ? 2 : 1));
        send_picture (build, sequence, 3600 * i, k == 9,
                      k == 0   ? "7c85 0102"
                      : k == 9 ? "7c45 0506"
                               : "7c05 0304");
      }
  g_assert_cmpuint (build_found (build, "rtp-seq-gap", LENS_SEVERITY_MEDIUM)->frame_count, ==, 150);
}

static void
loss_has_no_finding (gconstpointer over_tcp)
{
  g_autoptr (Build) build = start (build_sdp_h264, GPOINTER_TO_INT (over_tcp));
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  guint16 sequence = 1;

  for (guint32 i = 0; i < 300; i++)
    for (guint k = 0; k < 5; k++, sequence++)
      if (g_rand_int_range (random, 0, 10) > 0)
        send_picture (build, sequence, 3600 * i, k == 4,
                      k == 0   ? "7c85 0102"
                      : k == 4 ? "7c45 0506"
                               : "7c05 0304");
  g_assert_null (build_finding (build, "rtp-seq-gap"));
  g_assert_null (build_finding (build, "rtp-reorder"));
}

static void
lost_sound_has_no_finding (void)
{
  g_autoptr (Build) build = start (SDP_SOUND, FALSE);

  for (guint16 i = 0; i < 500; i++)
    if (i * 7 % 10 != 3)
      send_sound (build, i, 160u * i);
  g_assert_null (build_finding (build, "rtp-seq-gap"));
}

static void
neighbours_swapped_over_tcp_are_found (void)
{
  g_autoptr (Build) build = start (build_sdp_h264, TRUE);
  guint64 frame = 0;
  gsize offset = 0;

  for (guint16 i = 0; i < 200; i++)
    {
      guint16 sequence = i % 20 == 4 ? (guint16)(i + 1) : i % 20 == 5 ? (guint16)(i - 1) : i;
      guint64 sent = send_picture (build, sequence, 3600u * sequence, TRUE, "419a5c5c");
      if (i == 4)
        {
          frame = sent;
          offset = build->offset;
        }
    }
  const LensFindingRow *finding = build_found (build, "rtp-reorder", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 10);
  build_assert_octets (finding, 0, frame, offset + 2, 2);
}

/* A network that keeps one packet in ten for a while: it comes some places later. */
static void
disorder_over_udp_has_no_finding (void)
{
  g_autoptr (Build) build = start (build_sdp_h264, FALSE);

  for (guint16 i = 0; i < 1000; i++)
    {
      if (i % 10 != 3)
        send_picture (build, i, 3600u * i, TRUE, "419a5c5c");
      if (i % 10 == 6)
        send_picture (build, (guint16)(i - 3), 3600u * (i - 3u), TRUE, "419a5c5c");
    }
  g_assert_null (build_finding (build, "rtp-reorder"));
  g_assert_null (build_finding (build, "rtp-seq-gap"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtp-order/" name, function)
#define BOTH(name, function)                                                                       \
  g_test_add_data_func ("/analyzers/rtp-order/" name "-over-udp", GINT_TO_POINTER (FALSE),         \
                        function);                                                                 \
  g_test_add_data_func ("/analyzers/rtp-order/" name "-over-tcp", GINT_TO_POINTER (TRUE), function)
  BOTH ("numbers-left-out-of-whole-sound-are-found", numbers_left_out_of_whole_sound_are_found);
  CASE ("numbers-left-out-inside-whole-pictures-are-found",
        numbers_left_out_inside_whole_pictures_are_found);
  BOTH ("loss-has-no-finding", loss_has_no_finding);
  CASE ("lost-sound-has-no-finding", lost_sound_has_no_finding);
  CASE ("neighbours-swapped-over-tcp-are-found", neighbours_swapped_over_tcp_are_found);
  CASE ("disorder-over-udp-has-no-finding", disorder_over_udp_has_no_finding);
  return g_test_run ();
}
