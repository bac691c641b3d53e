/* Whom the camera asks for. */
#include "tests/analyzers/build.h"

/* Who has 192.@net.@host?  @sender: the last octet of 192.0.2.x, 0: nobody yet. */
static guint64
ask (Build *build, guint16 net, guint8 host, guint8 sender)
{
  g_autofree char *body
      = g_strdup_printf ("0001 0800 06 04 0001 020000000010 %s%02x 000000000000 c0%04x%02x",
                         sender != 0 ? "c00002" : "000000", sender, net, host);

  return build_ethernet (build, CAMERA, 0x0806, build_hex (body), build_filled (0, 18));
}

static void
targets_in_no_order_are_found (void)
{
  g_autoptr (Build) build = build_new ("arp-targets");
  g_autoptr (GRand) random = g_rand_new_with_seed (826);
  guint64 first = 0;

  for (guint i = 0; i < 240; i++)
    {
      guint64 frame = ask (build, 2, (guint8)g_rand_int_range (random, 30, 250), 10);
      first = i == 0 ? frame : first;
    }
  const LensFindingRow *finding = build_found (build, "arp-target-sweep", LENS_SEVERITY_HIGH);
  build_assert_octets (finding, 0, first, 14 + 24, 4);
}

/* Ten hosts that nobody knows, sixteen questions a second. */
static void
asking_again_at_once_is_found (void)
{
  g_autoptr (Build) build = build_new ("arp-targets");
  g_autoptr (GRand) random = g_rand_new_with_seed (826);

  build->step = G_GINT64_CONSTANT (62500000);
  for (guint i = 0; i < 320; i++)
    ask (build, 2, (guint8)(60 + 7 * g_rand_int_range (random, 0, 10)), 10);
  build_found (build, "arp-target-sweep", LENS_SEVERITY_HIGH);
}

/* The same hosts, each asked for three times, a second apart, whenever somebody wants it. */
static void
asking_again_after_a_second_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("arp-targets");
  g_autoptr (GRand) random = g_rand_new_with_seed (826);
  const gint64 start = build->now, second = G_GINT64_CONSTANT (1000000000);
  gint64 due[10];

  for (guint i = 0; i < 10; i++)
    due[i] = start + g_rand_int_range (random, 0, 1000000) * G_GINT64_CONSTANT (5000);
  for (guint i = 0; i < 600; i++)
    {
      guint next = 0;
      for (guint host = 1; host < 10; host++)
        next = due[host] < due[next] ? host : next;
      build->now = due[next];
      ask (build, 2, (guint8)(60 + 7 * next), 10);
      due[next] += i % 3 != 0 ? second : second * g_rand_int_range (random, 2, 9);
    }
  g_assert_null (build_finding (build, "arp-target-sweep"));
}

static void
targets_of_other_networks_are_found (void)
{
  g_autoptr (Build) build = build_new ("arp-targets");

  for (guint i = 0; i < 20; i++)
    ask (build, (guint16)(0x6100 + 31 * i * i), (guint8)(7 * i), 10);
  build_found (build, "arp-target-sweep", LENS_SEVERITY_MEDIUM);
}

/* Somebody outside tries all addresses of the network, in any order. */
static void
a_router_that_is_asked_for_absent_hosts_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("arp-targets");
  g_autoptr (GRand) random = g_rand_new_with_seed (826);

  for (guint8 i = 0; i < 6; i++)
    {
      GByteArray *frame = build_hex ("020000000020 020000000010 0800"
                                     "4500001c 00000000 3f110000 cb007100 c0000214"
                                     "1770 1388 0008 0000");
      frame->data[29] = i; /* 203.0.113.i */
      build_frame (build, frame);
    }
  for (guint i = 0; i < 240; i++)
    ask (build, 2, (guint8)g_rand_int_range (random, 30, 250), 10);
  g_assert_null (build_finding (build, "arp-target-sweep"));
}

