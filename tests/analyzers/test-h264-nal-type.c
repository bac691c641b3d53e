/* NAL units of types that no player reads. */
#include "tests/analyzers/build.h"

static Build *
session (const char *fmtp)
{
  Build *build = build_new ("h264-nal-type");
  g_autofree char *sdp = g_strconcat ("v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=Session\r\nt=0 0\r\n"
                                      "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
                                      "a=fmtp:96 ",
                                      fmtp, "\r\na=control:track1\r\n", NULL);

  build_session (build, sdp, FALSE, "");
  return build;
}

static void
a_type_that_nobody_specified_is_found (void)
{
  g_autoptr (Build) build = session ("packetization-mode=1");
  guint64 frame = build_nal (build, 1, build_hex ("1f 6c65616b 80"));

  const LensFindingRow *finding = build_found (build, "h264-nal-0-24-31", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12, 6);
  g_assert_cmpuint (finding->used_bits, ==, 48);
}

static void
so_is_one_inside_an_aggregate (void)
{
  g_autoptr (Build) build = session ("packetization-mode=1");
  guint64 frame = build_nal (build, 1, build_hex ("18 0003 1e6162 0003 419a80"));

  const LensFindingRow *finding = build_found (build, "h264-nal-0-24-31", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 3, 3);
}

static void
interleaved_packets_need_its_mode (void)
{
  g_autoptr (Build) build = session ("packetization-mode=1");
  guint64 frame = build_nal (build, 1, build_hex ("19 1234 0003 419a80"));

  const LensFindingRow *finding = build_found (build, "h264-nal-0-24-31", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12, 8);
}

static void
and_are_quiet_where_it_was_offered (void)
{
  g_autoptr (Build) build = session ("packetization-mode=2; sprop-interleaving-depth=1");

  build_nal (build, 1, build_hex ("19 0001 0003 419a80"));
  build_quiet (build, "h264-nal-0-24-31");
}

static void
aggregates_and_fragments_of_mode_0_are_a_common_neglect (void)
{
  g_autoptr (Build) build = session ("profile-level-id=42001e");

  build_nal (build, 1, build_hex ("18 0003 419a80 0003 419a80"));
  build_fragments (build, 2, 4, build_hex ("419a0102030405060780"));
  build_quiet (build, "h264-nal-0-24-31");
}

static void
a_reserved_type_is_found (void)
{
  g_autoptr (Build) build = session ("packetization-mode=1");
  guint64 frame = build_nal (build, 1, build_hex ("71 0102 80"));

  const LensFindingRow *finding
      = build_found (build, "h264-nal-13-19-20-reserved", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12, 4);
}

static void
layers_need_a_profile_that_has_them (void)
{
  g_autoptr (Build) plain = session ("profile-level-id=64001f");
  g_autoptr (Build) layered = session ("profile-level-id=53001f");

  build_nal (plain, 1, build_hex ("74 8000034e 0102 80"));
  build_nal (layered, 1, build_hex ("74 8000034e 0102 80"));
  build_found (plain, "h264-nal-13-19-20-reserved", LENS_SEVERITY_MEDIUM);
  build_quiet (layered, "h264-nal-13-19-20-reserved");
}

/* Temporal layers 0, 2, 1, 2 with their priorities. */
static void
prefixes_that_name_temporal_layers_are_room (void)
{
  g_autoptr (Build) build = session ("packetization-mode=1");
  static const char *const prefixes[]
      = { "6e 808007 20", "0e 82804f", "2e 81802f 20", "0e 82804f" };

  for (guint i = 0; i < 16; i++)
    {
      build_nal (build, (guint16)(1 + 2 * i), build_hex (prefixes[i % 4]));
      build_nal (build, (guint16)(2 + 2 * i), build_hex ("419a80"));
    }
  g_assert_cmpuint (build_quiet (build, "h264-nal-13-19-20-reserved")->room_bits, ==, 9 * 16);
}

static void
a_prefix_that_says_more_is_found (void)
{
  g_autoptr (Build) build = session ("packetization-mode=1");

  build_nal (build, 1, build_hex ("6e 808007 20"));
  guint64 frame = build_nal (build, 2, build_hex ("6e 958007 20"));
  const LensFindingRow *finding
      = build_found (build, "h264-nal-13-19-20-reserved", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 1);
  build_assert_octets (finding, 0, frame, build->offset + 12, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-nal-type/" name, function)
  CASE ("a-type-that-nobody-specified-is-found", a_type_that_nobody_specified_is_found);
  CASE ("so-is-one-inside-an-aggregate", so_is_one_inside_an_aggregate);
  CASE ("interleaved-packets-need-its-mode", interleaved_packets_need_its_mode);
  CASE ("and-are-quiet-where-it-was-offered", and_are_quiet_where_it_was_offered);
  CASE ("aggregates-and-fragments-of-mode-0-are-a-common-neglect",
        aggregates_and_fragments_of_mode_0_are_a_common_neglect);
  CASE ("a-reserved-type-is-found", a_reserved_type_is_found);
  CASE ("layers-need-a-profile-that-has-them", layers_need_a_profile_that_has_them);
  CASE ("prefixes-that-name-temporal-layers-are-room", prefixes_that_name_temporal_layers_are_room);
  CASE ("a-prefix-that-says-more-is-found", a_prefix_that_says_more_is_found);
  return g_test_run ();
}
