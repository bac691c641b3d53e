/* Source descriptions: a constant CNAME and TOOL are room, other and changing texts are found. */
#include "tests/analyzers/build.h"

static guint64
send (Build *build, const char *sdes)
{
  return build_media (build, CAMERA, 0, TRUE, build_report (0xaaaa, build_hex (sdes)));
}

static Build *
session (void)
{
  Build *build = build_new ("rtcp-sdes");

  build_session (build, build_sdp_h264, TRUE, "");
  return build;
}

static void
a_constant_name_is_room (void)
{
  g_autoptr (Build) build = session ();

  for (guint i = 0; i < 5; i++)
    send (build, "81ca0003 0000aaaa 0104 63616d31 0000");

  g_assert_cmpuint (build_quiet (build, "rtcp-sdes")->room_bits, ==, 32);
}

static void
two_tools_that_stay_are_room (void)
{
  g_autoptr (Build) build = session ();

  for (guint i = 0; i < 5; i++)
    send (build, "81ca0005 0000aaaa 0104 63616d31 0602 6162 0601 63 000000");

  build_quiet (build, "rtcp-sdes");
}

static void
a_name_that_changes_is_found (void)
{
  g_autoptr (Build) build = session ();

  send (build, "81ca0003 0000aaaa 0104 63616d31 0000");
  guint64 frame = send (build, "81ca0003 0000aaaa 0104 6c65616b 0000");

  const LensFindingRow *finding = build_found (build, "rtcp-sdes", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 28 + 10, 4);
}

static void
a_note_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = send (build, "81ca0004 0000aaaa 0104 63616d31 0702 6869 00000000");

  const LensFindingRow *finding = build_found (build, "rtcp-sdes", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 28 + 16, 2);
  g_assert_cmpuint (finding->used_bits, ==, 16);
}

static void
fill_that_is_not_zero_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = send (build, "81ca0004 0000aaaa 0104 63616d31 00 61 00000000");

  const LensFindingRow *finding = build_found (build, "rtcp-sdes", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->frame_count, ==, 1);
  build_assert_octets (finding, 0, frame, build->offset + 28 + 14, 2);
}

static void
a_new_source_may_have_a_new_name (void)
{
  g_autoptr (Build) build = session ();

  send (build, "81ca0003 0000aaaa 0104 63616d31 0000");
  send (build, "81ca0003 0000bbbb 0104 63616d32 0000");

  g_assert_cmpuint (build_quiet (build, "rtcp-sdes")->room_bits, ==, 64);
}

static void
sources_that_nobody_knows_are_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = send (build, "87ca000e 0000aaaa 00000000 01020304 00000000 11121314 00000000 "
                               "21222324 00000000 31323334 00000000 41424344 00000000 51525354 "
                               "00000000");

  const LensFindingRow *finding = build_found (build, "rtcp-sdes", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 64);
  build_assert_octets (finding, 0, frame, build->offset + 28 + 4 + 5 * 8, 4);
}

static void
another_source_that_stays_is_quiet (void)
{
  g_autoptr (Build) build = session ();

  for (guint i = 0; i < 9; i++)
    send (build, "82ca0006 0000aaaa 0104 63616d31 0000 0000bbbb 0104 63616d31 0000");

  g_assert_cmpuint (build_quiet (build, "rtcp-sdes")->room_bits, ==, 64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/rtcp-sdes/" name, function)
  CASE ("a-constant-name-is-room", a_constant_name_is_room);
  CASE ("two-tools-that-stay-are-room", two_tools_that_stay_are_room);
  CASE ("a-name-that-changes-is-found", a_name_that_changes_is_found);
  CASE ("a-note-is-found", a_note_is_found);
  CASE ("fill-that-is-not-zero-is-found", fill_that_is_not_zero_is_found);
  CASE ("a-new-source-may-have-a-new-name", a_new_source_may_have_a_new_name);
  CASE ("sources-that-nobody-knows-are-found", sources_that_nobody_knows_are_found);
  CASE ("another-source-that-stays-is-quiet", another_source_that_stays_is_quiet);
  return g_test_run ();
}
