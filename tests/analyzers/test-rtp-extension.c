/* Header extensions: the declared and the standard are room, all else is found. */
#include "tests/analyzers/build.h"

#define SDP_EXTMAP                                                                                 \
  "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=S\r\nt=0 0\r\n"                                           \
  "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n"                         \
  "a=extmap:3 urn:ietf:params:rtp-hdrext:ntp-64\r\n"

static guint64
send (Build *build, guint16 sequence, guint8 payload_type, GByteArray *extension)
{
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .payload_type = payload_type,
                                             .sequence = sequence,
                                             .ssrc = 0x11223344,
                                             .extension = extension,
                                             .payload = build_hex ("41 9a 5c 5c") }));
}

static void
an_extension_that_nobody_declared_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-extension");

  build_session (build, build_sdp_h264, TRUE, "");
  build_video (build, 3, 1, 0x11223344);
  guint64 frame = send (build, 4, 96, build_hex ("be de 0001  32 61 62 63"));
  gsize offset = build->offset + 12;

  const LensFindingRow *finding = build_found (build, "rtp-ext-unmapped", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, offset, 8);
  g_assert_cmpuint (finding->used_bits, ==, 16 + 32);
  g_assert_cmpuint (build_class (build, LENS_CLASS_HIDDEN), ==, 8);
}

static void
an_extension_of_no_known_profile_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-extension");

  build_session (build, SDP_EXTMAP, FALSE, "");
  send (build, 1, 96, build_hex ("12 34 0000"));

  g_assert_cmpuint (build_found (build, "rtp-ext-unmapped", LENS_SEVERITY_MEDIUM)->used_bits, ==,
                    16);
}

static void
a_declared_element_is_room (void)
{
  g_autoptr (Build) build = build_new ("rtp-extension");

  build_session (build, SDP_EXTMAP, FALSE, "");
  /* id 3, eight octets; three of padding */
  send (build, 1, 96, build_hex ("be de 0003  37 e8fe2e0080000000 000000"));

  const LensFindingRow *room = build_quiet (build, "rtp-ext-unmapped");
  g_assert_cmpuint (room->room_bits, ==, 64);
  g_assert_cmpuint (build_quiet (build, "rtp-ext-8285-padding")->room_bits, ==, 24);
}

static void
what_follows_element_15_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-extension");

  build_session (build, SDP_EXTMAP, FALSE, "");
  guint64 frame = send (build, 1, 96, build_hex ("be de 0003  37 e8fe2e0080000000 f0 aabb"));

  const LensFindingRow *finding = build_found (build, "rtp-ext-8285-padding", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 4 + 9, 3);
}

static void
appbits_without_an_extmap_are_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-extension");

  build_session (build, SDP_EXTMAP, FALSE, "");
  guint64 frame = send (build, 1, 96, build_hex ("10 05 0001  03 02 aabb"));

  const LensFindingRow *finding = build_found (build, "rtp-ext-8285-padding", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 13, 1);
  g_assert_cmpuint (finding->used_bits, ==, 4);
}

/* Element 3 is a clock of NTP seconds: 10 ms a packet, or anything. */
static void
send_clocks (Build *build, gboolean honest)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  build_session (build, SDP_EXTMAP, FALSE, "");
  for (guint16 i = 0; i < 60; i++)
    {
      guint32 seconds = honest ? 0xe8fe2e00u : g_rand_int (random);
      g_autofree char *digits = g_strdup_printf ("bede 0003 37%08x%08x 000000", seconds,
                                                 (guint)(((guint64)i << 32) / 100));
      send (build, i, 96, build_hex (digits));
    }
}

static void
a_declared_clock_that_goes_on_is_room (void)
{
  g_autoptr (Build) build = build_new ("rtp-extension");

  send_clocks (build, TRUE);
  g_assert_cmpuint (build_quiet (build, "rtp-ext-unmapped")->used_bits, ==, 0);
}

static void
a_declared_clock_that_says_anything_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-extension");

  send_clocks (build, FALSE);
  g_assert_cmpuint (build_found (build, "rtp-ext-unmapped", LENS_SEVERITY_HIGH)->frame_count, >,
                    50);
}

/* A second in 100 packets by a clock of microseconds, and the time of every tenth changed. */
static const LensFindingRow *
change_clocks (Build *build, guint64 mask)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);

  build_session (build, SDP_EXTMAP, FALSE, "");
  for (guint16 i = 0; i < 200; i++)
    {
      guint64 us = i * 10000u + (guint)g_rand_int_range (random, 0, 500);
      guint64 ntp = (us / 1000000 + 0xe8fe2e00u) << 32 | (us % 1000000 << 32) / 1000000;
      guint64 message = (guint64)g_rand_int (random) << 32 | g_rand_int (random);
      if (i % 10 == 9)
        ntp = (ntp & ~mask) | (message & mask);
      g_autofree char *digits
          = g_strdup_printf ("bede 0003 37%016" G_GINT64_MODIFIER "x 000000", ntp);
      send (build, i, 96, build_hex (digits));
    }
  return build_finding (build, "rtp-ext-unmapped");
}

static void
times_elsewhere_are_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-extension");
  const LensFindingRow *finding = change_clocks (build, G_GUINT64_CONSTANT (0xffffffff00000000));

  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 20);
}

