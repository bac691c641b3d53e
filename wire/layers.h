#pragma once

#include "wire/address.h"
#include "wire/linktype.h"
#include "wire/range.h"

G_BEGIN_DECLS

/* EtherTypes the layers know (IEEE 802 numbers). */
typedef enum
{
  LENS_ETHERTYPE_IPV4 = 0x0800,
  LENS_ETHERTYPE_ARP = 0x0806,
  LENS_ETHERTYPE_VLAN = 0x8100,
  LENS_ETHERTYPE_IPV6 = 0x86dd,
  LENS_ETHERTYPE_LLDP = 0x88cc,
  LENS_ETHERTYPE_MPLS = 0x8847,
  LENS_ETHERTYPE_MPLS_UPSTREAM = 0x8848, /* RFC 5332; once multicast */
  LENS_ETHERTYPE_PPPOE_SESSION = 0x8864,
  LENS_ETHERTYPE_QINQ = 0x88a8,
  LENS_ETHERTYPE_PRP = 0x88fb, /* the last two octets of a PRP trailer */
  LENS_ETHERTYPE_HSR = 0x892f,
  LENS_ETHERTYPE_QINQ_OLD = 0x9100,
} LensEthertype;

/* What kind of 802.11 frame it is (IEEE 802.11-2020 section 9.2.4.1.3). */
typedef enum
{
  LENS_WLAN_NONE,       /* no 802.11 frame */
  LENS_WLAN_MANAGEMENT, /* @payload is its body */
  LENS_WLAN_CONTROL,    /* all is @link */
  LENS_WLAN_DATA,
  LENS_WLAN_OTHER, /* cut, damaged, or of a kind that is not known: all is @link */
} LensWlan;

#define LENS_VLAN_MAX 4
#define LENS_MPLS_MAX 8

/**
 * LensLayers:
 * One captured frame cut into spans that follow each other without gap or overlap:
 *
 *   pseudo   what the capture put before the frame (cooked, null, radiotap, PPI, AVS, Prism)
 *   link     Ethernet or 802.11 header (with an encrypted body), VLAN and HSR tags, LLC and SNAP,
 * PPPoE and PPP, MPLS network  the IP header with IPv4 options or IPv6 extension headers payload
 * what IP carries by its own length field; without IP, what the link carries trailer  captured
 * octets behind that: padding, slack, PRP trailer, frame check sequence
 *
 * Their lengths add up to the captured length, for every input.  What is odd is said by a
 * flag, never refused; a header that cannot be believed is left in @payload.  Encapsulations
 * in IP (IP in IP, GRE, UDP tunnels) are not opened: @protocol names them.
 *
 * IEEE 802.3, 802.1Q, 802.2, 802.11; IEC 62439-3; RFC 791, RFC 8200, RFC 826, RFC 2516, RFC 1661,
 * RFC 3032; link types as the tcpdump group describes them.
 */
