/* Groups, link addresses and networks that are ever new. */
#include "tests/analyzers/build-network.h"

#define SECOND G_GINT64_CONSTANT (1000000000)

/* Of the group or source @number: octets without a pattern. */
static guint
mixed (guint number)
{
  return (number + 1) * 0x9e3779b1u;
}

static void
report_2 (Build *build, guint group)
{
  g_autofree char *digits = g_strdup_printf ("1600 0000 ef%06x", group & 0xffffff);

  build_ip4 (build, CAMERA,
             (BuildIp4){ .protocol = 2,
                         .ttl = 1,
                         .to = "224.0.0.22",
                         .payload = build_summed (build_hex (digits)) });
}

static void
ever_new_groups_are_found (void)
{
  g_autoptr (Build) build = build_new ("neighbour-names");

  build->step = SECOND;
  for (guint i = 0; i < 40; i++)
    {
      report_2 (build, mixed (i));
    }
  g_assert_cmpuint (build_found (build, "igmp-extra-data", LENS_SEVERITY_MEDIUM)->used_bits, ==,
                    40 * 32);
}

static void
ever_new_sources_are_found (void)
{
  g_autoptr (Build) build = build_new ("neighbour-names");

  build->step = SECOND;
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *digits
          = g_strdup_printf ("2200 0000 0000 0001 03000001 efff2a2a %08x", mixed (i));
      build_ip4 (build, CAMERA,
                 (BuildIp4){ .protocol = 2,
                             .ttl = 1,
                             .to = "224.0.0.22",
                             .payload = build_summed (build_hex (digits)) });
    }
  build_found (build, "igmp-extra-data", LENS_SEVERITY_MEDIUM);
}

static void
ever_new_groups_of_version_6_are_found (void)
{
  g_autoptr (Build) build = build_new ("neighbour-names");

  build->step = SECOND;
  build_claim_6 (build);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *digits = g_strdup_printf (
          "8300 0000 00000000 ff0200000000000000000001ff%06x", mixed (i) & 0xffffff);
      build_icmp6 (build, CAMERA, NULL, "ff02::16", 1, build_hex (digits));
    }
  build_found (build, "icmp6-mld-rs-fields", LENS_SEVERITY_MEDIUM);
}

/* The same few again and again; a long list at once; a recorder's streams. */
static void
groups_that_have_a_use_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("neighbour-names");

  build->step = SECOND;
  for (guint i = 0; i < 100; i++)
    {
      report_2 (build, mixed (i % 12));
    }
  build->step = SECOND / 100;
  for (guint i = 0; i < 200; i++)
    report_2 (build, mixed (1000 + i));
  build->step = SECOND;
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *group = g_strdup_printf ("239.7.7.%u", i);
      report_2 (build, 0x070700 + i);
      build_ip4 (build, VIEWER,
                 (BuildIp4){ .protocol = 17,
                             .to = group,
                             .payload = build_hex ("1770 1388 000c 0000 01020304") });
    }
  g_assert_null (build_quiet (build, "igmp-extra-data"));
}

static void
advertise (Build *build, guint number)
{
  g_autofree char *digits = g_strdup_printf (
      "8800 0000 20000000 fd000000000000000000000000000010 0201 0211%08x", mixed (number));
  build_icmp6 (build, CAMERA, NULL, "ff02::1", 255, build_hex (digits));
}

static void
ever_new_link_addresses_are_found (void)
{
  g_autoptr (Build) build = build_new ("neighbour-names");

  build_claim_6 (build);
  build->step = SECOND;
  for (guint i = 0; i < 40; i++)
    advertise (build, i);
  g_assert_cmpuint (build_found (build, "ip6-nd-options", LENS_SEVERITY_MEDIUM)->used_bits, ==,
                    (40 - 8) * 48);
}

static void
a_few_link_addresses_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("neighbour-names");

  build_claim_6 (build);
  for (guint i = 0; i < 100; i++)
    advertise (build, i % 3);
  g_assert_null (build_quiet (build, "ip6-nd-options"));
}

static void
announce (Build *build, guint lifetime, guint number)
{
  g_autofree char *digits = g_strdup_printf ("8600 0000 40000000 00000000 00000000 1903 0000 %08x "
                                             "fd0000000000000000000000%08x",
                                             lifetime, mixed (number));
  build_icmp6 (build, CAMERA, NULL, "ff02::1", 255, build_hex (digits));
}

static void
ever_new_name_servers_are_found (void)
{
  g_autoptr (Build) build = build_new ("neighbour-names");

  build_claim_6 (build);
  build->step = 4 * SECOND;
  for (guint i = 0; i < 40; i++)
    announce (build, 3600, i);
  build_found (build, "ip6-nd-options", LENS_SEVERITY_MEDIUM);
}

/* Their lifetime counts down. */
static void
name_servers_that_stay_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("neighbour-names");

  build_claim_6 (build);
  for (guint i = 0; i < 100; i++)
    announce (build, 3600 - i, i % 2);
  g_assert_null (build_quiet (build, "ip6-nd-options"));
}

static void
solicit (Build *build, const char *nonce)
{
  g_autofree char *digits
      = g_strdup_printf ("8700 0000 00000000 fd000000000000000000000000000020 0e01 %s", nonce);
  build_icmp6 (build, CAMERA, NULL, "ff02::1:ff00:20", 255, build_hex (digits));
}

static void
nonces_that_read_as_text_are_found (void)
{
  g_autoptr (Build) build = build_new ("neighbour-names");

  build_claim_6 (build);
  build->step = SECOND;
  for (guint i = 0; i < 20; i++)
    solicit (build, i % 2 ? "736563726574" : "746865207265");
  g_assert_cmpuint (build_found (build, "ip6-nd-options", LENS_SEVERITY_MEDIUM)->used_bits, ==,
                    (20 - 3) * 48);
}

/* A few read as text by chance. */
static void
random_nonces_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("neighbour-names");

  build_claim_6 (build);
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *nonce = g_strdup_printf ("%08x81a2", mixed (i));
      solicit (build, i % 10 == 9 ? "736563726574" : nonce);
    }
  g_assert_null (build_quiet (build, "ip6-nd-options"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/neighbour-names/" name, function)
  CASE ("ever-new-groups-are-found", ever_new_groups_are_found);
  CASE ("ever-new-sources-are-found", ever_new_sources_are_found);
  CASE ("ever-new-groups-of-version-6-are-found", ever_new_groups_of_version_6_are_found);
  CASE ("groups-that-have-a-use-are-quiet", groups_that_have_a_use_are_quiet);
  CASE ("ever-new-link-addresses-are-found", ever_new_link_addresses_are_found);
  CASE ("a-few-link-addresses-are-quiet", a_few_link_addresses_are_quiet);
  CASE ("ever-new-name-servers-are-found", ever_new_name_servers_are_found);
  CASE ("name-servers-that-stay-are-quiet", name_servers_that_stay_are_quiet);
  CASE ("nonces-that-read-as-text-are-found", nonces_that_read_as_text_are_found);
  CASE ("random-nonces-are-quiet", random_nonces_are_quiet);
  return g_test_run ();
}
