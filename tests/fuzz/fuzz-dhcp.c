/* DHCP and DHCPv6 messages and their options. */
#include "tests/fuzz/fuzz.h"

#include "wire/dhcp.h"

static void
check_options (const guint8 *octets, gsize length, const LensDhcp *dhcp)
{
  static const guint8 codes[] = { 3, 6, 12, 42, 50, 51, 54, 60 };
  LensDhcpOptions options;
  LensDhcpOption option;
  LensAddress addresses[4];
  LensRange data;
  guint32 number;
  gsize total = 0, areas = dhcp->options.length;

  lens_dhcp_options_init (&options, octets, dhcp);
  while (lens_dhcp_options_next (&options, &option))
    {
      fuzz_inside (octets, length, option.whole);
      fuzz_inside (octets, length, option.data);
      total += option.whole.length;
    }
  areas += dhcp->overload & 1 ? dhcp->file.length : 0;
  areas += dhcp->overload & 2 ? dhcp->sname.length : 0;
  if (dhcp->has_options && dhcp->overload <= 3)
    g_assert_cmpuint (total, ==, areas);
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      if (lens_dhcp_option (octets, dhcp, codes[i], &data))
        fuzz_inside (octets, length, data);
      g_assert_cmpuint (lens_dhcp_addresses (octets, dhcp, codes[i], addresses, 4), <=, 4);
      lens_dhcp_number (octets, dhcp, codes[i], &number);
      g_autofree char *text = lens_dhcp_dup_text (octets, dhcp, codes[i]);
      g_assert_true (text == NULL || g_str_is_ascii (text));
    }
}

static void
check_v6 (const guint8 *octets, gsize length)
{
  LensAddress addresses[4];
  LensDhcp6 dhcp6;
  LensRange data;
  guint16 code;
  gsize at = 0;

  if (!lens_dhcp6_parse (octets, length, &dhcp6))
    return;
  fuzz_follows (octets, length, &at, dhcp6.header);
  fuzz_follows (octets, length, &at, dhcp6.rest);
  g_assert_cmpuint (at, ==, length);
  lens_dhcp6_addresses (octets, &dhcp6, LENS_DHCP6_OPTION_NTP, addresses, 4);
  lens_dhcp6_addresses (octets, &dhcp6, LENS_DHCP6_OPTION_DNS, addresses, 4);
  for (LensRange left = dhcp6.rest; lens_dhcp6_option_next (octets, &left, &code, &data);)
    {
      fuzz_inside (octets, length, data);
      fuzz_inside (octets, length, left);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *octets, gsize length)
{
  LensDhcp dhcp;
  gsize at = 0;

  check_v6 (octets, length);
  if (!lens_dhcp_parse (octets, length, &dhcp))
    return 0;
  fuzz_follows (octets, length, &at, dhcp.fixed);
  fuzz_follows (octets, length, &at, dhcp.sname);
  fuzz_follows (octets, length, &at, dhcp.file);
  fuzz_follows (octets, length, &at, dhcp.cookie);
  fuzz_follows (octets, length, &at, dhcp.options);
  fuzz_follows (octets, length, &at, dhcp.rest);
  g_assert_cmpuint (at, ==, length);
  fuzz_inside (octets, length, dhcp.hardware);
  fuzz_inside (octets, length, dhcp.hardware_unused);
  check_options (octets, length, &dhcp);
  return 0;
}
