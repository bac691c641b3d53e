#include "wire/transport.h"

static void
assert_spans_add_up (const LensTransport *transport, gsize length)
{
  g_assert_cmpuint (transport->header.offset, ==, 0);
  g_assert_cmpuint (transport->payload.offset, ==, lens_range_end (transport->header));
  g_assert_cmpuint (transport->slack.offset, ==, lens_range_end (transport->payload));
  g_assert_cmpuint (lens_range_end (transport->slack), ==, length);
  if (transport->tcp_options.length > 0)
    g_assert_cmpuint (lens_range_end (transport->tcp_options), ==, transport->header.length);
}

static LensTransport
parse (guint8 protocol, const guint8 *octets, gsize length)
{
  LensTransport transport;

  lens_transport_parse (protocol, octets, length, &transport);
  assert_spans_add_up (&transport, length);
  return transport;
}

static void
udp_leaves_slack_behind_its_length (void)
{
  guint8 octets[] = { 0x02, 0x2a, 0x27, 0x10, 0, 11, 0xab, 0xcd, 1, 2, 3, 4, 5 };
  LensTransport udp = parse (LENS_PROTOCOL_UDP, octets, sizeof octets);

  g_assert_cmpint (udp.kind, ==, LENS_TRANSPORT_UDP);
  g_assert_cmpuint (udp.source_port, ==, 554);
  g_assert_cmpuint (udp.destination_port, ==, 10000);
  g_assert_cmphex (udp.checksum, ==, 0xabcd);
  g_assert_cmpuint (udp.payload.length, ==, 3);
  g_assert_cmpuint (udp.slack.length, ==, 2);
  g_assert_false (udp.bad_length || udp.payload_cut || udp.header_cut);

  octets[5] = 7;
  udp = parse (LENS_PROTOCOL_UDP, octets, sizeof octets);
  g_assert_true (udp.bad_length);
  g_assert_cmpuint (udp.slack.length, ==, 5);
  octets[5] = 14;
  udp = parse (LENS_PROTOCOL_UDP, octets, sizeof octets);
  g_assert_true (udp.payload_cut);
  g_assert_cmpuint (udp.payload.length, ==, 5);
  octets[5] = 0;
  udp = parse (LENS_PROTOCOL_UDP, octets, sizeof octets);
  g_assert_cmpuint (udp.payload.length, ==, 5);
  g_assert_false (udp.payload_cut);
  udp = parse (LENS_PROTOCOL_UDP, octets, 5);
  g_assert_true (udp.header_cut);
  g_assert_cmpuint (udp.header.length, ==, 5);
}

static void
tcp_has_options_in_its_header (void)
{
  guint8 octets[] = {
    0x02, 0x2a, 0x27, 0x10, 0,    0,    0, 1, 0, 0, 0, 2, /* ports, sequence, acknowledgement */
    0x65, 0x18, 0x10, 0,    0xab, 0xcd, 0, 3, /* 24 octets, flags, window, sum, urgent */
    1,    1,    1,    0,                      /* options */
    'R',  'T',
  };
  LensTransport tcp = parse (LENS_PROTOCOL_TCP, octets, sizeof octets);

  g_assert_cmpuint (tcp.sequence, ==, 1);
  g_assert_cmpuint (tcp.acknowledgement, ==, 2);
  g_assert_cmphex (tcp.tcp_flags, ==, 0x500 | LENS_TCP_PSH | LENS_TCP_ACK);
  g_assert_cmphex (tcp.window, ==, 0x1000);
  g_assert_cmphex (tcp.urgent, ==, 3);
  g_assert_cmpuint (tcp.header.length, ==, 24);
  g_assert_cmpuint (tcp.tcp_options.offset, ==, 20);
  g_assert_cmpuint (tcp.tcp_options.length, ==, 4);
  g_assert_cmpuint (tcp.payload.length, ==, 2);

  octets[12] = 0x40; /* 16 octets */
  tcp = parse (LENS_PROTOCOL_TCP, octets, sizeof octets);
  g_assert_true (tcp.bad_header);
  g_assert_cmpuint (tcp.header.length, ==, 20);
  octets[12] = 0xf0; /* 60 octets */
  g_assert_true (parse (LENS_PROTOCOL_TCP, octets, sizeof octets).bad_header);
  tcp = parse (LENS_PROTOCOL_TCP, octets, 13);
  g_assert_true (tcp.header_cut && !tcp.bad_header);
  g_assert_cmpuint (tcp.header.length, ==, 13);
}

static void
icmp_has_eight_octets_of_header (void)
{
  const guint8 octets[] = { 8, 0, 0xab, 0xcd, 0x12, 0x34, 0x00, 0x01, 'h', 'i' };
  LensTransport icmp = parse (LENS_PROTOCOL_ICMP, octets, sizeof octets);

  g_assert_cmpuint (icmp.icmp_type, ==, 8);
  g_assert_cmphex (icmp.icmp_rest, ==, 0x12340001);
  g_assert_cmpuint (icmp.payload.length, ==, 2);
  g_assert_cmpint (parse (LENS_PROTOCOL_ICMPV6, octets, 4).kind, ==, LENS_TRANSPORT_ICMPV6);
  g_assert_true (parse (LENS_PROTOCOL_ICMPV6, octets, 4).header_cut);
}

static void
spans_add_up_for_any_octets (void)
{
  static const guint8 protocols[] = { 1, 6, 17, 58, 47 };
  g_autoptr (GRand) random = g_rand_new_with_seed (20261126);

  for (int round = 0; round < 100000; round++)
    {
      guint8 octets[80];
      gsize length = (gsize)g_rand_int_range (random, 0, sizeof octets + 1);
      for (gsize i = 0; i < sizeof octets; i++)
        octets[i] = (guint8)g_rand_int (random);
      if (round % 2 == 0)
        octets[4] = 0;
      g_autofree guint8 *exact = g_memdup2 (octets, length);
      (void)parse (protocols[round % G_N_ELEMENTS (protocols)], exact, length);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/transport/" name, function)
  ADD ("udp-leaves-slack-behind-its-length", udp_leaves_slack_behind_its_length);
  ADD ("tcp-has-options-in-its-header", tcp_has_options_in_its_header);
  ADD ("icmp-has-eight-octets-of-header", icmp_has_eight_octets_of_header);
  ADD ("spans-add-up-for-any-octets", spans_add_up_for_any_octets);
  return g_test_run ();
}
