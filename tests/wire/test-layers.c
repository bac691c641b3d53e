#include "wire/layers.h"

#include <string.h>

/* Frames are put together from these parts. */
#define ETHERNET(type_high, type_low)                                                              \
  0x02, 0, 0, 0, 0, 0x02, 0x02, 0, 0, 0, 0, 0x01, type_high, type_low

/* 20 octets: total length, identification 0x1234, flags and offset, TTL 64, UDP */
#define IPV4(total, flags_high, offset_low)                                                        \
  0x45, 0x02, (total) >> 8, (total)&0xff, 0x12, 0x34, flags_high, offset_low, 64, 17, 0, 0, 192,   \
      0, 2, 100, 192, 0, 2, 1

/* 40 octets: traffic class 0x12, flow label 0x34567, hop limit 64, fd00::1 to fd00::2 */
#define IPV6(carried, next)                                                                        \
  0x61, 0x23, 0x45, 0x67, (carried) >> 8, (carried)&0xff, next, 64, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0,  \
      0, 0, 0, 0, 0, 0, 1, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2

#define FOUR 0xa0, 0xa1, 0xa2, 0xa3

static void
assert_spans_add_up (const LensLayers *layers, gsize captured)
{
  const LensRange spans[]
      = { layers->pseudo, layers->link, layers->network, layers->payload, layers->trailer };
  gsize at = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      g_assert_cmpuint (spans[i].offset, ==, at);
      at += spans[i].length;
    }
  g_assert_cmpuint (at, ==, captured);
  g_assert_cmpuint (layers->fcs_length, <=, layers->trailer.length);
}

static LensLayers
parse (guint16 linktype, const guint8 *octets, gsize length)
{
  LensLayers layers;

  lens_layers_parse (linktype, 0, octets, length, length, &layers);
  assert_spans_add_up (&layers, length);
  return layers;
}

static void
cuts_an_ethernet_frame_and_its_padding (void)
{
  const guint8 frame[] = { ETHERNET (0x08, 0x00), IPV4 (24, 0x40, 0), FOUR, 0, 0 };
  LensLayers layers = parse (LENS_LINKTYPE_ETHERNET, frame, sizeof frame);

  g_assert_cmpuint (layers.link.length, ==, 14);
  g_assert_cmpuint (layers.network.length, ==, 20);
  g_assert_cmpuint (layers.payload.offset, ==, 34);
  g_assert_cmpuint (layers.payload.length, ==, 4);
  g_assert_cmpuint (layers.payload_declared, ==, 4);
  g_assert_cmpuint (layers.trailer.length, ==, 2);
  g_assert_cmpuint (layers.fcs_length, ==, 0);
  g_assert_true (layers.has_source_mac && layers.has_destination_mac);
  g_assert_cmpuint (layers.source_mac[5], ==, 1);
  g_assert_cmpuint (layers.destination_mac[5], ==, 2);
  g_assert_cmphex (layers.ethertype, ==, 0x0800);
  g_assert_cmpuint (layers.ip_version, ==, 4);
  g_assert_cmpuint (layers.source.octets[3], ==, 100);
  g_assert_cmpuint (layers.destination.octets[3], ==, 1);
  g_assert_cmpuint (layers.protocol, ==, 17);
  g_assert_cmpuint (layers.ttl, ==, 64);
  g_assert_cmphex (layers.dscp_ecn, ==, 0x02);
  g_assert_cmphex (layers.ip_id, ==, 0x1234);
  g_assert_cmphex (layers.ip_flags, ==, 2);
  g_assert_false (layers.fragment || layers.truncated || layers.bad_total_length);
}

