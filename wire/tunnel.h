#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* Packets inside packets, by the standards that say how: IP in IP (RFC 2003, RFC 2473, RFC 4213),
 * GRE (RFC 2784, RFC 2890) with Ethernet bridging and ERSPAN, VXLAN (RFC 7348), Geneve (RFC 8926),
 * Teredo (RFC 4380).  VLAN tags and PPPoE are opened by LensLayers. */
typedef enum
{
  LENS_TUNNEL_NONE,
  LENS_TUNNEL_IPIP,
  LENS_TUNNEL_4IN6,
  LENS_TUNNEL_6IN4,
  LENS_TUNNEL_6IN6,
  LENS_TUNNEL_GRE,
  LENS_TUNNEL_VXLAN,
  LENS_TUNNEL_GENEVE,
  LENS_TUNNEL_TEREDO,
} LensTunnelKind;

/**
 * LensTunnel:
 * @header is what stands before the packet inside, empty for IP in IP.
 */
typedef struct
{
  LensTunnelKind kind;
  guint16 linktype; /* of what is inside: LensLinktype */
  LensRange header;
  guint reserved_bits; /* set, although the standard has them zero */
  guint32 number;      /* the tunnel's own: GRE key, VXLAN or Geneve network identifier; or 0 */
} LensTunnel;

/**
 * lens_tunnel_in_ip:
 * @octets: what an IP header of version @outer and protocol @protocol carries.
 * FALSE where that is no packet in a packet, or its head is cut or of an unknown version.
 */
gboolean lens_tunnel_in_ip (guint8 outer, guint8 protocol, const guint8 *octets, gsize length,
                            LensTunnel *tunnel);

/* The same for the data of a UDP datagram; the ports say which standard may be meant, the
 * octets whether it is. */
gboolean lens_tunnel_in_udp (guint16 source_port, guint16 destination_port, const guint8 *octets,
                             gsize length, LensTunnel *tunnel);

/* As people write it: "GRE". */
const char *lens_tunnel_name (LensTunnelKind kind);

G_END_DECLS
