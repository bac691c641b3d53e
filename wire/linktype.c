#include "wire/linktype.h"

const char *
lens_linktype_name (guint16 linktype)
{
  switch (linktype)
    {
    case LENS_LINKTYPE_NULL:
      return "NULL";
    case LENS_LINKTYPE_ETHERNET:
      return "ETHERNET";
    case LENS_LINKTYPE_PPP:
      return "PPP";
    case LENS_LINKTYPE_RAW_FREEBSD:
    case LENS_LINKTYPE_RAW_OPENBSD:
    case LENS_LINKTYPE_RAW:
      return "RAW";
    case LENS_LINKTYPE_PPP_HDLC:
      return "PPP_HDLC";
    case LENS_LINKTYPE_PPP_ETHER:
      return "PPP_ETHER";
    case LENS_LINKTYPE_IEEE802_11:
      return "IEEE802_11";
    case LENS_LINKTYPE_LOOP:
      return "LOOP";
    case LENS_LINKTYPE_LINUX_SLL:
      return "LINUX_SLL";
    case LENS_LINKTYPE_IEEE802_11_RADIOTAP:
      return "IEEE802_11_RADIOTAP";
    case LENS_LINKTYPE_PPI:
      return "PPI";
    case LENS_LINKTYPE_IPV4:
      return "IPV4";
    case LENS_LINKTYPE_IPV6:
      return "IPV6";
    case LENS_LINKTYPE_LINUX_SLL2:
      return "LINUX_SLL2";
    default:
      return NULL;
    }
}
