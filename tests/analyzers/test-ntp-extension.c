/* What lies behind a time message. */
#include "tests/analyzers/build-names.h"

#define T G_GUINT64_CONSTANT (0xe5f3000000000000)

static void
ask (Build *build, GByteArray *more)
{
  build_ntp (build, CAMERA, build_join (build_ntp_message (0x23, T), more));
}

static void
what_only_one_side_has_speaks (void)
{
  g_autoptr (Build) build = build_new ("ntp-extension");

  ask (build, build_hex ("0104 001c 000102030405060708090a0b0c0d0e0f1011121314151617"));
  build_ntp (build, VIEWER, build_ntp_message (0x24, T));
  const LensFindingRow *finding = build_found (build, "ntp-extension-fields", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, 1, build->offset + 48, 28);
}

static void
a_field_that_nobody_registered_speaks (void)
{
  g_autoptr (Build) build = build_new ("ntp-extension");

  ask (build, build_hex ("0177 001c 000102030405060708090a0b0c0d0e0f1011121314151617"));
  build_ntp (build, VIEWER, build_join (build_ntp_message (0x24, T), build_filled (0x11, 20)));
  const LensFindingRow *finding = build_found (build, "ntp-extension-fields", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, 1, build->offset + 48, 28);
}

static void
authentication_on_both_sides_is_room (void)
{
  g_autoptr (Build) build = build_new ("ntp-extension");

  ask (build, build_filled (0x22, 20));
  build_ntp (build, VIEWER, build_join (build_ntp_message (0x24, T), build_filled (0x11, 20)));
  const LensFindingRow *room = build_quiet (build, "ntp-extension-fields");
  g_assert_nonnull (room);
  g_assert_cmpuint (room->room_bits, ==, 160);
}

static void
plain_messages_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("ntp-extension");

  ask (build, build_hex (""));
  build_ntp (build, VIEWER, build_ntp_message (0x24, T));
  g_assert_null (build_finding (build, "ntp-extension-fields"));
}

#define CASE(name, function) g_test_add_func ("/analyzers/ntp-extension/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CASE ("what-only-one-side-has-speaks", what_only_one_side_has_speaks);
  CASE ("a-field-that-nobody-registered-speaks", a_field_that_nobody_registered_speaks);
  CASE ("authentication-on-both-sides-is-room", authentication_on_both_sides_is_room);
  CASE ("plain-messages-are-quiet", plain_messages_are_quiet);
  return g_test_run ();
}
