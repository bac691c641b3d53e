#include "wire/tunnel.h"

#include "wire/linktype.h"

enum
{
  PROTOCOL_IPV4 = 4,
  PROTOCOL_IPV6 = 41,
  PROTOCOL_GRE = 47,
  PORT_TEREDO = 3544,
  PORT_VXLAN = 4789,
  PORT_VXLAN_LINUX = 8472,
  PORT_GENEVE = 6081,
  IPV4_HEAD = 20,
  IPV6_HEAD = 40,
};

static guint16
u16 (const guint8 *octets)
{
  return (guint16)(octets[0] << 8 | octets[1]);
}

static guint32
u24 (const guint8 *octets)
{
  return (guint32)octets[0] << 16 | u16 (octets + 1);
}

/* An IPv4 header (RFC 791 section 3.1) whose total length the octets at hand can hold. */
static gboolean
is_ipv4 (const guint8 *octets, gsize length)
{
  return length >= IPV4_HEAD && octets[0] >> 4 == 4 && (octets[0] & 0x0f) >= 5
         && u16 (octets + 2) >= 4 * (octets[0] & 0x0f);
}

/* RFC 8200 section 3. */
static gboolean
is_ipv6 (const guint8 *octets, gsize length)
{
  return length >= IPV6_HEAD && octets[0] >> 4 == 6;
}

static gboolean
is_ip (const guint8 *octets, gsize length)
{
  return is_ipv4 (octets, length) || is_ipv6 (octets, length);
}