static void
reads_vlan_tags_up_to_four (void)
{
  const guint8 frame[] = {
    ETHERNET (0x88, 0xa8),
    0x20,
    0x01,
    0x91,
    0x00,
    0x00,
    0x02,
    0x81,
    0x00,
    0xa0,
    0x03,
    0x81,
    0x00,
    0x00,
    0x04,
    0x08,
    0x00,
    IPV4 (24, 0, 0),
    FOUR,
  };
  LensLayers layers = parse (LENS_LINKTYPE_ETHERNET, frame, sizeof frame);

  g_assert_cmpuint (layers.n_vlans, ==, 4);
  g_assert_cmphex (layers.vlan[0], ==, 0x2001);
  g_assert_cmphex (layers.vlan[3], ==, 0x0004);
  g_assert_cmpuint (layers.link.length, ==, 14 + 16);
  g_assert_cmpuint (layers.ip_version, ==, 4);

  const guint8 five[] = {
    ETHERNET (0x81, 0x00), 0, 1, 0x81, 0, 0, 2, 0x81, 0, 0, 3, 0x81, 0, 0, 4, 0x81, 0, 0, 5, 8, 0,
  };
  layers = parse (LENS_LINKTYPE_ETHERNET, five, sizeof five);
  g_assert_cmphex (layers.ethertype, ==, 0x8100);
  g_assert_cmpuint (layers.payload.length, ==, 4);
}

static void
reads_lengths_with_llc_and_snap (void)
{
  /* Spanning tree: length 7, LLC 42 42 03, four octets, then padding */
  const guint8 tree[] = { ETHERNET (0, 7), 0x42, 0x42, 3, FOUR, 0, 0, 0 };
  LensLayers layers = parse (LENS_LINKTYPE_ETHERNET, tree, sizeof tree);
  g_assert_true (layers.has_llc);
  g_assert_cmphex (layers.dsap, ==, 0x42);
  g_assert_cmphex (layers.ethertype, ==, 0);
  g_assert_cmpuint (layers.payload.length, ==, 4);
  g_assert_cmpuint (layers.trailer.length, ==, 3);

  /* CDP: SNAP with Cisco's OUI */
  const guint8 cdp[] = { ETHERNET (0, 12), 0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0x00, FOUR };
  layers = parse (LENS_LINKTYPE_ETHERNET, cdp, sizeof cdp);
  g_assert_true (layers.has_snap);
  g_assert_cmphex (layers.snap_oui, ==, 0x00000c);
  g_assert_cmphex (layers.snap_type, ==, 0x2000);
  g_assert_cmpuint (layers.link.length, ==, 22);

  /* IPv4 in SNAP (RFC 1042) */
  const guint8 ip[] = { ETHERNET (0, 32), 0xaa, 0xaa, 3, 0, 0, 0, 8, 0, IPV4 (24, 0, 0), FOUR };
  layers = parse (LENS_LINKTYPE_ETHERNET, ip, sizeof ip);
  g_assert_false (layers.has_snap);
  g_assert_cmpuint (layers.ip_version, ==, 4);
  g_assert_cmpuint (layers.payload.length, ==, 4);
}

static void
opens_a_pppoe_session (void)
{
  const guint8 frame[] = {
    ETHERNET (0x88, 0x64), 0x11, 0x00, 0x00, 0x2a, 0x00, 26, 0x00, 0x21,
    IPV4 (24, 0, 0),       FOUR, 0,    0,
  };
  LensLayers layers = parse (LENS_LINKTYPE_ETHERNET, frame, sizeof frame);

  g_assert_true (layers.has_pppoe);
  g_assert_cmpuint (layers.pppoe_session, ==, 0x2a);
  g_assert_cmphex (layers.ethertype, ==, 0x8864);
  g_assert_cmphex (layers.ppp_protocol, ==, 0x0021);
  g_assert_cmpuint (layers.link.length, ==, 22);
  g_assert_cmpuint (layers.ip_version, ==, 4);
  g_assert_cmpuint (layers.trailer.length, ==, 2);
}

