#include "wire/layers.h"

#include <string.h>

#include "wire/fcs.h"
#include "wire/layers-network.h"
#include "wire/layers-wlan.h"

#define LINUX_ARPHRD_ETHER 1
#define PPP_IPV4 0x0021
#define PPP_IPV6 0x0057
#define MAC_HEADER 14
#define VLAN_TAG 4
#define HSR_TAG 6
#define PRP_TRAILER 6
#define MPLS_BOTTOM 0x100

static guint16
u16 (const LensFrame *frame, gsize at)
{
  return (guint16)(frame->octets[at] << 8 | frame->octets[at + 1]);
}

/* Passes @length octets of link header; what is missing is said and ends the parsing. */
static gboolean
link_has (LensFrame *frame, gsize length)
{
  if (length <= frame->end - frame->at)
    return TRUE;
  frame->layers->header_cut = TRUE;
  return FALSE;
}

static void
bound (LensFrame *frame, gsize length)
{
  frame->end = MIN (frame->end, frame->at + length);
}

static void open_ethertype (LensFrame *frame, guint16 ethertype);

/* RFC 1661 section 5, RFC 1662: address and control may be there, the protocol may be one octet. */
static void
open_ppp (LensFrame *frame)
{
  if (link_has (frame, 2) && u16 (frame, frame->at) == 0xff03)
    frame->at += 2;
  if (frame->end - frame->at < 1 || !link_has (frame, (frame->octets[frame->at] & 1) != 0 ? 1 : 2))
    return;
  if ((frame->octets[frame->at] & 1) != 0)
    frame->layers->ppp_protocol = frame->octets[frame->at++];
  else
    {
      frame->layers->ppp_protocol = u16 (frame, frame->at);
      frame->at += 2;
    }
  if (frame->layers->ppp_protocol == PPP_IPV4)
    lens_layers_open_ip (frame, 4);
  else if (frame->layers->ppp_protocol == PPP_IPV6)
    lens_layers_open_ip (frame, 6);
}

/* RFC 2516 section 4: version and type, code, session, length. */
static void
open_pppoe (LensFrame *frame)
{
  if (!link_has (frame, 6))
    return;
  frame->layers->has_pppoe = TRUE;
  frame->layers->pppoe_session = u16 (frame, frame->at + 2);
  gsize length = u16 (frame, frame->at + 4);
  frame->at += 6;
  bound (frame, length);
  open_ppp (frame);
}

/* RFC 826: two lengths say how long the addresses are. */
static void
open_arp (LensFrame *frame)
{
  gsize fixed = 8;

  if (frame->end - frame->at < fixed)
    {
      frame->layers->header_cut = TRUE;
      return;
    }
  gsize length = fixed + 2 * ((gsize)frame->octets[frame->at + 4] + frame->octets[frame->at + 5]);
  if (length > frame->end - frame->at)
    frame->layers->header_cut = TRUE;
  frame->declared = length;
  bound (frame, length);
}

static gboolean
is_vlan (guint16 ethertype)
{
  return ethertype == LENS_ETHERTYPE_VLAN || ethertype == LENS_ETHERTYPE_QINQ
         || ethertype == LENS_ETHERTYPE_QINQ_OLD;
}

/* IEEE 802.2; SNAP carries an EtherType under OUI 0 (RFC 1042) and 0000f8 (802.1H). */
static void
open_llc (LensFrame *frame)
{
  LensLayers *layers = frame->layers;

  if (!link_has (frame, 3) || u16 (frame, frame->at) == 0xffff) /* old Novell: no LLC at all */
    return;
  const guint8 *llc = frame->octets + frame->at;
  gboolean unnumbered = (llc[2] & 3) == 3;
  gboolean snap = llc[0] == 0xaa && llc[1] == 0xaa && llc[2] == 3;
  if (!link_has (frame, snap ? 8 : unnumbered ? 3 : 4))
    return;
  layers->has_llc = TRUE;
  layers->dsap = llc[0];
  layers->ssap = llc[1];
  frame->at += snap ? 8 : unnumbered ? 3 : 4;
  if (!snap)
    return;
  guint32 oui = (guint32)llc[3] << 16 | (guint32)llc[4] << 8 | llc[5];
  guint16 type = (guint16)(llc[6] << 8 | llc[7]);
  if (oui == 0 || oui == 0x0000f8)
    {
      open_ethertype (frame, type);
      return;
    }
  layers->has_snap = TRUE;
  layers->snap_oui = oui;
  layers->snap_type = type;
}

