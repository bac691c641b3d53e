/* Octets behind the IP datagram of a frame. */
#include "tests/analyzers/build.h"

#include "wire/fcs.h"

/* A datagram of two octets: a frame of 44, padded to 60 with 16. */
static guint64
send_short (Build *build, BuildSpeaker speaker, GByteArray *trailer)
{
  guint64 frame = build_ip (build, speaker, 17,
                            build_datagram (speaker, 6000, 5000, build_hex ("0d0a")), trailer);

  return frame;
}

static guint64
send_long (Build *build, BuildSpeaker speaker, guint16 sequence, GByteArray *trailer)
{
  GByteArray *packet = build_rtp ((BuildRtp){ .payload_type = 96,
                                              .sequence = sequence,
                                              .ssrc = 0xaaaa,
                                              .payload = build_filled (0x41, 60) });

  return build_ip (build, speaker, 17, build_datagram (speaker, 6000, 5000, packet), trailer);
}

static Build *
session (void)
{
  Build *build = build_new ("eth-trailer");

  build_session (build, build_sdp_h264, FALSE, "");
  return build;
}

static void
padding_with_content_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame
      = send_short (build, CAMERA, build_join (build_text ("hidden"), build_filled (0, 10)));

  const LensFindingRow *finding = build_found (build, "eth-trailer-nonzero", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 44, 16);
  g_assert_cmpuint (finding->used_bits, ==, 48);
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, 16);
}

static void
padding_of_zeros_is_room (void)
{
  g_autoptr (Build) build = session ();

  send_short (build, CAMERA, build_filled (0, 16));
  g_assert_cmpuint (build_quiet (build, "eth-trailer-nonzero")->room_bits, ==, 128);
}

static void
octets_behind_a_long_frame_are_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = send_long (build, CAMERA, 1, build_text ("first"));

  send_long (build, CAMERA, 2, build_text ("second"));
  const LensFindingRow *finding = build_found (build, "eth-trailer-oversize", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 14 + 20 + 8 + 72, 5);
  build_assert_octets (finding, 1, frame + 1, 14 + 20 + 8 + 72, 6);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNEXPLAINED), ==, 0);
}

static void
one_frame_alone_is_low (void)
{
  g_autoptr (Build) build = session ();

  send_long (build, CAMERA, 1, build_text ("first"));
  build_found (build, "eth-trailer-oversize", LENS_SEVERITY_LOW);
}

static void
a_check_sequence_is_no_trailer (void)
{
  g_autoptr (Build) build = build_new ("eth-trailer");
  GByteArray *frame = build_hex ("020000000020 020000000010 0800"
                                 "4500001d 00010000 4011b6b0 c000020a c0000214"
                                 "1770 1388 0009 0000 61"
                                 "0000000000000000000000000000000000");
  guint32 crc = 0xffffffff;

  for (guint i = 0; i < frame->len; i++)
    {
      crc ^= frame->data[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
  crc = GUINT32_TO_LE (~crc);
  g_byte_array_append (frame, (const guint8 *)&crc, 4);
  g_assert_cmpuint (frame->len, ==, 64);
  g_assert_true (lens_fcs_holds (frame->data, frame->len));
  build_frame (build, frame);

  g_assert_null (build_finding (build, "eth-trailer-oversize"));
  g_assert_cmpuint (build_quiet (build, "eth-trailer-nonzero")->used_bits, ==, 0);
}

/* A tap's time stamp: eight octets behind every frame, whoever sent it. */
static void
a_tap_s_trailer_is_the_capture_s (void)
{
  g_autoptr (Build) build = build_new ("eth-trailer");

  for (guint16 i = 0; i < 20; i++)
    {
      g_autofree char *stamp = g_strdup_printf ("65500000%08x", 1000u + 77u * i);
      send_long (build, i % 2 == 0 ? CAMERA : VIEWER, i, build_hex (stamp));
    }
  const LensFindingRow *room = build_quiet (build, "eth-trailer-oversize");
  g_assert_nonnull (room);
  g_assert_cmpuint (build_class (build, LENS_CLASS_UNEXPLAINED), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/eth-trailer/" name, function)
  CASE ("padding-with-content-is-found", padding_with_content_is_found);
  CASE ("padding-of-zeros-is-room", padding_of_zeros_is_room);
  CASE ("octets-behind-a-long-frame-are-found", octets_behind_a_long_frame_are_found);
  CASE ("one-frame-alone-is-low", one_frame_alone_is_low);
  CASE ("a-check-sequence-is-no-trailer", a_check_sequence_is_no_trailer);
  CASE ("a-tap-s-trailer-is-the-capture-s", a_tap_s_trailer_is_the_capture_s);
  return g_test_run ();
}