static void
passes_mpls_labels_to_ip (void)
{
  /* label 2 over label 3, class 5, TTL 64 */
  const guint8 frame[]
      = { ETHERNET (0x88, 0x47), 0, 0, 0x20, 64, 0, 0, 0x3b, 64, IPV4 (24, 0, 0), FOUR, 0, 0 };
  LensLayers layers = parse (LENS_LINKTYPE_ETHERNET, frame, sizeof frame);

  g_assert_cmpuint (layers.n_mpls, ==, 2);
  g_assert_cmphex (layers.mpls[0], ==, 0x00002040);
  g_assert_cmphex (layers.mpls[1], ==, 0x00003b40);
  g_assert_cmphex (layers.ethertype, ==, 0x8847);
  g_assert_cmpuint (layers.link.length, ==, 14 + 8);
  g_assert_cmpuint (layers.ip_version, ==, 4);
  g_assert_cmpuint (layers.payload.length, ==, 4);
  g_assert_cmpuint (layers.trailer.length, ==, 2);

  /* A pseudowire's control word is no IP; a stack without a bottom has nothing behind it. */
  const guint8 wire[] = { ETHERNET (0x88, 0x48), 0, 0, 0x21, 64, 0, 0, 0, 1, FOUR };
  layers = parse (LENS_LINKTYPE_ETHERNET, wire, sizeof wire);
  g_assert_cmpuint (layers.ip_version, ==, 0);
  g_assert_cmpuint (layers.payload.length, ==, 8);
  g_assert_false (layers.bad_version);
  const guint8 cut[] = { ETHERNET (0x88, 0x47), 0, 0, 0x20, 64, 0x45, 0 };
  layers = parse (LENS_LINKTYPE_ETHERNET, cut, sizeof cut);
  g_assert_cmpuint (layers.n_mpls, ==, 1);
  g_assert_true (layers.header_cut);
}

static void
passes_an_hsr_tag (void)
{
  /* path 1, 30 octets, sequence 7 */
  const guint8 frame[]
      = { ETHERNET (0x89, 0x2f), 0x10, 30, 0, 7, 0x08, 0x00, IPV4 (24, 0, 0), FOUR };
  LensLayers layers = parse (LENS_LINKTYPE_ETHERNET, frame, sizeof frame);

  g_assert_cmpuint (layers.hsr.offset, ==, 14);
  g_assert_cmpuint (layers.hsr.length, ==, 6);
  g_assert_cmpuint (lens_layers_lan_octet (&layers), ==, 14);
  g_assert_cmphex (layers.ethertype, ==, 0x0800);
  g_assert_cmpuint (layers.link.length, ==, 20);
  g_assert_cmpuint (layers.payload.length, ==, 4);

  /* One tag only: a second one is what the first carries. */
  const guint8 two[]
      = { ETHERNET (0x89, 0x2f), 0x10, 30, 0, 7, 0x89, 0x2f, 0x10, 24, 0, 8, 0x08, 0x00, FOUR };
  layers = parse (LENS_LINKTYPE_ETHERNET, two, sizeof two);
  g_assert_cmphex (layers.ethertype, ==, 0x892f);
  g_assert_cmpuint (layers.payload.length, ==, 10);
}

static void
finds_a_prp_trailer_by_its_size (void)
{
  /* sequence 9, LAN B, 24 + 2 + 6 octets */
  guint8 frame[] = {
    ETHERNET (0x08, 0x00), IPV4 (24, 0, 0), FOUR, 0, 0, 0, 9, 0xb0, 32, 0x88, 0xfb,
  };
  LensLayers layers = parse (LENS_LINKTYPE_ETHERNET, frame, sizeof frame);

  g_assert_cmpuint (layers.trailer.length, ==, 8);
  g_assert_cmpuint (layers.prp.offset, ==, sizeof frame - 6);
  g_assert_cmpuint (layers.prp.length, ==, 6);
  g_assert_cmpuint (lens_layers_lan_octet (&layers), ==, sizeof frame - 4);

  /* Of another size it is padding; what IP counts as its own is its own. */
  frame[sizeof frame - 3] = 31;
  layers = parse (LENS_LINKTYPE_ETHERNET, frame, sizeof frame);
  g_assert_cmpuint (layers.prp.length, ==, 0);
  g_assert_cmpuint (lens_layers_lan_octet (&layers), ==, 0);
  g_assert_cmpuint (layers.trailer.length, ==, 8);
  frame[sizeof frame - 3] = 32;
  frame[17] = 32;
  layers = parse (LENS_LINKTYPE_ETHERNET, frame, sizeof frame);
  g_assert_cmpuint (layers.prp.length, ==, 0);
  g_assert_cmpuint (layers.payload.length, ==, 12);

  /* LLDP has no length of its own */
  const guint8 lldp[] = { ETHERNET (0x88, 0xcc), FOUR, 0, 9, 0xa0, 10, 0x88, 0xfb };
  layers = parse (LENS_LINKTYPE_ETHERNET, lldp, sizeof lldp);
  g_assert_cmpuint (layers.payload.length, ==, 4);
  g_assert_cmpuint (layers.prp.offset, ==, 18);
}

