#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensLinktype:
 * LINKTYPE_ values of capture files (the tcpdump group's registry) that lenscap opens.
 *
 * Raw IP has three numbers: 101 by the registry, 12 and 14 are DLT_RAW of FreeBSD and
 * OpenBSD, which some programs write as they stand.
 */
typedef enum
{
  LENS_LINKTYPE_NULL = 0,
  LENS_LINKTYPE_ETHERNET = 1,
  LENS_LINKTYPE_PPP = 9,
  LENS_LINKTYPE_RAW_FREEBSD = 12,
  LENS_LINKTYPE_RAW_OPENBSD = 14,
  LENS_LINKTYPE_PPP_HDLC = 50,
  LENS_LINKTYPE_PPP_ETHER = 51,
  LENS_LINKTYPE_RAW = 101,
  LENS_LINKTYPE_IEEE802_11 = 105,
  LENS_LINKTYPE_LOOP = 108,
  LENS_LINKTYPE_LINUX_SLL = 113,
  LENS_LINKTYPE_IEEE802_11_PRISM = 119,
  LENS_LINKTYPE_IEEE802_11_RADIOTAP = 127,
  LENS_LINKTYPE_IEEE802_11_AVS = 163,
  LENS_LINKTYPE_PPI = 192,
  LENS_LINKTYPE_IPV4 = 228,
  LENS_LINKTYPE_IPV6 = 229,
  LENS_LINKTYPE_LINUX_SLL2 = 276,
  LENS_LINKTYPE_UNKNOWN = 0xffff,
} LensLinktype;

/* Whether lens_layers_parse() knows what its frames are. */
gboolean lens_linktype_is_opened (guint16 linktype);

/* The registry's name without LINKTYPE_, also of some that are not opened; else NULL. */
const char *lens_linktype_name (guint16 linktype);

G_END_DECLS
