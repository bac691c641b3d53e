/* Reserved bit, options and protocol numbers of IPv4. */
#include "tests/analyzers/build-network.h"

static GByteArray *
datagram (void)
{
  return build_hex ("1770 1388 000a 0000 abcd");
}

static void
the_reserved_flag_is_found_at_once (void)
{
  g_autoptr (Build) build = build_new ("ip4-header");
  guint64 frame = build_ip4 (
      build, CAMERA, (BuildIp4){ .protocol = 17, .fragment = 0xc000, .payload = datagram () });

  const LensFindingRow *finding = build_found (build, "ip4-reserved-flag", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 14 + 6, 1);
  g_assert_cmpuint (finding->used_bits, ==, 1);
}

static void
a_header_damaged_on_its_way_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip4-header");

  build_ip4 (build, CAMERA,
             (BuildIp4){ .protocol = 190,
                         .fragment = 0xc000,
                         .wrong_sum = TRUE,
                         .options = build_hex ("94040001"),
                         .payload = datagram () });
  g_assert_null (build_quiet (build, "ip4-reserved-flag"));
  g_assert_null (build_quiet (build, "ip4-options"));
  g_assert_null (build_quiet (build, "ip4-unknown-proto"));
}

static void
options_that_nobody_needs_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip4-header");
  guint64 frame = 0;

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *digits = g_strdup_printf ("5e 08 %08x 00 %02x", i * 7919, i);
      frame = build_ip4 (
          build, CAMERA,
          (BuildIp4){ .protocol = 17, .options = build_hex (digits), .payload = datagram () });
    }
  const LensFindingRow *finding = build_found (build, "ip4-options", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 2, frame, 34, 8);
}

static void
router_alert_in_igmp_is_room (void)
{
  g_autoptr (Build) build = build_new ("ip4-header");

  for (guint i = 0; i < 3; i++)
    build_ip4 (build, CAMERA,
               (BuildIp4){ .protocol = 2,
                           .ttl = 1,
                           .id = (guint16)i,
                           .to = "224.0.0.22",
                           .options = build_hex ("94040000"),
                           .payload = build_summed (build_hex ("16000000 ef010203")) });
  g_assert_cmpuint (build_quiet (build, "ip4-options")->room_bits, ==, 3 * 32);
}

static void
router_alert_with_a_value_is_found (void)
{
  g_autoptr (Build) build = build_new ("ip4-header");

  build_ip4 (build, CAMERA,
             (BuildIp4){ .protocol = 2,
                         .options = build_hex ("94041234"),
                         .payload = build_summed (build_hex ("16000000 ef010203")) });
  build_found (build, "ip4-options", LENS_SEVERITY_MEDIUM);
}

static void
protocols_that_nothing_speaks_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip4-header");
  guint64 frame = build_ip4 (build, CAMERA,
                             (BuildIp4){ .protocol = 253, .payload = build_hex ("68656c6c6f") });

  const LensFindingRow *finding = build_found (build, "ip4-unknown-proto", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 34, 5);
}

static void
protocols_of_networks_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip4-header");
  static const guint8 protocols[] = { 2, 4, 41, 47, 50, 89, 103, 112, 132 };

  for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
    build_ip4 (build, CAMERA,
               (BuildIp4){ .protocol = protocols[i], .payload = build_hex ("00112233") });
  g_assert_null (build_quiet (build, "ip4-unknown-proto"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/ip4-header/" name, function)
  CASE ("the-reserved-flag-is-found-at-once", the_reserved_flag_is_found_at_once);
  CASE ("a-header-damaged-on-its-way-is-quiet", a_header_damaged_on_its_way_is_quiet);
  CASE ("options-that-nobody-needs-are-found", options_that_nobody_needs_are_found);
  CASE ("router-alert-in-igmp-is-room", router_alert_in_igmp_is_room);
  CASE ("router-alert-with-a-value-is-found", router_alert_with_a_value_is_found);
  CASE ("protocols-that-nothing-speaks-are-found", protocols_that_nothing_speaks_are_found);
  CASE ("protocols-of-networks-are-quiet", protocols_of_networks_are_quiet);
  return g_test_run ();
}
