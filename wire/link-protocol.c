#include "wire/link-protocol.h"

#define SNAP_CISCO 0x00000c
#define SAP_STP 0x42
/* IEEE 802.2 section 5.4.1.1.2 */
#define XID_FORMAT 0x81
#define XID_LENGTH 3

typedef struct
{
  guint32 number;
  const char *name;
} Row;

/* In the order of the numbers. */
static const Row types[] = {
  { 0x0800, "IPv4" },
  { 0x0806, "ARP" },
  { 0x0842, "Wake-on-LAN" },
  { 0x22ea, "stream reservation (IEEE 802.1Q)" },
  { 0x22f0, "audio and video transport (IEEE 1722)" },
  { 0x22f3, "TRILL" },
  { 0x22f4, "IS-IS on TRILL" },
  { 0x6002, "DEC remote console (MOP)" },
  { 0x6003, "DECnet" },
  { 0x6558, "transparent Ethernet bridging" },
  { 0x8033, "Hikvision SADP" },
  { 0x8035, "RARP" },
  { 0x809b, "AppleTalk" },
  { 0x80f3, "AppleTalk ARP" },
  { 0x8100, "VLAN tag" },
  { 0x8137, "IPX" },
  { 0x814c, "SNMP on Ethernet" },
  { 0x86dd, "IPv6" },
  { 0x8808, "MAC control" },
  { 0x8809, "slow protocols (LACP, OAM)" },
  { 0x8847, "MPLS" },
  { 0x8848, "MPLS, multicast" },
  { 0x8863, "PPPoE discovery" },
  { 0x8864, "PPPoE session" },
  { 0x886c, "Broadcom wireless events" },
  { 0x8870, "jumbo LLC" },
  { 0x8874, "Broadcom switch tag, loop detection" },
  { 0x887b, "HomePlug 1.0" },
  { 0x888e, "EAPOL (IEEE 802.1X)" },
  { 0x8892, "PROFINET" },
  { 0x8899, "Realtek RRCP, loop detection" },
  { 0x88a2, "ATA over Ethernet" },
  { 0x88a4, "EtherCAT" },
  { 0x88a8, "VLAN tag of a provider" },
  { 0x88ab, "Ethernet POWERLINK" },
  { 0x88b4, "WAPI" },
  { 0x88b8, "GOOSE" },
  { 0x88b9, "GSE management" },
  { 0x88ba, "sampled values (IEC 61850)" },
  { 0x88c7, "IEEE 802.11i pre-authentication" },
  { 0x88cc, "LLDP" },
  { 0x88cd, "SERCOS III" },
  { 0x88d9, "LLTD" },
  { 0x88e1, "HomePlug AV management" },
  { 0x88e3, "media redundancy (IEC 62439)" },
  { 0x88e5, "MACsec" },
  { 0x88e7, "provider backbone tag (IEEE 802.1ah)" },
  { 0x88f5, "MVRP" },
  { 0x88f6, "MMRP" },
  { 0x88f7, "PTP (IEEE 1588)" },
  { 0x88fb, "parallel redundancy (IEC 62439)" },
  { 0x8902, "connectivity fault management (IEEE 802.1ag)" },
  { 0x8906, "Fibre Channel over Ethernet" },
  { 0x890d, "IEEE 802.11 management by other ways (802.11z, 802.11r)" },
  { 0x8912, "HomePlug of several makers" },
  { 0x8914, "FCoE initialization" },
  { 0x8915, "RDMA over converged Ethernet" },
  { 0x8917, "IEEE 802.21 handover" },
  { 0x891d, "TTEthernet" },
  { 0x892f, "high-availability seamless redundancy (IEC 62439)" },
  { 0x893a, "IEEE 1905.1" },
  { 0x893f, "E-tag (IEEE 802.1BR)" },
  { 0x8940, "edge control (IEEE 802.1Qbg)" },
  { 0x9000, "loopback test (ECTP), keep-alive" },
  { 0x9100, "VLAN tag, old" },
};

/* Destination access points. */
static const Row saps[] = {
  { 0x00, "LLC null" },
  { 0x04, "SNA" },
  { 0x05, "SNA" },
  { 0x06, "IPv4 on LLC" },
  { 0x08, "SNA" },
  { 0x0c, "SNA" },
  { SAP_STP, "spanning tree (IEEE 802.1D)" },
  { 0x4e, "EIA RS-511" },
  { 0x7e, "X.25 on LLC" },
  { 0x80, "XNS" },
  { 0x8e, "PROWAY" },
  { 0xbc, "VINES" },
  { 0xe0, "IPX" },
  { 0xf0, "NetBEUI" },
  { 0xf4, "LAN manager" },
  { 0xf8, "remote program load" },
  { 0xfe, "OSI network layer (IS-IS)" },
};