static void
arp_ends_where_its_lengths_say (void)
{
  const guint8 frame[] = {
    ETHERNET (0x08, 0x06),
    0,
    1,
    8,
    0,
    6,
    4,
    0,
    1, /* Ethernet, IPv4, 6 and 4 octets, request */
    2,
    0,
    0,
    0,
    0,
    1,
    192,
    0,
    2,
    100, /* sender */
    0,
    0,
    0,
    0,
    0,
    0,
    192,
    0,
    2,
    1, /* target */
    0,
    0,
    0, /* padding */
  };
  LensLayers layers = parse (LENS_LINKTYPE_ETHERNET, frame, sizeof frame);

  g_assert_cmpuint (layers.ip_version, ==, 0);
  g_assert_cmpuint (layers.payload.length, ==, 28);
  g_assert_cmpuint (layers.trailer.length, ==, 3);
}

static void
reads_pseudo_headers (void)
{
  const guint8 sll[] = {
    0,
    4,
    0,
    1,
    0,
    6,
    2,
    0,
    0,
    0,
    0,
    9,
    0,
    0,
    0x08,
    0x00, /* from us, Ethernet, address, IPv4 */
    IPV4 (24, 0, 0),
    FOUR,
  };
  LensLayers layers = parse (LENS_LINKTYPE_LINUX_SLL, sll, sizeof sll);
  g_assert_cmpuint (layers.pseudo.length, ==, 16);
  g_assert_cmpuint (layers.link.length, ==, 0);
  g_assert_true (layers.has_source_mac && !layers.has_destination_mac);
  g_assert_cmpuint (layers.source_mac[5], ==, 9);
  g_assert_cmpuint (layers.cooked_packet_type, ==, 4);
  g_assert_cmpuint (layers.ip_version, ==, 4);

  const guint8 sll2[] = {
    0x08, 0x00, 0, 0, 0, 0, 0, 3, 0, 1, 0, 6, 2, 0, 0, 0, 0, 9, 0, 0, IPV4 (24, 0, 0), FOUR,
  };
  layers = parse (LENS_LINKTYPE_LINUX_SLL2, sll2, sizeof sll2);
  g_assert_cmpuint (layers.pseudo.length, ==, 20);
  g_assert_cmpuint (layers.cooked_interface, ==, 3);
  g_assert_cmpuint (layers.ip_version, ==, 4);

  const guint8 little[] = { 2, 0, 0, 0, IPV4 (24, 0, 0), FOUR };
  layers = parse (LENS_LINKTYPE_NULL, little, sizeof little);
  g_assert_cmpuint (layers.pseudo.length, ==, 4);
  g_assert_cmpuint (layers.ip_version, ==, 4);
  const guint8 big[] = { 0, 0, 0, 24, IPV6 (4, 17), FOUR };
  layers = parse (LENS_LINKTYPE_LOOP, big, sizeof big);
  g_assert_cmpuint (layers.ip_version, ==, 6);

  const guint8 radio[] = {
    0,    0,    8, 0, 0, 0, 0, 0,                               /* radiotap, 8 octets */
    0x08, 0x01, 0, 0, 2, 0, 0, 0, 0,    1,    2, 0, 0, 0, 0, 2, /* data to the access point */
    2,    0,    0, 0, 0, 3, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0, IPV4 (24, 0, 0), FOUR,
  };
  layers = parse (LENS_LINKTYPE_IEEE802_11_RADIOTAP, radio, sizeof radio);
  g_assert_cmpuint (layers.pseudo.length, ==, 8);
  g_assert_cmpuint (layers.link.length, ==, 32);
  g_assert_cmpuint (layers.source_mac[5], ==, 2);
  g_assert_cmpuint (layers.destination_mac[5], ==, 3);
  g_assert_cmpuint (layers.ip_version, ==, 4);
}

