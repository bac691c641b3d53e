#include "wire/discovery.h"

#include <string.h>

#define SSDP_GROUP "239.255.255.250"

static const LensDiscovery table[] = {
  { "mdns", NULL, 5353, { "224.0.0.251", "ff02::fb" }, FALSE, "RFC 6762 section 3" },
  { "llmnr", NULL, 5355, { "224.0.0.252", "ff02::1:3" }, FALSE, "RFC 4795 section 2" },
  { "ssdp",
    NULL,
    1900,
    { SSDP_GROUP, "ff02::c", "ff05::c", "ff08::c" },
    FALSE,
    "UPnP Device Architecture 2.0, 1.2 and annex A" },
  { "ws-discovery", NULL, 3702, { SSDP_GROUP, "ff02::c" }, FALSE, "WS-Discovery 1.1, 3.1.1" },
  { "nbns", NULL, 137, { NULL }, TRUE, "RFC 1002 section 4.2" },
  { "nbns", NULL, 138, { NULL }, TRUE, "RFC 1002 section 4.4" },
  { "sadp", "Hikvision", 37020, { SSDP_GROUP }, TRUE, "public SADP clients" },
  { "dhip", "Dahua", 37810, { "239.255.255.251" }, TRUE, "public clients, 4 devices" },
  { "dvrip", "Xiongmai", 34569, { SSDP_GROUP }, TRUE, "go2rtc internal/dvrip" },
  { "tuya", "Tuya", 6666, { NULL }, TRUE, "tinytuya" },
  { "tuya", "Tuya", 6667, { NULL }, TRUE, "tinytuya; ntop nDPI tuya_lp.pcap" },
  { "tuya", "Tuya", 7000, { NULL }, TRUE, "tinytuya" },
  { "tplink-smarthome", "TP-Link", 9999, { NULL }, TRUE, "python-kasa; ntop nDPI tplink_shp.pcap" },
  { "tplink-tdp", "TP-Link", 20002, { NULL }, TRUE, "python-kasa" },
  { "dlink", "D-Link", 62976, { NULL }, TRUE, "IoT Sentinel D-LinkDayCam captures" },
  { "dlink", "D-Link", 12345, { NULL }, TRUE, "IoT Sentinel D-LinkDayCam captures" },
  /* The port differs between units; these are the two that were seen. */
  { "edimax", "Edimax", 51140, { NULL }, TRUE, "IoT Sentinel EdimaxCam1 capture" },
  { "edimax", "Edimax", 39464, { NULL }, TRUE, "IoT Sentinel EdimaxCam2 capture" },
  { "foscam", "Foscam", 10000, { NULL }, TRUE, "public search clients (MO_I)" },
  { "ubiquiti", "Ubiquiti", 10001, { "233.89.188.1" }, TRUE, "public adoption clients" },
  { "topsee", "Topsee", 3001, { NULL }, TRUE, "public search clients" },
  { "pppp", "CS2 and its licensees", 32108, { NULL }, TRUE, "IMC 2019 yi_camera_sample.pcap" },
};

const LensDiscovery *
lens_discovery_all (guint *count)
{
  *count = G_N_ELEMENTS (table);
  return table;
}

static gboolean
is_group_of (const LensDiscovery *row, const LensAddress *destination)
{
  char text[LENS_ADDRESS_TEXT];

  lens_address_text (destination, text);
  for (guint i = 0; i < G_N_ELEMENTS (row->groups) && row->groups[i] != NULL; i++)
    if (strcmp (row->groups[i], text) == 0)
      return TRUE;
  return FALSE;
}

const LensDiscovery *
lens_discovery_of_datagram (const LensAddress *destination, guint16 port, gboolean to_all)
{
  gboolean is_group = lens_address_is_multicast (destination);
  gboolean is_broadcast = !is_group && (to_all || lens_address_is_broadcast (destination));

  if (!is_group && !is_broadcast)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].port == port
        && (is_broadcast ? table[i].broadcast : is_group_of (&table[i], destination)))
      return &table[i];
  return NULL;
}

const char *
lens_discovery_of_frame (const guint8 destination[6], guint16 type, const guint8 *payload,
                         gsize length)
{
  static const guint8 snap_cdp[] = { 0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0 };

  if (destination != NULL && (destination[0] & 1) == 0)
    return NULL;
  switch (type)
    {
    case 0:
      return length >= sizeof snap_cdp && memcmp (payload, snap_cdp, sizeof snap_cdp) == 0 ? "cdp"
                                                                                           : NULL;
    case 0x88cc: /* IEEE 802.1AB */
      return "lldp";
    case 0x8033: /* registered to another maker, used for SADP */
      return "sadp";
    default:
      return NULL;
    }
}
