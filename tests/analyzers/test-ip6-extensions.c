/* Extension headers of IPv6. */
#include "tests/analyzers/build-network.h"

#define UDP "1770 1388 000a 0000 abcd"

static guint64
say (Build *build, guint8 next, const char *digits)
{
  return build_ip6 (build, CAMERA, (BuildIp6){ .next = next, .payload = build_hex (digits) });
}

static void
padding_that_is_not_zero_is_found (void)
{
  g_autoptr (Build) build = build_new ("ip6-extensions");

  build_claim_6 (build);
  guint64 frame = say (build, 60, "11 00 01 04 73656372 " UDP);
  const LensFindingRow *finding = build_found (build, "ip6-ext-headers", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 54 + 4, 4);
  g_assert_cmpuint (finding->used_bits, ==, 32);
}

static void
options_that_nobody_knows_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip6-extensions");

  build_claim_6 (build);
  guint64 frame = say (build, 0, "11 00 1e 04 73656372 " UDP);
  const LensFindingRow *finding = build_found (build, "ip6-ext-headers", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 54 + 2, 6);
}

static void
reserved_fields_of_fragments_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip6-extensions");

  build_claim_6 (build);
  guint64 frame = say (build, 44, "11 5a 0001 00000009 " UDP);
  say (build, 44, "11 00 0007 0000000a " UDP);
  const LensFindingRow *finding = build_found (build, "ip6-ext-headers", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 54 + 1, 1);
  build_assert_octets (finding, 1, frame + 1, 54 + 3, 1);
  g_assert_cmpuint (finding->used_bits, ==, 8 + 2);
}

static void
what_follows_nothing_is_found (void)
{
  g_autoptr (Build) build = build_new ("ip6-extensions");

  build_claim_6 (build);
  guint64 frame = say (build, 59, "736563726574");
  const LensFindingRow *finding = build_found (build, "ip6-ext-headers", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 54, 6);
}

static void
messages_before_content_are_found (void)
{
  g_autoptr (Build) build = build_new ("ip6-extensions");

  build_claim_6 (build);
  guint64 frame = say (build, 135, "11 00 05 00 0000 7365 " UDP);
  say (build, 139, "3c 00 01 11 0000 7365 11 00 1e 04 73656372 " UDP);
  const LensFindingRow *finding = build_found (build, "ip6-ext-headers", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 54, 8);
  build_assert_octets (finding, 1, frame + 1, 54, 8);
  build_assert_octets (finding, 2, frame + 1, 54 + 8 + 2, 6);
  g_assert_cmpuint (finding->used_bits, ==, 64 + 64 + 48);
}

/* One octet, and another; one option of three; two of one; all of it zeros. */
static void
padding_that_aligns_nothing_is_found (void)
{
  g_autoptr (Build) build = build_new ("ip6-extensions");

  build_claim_6 (build);
  guint64 frame = say (build, 60, "11 00 01 04 00000000 " UDP);
  say (build, 60, "11 00 00 01 03 000000 " UDP);
  const LensFindingRow *finding = build_found (build, "ip6-ext-headers", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 54 + 2, 6);
  g_assert_cmpuint (finding->used_bits, ==, 2 * 2);
}

static void
the_limit_of_a_tunnel_that_is_none_is_found (void)
{
  g_autoptr (Build) build = build_new ("ip6-extensions");

  build_claim_6 (build);
  guint64 frame = say (build, 60, "11 00 0401 53 01 01 00 " UDP);
  const LensFindingRow *finding = build_found (build, "ip6-ext-headers", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 54 + 2, 3);
}

static void
honest_headers_are_quiet (void)
{
  g_autoptr (Build) build = build_new ("ip6-extensions");

  build_claim_6 (build);
  say (build, 17, UDP);
  say (build, 59, "");
  say (build, 0, "3a 00 0502 0000 0100 8f000000 00000000"); /* MLD */
  say (build, 60, "29 00 0401 04 01 01 00 " UDP);           /* a tunnel's limit */
  say (build, 44, "11 00 0001 00000009 " UDP);
  say (build, 135, "3b 01 05 00 0000 0001 0000 0000 01 02 0000"); /* a binding update */
  g_assert_null (build_quiet (build, "ip6-ext-headers"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/ip6-extensions/" name, function)
  CASE ("padding-that-is-not-zero-is-found", padding_that_is_not_zero_is_found);
  CASE ("options-that-nobody-knows-are-found", options_that_nobody_knows_are_found);
  CASE ("reserved-fields-of-fragments-are-found", reserved_fields_of_fragments_are_found);
  CASE ("what-follows-nothing-is-found", what_follows_nothing_is_found);
  CASE ("messages-before-content-are-found", messages_before_content_are_found);
  CASE ("padding-that-aligns-nothing-is-found", padding_that_aligns_nothing_is_found);
  CASE ("the-limit-of-a-tunnel-that-is-none-is-found", the_limit_of_a_tunnel_that_is_none_is_found);
  CASE ("honest-headers-are-quiet", honest_headers_are_quiet);
  return g_test_run ();
}