static void
low_bits_below_a_resolution_are_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-extension");
  const LensFindingRow *finding = change_clocks (build, 0xffff);

  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 20);
  g_assert_cmpuint (finding->used_bits, ==, 20 * 16);
}

static void
a_clock_of_microseconds_is_room (void)
{
  g_autoptr (Build) build = build_new ("rtp-extension");

  g_assert_cmpuint (change_clocks (build, 0)->used_bits, ==, 0);
}

static void
a_declared_element_of_another_length_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-extension");

  build_session (build, SDP_EXTMAP, FALSE, "");
  guint64 frame = send (build, 1, 96, build_hex ("be de 0001 32 61 62 63"));

  const LensFindingRow *finding = build_found (build, "rtp-ext-unmapped", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 16, 4);
}

/* NTP seconds that rise with the capture's clock, 10 ms a packet. */
static GByteArray *
replay (guint hundredths, const char *flags)
{
  guint64 fraction = ((guint64)hundredths << 32) / 100;
  g_autofree char *digits
      = g_strdup_printf ("abac 0003 %08x %08x %s", 0xe8fe2e00u, (guint)fraction, flags);

  return build_hex (digits);
}

static void
an_onvif_replay_is_room (void)
{
  g_autoptr (Build) build = build_new ("rtp-extension");

  build_session (build, build_sdp_h264, FALSE, "");
  for (guint16 i = 0; i < 20; i++)
    send (build, i, 96, replay (i, i == 0 ? "e0050000" : "00050000"));

  g_assert_cmpuint (build_quiet (build, "rtp-ext-unmapped")->room_bits, ==, 20 * 64);
}

static void
a_replay_that_was_asked_for_may_jump (void)
{
  g_autoptr (Build) build = build_new ("rtp-extension");

  build_session (build, build_sdp_h264, FALSE, "Require: onvif-replay\r\n");
  send (build, 1, 96, build_hex ("abac 0003 e8fe2e00 00000000 e0050000"));
  send (build, 2, 96, build_hex ("abac 0003 e8fe9e00 00000000 a0050000"));
  send (build, 3, 96, build_hex ("abac 0003 e8fe9f00 00000000 a0050000"));

  g_assert_nonnull (build_quiet (build, "rtp-ext-unmapped"));
}

static void
a_clock_that_jumps_unasked_is_found (void)
{
  g_autoptr (Build) build = build_new ("rtp-extension");

  build_session (build, build_sdp_h264, FALSE, "");
  send (build, 1, 96, build_hex ("abac 0003 e8fe2e00 00000000 e0050000"));
  /* a clock may be set, once */
  send (build, 2, 96, build_hex ("abac 0003 e9fe2e00 00000000 e0050000"));
  guint64 frame = send (build, 3, 96, build_hex ("abac 0003 73656372 65742121 00050000"));

  const LensFindingRow *finding = build_found (build, "rtp-ext-unmapped", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 16, 8);
}

static void
a_jpeg_header_is_room_on_a_jpeg_track (void)
{
  g_autoptr (Build) jpeg = build_new ("rtp-extension"), h264 = build_new ("rtp-extension");

  build_session (jpeg, build_sdp_jpeg, FALSE, "");
  send (jpeg, 1, 26, build_hex ("ffd8 0001 ffdb0004"));
  send (jpeg, 2, 26, build_hex ("ffff 0000"));
  g_assert_cmpuint (build_quiet (jpeg, "rtp-ext-unmapped")->room_bits, ==, 32);
  build_session (h264, build_sdp_h264, FALSE, "");
  send (h264, 1, 96, build_hex ("ffd8 0001 ffdb0004"));
  build_found (h264, "rtp-ext-unmapped", LENS_SEVERITY_MEDIUM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtp-extension/" name, function)
  CASE ("an-extension-that-nobody-declared-is-found", an_extension_that_nobody_declared_is_found);
  CASE ("an-extension-of-no-known-profile-is-found", an_extension_of_no_known_profile_is_found);
  CASE ("a-declared-element-is-room", a_declared_element_is_room);
  CASE ("what-follows-element-15-is-found", what_follows_element_15_is_found);
  CASE ("appbits-without-an-extmap-are-found", appbits_without_an_extmap_are_found);
  CASE ("a-declared-clock-that-goes-on-is-room", a_declared_clock_that_goes_on_is_room);
  CASE ("times-elsewhere-are-found", times_elsewhere_are_found);
  CASE ("low-bits-below-a-resolution-are-found", low_bits_below_a_resolution_are_found);
  CASE ("a-clock-of-microseconds-is-room", a_clock_of_microseconds_is_room);
  CASE ("a-declared-clock-that-says-anything-is-found",
        a_declared_clock_that_says_anything_is_found);
  CASE ("a-declared-element-of-another-length-is-found",
        a_declared_element_of_another_length_is_found);
  CASE ("an-onvif-replay-is-room", an_onvif_replay_is_room);
  CASE ("a-replay-that-was-asked-for-may-jump", a_replay_that_was_asked_for_may_jump);
  CASE ("a-clock-that-jumps-unasked-is-found", a_clock_that_jumps_unasked_is_found);
  CASE ("a-jpeg-header-is-room-on-a-jpeg-track", a_jpeg_header_is_room_on_a_jpeg_track);
  return g_test_run ();
}
