#include "wire/linktype.h"

typedef struct
{
  guint16 linktype;
  const char *name;
} Name;

static const Name opened[] = {
  { LENS_LINKTYPE_NULL, "NULL" },
  { LENS_LINKTYPE_ETHERNET, "ETHERNET" },
  { LENS_LINKTYPE_PPP, "PPP" },
  { LENS_LINKTYPE_RAW_FREEBSD, "RAW" },
  { LENS_LINKTYPE_RAW_OPENBSD, "RAW" },
  { LENS_LINKTYPE_PPP_HDLC, "PPP_HDLC" },
  { LENS_LINKTYPE_PPP_ETHER, "PPP_ETHER" },
  { LENS_LINKTYPE_RAW, "RAW" },
  { LENS_LINKTYPE_IEEE802_11, "IEEE802_11" },
  { LENS_LINKTYPE_LOOP, "LOOP" },
  { LENS_LINKTYPE_LINUX_SLL, "LINUX_SLL" },
  { LENS_LINKTYPE_IEEE802_11_PRISM, "IEEE802_11_PRISM" },
  { LENS_LINKTYPE_IEEE802_11_RADIOTAP, "IEEE802_11_RADIOTAP" },
  { LENS_LINKTYPE_IEEE802_11_AVS, "IEEE802_11_AVS" },
  { LENS_LINKTYPE_PPI, "PPI" },
  { LENS_LINKTYPE_IPV4, "IPV4" },
  { LENS_LINKTYPE_IPV6, "IPV6" },
  { LENS_LINKTYPE_LINUX_SLL2, "LINUX_SLL2" },
};

/* What people have in their archives besides. */
static const Name others[] = {
  { 6, "IEEE802_5" },
  { 8, "SLIP" },
  { 10, "FDDI" },
  { 104, "C_HDLC" },
  { 107, "FRELAY" },
  { 117, "PFLOG" },
  { 138, "APPLE_IP_OVER_IEEE1394" },
  { 187, "BLUETOOTH_HCI_H4" },
  { 189, "USB_LINUX" },
  { 195, "IEEE802_15_4_WITHFCS" },
  { 201, "BLUETOOTH_HCI_H4_WITH_PHDR" },
  { 215, "IEEE802_15_4_NONASK_PHY" },
  { 220, "USB_LINUX_MMAPPED" },
  { 227, "CAN_SOCKETCAN" },
  { 230, "IEEE802_15_4_NOFCS" },
  { 239, "NFLOG" },
  { 249, "USBPCAP" },
  { 251, "BLUETOOTH_LE_LL" },
  { 253, "NETLINK" },
  { 256, "BLUETOOTH_LE_LL_WITH_PHDR" },
  { 258, "PKTAP" },
  { 272, "NORDIC_BLE" },
  { 283, "IEEE802_15_4_TAP" },
};

static const char *
find (const Name *names, gsize n, guint16 linktype)
{
  for (gsize i = 0; i < n; i++)
    if (names[i].linktype == linktype)
      return names[i].name;
  return NULL;
}

gboolean
lens_linktype_is_opened (guint16 linktype)
{
  return find (opened, G_N_ELEMENTS (opened), linktype) != NULL;
}

const char *
lens_linktype_name (guint16 linktype)
{
  const char *name = find (opened, G_N_ELEMENTS (opened), linktype);

  return name != NULL ? name : find (others, G_N_ELEMENTS (others), linktype);
}