/* RFC 3032 section 2.1: nothing says what follows the bottom of the stack; IP is told by its
 * version, as routers do (RFC 4928 section 2). */
static void
open_mpls (LensFrame *frame)
{
  LensLayers *layers = frame->layers;
  gboolean bottom = FALSE;

  while (!bottom && layers->n_mpls < LENS_MPLS_MAX && link_has (frame, 4))
    {
      guint32 entry = (guint32)u16 (frame, frame->at) << 16 | u16 (frame, frame->at + 2);
      layers->mpls[layers->n_mpls++] = entry;
      bottom = (entry & MPLS_BOTTOM) != 0;
      frame->at += 4;
    }
  if (!bottom || frame->at == frame->end)
    return;
  guint8 version = frame->octets[frame->at] >> 4;
  if (version == 4 || version == 6)
    lens_layers_open_ip (frame, version);
}

/* Passes a tag that stands before the EtherType proper, which is then in @ethertype. */
static gboolean
take_tag (LensFrame *frame, guint16 *ethertype)
{
  LensLayers *layers = frame->layers;
  gsize length = 0;

  if (is_vlan (*ethertype) && layers->n_vlans < LENS_VLAN_MAX && link_has (frame, VLAN_TAG))
    {
      layers->vlan[layers->n_vlans++] = u16 (frame, frame->at);
      length = VLAN_TAG;
    }
  else if (*ethertype == LENS_ETHERTYPE_HSR && layers->hsr.length == 0 && link_has (frame, HSR_TAG))
    {
      layers->hsr = (LensRange){ frame->at, HSR_TAG };
      length = HSR_TAG;
    }
  else
    return FALSE;
  frame->at += length;
  *ethertype = u16 (frame, frame->at - 2);
  return TRUE;
}

static void
open_ethertype (LensFrame *frame, guint16 ethertype)
{
  LensLayers *layers = frame->layers;

  while (take_tag (frame, &ethertype))
    ;
  if (ethertype <= 1500 && !layers->has_llc)
    {
      bound (frame, ethertype);
      open_llc (frame);
      return;
    }
  layers->ethertype = ethertype;
  switch (ethertype)
    {
    case LENS_ETHERTYPE_IPV4:
      lens_layers_open_ip (frame, 4);
      break;
    case LENS_ETHERTYPE_IPV6:
      lens_layers_open_ip (frame, 6);
      break;
    case LENS_ETHERTYPE_ARP:
      open_arp (frame);
      break;
    case LENS_ETHERTYPE_PPPOE_SESSION:
      open_pppoe (frame);
      break;
    case LENS_ETHERTYPE_MPLS:
    case LENS_ETHERTYPE_MPLS_UPSTREAM:
      open_mpls (frame);
      break;
    default:
      break;
    }
}

/* IEC 62439-3 section 4.1.10: the size is that of the frame behind its header, the trailer with
 * it; a VLAN tag does not count. */
static gboolean
is_prp (const LensFrame *frame, gsize end)
{
  if (end < frame->at + MAC_HEADER + PRP_TRAILER || u16 (frame, end - 2) != LENS_ETHERTYPE_PRP)
    return FALSE;
  guint16 field = u16 (frame, end - 4);
  guint8 lan = (guint8)(field >> 12);
  gsize size = field & 0x0fffu, carried = end - frame->at - MAC_HEADER;
  return (lan == 0xa || lan == 0xb) && (size == carried || size + VLAN_TAG == carried);
}

