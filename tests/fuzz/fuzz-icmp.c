/* ICMP and ICMPv6, group membership in both. */
#include "tests/fuzz/fuzz.h"

#include "wire/icmp.h"
#include "wire/membership.h"

static void
check_icmp (guint8 version, const guint8 *octets, gsize length)
{
  LensAddress source = { .version = version }, address;
  LensIcmp icmp;
  LensIcmpOption option;
  guint8 mac[6];
  gsize at = 0;

  if (!lens_icmp_parse (version, octets, length, &icmp))
    return;
  fuzz_follows (octets, length, &at, icmp.header);
  const LensRange tail[] = { icmp.data, icmp.quoted, icmp.extensions, icmp.fixed, icmp.options };
  for (gsize i = 0; i < G_N_ELEMENTS (tail); i++)
    if (tail[i].length > 0)
      fuzz_follows (octets, length, &at, tail[i]);
  g_assert_cmpuint (at, ==, length);
  fuzz_inside (octets, length, icmp.quote.header);
  fuzz_inside (octets, length, icmp.quote.rest);
  for (LensRange left = icmp.options; lens_icmp_option_next (octets, &left, &option);)
    {
      g_assert_cmpuint (option.whole.length, >, 0);
      fuzz_inside (octets, length, option.whole);
      fuzz_inside (octets, length, option.data);
    }
  lens_icmp_link_address (octets, &icmp, &source, &address, mac);
}

static void
check_membership (guint8 version, const guint8 *octets, gsize length)
{
  LensMembership membership;
  LensMembershipRecord record;

  if (!lens_membership_parse (version, octets, length, &membership))
    return;
  fuzz_inside (octets, length, membership.unused[0]);
  fuzz_inside (octets, length, membership.unused[1]);
  fuzz_inside (octets, length, membership.records);
  fuzz_inside (octets, length, membership.rest);
  for (LensRange left = membership.records; lens_membership_next (version, octets, &left, &record);)
    {
      fuzz_inside (octets, length, record.group);
      fuzz_inside (octets, length, record.sources);
      fuzz_inside (octets, length, record.auxiliary);
      fuzz_inside (octets, length, left);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  static const guint8 versions[] = { 4, 6 };

  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      check_icmp (versions[i], octets, length);
      check_membership (versions[i], octets, length);
    }
  return 0;
}
