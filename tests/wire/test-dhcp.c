#include "wire/dhcp.h"

#include <string.h>

/* An ACK with two name servers, option 52 = 3, a host name in file, a class in sname, two
 * octets after End. */
static gsize
make_ack (guint8 octets[300])
{
  static const guint8 options[] = {
    0x63, 0x82, 0x53, 0x63,                       /* 236: cookie */
    53,   1,    5,                                /* 240: ACK */
    52,   1,    3,                                /* 243: both fields hold options */
    0,    0,                                      /* 246: pad */
    6,    8,    192,  0,    2,  1,  192, 0, 2, 2, /* 248: name servers */
    51,   4,    0,    0,    14, 16,               /* 258: 3600 s */
    255,  'h',  'i',                              /* 264: End */
  };
  memset (octets, 0, 300);
  memcpy (octets, (guint8[]){ 2, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef, 0, 7, 0x80, 0 }, 12);
  memcpy (octets + 16, (guint8[]){ 192, 0, 2, 100 }, 4);
  memcpy (octets + 28, (guint8[]){ 0x44, 0x19, 0xb6, 0, 0, 1 }, 6);
  memcpy (octets + 44, (guint8[]){ 60, 3, 'a', '\\', 0x80, 255, 'x' }, 7);
  memcpy (octets + 108, (guint8[]){ 12, 3, 'c', 'a', 'm', 255 }, 6);
  memcpy (octets + 236, options, sizeof options);
  return 236 + sizeof options;
}

static void
a_message_falls_into_its_parts (void)
{
  guint8 octets[300];
  gsize length = make_ack (octets);
  LensDhcp dhcp;
  char text[LENS_ADDRESS_TEXT];

  g_assert_true (lens_dhcp_parse (octets, length, &dhcp));
  g_assert_cmpuint (dhcp.op, ==, 2);
  g_assert_cmphex (dhcp.xid, ==, 0xdeadbeef);
  g_assert_cmpuint (dhcp.seconds, ==, 7);
  g_assert_cmphex (dhcp.flags, ==, LENS_DHCP_FLAG_BROADCAST);
  g_assert_cmpstr (lens_address_text (&dhcp.yours, text), ==, "192.0.2.100");
  g_assert_cmpuint (dhcp.type, ==, LENS_DHCP_ACK);
  g_assert_cmpuint (dhcp.overload, ==, 3);
  g_assert_cmpuint (dhcp.hardware.length, ==, 6);
  g_assert_cmpuint (dhcp.hardware_unused.offset, ==, 34);
  g_assert_cmpuint (dhcp.hardware_unused.length, ==, 10);
  g_assert_cmpuint (dhcp.options.offset, ==, 240);
  g_assert_cmpuint (dhcp.options.length, ==, 25);
  g_assert_cmpuint (dhcp.rest.offset, ==, 265);
  g_assert_cmpuint (dhcp.rest.length, ==, 2);
  g_assert_cmphex (dhcp.odd, ==, 0);
}

static void
options_are_found_in_all_their_fields (void)
{
  guint8 octets[300];
  gsize length = make_ack (octets);
  LensDhcp dhcp;
  LensAddress servers[4];
  guint32 seconds;
  char text[LENS_ADDRESS_TEXT];

  g_assert_true (lens_dhcp_parse (octets, length, &dhcp));
  g_assert_cmpuint (lens_dhcp_addresses (octets, &dhcp, LENS_DHCP_OPTION_DNS, servers, 4), ==, 2);
  g_assert_cmpstr (lens_address_text (&servers[1], text), ==, "192.0.2.2");
  g_assert_cmpuint (lens_dhcp_addresses (octets, &dhcp, LENS_DHCP_OPTION_DNS, servers, 1), ==, 1);
  g_assert_cmpuint (lens_dhcp_addresses (octets, &dhcp, LENS_DHCP_OPTION_NTP, servers, 4), ==, 0);
  g_assert_true (lens_dhcp_number (octets, &dhcp, LENS_DHCP_OPTION_LEASE_TIME, &seconds));
  g_assert_cmpuint (seconds, ==, 3600);
  g_autofree char *host = lens_dhcp_dup_text (octets, &dhcp, LENS_DHCP_OPTION_HOST_NAME);
  g_autofree char *class_ = lens_dhcp_dup_text (octets, &dhcp, LENS_DHCP_OPTION_VENDOR_CLASS);
  g_assert_cmpstr (host, ==, "cam");
  g_assert_cmpstr (class_, ==, "a\\x5c\\x80");
  g_assert_null (lens_dhcp_dup_text (octets, &dhcp, 61));
}

