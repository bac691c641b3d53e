/* Compressed metadata documents: what stands beside the compressed data. */
#include "tests/analyzers/build.h"

#define CHANNEL "onvif-metadata-extension"
#define HEAD (42 + 12)

static const char sdp[] = "v=0\r\n"
                          "o=- 1 1 IN IP4 192.0.2.10\r\n"
                          "s=Session\r\n"
                          "t=0 0\r\n"
                          "m=application 0 RTP/AVP 107\r\n"
                          "a=rtpmap:107 vnd.onvif.metadata.gzip/90000\r\n"
                          "a=control:track1\r\n";

static Build *
session (void)
{
  Build *build = build_new ("onvif-gzip");

  build_session (build, sdp, FALSE, "");
  build->step = 1000 * 1000 * 1000;
  return build;
}

/* A document of its own packet; @parts: what its flags announce. */
static guint64
send (Build *build, guint16 number, guint8 flags, guint32 mtime, GByteArray *parts)
{
  const guint8 head[] = { 0x1f,
                          0x8b,
                          8,
                          flags,
                          (guint8)mtime,
                          (guint8)(mtime >> 8),
                          (guint8)(mtime >> 16),
                          (guint8)(mtime >> 24),
                          0,
                          3 };
  GByteArray *octets = g_byte_array_new ();

  g_byte_array_append (octets, head, sizeof head);
  octets = build_join (build_join (octets, parts), build_filled ((guint8)number, 50));
  return build_media (build, CAMERA, 0, FALSE,
                      build_rtp ((BuildRtp){ .marker = TRUE,
                                             .payload_type = 107,
                                             .sequence = number,
                                             .timestamp = 90000u * number,
                                             .ssrc = 9,
                                             .payload = octets }));
}

static void
plain_headers_are_room (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 40; i++)
    send (build, i, 8, 1700000000 + i, build_join (build_text ("meta.xml"), build_filled (0, 1)));
  g_assert_nonnull (build_quiet (build, CHANNEL));
}

static void
comments_that_change_are_found (void)
{
  g_autoptr (Build) build = session ();
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  guint64 first = 0;

  for (guint16 i = 0; i < 40; i++)
    {
      gboolean talks = i >= 20 && i % 4 == 0;
      char text[31] = "";
      for (guint j = 0; j < 30; j++)
        text[j] = (char)g_rand_int_range (random, 'a', 'z');
      guint64 frame
          = talks ? send (build, i, 16, 0, build_join (build_text (text), build_filled (0, 1)))
                  : send (build, i, 0, 0, build_text (""));
      first = talks && first == 0 ? frame : first;
    }
  const LensFindingRow *finding = build_finding (build, CHANNEL);
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 5);
  build_assert_octets (finding, 0, first, HEAD + 10, 31);
}

static void
times_by_lot_are_found (void)
{
  g_autoptr (Build) build = session ();
  g_autoptr (GRand) random = g_rand_new_with_seed (8);

  for (guint16 i = 0; i < 40; i++)
    send (build, i, 0, i < 20 ? 0 : g_rand_int (random), build_text (""));
  const LensFindingRow *finding = build_finding (build, CHANNEL);
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 20);
}

static void
reserved_flags_are_zero (void)
{
  g_autoptr (Build) build = session ();

  for (guint16 i = 0; i < 20; i++)
    send (build, i, i == 9 ? 0x40 : 0, 0, build_text (""));
  g_assert_cmpuint (build_found (build, CHANNEL, LENS_SEVERITY_MEDIUM)->frame_count, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/onvif-gzip/" name, function)
  CASE ("plain-headers-are-room", plain_headers_are_room);
  CASE ("comments-that-change-are-found", comments_that_change_are_found);
  CASE ("times-by-lot-are-found", times_by_lot_are_found);
  CASE ("reserved-flags-are-zero", reserved_flags_are_zero);
  return g_test_run ();
}
