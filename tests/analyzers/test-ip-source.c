/* Whose addresses a device speaks from. */
#include "tests/analyzers/build-network.h"

static guint64
say_from (Build *build, const char *source)
{
  g_autofree char *digits = g_strdup_printf ("1770 1388 000c 0000 %08x", (guint)build->frame);

  return build_ip4 (build, CAMERA,
                    (BuildIp4){ .protocol = 17, .source = source, .payload = build_hex (digits) });
}

static void
answer (Build *build, const char *to)
{
  g_autofree char *digits = g_strdup_printf ("1388 1770 000c 0000 %08x", (guint)build->frame);

  build_ip4 (build, VIEWER, (BuildIp4){ .protocol = 17, .to = to, .payload = build_hex (digits) });
}

static void
addresses_of_others_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip-source");
  guint64 first = 0;

  build_claim_6 (build);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *source = g_strdup_printf ("198.51.100.%u", 7 + 31 * i);
      guint64 frame = say_from (build, source);
      first = first == 0 ? frame : first;
      say_from (build, "192.0.2.10");
    }
  const LensFindingRow *finding = build_finding (build, "ip4-src-spoof");
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, first, 26, 4);
}

static void
a_router_that_is_answered_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip-source");

  build_claim_6 (build);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *source = g_strdup_printf ("198.51.100.%u", 7 + 31 * i);
      say_from (build, source);
      if (i == 3)
        answer (build, source);
    }
  g_assert_null (build_quiet (build, "ip4-src-spoof"));
}

static void
headers_damaged_on_their_way_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip-source");

  build_claim_6 (build);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *source = g_strdup_printf ("198.51.100.%u", 7 + 31 * i);
      build_ip4 (build, CAMERA, (BuildIp4){ .protocol = 17, .source = source, .wrong_sum = TRUE });
    }
  g_assert_null (build_quiet (build, "ip4-src-spoof"));
}

static void
addresses_before_a_lease_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip-source");

  say_from (build, "0.0.0.0");
  say_from (build, "169.254.7.9");
  say_from (build, "192.168.1.64");
  build_claim_6 (build);
  say_from (build, "192.0.2.10");
  g_assert_null (build_quiet (build, "ip4-src-spoof"));
}

static void
ask_for (Build *build, guint identifier)
{
  g_autofree char *digits
      = g_strdup_printf ("8700 0000 00000000 fd000000 00000000 02aabbff fe%06x", identifier);

  build_icmp6 (build, CAMERA, "::", "ff02::1:ff00:10", 255, build_hex (digits));
}

static void
ever_new_identifiers_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip-source");

  build_claim_6 (build);
  for (guint i = 0; i < 20; i++)
    ask_for (build, 7919 * (i + 1));
  const LensFindingRow *finding = build_finding (build, "ip6-iid-address");
  g_assert_nonnull (finding);
  g_assert_cmpuint (finding->used_bits, ==, 20 * 64);
}

static void
a_few_identifiers_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip-source");

  build_claim_6 (build);
  for (guint i = 0; i < 40; i++)
    ask_for (build, 7919 * (i % 8 + 1));
  g_assert_null (build_quiet (build, "ip6-iid-address"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/ip-source/" name, function)
  CASE ("addresses-of-others-are-found", addresses_of_others_are_found);
  CASE ("a-router-that-is-answered-is-quiet", a_router_that_is_answered_is_quiet);
  CASE ("headers-damaged-on-their-way-are-quiet", headers_damaged_on_their_way_are_quiet);
  CASE ("addresses-before-a-lease-are-quiet", addresses_before_a_lease_are_quiet);
  CASE ("ever-new-identifiers-are-found", ever_new_identifiers_are_found);
  CASE ("a-few-identifiers-are-quiet", a_few_identifiers_are_quiet);
  return g_test_run ();
}