typedef struct
{
  LensRange pseudo, link, network, payload, trailer;
  gsize fcs_length;         /* the last octets of @trailer that the capture calls an FCS */
  guint64 payload_declared; /* octets @payload has by its header; more than captured when cut */

  /* Link.  A cooked capture keeps only the sender's address. */
  gboolean has_source_mac, has_destination_mac;
  guint8 source_mac[6], destination_mac[6];
  guint16 ethertype; /* the innermost; 0 when an 802.3 length stands in its place */
  guint8 n_vlans;
  guint16
      vlan[LENS_VLAN_MAX]; /* tag control: priority, drop bit, 12 bits of VLAN, outermost first */
  guint8 n_mpls;
  guint32 mpls[LENS_MPLS_MAX]; /* label (20 bits), class, bottom of stack, TTL; outermost first */
  LensRange hsr;               /* in @link: path and size, sequence number, the next EtherType */
  LensRange prp;               /* in @trailer: sequence number, LAN and size, 0x88fb */
  gboolean has_llc;
  guint8 dsap, ssap;
  gboolean has_snap; /* with an OUI other than 0: else the SNAP type is @ethertype */
  guint32 snap_oui;  /* 24 bits */
  guint16 snap_type;
  gboolean has_pppoe;
  guint16 pppoe_session;
  guint16 ppp_protocol;
  gboolean has_cooked;
  guint16 cooked_packet_type; /* 0 to us, 1 broadcast, 2 multicast, 3 to others, 4 from us */
  guint32 cooked_interface;   /* SLL2: interface index of the capturing host; else 0 */

  /* 802.11 */
  LensWlan wlan;
  guint8 wlan_subtype;
  gboolean wlan_sealed;    /* its body is encrypted */
  gboolean wlan_damaged;   /* its check sequence does not hold: it has no addresses here */
  gboolean wlan_fragment;  /* of a data frame: left in @payload; see lens_layers_parse_msdu() */
  gboolean wlan_more;      /* of its fragments come */
  guint8 wlan_number;      /* of the fragment, from 0 */
  guint16 wlan_sequence;   /* 12 bits, the same for all fragments of one MSDU, and ... */
  guint8 wlan_tid;         /* ... its traffic identifier; 16 without QoS */
  gboolean wlan_aggregate; /* @payload is an A-MSDU: see lens_layers_next_msdu() */

  /* Network: 4, 6, or 0 when what follows is no IP header that can be believed. */
  guint8 ip_version;
  LensAddress source, destination;
  guint8 protocol; /* IPv6: behind the extension headers */
  guint8 ttl;      /* IPv6: hop limit */
  guint8 dscp_ecn;
  guint32 flow_label; /* IPv6 only, 20 bits */
  guint16 ip_id;      /* IPv4 only */
  guint8 ip_flags;    /* IPv4 only: bit 2 reserved, bit 1 don't fragment, bit 0 more fragments */
  gboolean fragment;  /* part of a datagram; an IPv6 "atomic" fragment is whole and not one */
  gboolean has_fragment_header; /* IPv6 */
  gboolean more_fragments;
  guint32 fragment_offset; /* octets */
  guint32 fragment_id;

  /* Oddities */
  gboolean truncated;         /* the capture kept fewer octets than the wire had */
  gboolean header_cut;        /* a header does not fit in what was captured */
  gboolean bad_version;       /* the IP version is not the one announced: left in @payload */
  gboolean bad_header_length; /* IHL below 5, or an extension that runs over the datagram */
  gboolean bad_total_length;  /* the IP length is less than its header or more than the frame */
  gboolean zero_total_length; /* segmentation offload or a jumbogram: the frame's end counts */
} LensLayers;

/**
 * lens_layers_parse:
 * @fcs: octets of frame check sequence at the end of the frame on the wire, 0 when unknown
 * @captured: length of @octets
 * @original: octets the frame had on the wire (less than @captured in odd files)
 *
 * Fills @layers.  Looks at headers only and keeps no pointer.
 */
void lens_layers_parse (guint16 linktype, guint8 fcs, const guint8 *octets, gsize captured,
                        gsize original, LensLayers *layers);

/**
 * lens_layers_next_msdu:
 * @payload: of a frame with @wlan_aggregate
 * @at: where the next subframe begins; 0 first, then moved behind it and its padding
 * @missing: octets that the wire had behind @payload
 * @layers: of that subframe as a frame of its own; its ranges count from @subframe
 *
 * Walks an A-MSDU (IEEE 802.11-2020 section 9.3.2.2): destination, source, length, LLC.  The last
 * subframe has all octets that are left, also when they are none: then its header is cut.
 *
 * Returns: FALSE at the end.
 */
gboolean lens_layers_next_msdu (const guint8 *payload, gsize length, gsize missing, gsize *at,
                                LensRange *subframe, LensLayers *layers);

/**
 * lens_layers_parse_msdu:
 * @octets: of an MSDU whose fragments were put together, from its LLC header on
 * @outer: a frame that one of them came in
 *
 * Fills @layers as if it had come in one frame, without a link header.
 */
void lens_layers_parse_msdu (const guint8 *octets, gsize length, const LensLayers *outer,
                             LensLayers *layers);

/* Makes an 802.11 management or data frame what it was when it was sent first: without the mark of
 * a retry, and without the duration, which depends on the rate (IEEE 802.11-2020 sections 9.2.4.1.6
 * and 9.2.4.2).  @octets: the frame that @layers are of. */
void lens_layers_unretry (const LensLayers *layers, guint8 *octets);

/* The bit of that octet that tells the two ways of a redundant network apart. */
#define LENS_LAN_BIT 0x10

/**
 * lens_layers_lan_octet:
 *
 * Networks of HSR and PRP send each frame twice, alike but for one bit (IEC 62439-3: the path
 * of the tag, the LAN of the trailer).  Returns: where the octet with that bit lies, or 0.
 */
gsize lens_layers_lan_octet (const LensLayers *layers);

G_END_DECLS
