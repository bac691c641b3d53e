/* Media in files and byte streams. */
#include "tests/analyzers/build.h"

#include <string.h>

static GByteArray *
transport_packets (guint count)
{
  GByteArray *octets = build_filled (0x55, count * 188);

  for (guint i = 0; i < count; i++)
    memcpy (octets->data + 188 * i, (const guint8[]){ 0x47, 1, 0, (guint8)(0x10 | (i & 15)) }, 4);
  return octets;
}

static void
a_transport_stream_in_a_datagram_is_found (void)
{
  g_autoptr (Build) build = build_new ("content-container");

  build_session (build, build_sdp_h264, FALSE, "");
  guint64 frame = build_udp (build, CAMERA, 40000, 1234, transport_packets (7));
  const LensFindingRow *finding = build_found (build, "content-media", LENS_SEVERITY_HIGH);
  build_assert_octets (finding, 0, frame, 42, 7 * 188);
  g_assert_nonnull (strstr (finding->detail, "MPEG-TS"));
}

/* Cut into small segments, behind a head of their own; the pieces of its front are found too. */
static void
a_byte_stream_is_found_from_its_first_octet_on (void)
{
  static const char video[] = "000000016742001e95 0000000168ce3c80 00000165888421a0";
  g_autoptr (Build) build = build_new ("content-container");
  BuildTcp tcp = { 0 };
  g_autoptr (GByteArray) octets = build_join (build_text ("HELLO"), build_hex (video));
  guint64 first = 0, last = 0;

  build_session (build, build_sdp_h264, FALSE, "");
  build_connect (build, &tcp, 40000, 9000);
  for (guint at = 0; at < octets->len; at += 4)
    {
      GByteArray *part = g_byte_array_new ();
      g_byte_array_append (part, octets->data + at, MIN (4, octets->len - at));
      last = build_segment (build, &tcp, CAMERA, part);
      first = at == 4 ? last : first;
    }
  const LensFindingRow *finding = build_found (build, "content-media", LENS_SEVERITY_LOW);
  g_assert_cmpuint (g_array_index (finding->ranges, LensFrameRange, 0).first, ==, first);
  g_assert_cmpuint (g_array_index (finding->ranges, LensFrameRange, finding->ranges->len - 1).last,
                    ==, last);
}

static void
a_declared_service_may_carry_it (void)
{
  g_autoptr (Build) build = build_declared (
      "content-container", "[service push]\nproto = udp\nport = 1234\nto = 192.0.2.20\n");

  build_udp (build, CAMERA, 40000, 1234, transport_packets (7));
  g_assert_nonnull (build_quiet (build, "content-media"));
}

static void
other_octets_are_none (void)
{
  g_autoptr (Build) build = build_new ("content-container");

  build_session (build, build_sdp_h264, FALSE, "");
  build_udp (build, CAMERA, 40000, 1234, build_filled (0x47, 188 * 7));
  build_udp (build, CAMERA, 40000, 1234, build_text ("RIFF, FLV and OggS are words."));
  g_assert_null (build_finding (build, "content-media"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/content-container/a-transport-stream-in-a-datagram-is-found",
                   a_transport_stream_in_a_datagram_is_found);
  g_test_add_func ("/analyzers/content-container/a-byte-stream-is-found-from-its-first-octet-on",
                   a_byte_stream_is_found_from_its_first_octet_on);
  g_test_add_func ("/analyzers/content-container/a-declared-service-may-carry-it",
                   a_declared_service_may_carry_it);
  g_test_add_func ("/analyzers/content-container/other-octets-are-none", other_octets_are_none);
  return g_test_run ();
}