/* The wholes of the options add up to the areas that hold them. */
static void
walk (const guint8 *octets, gsize length)
{
  LensDhcp dhcp;
  LensDhcpOptions options;
  LensDhcpOption option;
  gsize sizes[3] = { 0 };

  if (!lens_dhcp_parse (octets, length, &dhcp))
    return;
  lens_dhcp_options_init (&options, octets, &dhcp);
  while (lens_dhcp_options_next (&options, &option))
    {
      sizes[option.area] += option.whole.length;
      g_assert_cmpuint (lens_range_end (option.whole), <=, length);
      g_assert_cmpuint (lens_range_end (option.data), ==, lens_range_end (option.whole));
    }
  g_assert_cmpuint (sizes[LENS_DHCP_IN_OPTIONS], ==, dhcp.options.length);
  g_assert_cmpuint (sizes[LENS_DHCP_IN_FILE], ==, dhcp.overload & 1 ? 128 : 0);
  g_assert_cmpuint (sizes[LENS_DHCP_IN_SNAME], ==, dhcp.overload & 2 ? 64 : 0);
  g_assert_cmpuint (dhcp.sname.offset, ==, lens_range_end (dhcp.fixed));
  g_assert_cmpuint (dhcp.file.offset, ==, lens_range_end (dhcp.sname));
  g_assert_cmpuint (dhcp.cookie.offset, ==, lens_range_end (dhcp.file));
  g_assert_cmpuint (dhcp.options.offset, ==, lens_range_end (dhcp.cookie));
  g_assert_cmpuint (dhcp.rest.offset, ==, lens_range_end (dhcp.options));
  g_assert_cmpuint (lens_range_end (dhcp.rest), ==, length);
}

static void
any_octets_are_survived (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2131);

  for (guint run = 0; run < 40000; run++)
    {
      guint8 octets[300];
      gsize length = make_ack (octets);
      for (guint i = 0; i < run % 8; i++)
        octets[g_rand_int_range (rand, 40, (gint32)length)]
            = (guint8)g_rand_int_range (rand, 0, 256);
      if (run % 3 == 0)
        length = (gsize)g_rand_int_range (rand, 230, (gint32)length);
      g_autofree guint8 *copy = g_memdup2 (octets, length);
      walk (copy, length);
    }
}

static void
oddities_are_named (void)
{
  guint8 octets[300];
  gsize length = make_ack (octets);
  LensDhcp dhcp;

  g_assert_true (lens_dhcp_parse (octets, 264, &dhcp));
  g_assert_cmphex (dhcp.odd, ==, LENS_DHCP_NO_END);
  g_assert_true (lens_dhcp_parse (octets, 262, &dhcp));
  g_assert_cmphex (dhcp.odd, ==, LENS_DHCP_NO_END | LENS_DHCP_OPTION_CUT);
  octets[249] = 7;
  octets[257] = 0;
  g_assert_true (lens_dhcp_parse (octets, length, &dhcp));
  g_assert_cmphex (dhcp.odd, ==, LENS_DHCP_OPTION_LENGTH);
  octets[236] = 0;
  octets[2] = 17;
  g_assert_true (lens_dhcp_parse (octets, length, &dhcp));
  g_assert_cmphex (dhcp.odd, ==, LENS_DHCP_NO_COOKIE | LENS_DHCP_HARDWARE_LENGTH);
  g_assert_cmpuint (dhcp.rest.length, ==, length - 236);
  g_assert_false (lens_dhcp_parse (octets, 235, &dhcp));
}

static void
dhcpv6_names_its_servers (void)
{
  guint8 octets[4 + 20 + 24] = { 7, 1, 2, 3, 0, 23, 0, 16, 0xfd, [23] = 1 };
  const guint8 ntp[] = { 0, 56, 0, 20, 0, 1, 0, 16, 0xfd };
  LensDhcp6 dhcp6;
  LensAddress servers[2];
  char text[LENS_ADDRESS_TEXT];

  memcpy (octets + 24, ntp, sizeof ntp);
  octets[47] = 2;
  g_assert_true (lens_dhcp6_parse (octets, sizeof octets, &dhcp6));
  g_assert_cmpuint (dhcp6.type, ==, 7);
  g_assert_cmphex (dhcp6.transaction, ==, 0x010203);
  g_assert_cmpuint (lens_dhcp6_addresses (octets, &dhcp6, LENS_DHCP6_OPTION_DNS, servers, 2), ==,
                    1);
  g_assert_cmpstr (lens_address_text (&servers[0], text), ==, "fd00::1");
  g_assert_cmpuint (lens_dhcp6_addresses (octets, &dhcp6, LENS_DHCP6_OPTION_NTP, servers, 2), ==,
                    1);
  g_assert_cmpstr (lens_address_text (&servers[0], text), ==, "fd00::2");
  for (gsize length = 0; length < sizeof octets; length++)
    {
      g_autofree guint8 *cut = g_memdup2 (octets, length);
      if (lens_dhcp6_parse (cut, length, &dhcp6))
        g_assert_cmpuint (lens_dhcp6_addresses (cut, &dhcp6, 56, servers, 2), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/dhcp/" name, function)
  ADD ("a-message-falls-into-its-parts", a_message_falls_into_its_parts);
  ADD ("options-are-found-in-all-their-fields", options_are_found_in_all_their_fields);
  ADD ("any-octets-are-survived", any_octets_are_survived);
  ADD ("oddities-are-named", oddities_are_named);
  ADD ("dhcpv6-names-its-servers", dhcpv6_names_its_servers);
  return g_test_run ();
}
