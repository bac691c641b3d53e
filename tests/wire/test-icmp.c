#include "wire/icmp.h"

#include <string.h>

static void
an_echo_has_identifier_sequence_and_data (void)
{
  const guint8 echo[] = { 8, 0, 0xab, 0xcd, 0x12, 0x34, 0, 5, 'd', 'a', 't', 'a' };
  LensIcmp icmp;

  g_assert_true (lens_icmp_parse (4, echo, sizeof echo, &icmp));
  g_assert_cmpuint (icmp.kind, ==, LENS_ICMP_ECHO_REQUEST);
  g_assert_cmphex (icmp.checksum, ==, 0xabcd);
  g_assert_cmphex (icmp.identifier, ==, 0x1234);
  g_assert_cmpuint (icmp.sequence, ==, 5);
  g_assert_cmpuint (icmp.data.offset, ==, 8);
  g_assert_cmpuint (icmp.data.length, ==, 4);
  g_assert_true (lens_icmp_parse (6, echo, sizeof echo, &icmp));
  g_assert_cmpuint (icmp.kind, ==, LENS_ICMP_OTHER);
  g_assert_false (lens_icmp_parse (4, echo, 7, &icmp));
}

/* Port unreachable for a UDP datagram from 192.0.2.1:5000 to 192.0.2.100:6970. */
static const guint8 unreachable[] = {
  3,    3,    0,    0,    0,   8,  0, 0, /* length octet 8: the quote is 32 octets */
  0x45, 0,    0,    100,  0,   1,  0, 0,   64, 17, 0, 0, /* IPv4 */
  192,  0,    2,    1,    192, 0,  2, 100,               /* from, to */
  0x13, 0x88, 0x1b, 0x3a, 0,   80, 0, 0,                 /* UDP */
  'q',  'u',  'o',  't',                                 /* and its data */
  0x20, 0,    0,    0,    0,   4,  1, 1,                 /* RFC 4884 extension */
};

static void
an_error_quotes_a_datagram (void)
{
  LensIcmp icmp;
  char text[LENS_ADDRESS_TEXT];

  g_assert_true (lens_icmp_parse (4, unreachable, sizeof unreachable, &icmp));
  g_assert_cmpuint (icmp.kind, ==, LENS_ICMP_ERROR);
  g_assert_cmpuint (icmp.quoted.length, ==, 32);
  g_assert_cmpuint (icmp.extensions.offset, ==, 40);
  g_assert_cmpuint (icmp.extensions.length, ==, 8);
  g_assert_cmpuint (icmp.quote.version, ==, 4);
  g_assert_cmpuint (icmp.quote.protocol, ==, 17);
  g_assert_cmpstr (lens_address_text (&icmp.quote.source, text), ==, "192.0.2.1");
  g_assert_cmpstr (lens_address_text (&icmp.quote.destination, text), ==, "192.0.2.100");
  g_assert_true (icmp.quote.has_ports);
  g_assert_cmpuint (icmp.quote.source_port, ==, 5000);
  g_assert_cmpuint (icmp.quote.destination_port, ==, 6970);
  g_assert_cmpuint (icmp.quote.header.offset, ==, 8);
  g_assert_cmpuint (icmp.quote.header.length, ==, 20);
  g_assert_cmpuint (icmp.quote.rest.length, ==, 12);
}

static void
a_quote_without_a_header_has_no_version (void)
{
  guint8 octets[sizeof unreachable];
  LensIcmp icmp;

  memcpy (octets, unreachable, sizeof octets);
  octets[8] = 0x15;
  g_assert_true (lens_icmp_parse (4, octets, sizeof octets, &icmp));
  g_assert_cmpuint (icmp.quote.version, ==, 0);
  g_assert_cmpuint (icmp.quote.rest.length, ==, icmp.quoted.length);
  g_assert_true (lens_icmp_parse (4, unreachable, 27, &icmp)); /* 19 octets of IPv4 */
  g_assert_cmpuint (icmp.quote.version, ==, 0);
  octets[8] = 0x45;
  octets[15] = 9; /* a later fragment has no ports */
  g_assert_true (lens_icmp_parse (4, octets, sizeof octets, &icmp));
  g_assert_cmpuint (icmp.quote.version, ==, 4);
  g_assert_false (icmp.quote.has_ports);
}

static void
an_ipv6_quote_is_read_through_its_extension_headers (void)
{
  guint8 octets[8 + 40 + 8 + 8] = { 1, 4, [8] = 0x60 };
  LensIcmp icmp;

  octets[14] = 60; /* destination options, then UDP */
  octets[8 + 8] = 0xfd;
  octets[8 + 24] = 0xff;
  octets[48] = 17;
  memcpy (octets + 56, (guint8[]){ 0x0e, 0x76, 0x13, 0x88 }, 4);
  g_assert_true (lens_icmp_parse (6, octets, sizeof octets, &icmp));
  g_assert_cmpuint (icmp.kind, ==, LENS_ICMP_ERROR);
  g_assert_cmpuint (icmp.quote.protocol, ==, 17);
  g_assert_cmpuint (icmp.quote.header.length, ==, 48);
  g_assert_cmpuint (icmp.quote.source_port, ==, 3702);
  octets[14] = 44; /* a fragment header of a later fragment */
  octets[51] = 8;
  g_assert_true (lens_icmp_parse (6, octets, sizeof octets, &icmp));
  g_assert_cmpuint (icmp.quote.protocol, ==, 17);
  g_assert_false (icmp.quote.has_ports);
}