static void
raw_ip_says_its_own_version (void)
{
  const guint8 four[] = { IPV4 (24, 0, 0), FOUR };
  const guint8 six[] = { IPV6 (4, 17), FOUR };

  g_assert_cmpuint (parse (LENS_LINKTYPE_RAW, four, sizeof four).ip_version, ==, 4);
  g_assert_cmpuint (parse (LENS_LINKTYPE_RAW_FREEBSD, six, sizeof six).ip_version, ==, 6);
  g_assert_cmpuint (parse (LENS_LINKTYPE_RAW_OPENBSD, six, sizeof six).ip_version, ==, 6);
  g_assert_cmpuint (parse (LENS_LINKTYPE_IPV4, four, sizeof four).ip_version, ==, 4);

  LensLayers layers = parse (LENS_LINKTYPE_IPV4, six, sizeof six);
  g_assert_true (layers.bad_version);
  g_assert_cmpuint (layers.ip_version, ==, 0);
  g_assert_cmpuint (layers.payload.length, ==, sizeof six);
}

static void
walks_ipv6_extension_headers (void)
{
  const guint8 frame[] = {
    IPV6 (8 + 16 + 4, 0), /* hop-by-hop next */
    60,
    0,
    5,
    2,
    0,
    0,
    1,
    0, /* router alert; destination next */
    17,
    1,
    1,
    12,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0, /* 16 octets of padding; UDP next */
    FOUR,
    0xff,
  };
  LensLayers layers = parse (LENS_LINKTYPE_RAW, frame, sizeof frame);

  g_assert_cmpuint (layers.network.length, ==, 64);
  g_assert_cmpuint (layers.protocol, ==, 17);
  g_assert_cmphex (layers.dscp_ecn, ==, 0x12);
  g_assert_cmphex (layers.flow_label, ==, 0x34567);
  g_assert_cmpuint (layers.payload.length, ==, 4);
  g_assert_cmpuint (layers.payload_declared, ==, 4);
  g_assert_cmpuint (layers.trailer.length, ==, 1);

  /* the destination options claim 2048 octets: the walk stops before them */
  guint8 lie[sizeof frame];
  memcpy (lie, frame, sizeof frame);
  lie[49] = 255;
  layers = parse (LENS_LINKTYPE_RAW, lie, sizeof lie);
  g_assert_true (layers.bad_header_length);
  g_assert_cmpuint (layers.network.length, ==, 48);
  g_assert_cmpuint (layers.protocol, ==, 60);
}

static void
names_fragments_of_both_versions (void)
{
  const guint8 four[] = { IPV4 (24, 0x20, 0x02), FOUR }; /* more follow, offset 16 */
  LensLayers layers = parse (LENS_LINKTYPE_RAW, four, sizeof four);
  g_assert_true (layers.fragment && layers.more_fragments);
  g_assert_cmpuint (layers.fragment_offset, ==, 16);
  g_assert_cmphex (layers.fragment_id, ==, 0x1234);

  const guint8 six[] = { IPV6 (12, 44), 17, 0, 0x00, 0x10, 1, 2, 3, 4, FOUR }; /* last, offset 16 */
  layers = parse (LENS_LINKTYPE_RAW, six, sizeof six);
  g_assert_true (layers.fragment && !layers.more_fragments && layers.has_fragment_header);
  g_assert_cmpuint (layers.fragment_offset, ==, 16);
  g_assert_cmphex (layers.fragment_id, ==, 0x01020304);
  g_assert_cmpuint (layers.network.length, ==, 48);
  g_assert_cmpuint (layers.protocol, ==, 17);

  const guint8 atomic[] = { IPV6 (12, 44), 17, 0, 0, 0, 1, 2, 3, 4, FOUR };
  layers = parse (LENS_LINKTYPE_RAW, atomic, sizeof atomic);
  g_assert_true (layers.has_fragment_header && !layers.fragment);
}