/* The trailer ends the frame, but for a check sequence, which the capture need not know of. */
static void
take_prp (LensFrame *frame)
{
  gsize end = frame->end;

  if (frame->missing > 0)
    return;
  if (!is_prp (frame, end))
    {
      if (frame->check > 0 || end < LENS_FCS_LENGTH || !is_prp (frame, end - LENS_FCS_LENGTH)
          || !lens_fcs_holds (frame->octets + frame->at, end - frame->at))
        return;
      end -= LENS_FCS_LENGTH;
    }
  frame->layers->prp = (LensRange){ end - PRP_TRAILER, PRP_TRAILER };
  frame->check += frame->end - frame->layers->prp.offset;
  frame->end = frame->layers->prp.offset;
}

static void
open_ethernet (LensFrame *frame)
{
  LensLayers *layers = frame->layers;

  if (!link_has (frame, MAC_HEADER))
    {
      frame->at = frame->end; /* no network header fits: the whole rest is a cut link header */
      return;
    }
  const guint8 *header = frame->octets + frame->at;
  layers->has_source_mac = layers->has_destination_mac = TRUE;
  memcpy (layers->destination_mac, header, 6);
  memcpy (layers->source_mac, header + 6, 6);
  take_prp (frame);
  frame->at += MAC_HEADER;
  open_ethertype (frame, (guint16)(header[12] << 8 | header[13]));
}

/* Passes @length octets of capture pseudo-header; FALSE when they are not there. */
static gboolean
take_pseudo (LensFrame *frame, gsize length)
{
  gboolean whole = length <= frame->end - frame->at;

  frame->layers->header_cut |= !whole;
  frame->at = whole ? frame->at + length : frame->end;
  frame->layers->pseudo.length = frame->at;
  return whole;
}

static void
take_cooked_address (LensLayers *layers, guint16 hardware, guint length, const guint8 *address)
{
  if (length != 6 || hardware != LINUX_ARPHRD_ETHER)
    return;
  layers->has_source_mac = TRUE;
  memcpy (layers->source_mac, address, 6);
}

/* A program that sends through a packet socket need not say of what protocol (packet(7)): Linux
 * then writes 0.  What is fixed in a header tells. */
static guint16
guess_protocol (const LensFrame *frame)
{
  static const guint8 arp[] = { 0, 1, 8, 0, 6, 4, 0 }; /* Ethernet, IPv4, their lengths */
  static const guint8 lldp[] = { 2, 7, 4 };            /* chassis ID of 7 octets: a MAC address */
  const guint8 *octets = frame->octets + frame->at;
  gsize length = frame->end - frame->at;

  if (length >= 28 && memcmp (octets, arp, sizeof arp) == 0)
    return LENS_ETHERTYPE_ARP;
  if (length >= 9 && memcmp (octets, lldp, sizeof lldp) == 0)
    return LENS_ETHERTYPE_LLDP;
  if (length >= 20 && octets[0] >> 4 == 4 && (octets[0] & 15) >= 5
      && (gsize)(octets[2] << 8 | octets[3]) <= length)
    return LENS_ETHERTYPE_IPV4;
  if (length >= 40 && octets[0] >> 4 == 6 && (gsize)(octets[4] << 8 | octets[5]) + 40 <= length)
    return LENS_ETHERTYPE_IPV6;
  return 0;
}

/* The protocol of a cooked header: an EtherType, or one of Linux' small numbers. */
static void
open_cooked_protocol (LensFrame *frame, guint16 protocol)
{
  frame->layers->has_cooked = TRUE;
  if (protocol == 0)
    protocol = guess_protocol (frame);
  if (protocol == 0x0004) /* 802.2 LLC */
    open_llc (frame);
  else if (protocol > 1500)
    open_ethertype (frame, protocol);
}

