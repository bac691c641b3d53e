/* Comments beside JPEG pictures. */
#include "tests/analyzers/build.h"
#include "tests/analyzers/jpeg-scan.h"

#include <string.h>

#define CHANNEL "mjpeg-com-app"

static const JpegFrame plain = { .type = 1, .q = 60, .width = 64, .height = 64 };

/* A frame whose first packet has a comment of @text in ONVIF's header extension. */
static guint64
send (Build *build, guint16 number, GByteArray *text)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (number);
  g_autoptr (GByteArray) scan = jpeg_scan_new (16, 0, random);
  GByteArray *extension = build_hex ("ffd8 0000 fffe 0000");

  extension->data[7] = (guint8)(text->len + 2);
  extension = build_join (extension, text);
  while (extension->len % 4 != 0)
    extension = build_join (extension, build_hex ("ff"));
  extension->data[3] = (guint8)(extension->len / 4 - 1);
  return build_media (
      build, CAMERA, 0, FALSE,
      build_rtp ((BuildRtp){ .marker = TRUE,
                             .payload_type = 26,
                             .sequence = number,
                             .timestamp = 3600u * number,
                             .ssrc = 9,
                             .extension = extension,
                             .payload = jpeg_payload_new (&plain, 0, scan->data, scan->len) }));
}

static Build *
session (void)
{
  Build *build = build_new ("mjpeg-com-app");

  build_session (build, build_sdp_jpeg, FALSE, "");
  build->step = 40 * 1000 * 1000;
  return build;
}

static void
a_maker_and_the_time_are_room (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 200; i++)
    {
      g_autofree char *text = g_strdup_printf (
          "ACME 300 serial 0042 2024-05-01 10:00:%02u.%02u #%u", i / 25, i % 25 * 4, 7000 + i);
      send (build, i, build_text (text));
    }
  g_assert_cmpuint (build_quiet (build, CHANNEL)->room_bits, >, 0);
}

static void
a_clock_in_binary_is_room (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 200; i++)
    {
      GByteArray *text = build_hex ("0a01 663247f0 00 4143");
      guint32 seconds = 0x663247f0 + i / 25u;
      for (guint j = 0; j < 4; j++)
        text->data[2 + j] = (guint8)(seconds >> (24 - 8 * j));
      send (build, i, text);
    }
  build_quiet (build, CHANNEL);
}

static void
a_message_is_found (void)
{
  g_autoptr (Build) build = session ();
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  guint64 odd = 0;

  for (guint16 i = 0; i < 50; i++)
    {
      GByteArray *text = build_text ("ACME serial ........");
      for (guint j = 12; i >= 20 && i % 10 == 0 && j < text->len; j++)
        text->data[j] = (guint8)g_rand_int (random);
      guint64 frame = send (build, i, text);
      if (i == 20)
        odd = frame;
    }
  const LensFindingRow *finding = build_finding (build, CHANNEL);
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  const LensPiece *piece = &g_array_index (finding->octets, LensPiece, 0);
  g_assert_cmpuint (piece->frame, ==, odd);
  g_assert_cmpuint (piece->offset, ==, 42 + 12 + 4 + 4 + 12);
  g_assert_cmpuint (piece->length, ==, 8);
}

static void
octets_of_no_segment_are_found (void)
{
  g_autoptr (Build) build = session ();
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (GByteArray) scan = jpeg_scan_new (16, 0, random);

  guint64 frame = build_media (
      build, CAMERA, 0, FALSE,
      build_rtp ((BuildRtp){ .marker = TRUE,
                             .payload_type = 26,
                             .ssrc = 9,
                             .extension = build_hex ("ffff 0001 6c65616b"),
                             .payload = jpeg_payload_new (&plain, 0, scan->data, scan->len) }));
  const LensFindingRow *finding = build_found (build, CHANNEL, LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 42 + 12 + 4, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/mjpeg-com-app/" name, function)
  CASE ("a-maker-and-the-time-are-room", a_maker_and_the_time_are_room);
  CASE ("a-clock-in-binary-is-room", a_clock_in_binary_is_room);
  CASE ("a-message-is-found", a_message_is_found);
  CASE ("octets-of-no-segment-are-found", octets_of_no_segment_are_found);
  return g_test_run ();
}
