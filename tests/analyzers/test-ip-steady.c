/* Fields that stay the same within a flow. */
#include "tests/analyzers/build-network.h"

/* UDP to port 5000, with four octets that differ: what is sent twice is seen once. */
static GByteArray *
datagram_of (Build *build)
{
  g_autofree char *digits = g_strdup_printf ("1770 1388 000c 0000 %08x", (guint)build->frame);

  return build_hex (digits);
}

static guint64
send_4 (Build *build, guint8 ttl, guint8 tos)
{
  return build_ip4 (build, CAMERA,
                    (BuildIp4){ .protocol = 17,
                                .ttl = ttl,
                                .tos = tos,
                                .id = (guint16)build->frame,
                                .payload = datagram_of (build) });
}

static guint64
send_6 (Build *build, guint8 hop_limit, guint8 traffic_class, guint32 label)
{
  return build_ip6 (build, CAMERA,
                    (BuildIp6){ .next = 17,
                                .hop_limit = hop_limit,
                                .traffic_class = traffic_class,
                                .flow_label = label,
                                .payload = datagram_of (build) });
}

static void
a_time_to_live_that_wavers_is_found (void)
{
  g_autoptr (Build) build = build_new ("ip-steady");
  guint64 first = 0;

  for (guint i = 0; i < 100; i++)
    {
      gboolean odd = i % 5 == 3;
      guint64 frame = send_4 (build, odd ? (guint8)(65 + i) : 64, 0);
      first = odd && first == 0 ? frame : first;
    }
  const LensFindingRow *finding = build_found (build, "ip4-ttl", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 20 * 8);
  build_assert_octets (finding, 0, first, 14 + 8, 1);
  g_assert_null (build_finding (build, "ip4-tos-ecn"));
}

static void
one_bit_that_wavers_is_found (void)
{
  g_autoptr (Build) build = build_new ("ip-steady");

  for (guint i = 0; i < 100; i++)
    send_4 (build, 64, i % 3 == 0 && i > 3 ? 0x08 : 0);
  build_found (build, "ip4-tos-ecn", LENS_SEVERITY_MEDIUM);
}

static void
fields_of_version_6_that_waver_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip-steady");

  build_claim_6 (build);
  for (guint i = 0; i < 100; i++)
    send_6 (build, i % 5 == 3 ? (guint8)(65 + i) : 64, i % 5 == 2 ? (guint8)(i << 2) : 0,
            i % 5 == 1 ? 0x10000 + 77 * i : 0x4b1d5);
  build_found (build, "ip6-hop-limit", LENS_SEVERITY_MEDIUM);
  build_found (build, "ip6-traffic-class", LENS_SEVERITY_MEDIUM);
  const LensFindingRow *finding = build_found (build, "ip6-flow-label", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 20 * 20);
}

static void
changes_for_good_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip-steady");

  build_claim_6 (build);
  for (guint i = 0; i < 200; i++)
    {
      send_4 (build, i < 120 ? 64 : 63, i < 50 ? 0x10 : 0x08);
      send_6 (build, 64, 0, i < 70 ? 0x11111 : i < 140 ? 0x22222 : 0x33333);
    }
  g_assert_null (build_quiet (build, "ip4-ttl"));
  g_assert_null (build_quiet (build, "ip4-tos-ecn"));
  g_assert_null (build_quiet (build, "ip6-flow-label"));
}

static void
a_traceroute_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip-steady");

  for (guint i = 0; i < 60; i++)
    send_4 (build, (guint8)(1 + i / 3), 0);
  g_assert_null (build_quiet (build, "ip4-ttl"));
}

/* The hops of echo requests. */
static void
send_request (Build *build, guint8 ttl)
{
  g_autofree char *digits = g_strdup_printf ("0800 0000 0007 %04x", (guint)build->frame);

  build_ip4 (build, CAMERA,
             (BuildIp4){ .protocol = 1, .ttl = ttl, .payload = build_summed (build_hex (digits)) });
}