/* LINKTYPE_LINUX_SLL: packet type, hardware, address length, address, protocol. */
static void
open_sll (LensFrame *frame)
{
  if (!take_pseudo (frame, 16))
    return;
  frame->layers->cooked_packet_type = u16 (frame, 0);
  take_cooked_address (frame->layers, u16 (frame, 2), u16 (frame, 4), frame->octets + 6);
  open_cooked_protocol (frame, u16 (frame, 14));
}

/* LINKTYPE_LINUX_SLL2: protocol, reserved, interface, hardware, packet type, length, address. */
static void
open_sll2 (LensFrame *frame)
{
  if (!take_pseudo (frame, 20))
    return;
  frame->layers->cooked_interface = (guint32)u16 (frame, 4) << 16 | u16 (frame, 6);
  frame->layers->cooked_packet_type = frame->octets[10];
  take_cooked_address (frame->layers, u16 (frame, 8), frame->octets[11], frame->octets + 12);
  open_cooked_protocol (frame, u16 (frame, 0));
}

/* LINKTYPE_NULL has the address family in the capturing host's order, LINKTYPE_LOOP in network
 * order; families are small, so either order is recognised.  IPv6 has four numbers. */
static void
open_null (LensFrame *frame)
{
  if (!take_pseudo (frame, 4))
    return;
  guint16 high = u16 (frame, 0);
  guint family = high == 0 ? u16 (frame, 2) : (guint)(frame->octets[1] << 8 | frame->octets[0]);
  if (high != 0 && u16 (frame, 2) != 0)
    return;
  if (family == 2)
    lens_layers_open_ip (frame, 4);
  else if (family == 10 || family == 24 || family == 28 || family == 30)
    lens_layers_open_ip (frame, 6);
}

static void
open_ppi (LensFrame *frame)
{
  guint32 inner;

  if (!lens_layers_take_ppi (frame, &inner))
    return;
  if (inner == LENS_LINKTYPE_IEEE802_11 && lens_layers_open_wlan (frame))
    open_llc (frame);
  else if (inner == LENS_LINKTYPE_ETHERNET)
    open_ethernet (frame);
}

static void
open_link (LensFrame *frame, guint16 linktype)
{
  switch (linktype)
    {
    case LENS_LINKTYPE_ETHERNET:
      open_ethernet (frame);
      break;
    case LENS_LINKTYPE_NULL:
    case LENS_LINKTYPE_LOOP:
      open_null (frame);
      break;
    case LENS_LINKTYPE_RAW:
    case LENS_LINKTYPE_RAW_FREEBSD:
    case LENS_LINKTYPE_RAW_OPENBSD:
      lens_layers_open_ip (frame, 0);
      break;
    case LENS_LINKTYPE_IPV4:
      lens_layers_open_ip (frame, 4);
      break;
    case LENS_LINKTYPE_IPV6:
      lens_layers_open_ip (frame, 6);
      break;
    case LENS_LINKTYPE_LINUX_SLL:
      open_sll (frame);
      break;
    case LENS_LINKTYPE_LINUX_SLL2:
      open_sll2 (frame);
      break;
    case LENS_LINKTYPE_PPP:
    case LENS_LINKTYPE_PPP_HDLC:
      open_ppp (frame);
      break;
    case LENS_LINKTYPE_PPP_ETHER:
      open_pppoe (frame);
      break;
    case LENS_LINKTYPE_IEEE802_11:
      if (lens_layers_open_wlan (frame))
        open_llc (frame);
      break;
    case LENS_LINKTYPE_IEEE802_11_RADIOTAP:
      if (lens_layers_open_radiotap (frame))
        open_llc (frame);
      break;
    case LENS_LINKTYPE_IEEE802_11_PRISM:
    case LENS_LINKTYPE_IEEE802_11_AVS:
      if (lens_layers_open_avs (frame))
        open_llc (frame);
      break;
    case LENS_LINKTYPE_PPI:
      open_ppi (frame);
      break;
    default:
      break;
    }
}

