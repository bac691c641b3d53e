#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* Protocol numbers of the headers this module knows (IANA). */
typedef enum
{
  LENS_PROTOCOL_ICMP = 1,
  LENS_PROTOCOL_TCP = 6,
  LENS_PROTOCOL_UDP = 17,
  LENS_PROTOCOL_ICMPV6 = 58,
} LensProtocol;

typedef enum
{
  LENS_TRANSPORT_OTHER, /* no header known: everything is payload */
  LENS_TRANSPORT_UDP,
  LENS_TRANSPORT_TCP,
  LENS_TRANSPORT_ICMP,
  LENS_TRANSPORT_ICMPV6,
} LensTransportKind;

enum
{
  LENS_TCP_FIN = 0x001,
  LENS_TCP_SYN = 0x002,
  LENS_TCP_RST = 0x004,
  LENS_TCP_PSH = 0x008,
  LENS_TCP_ACK = 0x010,
  LENS_TCP_URG = 0x020,
  LENS_TCP_ECE = 0x040, /* RFC 3168 section 6.1 */
  LENS_TCP_CWR = 0x080,
  LENS_TCP_AE = 0x100, /* RFC 9768 section 3.1 */
  LENS_TCP_RESERVED = 0xe00,
};

/**
 * LensTransport:
 * What an IP datagram carries, cut into header, payload and slack (octets of the datagram
 * behind the UDP length).  The three follow each other and add up to the octets given.
 *
 * UDP: RFC 768; TCP: RFC 9293 section 3.1; ICMP: RFC 792; ICMPv6: RFC 4443 section 2.1.
 */
typedef struct
{
  LensTransportKind kind;
  LensRange header; /* TCP options included; ICMP: the first 8 octets */
  LensRange payload;
  LensRange slack;
  guint16 checksum;

  guint16 source_port, destination_port; /* UDP and TCP */
  guint16 udp_length;                    /* as the field has it */

  guint32 sequence, acknowledgement;
  guint16 tcp_flags; /* 12 bits: 4 reserved (RFC 3540, RFC 9768 use the lowest), then CWR to FIN */
  guint16 window, urgent;
  LensRange tcp_options; /* inside @header */

  guint8 icmp_type, icmp_code;
  guint32 icmp_rest; /* octets 4 to 7 of the header: identifier and sequence of an echo */

  gboolean header_cut;  /* the header does not fit: @header is what there is of it */
  gboolean bad_header;  /* TCP data offset below 5 or over the end: options are not told apart */
  gboolean bad_length;  /* UDP length below 8 */
  gboolean payload_cut; /* UDP length over the end */
} LensTransport;

/**
 * lens_transport_parse:
 * @octets: what one IP header, or one reassembled datagram, carries from its first octet.
 * Not for a fragment with an offset.  Keeps no pointer.
 */
void lens_transport_parse (guint8 protocol, const guint8 *octets, gsize length,
                           LensTransport *transport);

G_END_DECLS
