/* IGMP, MLD and neighbour discovery. */
#include "tests/analyzers/build-network.h"

#define SOLICITATION "8700 0000 00000000 fd000000000000000000000000000020 "
#define LINK_ADDRESS "0101 020000000010"

static void
octets_behind_a_report_are_found (void)
{
  g_autoptr (Build) build = build_new ("neighbour-fields");
  guint64 frame = build_igmp (build, "1600 0000 ef010203 736563726574");

  const LensFindingRow *finding = build_found (build, "igmp-extra-data", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 38 + 8, 6);
  g_assert_cmpuint (finding->used_bits, ==, 48);
}

static void
auxiliary_and_reserved_octets_are_found (void)
{
  g_autoptr (Build) build = build_new ("neighbour-fields");
  guint64 frame = build_igmp (build, "2200 0000 1234 0001 04010000 ef010203 64617461");

  const LensFindingRow *finding = build_found (build, "igmp-extra-data", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 38 + 4, 2);
  build_assert_octets (finding, 1, frame, 38 + 16, 4);
}

static void
honest_reports_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("neighbour-fields");

  build_igmp (build, "1600 0000 ef010203");
  build_igmp (build, "2200 0000 0000 0001 04000000 ef010203");
  build_igmp (build, "1164 0000 00000000");
  build_igmp (build, "1164 0000 00000000 02 7d 0000");
  build_igmp (build, "1400 0000 0102030405060708");
  g_assert_null (build_quiet (build, "igmp-extra-data"));
}

static void
reserved_bits_of_neighbours_are_found (void)
{
  g_autoptr (Build) build = build_new ("neighbour-fields");

  build_claim_6 (build);
  guint64 frame = build_icmp6 (build, CAMERA, NULL, NULL, 255,
                               build_hex ("8800 0000 60001234 fd000000000000000000000000000010"));
  build_icmp6 (build, CAMERA, NULL, NULL, 255, build_hex ("8500 0000 0a0b0c0d"));
  const LensFindingRow *finding = build_found (build, "icmp6-mld-rs-fields", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 54 + 4, 4);
}

static void
options_that_hosts_do_not_send_are_found (void)
{
  g_autoptr (Build) build = build_new ("neighbour-fields");

  build_claim_6 (build);
  guint64 frame = build_icmp6 (build, CAMERA, NULL, NULL, 255,
                               build_hex (SOLICITATION LINK_ADDRESS "fd01 736563726574"));
  const LensFindingRow *finding = build_found (build, "ip6-nd-options", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 54 + 24 + 8, 8);
}

static void
honest_neighbours_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("neighbour-fields");

  build_claim_6 (build);
  build_icmp6 (build, CAMERA, NULL, NULL, 255, build_hex (SOLICITATION LINK_ADDRESS));
  build_icmp6 (build, CAMERA, NULL, NULL, 255, build_hex (SOLICITATION "0e01 a1b2c3d4e5f6"));
  build_icmp6 (build, CAMERA, NULL, "ff02::16", 1,
               build_hex ("8f00 0000 0000 0001 04000000 ff0200000000000000000001ff000010"));
  build_icmp6 (build, CAMERA, NULL, "ff02::1:ff00:10", 1,
               build_hex ("8300 0000 00000000 ff0200000000000000000001ff000010"));
  /* a router: prefix, DNS server */
  build_icmp6 (build, CAMERA, NULL, "ff02::1", 255,
               build_hex ("8600 0000 40c00708 00000000 00000000 " LINK_ADDRESS
                          "0304 40c0 00278d00 00093a80 00000000 fd000000000000000000000000000000"
                          "1903 0000 00000e10 fd000000000000000000000000000001"));
  g_assert_null (build_quiet (build, "icmp6-mld-rs-fields"));
  g_assert_cmpuint (build_quiet (build, "ip6-nd-options")->room_bits, ==, 48);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/neighbour-fields/" name, function)
  CASE ("octets-behind-a-report-are-found", octets_behind_a_report_are_found);
  CASE ("auxiliary-and-reserved-octets-are-found", auxiliary_and_reserved_octets_are_found);
  CASE ("honest-reports-are-quiet", honest_reports_are_quiet);
  CASE ("reserved-bits-of-neighbours-are-found", reserved_bits_of_neighbours_are_found);
  CASE ("options-that-hosts-do-not-send-are-found", options_that_hosts_do_not_send_are_found);
  CASE ("honest-neighbours-are-quiet", honest_neighbours_are_quiet);
  return g_test_run ();
}
