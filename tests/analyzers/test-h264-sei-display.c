/* SEI messages about display and recovery. */
#include "tests/analyzers/build.h"

static Build *
session (void)
{
  Build *build = build_new ("h264-sei-display");

  build_session (build, build_sdp_h264, FALSE, "");
  return build;
}

/* One message with the trailing bits. */
static guint64
put (Build *build, guint16 sequence, guint8 type, GByteArray *payload)
{
  GByteArray *nal = build_hex ("06");
  const guint8 head[] = { type, (guint8)payload->len };

  g_byte_array_append (nal, head, sizeof head);
  return build_nal (build, sequence, build_join (build_join (nal, payload), build_hex ("80")));
}

static void
a_rectangle_larger_than_any_is_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = put (build, 1, 2, build_filled (0x5a, 150));

  const LensFindingRow *finding = build_found (build, "h264-sei-timing-fields", LENS_SEVERITY_HIGH);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 3, 150);
}

static void
a_recovery_point_with_more_behind_it_is_found (void)
{
  g_autoptr (Build) build = session ();

  put (build, 1, 6, build_hex ("c4"));
  guint64 frame = put (build, 2, 6, build_hex ("c46c65616b6564"));
  const LensFindingRow *finding
      = build_found (build, "h264-sei-timing-fields", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 3, 7);
}

static void
messages_that_stay_are_room (void)
{
  g_autoptr (Build) build = session ();

  for (guint i = 0; i < 20; i++)
    {
      put (build, (guint16)(2 * i + 1), 6, build_hex ("84"));
      put (build, (guint16)(2 * i + 2), 45, build_hex ("81d0000400"));
    }
  g_assert_cmpuint (build_quiet (build, "h264-sei-timing-fields")->room_bits, ==, 20 * 48);
}

static void
messages_that_never_stay_are_found (void)
{
  g_autoptr (Build) build = session ();

  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *payload = g_strdup_printf ("81%02x%02x04", i * 97 & 0xff, i * 61 & 0xff);
      put (build, (guint16)(i + 1), 47, build_hex (payload));
    }
  g_assert_cmpuint (
      build_found (build, "h264-sei-timing-fields", LENS_SEVERITY_MEDIUM)->frame_count, >, 25);
}

static void
types_with_nothing_behind_them_are_found (void)
{
  g_autoptr (Build) build = session ();
  guint64 frame = put (build, 1, 24, build_hex (""));

  put (build, 2, 31, build_hex (""));
  const LensFindingRow *finding
      = build_found (build, "h264-sei-timing-fields", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, build->offset + 12 + 1, 2);
}

/* D.1.16 */
static void
the_end_of_a_freeze_has_no_syntax (void)
{
  g_autoptr (Build) build = session ();

  put (build, 1, 14, build_hex (""));
  build_quiet (build, "h264-sei-timing-fields");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/h264-sei-display/" name, function)
  CASE ("a-rectangle-larger-than-any-is-found", a_rectangle_larger_than_any_is_found);
  CASE ("a-recovery-point-with-more-behind-it-is-found",
        a_recovery_point_with_more_behind_it_is_found);
  CASE ("messages-that-stay-are-room", messages_that_stay_are_room);
  CASE ("messages-that-never-stay-are-found", messages_that_never_stay_are_found);
  CASE ("types-with-nothing-behind-them-are-found", types_with_nothing_behind_them_are_found);
  CASE ("the-end-of-a-freeze-has-no-syntax", the_end_of_a_freeze_has_no_syntax);
  return g_test_run ();
}