/* OUI and identifier: 24 and 16 bits. */
static const struct
{
  guint32 oui;
  guint16 type;
  const char *name;
} snaps[] = {
  { SNAP_CISCO, 0x0104, "Cisco PAgP" },
  { SNAP_CISCO, 0x010b, "Cisco PVST+" },
  { SNAP_CISCO, 0x010c, "Cisco VLAN bridge" },
  { SNAP_CISCO, 0x0111, "Cisco UDLD" },
  { SNAP_CISCO, 0x2000, "CDP" },
  { SNAP_CISCO, 0x2001, "Cisco CGMP" },
  { SNAP_CISCO, 0x2003, "Cisco VTP" },
  { SNAP_CISCO, 0x2004, "Cisco DTP" },
  { SNAP_CISCO, 0x200a, "Cisco UplinkFast" },
  { 0x000081, 0x01a1, "Nortel discovery" },
  { 0x000081, 0x01a2, "Nortel discovery" },
  { 0x00e02b, 0x00bb, "Extreme EDP" },
  { 0x00e052, 0x2000, "Foundry FDP" },
  { 0x00601d, 0x0001, "WaveLAN" },
  { 0x004096, 0x0000, "Aironet" },
  { 0x080007, 0x809b, "AppleTalk" },
  { 0x080007, 0x80f3, "AppleTalk ARP" },
};

static const char *
name_of (const Row *rows, gsize n, guint32 number)
{
  for (gsize i = 0; i < n; i++)
    if (rows[i].number == number)
      return rows[i].name;
  return NULL;
}

const char *
lens_link_protocol_of_type (guint16 ethertype)
{
  return name_of (types, G_N_ELEMENTS (types), ethertype);
}

const char *
lens_link_protocol_of_llc (const LensLayers *layers)
{
  if (!layers->has_snap)
    return name_of (saps, G_N_ELEMENTS (saps), layers->dsap);
  for (gsize i = 0; i < G_N_ELEMENTS (snaps); i++)
    if (snaps[i].oui == layers->snap_oui && snaps[i].type == layers->snap_type)
      return snaps[i].name;
  return NULL;
}

/* Protocol identifier 0, version, type; version 3 states the length of what is behind the rapid
 * tree's message. */
static gsize
spanning_tree_length (const guint8 *octets, gsize length)
{
  if (length < 4 || octets[0] != 0 || octets[1] != 0)
    return 0;
  guint8 version = octets[2], type = octets[3];
  if (type == 0x80)
    return 4;
  if (version < 2)
    return MIN (length, 35);
  if (version == 3 && length >= 38)
    return MIN (length, 38u + (gsize)(octets[36] << 8 | octets[37]));
  return version > 3 ? length : MIN (length, 36);
}

gsize
lens_link_llc_length (const LensLayers *layers, const guint8 *payload)
{
  gsize length = layers->payload.length;

  if (layers->has_snap)
    return length;
  if (layers->dsap == SAP_STP && layers->ssap == SAP_STP)
    return spanning_tree_length (payload, length);
  if (layers->dsap == 0)
    return length >= XID_LENGTH && payload[0] == XID_FORMAT ? XID_LENGTH : 0;
  return length;
}

static gboolean
is_llc_only (const LensLayers *layers)
{
  return layers->has_llc && !layers->has_snap && layers->ethertype == 0;
}

/* IEEE 802.11-2020 sections 9.4.1.11 and 9.6: an action frame begins with its category; those of a
 * vendor may carry anything. */
static gboolean
is_of_vendor (const LensLayers *layers, const guint8 *payload)
{
  gboolean action = layers->wlan_subtype == 13 || layers->wlan_subtype == 14;

  return action && layers->payload.length > 0 && (payload[0] == 126 || payload[0] == 127);
}

gboolean
lens_link_is_upkeep (const LensLayers *layers, const guint8 *payload)
{
  if (layers->wlan == LENS_WLAN_MANAGEMENT)
    return !is_of_vendor (layers, payload);
  if (layers->ip_version != 0 || layers->header_cut)
    return FALSE;
  if (is_llc_only (layers) && (layers->dsap == 0 || layers->dsap == SAP_STP))
    return layers->payload.length > 0
           && lens_link_llc_length (layers, payload) == layers->payload.length;
  return layers->ethertype == 0x888e || layers->ethertype == 0x8808;
}