static void
says_which_lengths_are_odd (void)
{
  guint8 frame[] = { IPV4 (24, 0, 0), FOUR };

  frame[3] = 0; /* segmentation offload */
  LensLayers layers = parse (LENS_LINKTYPE_RAW, frame, sizeof frame);
  g_assert_true (layers.zero_total_length);
  g_assert_cmpuint (layers.payload.length, ==, 4);
  frame[3] = 19; /* less than the header */
  layers = parse (LENS_LINKTYPE_RAW, frame, sizeof frame);
  g_assert_true (layers.bad_total_length);
  g_assert_cmpuint (layers.payload.length, ==, 0);
  g_assert_cmpuint (layers.trailer.length, ==, 4);
  frame[3] = 25; /* more than the frame */
  layers = parse (LENS_LINKTYPE_RAW, frame, sizeof frame);
  g_assert_true (layers.bad_total_length);
  g_assert_cmpuint (layers.payload.length, ==, 4);
  g_assert_cmpuint (layers.payload_declared, ==, 5);
  frame[3] = 24;
  frame[0] = 0x44; /* header of 16 octets */
  layers = parse (LENS_LINKTYPE_RAW, frame, sizeof frame);
  g_assert_true (layers.bad_header_length);
  g_assert_cmpuint (layers.payload.length, ==, 24);
  frame[0] = 0x4f; /* header of 60 octets */
  layers = parse (LENS_LINKTYPE_RAW, frame, sizeof frame);
  g_assert_true (layers.bad_header_length);
  g_assert_cmpuint (layers.network.length, ==, 24);
}

static void
a_snapped_frame_is_not_a_bad_one (void)
{
  const guint8 frame[] = { ETHERNET (0x08, 0x00), IPV4 (1500, 0x40, 0), FOUR };
  LensLayers layers;

  lens_layers_parse (LENS_LINKTYPE_ETHERNET, 0, frame, sizeof frame, 1514, &layers);
  assert_spans_add_up (&layers, sizeof frame);
  g_assert_true (layers.truncated);
  g_assert_false (layers.bad_total_length || layers.header_cut);
  g_assert_cmpuint (layers.payload.length, ==, 4);
  g_assert_cmpuint (layers.payload_declared, ==, 1480);

  lens_layers_parse (LENS_LINKTYPE_ETHERNET, 0, frame, 20, 1514, &layers);
  assert_spans_add_up (&layers, 20);
  g_assert_true (layers.header_cut);
  g_assert_cmpuint (layers.ip_version, ==, 0);
  g_assert_cmpuint (layers.payload.length, ==, 6);
}

static void
finds_the_check_sequence_in_the_trailer (void)
{
  const guint8 padded[] = { ETHERNET (0x08, 0x00), IPV4 (24, 0, 0), FOUR, 0, 0, 9, 9, 9, 9 };
  const guint8 other[] = { ETHERNET (0x88, 0xcc), FOUR, 9, 9, 9, 9 };
  LensLayers layers;

  lens_layers_parse (LENS_LINKTYPE_ETHERNET, 4, padded, sizeof padded, sizeof padded, &layers);
  assert_spans_add_up (&layers, sizeof padded);
  g_assert_cmpuint (layers.trailer.length, ==, 6);
  g_assert_cmpuint (layers.fcs_length, ==, 4);

  lens_layers_parse (LENS_LINKTYPE_ETHERNET, 4, other, sizeof other, sizeof other, &layers);
  assert_spans_add_up (&layers, sizeof other);
  g_assert_cmpuint (layers.payload.length, ==, 4);
  g_assert_cmpuint (layers.fcs_length, ==, 4);

  /* two of the four were cut off by the snap length */
  lens_layers_parse (LENS_LINKTYPE_ETHERNET, 4, other, sizeof other - 2, sizeof other, &layers);
  assert_spans_add_up (&layers, sizeof other - 2);
  g_assert_cmpuint (layers.payload.length, ==, 4);
  g_assert_cmpuint (layers.fcs_length, ==, 2);

  /* the capture promises a check sequence, the IP length reaches to the end: IP knows better */
  const guint8 lie[] = { ETHERNET (0x08, 0x00), IPV4 (24, 0, 0), FOUR };
  lens_layers_parse (LENS_LINKTYPE_ETHERNET, 4, lie, sizeof lie, sizeof lie, &layers);
  assert_spans_add_up (&layers, sizeof lie);
  g_assert_cmpuint (layers.payload.length, ==, 4);
  g_assert_cmpuint (layers.fcs_length, ==, 0);
  g_assert_false (layers.bad_total_length);
}

