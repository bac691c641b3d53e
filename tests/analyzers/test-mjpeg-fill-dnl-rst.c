/* Fragments, markers and fill of JPEG frames. */
#include "tests/analyzers/build.h"
#include "tests/analyzers/jpeg-scan.h"

#define CHANNEL "mjpeg-fill-dnl-rst"
#define HEAD (12 + 8 + 4) /* before the scan of a packet with a restart header */

static Build *
session (void)
{
  Build *build = build_new ("mjpeg-fill-dnl-rst");

  build_session (build, build_sdp_jpeg, FALSE, "");
  return build;
}

static guint64
send (Build *build, guint16 sequence, guint32 timestamp, gboolean marker, GByteArray *payload)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .marker = marker,
                                             .payload_type = 26,
                                             .sequence = sequence,
                                             .timestamp = timestamp,
                                             .ssrc = 9,
                                             .payload = payload }));
}

/* 64 x 32 pixels: eight units, a restart marker after every second. */
static const JpegFrame restarting
    = { .type = 65, .q = 60, .width = 64, .height = 32, .interval = 2 };

/* Frame @number in one packet; @fills octets before its first restart marker. */
static guint64
send_restarting (Build *build, guint16 number, GByteArray *scan, guint fills)
{
  static const guint8 fill[4] = { 0xff, 0xff, 0xff, 0xff };
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  guint at = 0;

  while (scan->data[at] != 0xff || scan->data[at + 1] != 0xd0)
    at++;
  g_byte_array_append (whole, scan->data, at);
  g_byte_array_append (whole, fill, fills);
  g_byte_array_append (whole, scan->data + at, scan->len - at);
  return send (build, number, 3600u * number, TRUE,
               jpeg_payload_new (&restarting, 0, whole->data, whole->len));
}

static void
fragments_add_up (void)
{
  g_autoptr (Build) build = session ();
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  const JpegFrame frame = { .type = 1, .q = 60, .width = 64, .height = 64 };
  guint64 odd = 0;

  for (guint16 i = 0; i < 10; i++)
    {
      g_autoptr (GByteArray) scan = jpeg_scan_new (16, 0, random);
      guint at = scan->len / 2;
      send (build, 2 * i, 3600u * i, FALSE, jpeg_payload_new (&frame, 0, scan->data, at));
      guint64 last = send (
          build, 2 * i + 1, 3600u * i, TRUE,
          jpeg_payload_new (&frame, i == 7 ? at + 0x123 : at, scan->data + at, scan->len - at));
      if (i == 7)
        odd = last;
    }
  const LensFindingRow *finding = build_found (build, CHANNEL, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 1);
  build_assert_octets (finding, 0, odd, 42 + 12 + 1, 3);
}

static void
a_lost_packet_is_no_message (void)
{
  g_autoptr (Build) build = session ();
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  const JpegFrame frame = { .type = 1, .q = 60, .width = 64, .height = 64 };

  for (guint16 i = 0; i < 30; i++)
    {
      g_autoptr (GByteArray) scan = jpeg_scan_new (16, 0, random);
      guint at = scan->len / 2;
      if (i % 3 != 1)
        send (build, 2 * i, 3600u * i, FALSE, jpeg_payload_new (&frame, 0, scan->data, at));
      send (build, 2 * i + 1, 3600u * i, TRUE,
            jpeg_payload_new (&frame, at, scan->data + at, scan->len - at));
    }
  g_assert_null (build_finding (build, CHANNEL));
}

static void
restart_markers_come_in_turn (void)
{
  g_autoptr (Build) build = session ();
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  guint64 odd = 0;
  guint at = 0;

  for (guint16 i = 0; i < 10; i++)
    {
      g_autoptr (GByteArray) scan = jpeg_scan_new (8, 2, random);
      for (guint j = 0; i == 6 && j + 1 < scan->len; j++)
        if (scan->data[j] == 0xff && scan->data[j + 1] == 0xd1)
          {
            scan->data[j + 1] = 0xd5;
            at = j + 1;
          }
      guint64 frame = send_restarting (build, i, scan, 0);
      if (i == 6)
        odd = frame;
    }
  const LensFindingRow *finding = build_found (build, CHANNEL, LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, odd, 42 + HEAD + at, 1);
}

static void
the_number_of_fill_octets_can_speak (void)
{
  g_autoptr (Build) build = session ();
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint16 i = 0; i < 200; i++)
    {
      g_autoptr (GByteArray) scan = jpeg_scan_new (8, 2, random);
      send_restarting (build, i, scan, (guint)g_rand_int_range (random, 0, 4));
    }
  build_found (build, CHANNEL, LENS_SEVERITY_MEDIUM);
}

static void
restarts_are_room (void)
{
  g_autoptr (Build) build = session ();
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint16 i = 0; i < 100; i++)
    {
      g_autoptr (GByteArray) scan = jpeg_scan_new (8, 2, random);
      send_restarting (build, i, scan, 0);
    }
  build_quiet (build, CHANNEL);
}

static void
a_marker_inside_a_scan_is_found (void)
{
  g_autoptr (Build) build = session ();
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  const JpegFrame frame = { .type = 1, .q = 60, .width = 64, .height = 64 };
  guint64 odd = 0;

  for (guint16 i = 0; i < 10; i++)
    {
      g_autoptr (GByteArray) scan = jpeg_scan_new (16, 0, random);
      g_autoptr (GByteArray) whole = g_byte_array_new ();
      g_byte_array_append (whole, scan->data, 10);
      if (i == 7) /* DNL (B.2.5), a message for its number of lines */
        g_byte_array_append (whole, (const guint8 *)"\xff\xdc\0\4hi", 6);
      g_byte_array_append (whole, scan->data + 10, scan->len - 10);
      guint64 sent
          = send (build, i, 3600u * i, TRUE, jpeg_payload_new (&frame, 0, whole->data, whole->len));
      if (i == 7)
        odd = sent;
    }
  const LensFindingRow *finding = build_found (build, CHANNEL, LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, odd, 42 + 12 + 8 + 10, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/mjpeg-fill-dnl-rst/" name, function)
  CASE ("fragments-add-up", fragments_add_up);
  CASE ("a-lost-packet-is-no-message", a_lost_packet_is_no_message);
  CASE ("restart-markers-come-in-turn", restart_markers_come_in_turn);
  CASE ("the-number-of-fill-octets-can-speak", the_number_of_fill_octets_can_speak);
  CASE ("restarts-are-room", restarts_are_room);
  CASE ("a-marker-inside-a-scan-is-found", a_marker_inside_a_scan_is_found);
  return g_test_run ();
}
