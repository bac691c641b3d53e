#include "wire/cdp.h"

LensCdp
lens_cdp_over (const guint8 *octets, gsize length)
{
  return (LensCdp){ octets, length, MIN (length, LENS_CDP_HEADER) };
}

gboolean
lens_cdp_next (LensCdp *cdp, LensCdpTlv *tlv)
{
  gsize left = cdp->length - cdp->position;

  if (left < 4)
    return FALSE;
  const guint8 *head = cdp->octets + cdp->position;
  gsize wanted = (gsize)head[2] << 8 | head[3];
  gsize length = CLAMP (wanted, 4, left);
  *tlv = (LensCdpTlv){ .type = (guint16)(head[0] << 8 | head[1]),
                       .whole = { cdp->position, length },
                       .value = { cdp->position + 4, length - 4 },
                       .cut = length != wanted };
  cdp->position += length;
  return TRUE;
}

const char *
lens_cdp_type_name (guint16 type)
{
  static const char *const names[] = {
    [0x01] = "device",
    [0x02] = "addresses",
    [0x03] = "port",
    [0x04] = "capabilities",
    [0x05] = "version",
    [0x06] = "platform",
    [0x07] = "networks",
    [0x08] = "hello",
    [0x09] = "VTP domain",
    [0x0a] = "native VLAN",
    [0x0b] = "duplex",
    [0x0e] = "VLAN of telephones",
    [0x0f] = "VLAN query",
    [0x10] = "power consumption",
    [0x11] = "MTU",
    [0x12] = "trust",
    [0x13] = "class of service",
    [0x14] = "system name",
    [0x15] = "object identifier",
    [0x16] = "management addresses",
    [0x17] = "location",
    [0x18] = "external port",
    [0x19] = "power requested",
    [0x1a] = "power available",
    [0x1b] = "port in one direction",
    [0x1d] = "energy",
    [0x1f] = "spare pair of power",
  };

  return type < G_N_ELEMENTS (names) ? names[type] : NULL;
}