static void
a_traceroute_of_pings_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip-steady");

  for (guint i = 0; i < 90; i++)
    {
      send_request (build, (guint8)(1 + i % 30));
      send_request (build, 64); /* a ping beside it */
    }
  for (guint i = 0; i < 90; i++)
    send_request (build, (guint8)(1 + i / 3));
  g_assert_null (build_quiet (build, "ip4-ttl"));
}

static void
pings_whose_hops_leap_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip-steady");

  for (guint i = 0; i < 90; i++)
    send_request (build, (guint8)(32 + 11 * i % 32));
  build_found (build, "ip4-ttl", LENS_SEVERITY_MEDIUM);
}

/* As Windows and a second responder on one machine do (a real capture). */
static void
programs_that_share_a_multicast_port_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip-steady");

  for (guint i = 0; i < 100; i++)
    build_ip4 (build, CAMERA,
               (BuildIp4){ .protocol = 17,
                           .ttl = i % 6 == 0 ? 255 : 1,
                           .to = "224.0.0.251",
                           .payload = datagram_of (build) });
  g_assert_null (build_quiet (build, "ip4-ttl"));
}

static void
data_may_be_marked_and_acknowledgements_not (void)
{
  g_autoptr (Build) build = build_new ("ip-steady");

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *digits = g_strdup_printf ("1770 1388 %08x 00000001 5018 ffff 0000 0000 %s",
                                                 i, i % 2 ? "" : "ab");
      build_ip4 (build, CAMERA,
                 (BuildIp4){ .protocol = 6,
                             .tos = i % 2         ? 0
                                    : i % 10 == 0 ? 3
                                                  : 2,
                             .payload = build_hex (digits) });
    }
  g_assert_null (build_quiet (build, "ip4-tos-ecn"));
}

static void
send_flagged (Build *build, guint16 flags, guint8 ttl)
{
  build_ip4 (build, CAMERA,
             (BuildIp4){ .protocol = 17,
                         .ttl = ttl,
                         .id = (guint16)build->frame,
                         .fragment = flags,
                         .payload = datagram_of (build) });
}

static void
a_flag_that_wavers_is_found (void)
{
  g_autoptr (Build) build = build_new ("ip-steady");

  for (guint i = 0; i < 100; i++)
    send_flagged (build, i % 5 == 3 || i % 7 == 3 ? 0 : 0x4000, 64);
  const LensFindingRow *finding = build_found (build, "ip4-reserved-flag", LENS_SEVERITY_MEDIUM);
  g_assert_cmpuint (finding->used_bits, ==, 31);
}

/* The path's MTU is learned, then forgotten; large datagrams are cut; a firewall clears it. */
static void
flags_that_follow_the_path_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip-steady");

  for (guint i = 0; i < 200; i++)
    {
      send_flagged (build, i / 60 % 2 ? 0 : 0x4000, 64);
      send_flagged (build, 0x2000, 64);
    }
  for (guint i = 0; i < 100; i++)
    send_flagged (build, i % 2 ? 0 : 0x4000, i % 2 ? 63 : 64);
  g_assert_null (build_quiet (build, "ip4-reserved-flag"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/ip-steady/" name, function)
  CASE ("a-time-to-live-that-wavers-is-found", a_time_to_live_that_wavers_is_found);
  CASE ("one-bit-that-wavers-is-found", one_bit_that_wavers_is_found);
  CASE ("fields-of-version-6-that-waver-are-found", fields_of_version_6_that_waver_are_found);
  CASE ("changes-for-good-are-quiet", changes_for_good_are_quiet);
  CASE ("a-traceroute-is-quiet", a_traceroute_is_quiet);
  CASE ("a-traceroute-of-pings-is-quiet", a_traceroute_of_pings_is_quiet);
  CASE ("pings-whose-hops-leap-are-found", pings_whose_hops_leap_are_found);
  CASE ("programs-that-share-a-multicast-port-are-quiet",
        programs_that_share_a_multicast_port_are_quiet);
  CASE ("data-may-be-marked-and-acknowledgements-not", data_may_be_marked_and_acknowledgements_not);
  CASE ("a-flag-that-wavers-is-found", a_flag_that_wavers_is_found);
  CASE ("flags-that-follow-the-path-are-quiet", flags_that_follow_the_path_are_quiet);
  return g_test_run ();
}