static void
discovery_tells_who_has_an_address (void)
{
  guint8 octets[32]
      = { 136, 0, 0, 0, 0x60, 0, 0, 0, 0xfe, 0x80, [23] = 7, 2, 1, 0x44, 0x19, 0xb6, 0, 0, 9 };
  const LensAddress source = lens_address_from_octets (6, octets + 8);
  LensAddress address;
  guint8 mac[6];
  LensIcmp icmp;
  char text[LENS_ADDRESS_TEXT];

  g_assert_true (lens_icmp_parse (6, octets, sizeof octets, &icmp));
  g_assert_cmpuint (icmp.kind, ==, LENS_ICMP_DISCOVERY);
  g_assert_cmphex (icmp.word, ==, 0x60000000);
  g_assert_cmpuint (icmp.fixed.length, ==, 16);
  g_assert_cmpuint (icmp.options.length, ==, 8);
  g_assert_true (lens_icmp_link_address (octets, &icmp, &source, &address, mac));
  g_assert_cmpstr (lens_address_text (&address, text), ==, "fe80::7");
  g_assert_cmpmem (mac, 6, "\x44\x19\xb6\0\0\x09", 6);

  octets[0] = 135; /* a solicitation tells its sender's */
  g_assert_true (lens_icmp_parse (6, octets, sizeof octets, &icmp));
  g_assert_false (lens_icmp_link_address (octets, &icmp, &source, &address, mac));
  octets[24] = 1;
  g_assert_true (lens_icmp_parse (6, octets, sizeof octets, &icmp));
  g_assert_true (lens_icmp_link_address (octets, &icmp, &source, &address, mac));
  octets[25] = 0; /* an option of no length would never end */
  g_assert_false (lens_icmp_link_address (octets, &icmp, &source, &address, mac));
}

static void
walk (guint8 version, const guint8 *octets, gsize length)
{
  LensIcmp icmp;
  LensIcmpOption option;

  if (!lens_icmp_parse (version, octets, length, &icmp))
    return;
  g_assert_cmpuint (icmp.header.length + icmp.data.length + icmp.quoted.length
                        + icmp.extensions.length + icmp.fixed.length + icmp.options.length,
                    ==, length);
  g_assert_cmpuint (icmp.quote.header.length + icmp.quote.rest.length, ==, icmp.quoted.length);
  if (icmp.kind == LENS_ICMP_ERROR)
    g_assert_cmpuint (lens_range_end (icmp.quote.rest), ==, lens_range_end (icmp.quoted));
  gsize end = icmp.options.offset;
  while (lens_icmp_option_next (octets, &icmp.options, &option))
    {
      g_assert_cmpuint (option.whole.offset, ==, end);
      end = lens_range_end (option.whole);
      g_assert_cmpuint (lens_range_end (option.data), ==, end);
    }
  g_assert_cmpuint (lens_range_end (icmp.options), ==, end);
}

static void
any_octets_are_survived (void)
{
  static const guint8 types[] = { 3, 1, 5, 11, 2, 133, 134, 135, 136, 137, 128, 0, 8, 143 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (792);

  for (guint run = 0; run < 60000; run++)
    {
      guint8 octets[120];
      gsize length = (gsize)g_rand_int_range (rand, 0, sizeof octets);
      for (gsize i = 0; i < sizeof octets; i++)
        octets[i] = (guint8)g_rand_int_range (rand, 0, run % 3 == 0 ? 256 : 8);
      octets[0] = types[run % sizeof types];
      octets[8] = run % 5 < 2 ? 0x45 : 0x60;
      octets[14] = (guint8[]){ 0, 43, 44, 60, 17 }[run % 5];
      g_autofree guint8 *copy = g_memdup2 (octets, length);
      walk (run % 2 == 0 ? 4 : 6, copy, length);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/icmp/" name, function)
  ADD ("an-echo-has-identifier-sequence-and-data", an_echo_has_identifier_sequence_and_data);
  ADD ("an-error-quotes-a-datagram", an_error_quotes_a_datagram);
  ADD ("a-quote-without-a-header-has-no-version", a_quote_without_a_header_has_no_version);
  ADD ("an-ipv6-quote-is-read-through-its-extension-headers",
       an_ipv6_quote_is_read_through_its_extension_headers);
  ADD ("discovery-tells-who-has-an-address", discovery_tells_who_has_an_address);
  ADD ("any-octets-are-survived", any_octets_are_survived);
  return g_test_run ();
}
