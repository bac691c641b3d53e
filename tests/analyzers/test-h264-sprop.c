/* Parameter sets in the session description. */
#include "tests/analyzers/build.h"

#include <string.h>

/* The sets below in base64. */
#define SPS "Z0LAHtoFB+Q="
#define PPS "aM48gA=="

static Build *
session (const char *sprop)
{
  Build *build = build_new ("h264-sprop");
  g_autofree char *sdp
      = g_strconcat ("v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=Session\r\nt=0 0\r\n"
                     "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
                     "a=fmtp:96 packetization-mode=1; sprop-parameter-sets=",
                     sprop, ";profile-level-id=42c01e\r\na=control:track1\r\n", NULL);

  build_session (build, sdp, FALSE, "");
  return build;
}

static void
the_stream_s_own_sets_are_quiet (void)
{
  g_autoptr (Build) build = session (SPS "," PPS);

  build_nal (build, 1, build_hex ("6742c01eda0507e4"));
  build_nal (build, 2, build_hex ("68ce3c80"));
  g_assert_null (build_quiet (build, "sdp-sprop-mismatch"));
}

/* A start code, a comma at the end, and an older set. */
static void
common_neglects_are_room (void)
{
  g_autoptr (Build) build = session ("AAAAAWdCwB7aBQfk," PPS ",");

  build_nal (build, 1, build_hex ("6742c01eda0507e4"));
  build_nal (build, 2, build_hex ("68ce3880"));
  g_assert_cmpuint (build_quiet (build, "sdp-sprop-mismatch")->room_bits, ==, 48);
}

static void
other_units_are_found (void)
{
  g_autoptr (Build) build = session (SPS "," PPS ",BmxlYWtlZA==");

  const LensFindingRow *finding = build_found (build, "sdp-sprop-mismatch", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 56);
  g_assert_cmpint (memcmp (finding->excerpt->data, "BmxlYWtlZA==", 12), ==, 0);
}

static void
octets_behind_a_set_are_found (void)
{
  g_autoptr (Build) build = session (SPS ",aM48gGxlYWs=");

  const LensFindingRow *finding = build_found (build, "sdp-sprop-mismatch", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 32);
  g_assert_cmpint (memcmp (finding->excerpt->data, "gGxlYWs=", 8), ==, 0);
}

static void
characters_that_are_no_base64_are_found (void)
{
  g_autoptr (Build) build = session (SPS "," PPS "!~x?");

  g_assert_cmpuint (build_found (build, "sdp-sprop-mismatch", LENS_SEVERITY_MEDIUM)->used_bits, ==,
                    24);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-sprop/" name, function)
  CASE ("the-stream-s-own-sets-are-quiet", the_stream_s_own_sets_are_quiet);
  CASE ("common-neglects-are-room", common_neglects_are_room);
  CASE ("other-units-are-found", other_units_are_found);
  CASE ("octets-behind-a-set-are-found", octets_behind_a_set_are_found);
  CASE ("characters-that-are-no-base64-are-found", characters_that_are_no_base64_are_found);
  return g_test_run ();
}