/* How many of the captured octets belong to a check sequence of @fcs octets. */
static gsize
captured_fcs (gsize fcs, gsize captured, gsize original)
{
  gsize missing = original > captured ? original - captured : 0;

  return fcs > missing ? MIN (fcs - missing, captured) : 0;
}

static LensFrame
begin (const guint8 *octets, gsize captured, gsize original, gsize check, LensLayers *layers)
{
  *layers = (LensLayers){ 0 };
  layers->truncated = original > captured;
  return (LensFrame){
    .octets = octets,
    .captured = captured,
    .check = check,
    .missing = original > captured ? original - captured : 0,
    .end = captured - check,
    .declared = G_MAXUINT64,
    .layers = layers,
  };
}

/* What was opened, as spans. */
static void
end (LensFrame *frame)
{
  LensLayers *layers = frame->layers;

  if (frame->end > layers->prp.offset) /* what IP says that it carries is no trailer */
    layers->prp = (LensRange){ 0, 0 };
  gsize link_end = layers->network.length > 0 ? layers->network.offset : frame->at;
  layers->link = (LensRange){ layers->pseudo.length, link_end - layers->pseudo.length };
  if (layers->network.length == 0)
    layers->network.offset = link_end;
  layers->payload = (LensRange){ frame->at, frame->end - frame->at };
  layers->trailer = (LensRange){ frame->end, frame->captured - frame->end };
  layers->fcs_length = MIN (frame->said, layers->trailer.length);
  layers->payload_declared
      = frame->declared != G_MAXUINT64 ? frame->declared : layers->payload.length + frame->missing;
}

void
lens_layers_parse (guint16 linktype, guint8 fcs, const guint8 *octets, gsize captured,
                   gsize original, LensLayers *layers)
{
  LensFrame frame
      = begin (octets, captured, original, captured_fcs (fcs, captured, original), layers);

  frame.said = frame.check;
  open_link (&frame, linktype);
  end (&frame);
}

gboolean
lens_layers_next_msdu (const guint8 *payload, gsize length, gsize missing, gsize *at,
                       LensRange *subframe, LensLayers *layers)
{
  gsize left = length - *at;

  if (left == 0)
    return FALSE;
  gsize wanted = left >= MAC_HEADER
                     ? MAC_HEADER + (gsize)(payload[*at + 12] << 8 | payload[*at + 13])
                     : left;
  gsize padded = (wanted + 3) & ~(gsize)3;
  gboolean last = padded >= left;
  *subframe = (LensRange){ *at, last ? left : padded };
  LensFrame frame = begin (payload + *at, subframe->length,
                           subframe->length + (last && wanted > left ? missing : 0), 0, layers);
  *at += subframe->length;
  if (!link_has (&frame, MAC_HEADER))
    frame.at = frame.end;
  else
    {
      layers->has_source_mac = layers->has_destination_mac = TRUE;
      memcpy (layers->destination_mac, frame.octets, 6);
      memcpy (layers->source_mac, frame.octets + 6, 6);
      frame.at = MAC_HEADER;
      bound (&frame, wanted - MAC_HEADER);
      open_llc (&frame);
    }
  end (&frame);
  return TRUE;
}

void
lens_layers_parse_msdu (const guint8 *octets, gsize length, const LensLayers *outer,
                        LensLayers *layers)
{
  LensFrame frame = begin (octets, length, length, 0, layers);

  layers->has_source_mac = outer->has_source_mac;
  layers->has_destination_mac = outer->has_destination_mac;
  memcpy (layers->source_mac, outer->source_mac, sizeof layers->source_mac);
  memcpy (layers->destination_mac, outer->destination_mac, sizeof layers->destination_mac);
  open_llc (&frame);
  end (&frame);
}

gsize
lens_layers_lan_octet (const LensLayers *layers)
{
  if (layers->hsr.length > 0)
    return layers->hsr.offset;
  return layers->prp.length > 0 ? layers->prp.offset + 2 : 0;
}