static void
targets_of_a_wide_network_are_found (void)
{
  g_autoptr (Build) build = build_new ("arp-targets");
  g_autoptr (GRand) random = g_rand_new_with_seed (826);

  for (guint i = 0; i < 60; i++)
    ask (build, (guint16)g_rand_int_range (random, 0, 256),
         (guint8)g_rand_int_range (random, 0, 256), 10);
  build_found (build, "arp-target-sweep", LENS_SEVERITY_MEDIUM);
}

static void
who_looks_for_hosts_one_after_the_other_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("arp-targets");

  for (guint round = 0; round < 3; round++)
    for (guint8 host = 1; host < 255; host++)
      ask (build, 2, host, 10);
  g_assert_null (build_finding (build, "arp-target-sweep"));
}

/* All of them at once: three times each, a second apart, and no two rounds in the same order. */
static void
who_looks_for_all_hosts_at_once_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("arp-targets");
  g_autoptr (GRand) random = g_rand_new_with_seed (826);
  gint64 start = build->now;
  guint8 hosts[120];

  build->step = 200000;
  for (guint8 i = 0; i < sizeof hosts; i++)
    hosts[i] = (guint8)(1 + 2 * i);
  for (gint64 round = 0; round < 3; round++)
    {
      for (gint i = sizeof hosts - 1; i > 0; i--)
        {
          gint other = g_rand_int_range (random, 0, i + 1);
          guint8 host = hosts[i];
          hosts[i] = hosts[other];
          hosts[other] = host;
        }
      build->now = start + round * 1000000000;
      for (guint i = 0; i < sizeof hosts; i++)
        ask (build, 2, hosts[i], 10);
    }
  g_assert_null (build_finding (build, "arp-target-sweep"));
}

/* A recorder whose cameras are all switched off. */
static void
a_table_of_absent_hosts_is_quiet (void)
{
  static const guint8 hosts[]
      = { 64, 31, 90, 77, 102, 45, 201, 150, 33, 88, 121, 60, 174, 39, 210, 95, 52, 133, 71, 249 };
  g_autoptr (Build) build = build_new ("arp-targets");

  for (guint round = 0; round < 30; round++)
    for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
      ask (build, 2, hosts[i], 10);
  g_assert_null (build_finding (build, "arp-target-sweep"));
}

/* RFC 3927 section 2.2: it may try ten. */
static void
looking_for_an_address_of_one_s_own_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("arp-targets");

  for (guint i = 0; i < 10; i++)
    for (guint probe = 0; probe < 3; probe++)
      ask (build, (guint16)(0x0300 + 37 * i), (guint8)(91 * i), 0);
  g_assert_null (build_finding (build, "arp-target-sweep"));
}

/* As a D-Link DCS-930L does, for an address that it was told of once. */
static void
one_address_far_away_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("arp-targets");

  for (guint i = 0; i < 40; i++)
    {
      ask (build, 0x0101, 1, 10);
      ask (build, 2, 20, 10);
    }
  g_assert_null (build_finding (build, "arp-target-sweep"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/arp-targets/" name, function)
  CASE ("targets-in-no-order-are-found", targets_in_no_order_are_found);
  CASE ("asking-again-at-once-is-found", asking_again_at_once_is_found);
  CASE ("asking-again-after-a-second-is-quiet", asking_again_after_a_second_is_quiet);
  CASE ("targets-of-other-networks-are-found", targets_of_other_networks_are_found);
  CASE ("targets-of-a-wide-network-are-found", targets_of_a_wide_network_are_found);
  CASE ("a-router-that-is-asked-for-absent-hosts-is-quiet",
        a_router_that_is_asked_for_absent_hosts_is_quiet);
  CASE ("who-looks-for-hosts-one-after-the-other-is-quiet",
        who_looks_for_hosts_one_after_the_other_is_quiet);
  CASE ("who-looks-for-all-hosts-at-once-is-quiet", who_looks_for_all_hosts_at_once_is_quiet);
  CASE ("a-table-of-absent-hosts-is-quiet", a_table_of_absent_hosts_is_quiet);
  CASE ("looking-for-an-address-of-one-s-own-is-quiet",
        looking_for_an_address_of_one_s_own_is_quiet);
  CASE ("one-address-far-away-is-quiet", one_address_far_away_is_quiet);
  return g_test_run ();
}
