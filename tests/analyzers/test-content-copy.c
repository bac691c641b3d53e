/* Declared media that leaves a second time. */
#include "tests/analyzers/build.h"

#include <string.h>

static GRand *
dice (void)
{
  return g_rand_new_with_seed (11);
}

/* Coded picture data: nothing repeats. */
static GByteArray *
noise (GRand *random, const char *head, gsize length)
{
  GByteArray *octets = build_hex (head);

  while (octets->len < length)
    {
      guint8 octet = (guint8)g_rand_int_range (random, 1, 256);
      g_byte_array_append (octets, &octet, 1);
    }
  return octets;
}

static GByteArray *
again (const GByteArray *octets, gsize from)
{
  return g_byte_array_append (g_byte_array_new (), octets->data + from, octets->len - (guint)from);
}

static void
a_copy_is_critical_wherever_it_is_cut (void)
{
  g_autoptr (Build) build = build_new ("content-copy");
  g_autoptr (GRand) random = dice ();
  guint64 first = 0;

  build_session (build, build_sdp_h264, FALSE, "");
  for (guint16 i = 1; i <= 8; i++)
    {
      g_autoptr (GByteArray) nal = noise (random, "41 9a", 900);
      build_nal (build, i, g_byte_array_ref (nal));
      guint64 frame = build_udp (build, CAMERA, 7000, 7001,
                                 build_join (build_text ("FLV"), again (nal, 17u * i)));
      first = first == 0 ? frame : first;
    }
  const LensFindingRow *finding = build_found (build, "content-copy", LENS_SEVERITY_CRITICAL);
  g_assert_cmpuint (finding->frame_count, ==, 8);
  g_assert_cmpuint (g_array_index (finding->ranges, LensFrameRange, 0).first, ==, first);
}

static void
a_copy_that_goes_before_is_found_too (void)
{
  g_autoptr (Build) build = build_new ("content-copy");
  g_autoptr (GRand) random = dice ();

  build_session (build, build_sdp_h264, TRUE, "");
  for (guint16 i = 1; i <= 8; i++)
    {
      g_autoptr (GByteArray) nal = noise (random, "41 9a", 900);
      build_udp (build, CAMERA, 7000, 7001, again (nal, 5));
      build_nal (build, i, g_byte_array_ref (nal));
    }
  build_found (build, "content-copy", LENS_SEVERITY_CRITICAL);
}

static void
other_octets_and_silence_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("content-copy");
  g_autoptr (GRand) random = dice ();

  build_session (build, build_sdp_h264, FALSE, "");
  for (guint16 i = 1; i <= 20; i++)
    {
      build_nal (build, i, noise (random, "41 9a", 900));
      build_nal (build, (guint16)(100 + i),
                 build_join (build_hex ("0c"), build_filled (0xff, 500)));
      build_udp (build, CAMERA, 7000, 7001, noise (random, "01", 900));
      build_udp (build, CAMERA, 7000, 7001, build_filled (0xff, 500));
      /* What ping sends. */
      GByteArray *rising = build_hex ("41 9a");
      for (guint8 value = 8; value < 200; value++)
        g_byte_array_append (rising, &value, 1);
      build_nal (build, (guint16)(200 + i), g_byte_array_ref (rising));
      build_udp (build, CAMERA, 7000, 7001, rising);
    }
  g_assert_null (build_finding (build, "content-copy"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/content-copy/" name, function)
  CASE ("a-copy-is-critical-wherever-it-is-cut", a_copy_is_critical_wherever_it_is_cut);
  CASE ("a-copy-that-goes-before-is-found-too", a_copy_that_goes_before_is_found_too);
  CASE ("other-octets-and-silence-are-quiet", other_octets_and_silence_are_quiet);
  return g_test_run ();
}