static void
spans_add_up_for_any_octets (void)
{
  static const guint16 linktypes[]
      = { 0, 1, 9, 12, 14, 50, 51, 101, 105, 108, 113, 127, 147, 192, 228, 229, 276 };
  static const guint8 seed[] = { ETHERNET (0x81, 0x00), 0, 1, 0x86, 0xdd, IPV6 (60, 0) };
  g_autoptr (GRand) random = g_rand_new_with_seed (20261126);

  for (int round = 0; round < 200000; round++)
    {
      guint8 octets[160];
      gsize length = (gsize)g_rand_int_range (random, 0, sizeof octets + 1);
      for (gsize i = 0; i < sizeof octets; i++)
        octets[i] = (guint8)g_rand_int (random);
      if (round % 2 == 0)
        {
          memcpy (octets, seed, sizeof seed);
          octets[g_rand_int_range (random, 0, sizeof seed)] ^= 1 << g_rand_int_range (random, 0, 8);
        }
      /* an allocation of exactly this length, so that a sanitizer sees one octet too far */
      g_autofree guint8 *exact = g_memdup2 (octets, length);
      guint16 linktype = linktypes[g_rand_int_range (random, 0, G_N_ELEMENTS (linktypes))];
      guint8 fcs = round % 3 == 0 ? 4 : 0;
      gsize original = length + (round % 5 == 0 ? (gsize)g_rand_int_range (random, 0, 2000) : 0);
      LensLayers layers;

      lens_layers_parse (linktype, fcs, exact, length, original, &layers);
      assert_spans_add_up (&layers, length);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add_func ("/wire/layers/" name, function)
  ADD ("cuts-an-ethernet-frame-and-its-padding", cuts_an_ethernet_frame_and_its_padding);
  ADD ("reads-vlan-tags-up-to-four", reads_vlan_tags_up_to_four);
  ADD ("reads-lengths-with-llc-and-snap", reads_lengths_with_llc_and_snap);
  ADD ("opens-a-pppoe-session", opens_a_pppoe_session);
  ADD ("passes-mpls-labels-to-ip", passes_mpls_labels_to_ip);
  ADD ("passes-an-hsr-tag", passes_an_hsr_tag);
  ADD ("finds-a-prp-trailer-by-its-size", finds_a_prp_trailer_by_its_size);
  ADD ("arp-ends-where-its-lengths-say", arp_ends_where_its_lengths_say);
  ADD ("reads-pseudo-headers", reads_pseudo_headers);
  ADD ("raw-ip-says-its-own-version", raw_ip_says_its_own_version);
  ADD ("walks-ipv6-extension-headers", walks_ipv6_extension_headers);
  ADD ("names-fragments-of-both-versions", names_fragments_of_both_versions);
  ADD ("says-which-lengths-are-odd", says_which_lengths_are_odd);
  ADD ("a-snapped-frame-is-not-a-bad-one", a_snapped_frame_is_not_a_bad_one);
  ADD ("finds-the-check-sequence-in-the-trailer", finds_the_check_sequence_in_the_trailer);
  ADD ("spans-add-up-for-any-octets", spans_add_up_for_any_octets);
  return g_test_run ();
}