/* What a protocol type of GRE, or of Geneve, says is inside; FALSE where we do not open it. */
static gboolean
of_ethertype (guint16 type, LensTunnel *tunnel)
{
  switch (type)
    {
    case 0x0800:
    case 0x86dd:
      tunnel->linktype = LENS_LINKTYPE_RAW;
      return TRUE;
    case 0x6558: /* Transparent Ethernet Bridging */
      tunnel->linktype = LENS_LINKTYPE_ETHERNET;
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
inside_fits (const guint8 *octets, gsize length, const LensTunnel *tunnel)
{
  gsize at = lens_range_end (tunnel->header);

  if (at > length)
    return FALSE;
  return tunnel->linktype == LENS_LINKTYPE_ETHERNET ? length - at >= 14
                                                    : is_ip (octets + at, length - at);
}

/* ERSPAN behind GRE: type II has 8 octets, type III 12 and, by its last bit, 8 more; without a
 * sequence number it is type I, which has none. */
static gsize
erspan_length (guint16 type, gboolean sequence, const guint8 *octets, gsize length)
{
  if (type == 0x88be)
    return sequence ? 8 : 0;
  return length >= 12 && (octets[11] & 1) != 0 ? 20 : 12;
}

/* RFC 2784 section 2; key and sequence number: RFC 2890. */
static gboolean
open_gre (const guint8 *octets, gsize length, LensTunnel *tunnel)
{
  if (length < 4 || (octets[1] & 0x07) != 0)
    return FALSE; /* version 1 carries PPP (RFC 2637) */
  gboolean checksum = (octets[0] & 0x80) != 0, routing = (octets[0] & 0x40) != 0;
  gboolean key = (octets[0] & 0x20) != 0, sequence = (octets[0] & 0x10) != 0;
  guint16 type = u16 (octets + 2);
  gsize at = 4u + (checksum ? 4 : 0);

  if (routing || length < at + (key ? 4 : 0) + (sequence ? 4 : 0))
    return FALSE;
  tunnel->kind = LENS_TUNNEL_GRE;
  for (guint bit = 0; bit < 9; bit++) /* Reserved0 behind the four flags, up to the version */
    tunnel->reserved_bits += (((guint)octets[0] << 8 | octets[1]) >> (3 + bit)) & 1;
  if (checksum)
    for (guint bit = 0; bit < 16; bit++) /* Reserved1 */
      tunnel->reserved_bits += (u16 (octets + 6) >> bit) & 1;
  if (key)
    tunnel->number = u24 (octets + at) << 8 | octets[at + 3];
  at += (key ? 4 : 0) + (sequence ? 4 : 0);
  if (type == 0x88be || type == 0x22eb)
    {
      at += erspan_length (type, sequence, octets + at, length - at);
      tunnel->linktype = LENS_LINKTYPE_ETHERNET;
    }
  else if (!of_ethertype (type, tunnel))
    return FALSE;
  tunnel->header = (LensRange){ 0, at };
  return inside_fits (octets, length, tunnel);
}

gboolean
lens_tunnel_in_ip (guint8 outer, guint8 protocol, const guint8 *octets, gsize length,
                   LensTunnel *tunnel)
{
  *tunnel = (LensTunnel){ .linktype = LENS_LINKTYPE_RAW };
  switch (protocol)
    {
    case PROTOCOL_IPV4:
      tunnel->kind = outer == 4 ? LENS_TUNNEL_IPIP : LENS_TUNNEL_4IN6;
      return is_ipv4 (octets, length);
    case PROTOCOL_IPV6:
      tunnel->kind = outer == 4 ? LENS_TUNNEL_6IN4 : LENS_TUNNEL_6IN6;
      return is_ipv6 (octets, length);
    case PROTOCOL_GRE:
      return open_gre (octets, length, tunnel);
    default:
      return FALSE;
    }
}

/* RFC 7348 section 5: the I flag, and reserved bits around it.  With the G flag of the Group
 * Policy extension (draft-smith-vxlan-group-policy), which switches and Linux use, two more flags
 * and 16 bits have a meaning. */
static gboolean
open_vxlan (const guint8 *octets, gsize length, LensTunnel *tunnel)
{
  if (length < 8 || (octets[0] & 0x08) == 0)
    return FALSE;
  tunnel->kind = LENS_TUNNEL_VXLAN;
  tunnel->linktype = LENS_LINKTYPE_ETHERNET;
  tunnel->header = (LensRange){ 0, 8 };
  tunnel->number = u24 (octets + 4);
  gboolean policy = (octets[0] & 0x80) != 0;
  const guint8 known[8] = { policy ? 0x88 : 0x08,
                            policy ? 0x48 : 0,
                            policy ? 0xff : 0,
                            policy ? 0xff : 0,
                            0xff,
                            0xff,
                            0xff,
                            0 };
  for (guint i = 0; i < 8; i++)
    for (guint bit = 0; bit < 8; bit++)
      tunnel->reserved_bits += (octets[i] & ~known[i] & 0xff) >> bit & 1;
  return inside_fits (octets, length, tunnel);
}

/* RFC 8926 section 3.4: version 0, options in words of 4 octets. */
static gboolean
open_geneve (const guint8 *octets, gsize length, LensTunnel *tunnel)
{
  if (length < 8 || octets[0] >> 6 != 0 || !of_ethertype (u16 (octets + 2), tunnel))
    return FALSE;
  tunnel->kind = LENS_TUNNEL_GENEVE;
  tunnel->header = (LensRange){ 0, 8 + 4u * (octets[0] & 0x3f) };
  tunnel->number = u24 (octets + 4);
  for (guint bit = 0; bit < 8; bit++)
    tunnel->reserved_bits += (bit < 6 && (octets[1] >> bit & 1) != 0) + (octets[7] >> bit & 1);
  return inside_fits (octets, length, tunnel);
}

/* RFC 4380 section 5.1.1: an authentication header, an origin indication, then IPv6. */
static gboolean
open_teredo (const guint8 *octets, gsize length, LensTunnel *tunnel)
{
  gsize at = 0;

  if (length >= 13 && octets[0] == 0 && octets[1] == 1)
    at += 13u + octets[2] + octets[3];
  if (at + 8 <= length && octets[at] == 0 && octets[at + 1] == 0)
    at += 8;
  tunnel->kind = LENS_TUNNEL_TEREDO;
  tunnel->linktype = LENS_LINKTYPE_RAW;
  tunnel->header = (LensRange){ 0, at };
  return at <= length && is_ipv6 (octets + at, length - at);
}

gboolean
lens_tunnel_in_udp (guint16 source_port, guint16 destination_port, const guint8 *octets,
                    gsize length, LensTunnel *tunnel)
{
  *tunnel = (LensTunnel){ 0 };
  switch (destination_port)
    {
    case PORT_VXLAN:
    case PORT_VXLAN_LINUX:
      return open_vxlan (octets, length, tunnel);
    case PORT_GENEVE:
      return open_geneve (octets, length, tunnel);
    default:
      break;
    }
  return (destination_port == PORT_TEREDO || source_port == PORT_TEREDO)
         && open_teredo (octets, length, tunnel);
}

const char *
lens_tunnel_name (LensTunnelKind kind)
{
  static const char *const names[] = {
    [LENS_TUNNEL_NONE] = "none",   [LENS_TUNNEL_IPIP] = "IP in IP", [LENS_TUNNEL_4IN6] = "4in6",
    [LENS_TUNNEL_6IN4] = "6in4",   [LENS_TUNNEL_6IN6] = "6in6",     [LENS_TUNNEL_GRE] = "GRE",
    [LENS_TUNNEL_VXLAN] = "VXLAN", [LENS_TUNNEL_GENEVE] = "Geneve", [LENS_TUNNEL_TEREDO] = "Teredo",
  };

  return names[kind];
}
