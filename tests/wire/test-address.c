#include "wire/address.h"

static void
a_network_holds_its_hosts_only (void)
{
  LensNetwork network;
  LensAddress in, out, six;

  g_assert_true (lens_network_parse ("198.51.100.64/26", &network));
  g_assert_true (lens_address_parse ("198.51.100.127", &in));
  g_assert_true (lens_address_parse ("198.51.100.128", &out));
  g_assert_true (lens_address_parse ("::ffff:198.51.100.127", &six));
  g_assert_true (lens_network_contains (&network, &in));
  g_assert_false (lens_network_contains (&network, &out));
  g_assert_false (lens_network_contains (&network, &six));
  g_assert_false (lens_network_parse ("198.51.100.64/33", &network));
  g_assert_true (lens_network_parse ("fd00::1", &network));
  g_assert_cmpuint (network.prefix, ==, 128);
}

static void
names_and_text_agree (void)
{
  LensAddress address;
  guint8 mac[6];

  g_assert_true (lens_address_parse ("fe80::0:1", &address));
  g_autofree char *text = lens_address_dup_text (&address);
  g_assert_cmpstr (text, ==, "fe80::1");
  g_assert_true (lens_address_is_private (&address));
  g_assert_true (lens_address_is_link_local (&address));
  g_assert_true (lens_address_parse ("fec0::1", &address));
  g_assert_false (lens_address_is_link_local (&address));
  g_assert_true (lens_address_parse ("254.128.0.1", &address));
  g_assert_false (lens_address_is_link_local (&address));
  g_assert_false (lens_address_parse ("192.0.2.256", &address));
  g_assert_true (lens_mac_parse ("44-19-B6:00:00:01", mac));
  g_autofree char *mac_text = lens_mac_dup_text (mac);
  g_assert_cmpstr (mac_text, ==, "44:19:b6:00:00:01");
  g_assert_cmphex (lens_mac_number (mac), ==, 0x4419b6000001);
  g_assert_false (lens_mac_parse ("44:19:b6:00:00:0", mac));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/address/a-network-holds-its-hosts-only", a_network_holds_its_hosts_only);
  g_test_add_func ("/wire/address/names-and-text-agree", names_and_text_agree);
  return g_test_run ();
}
