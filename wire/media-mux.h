#pragma once

/* What shares one UDP port with media keyed by DTLS, told apart by the first octet: RFC 7983
 * section 7 (and RFC 5764 section 5.1.2), with what else the head of each says. */
#include <glib.h>

G_BEGIN_DECLS

/* Bits, so that a flow can remember what it carried. */
typedef enum
{
  LENS_MEDIA_MUX_STUN = 1 << 0, /* first octet 0-3; the magic cookie (RFC 8489 section 5) */
  LENS_MEDIA_MUX_DTLS = 1 << 1, /* 20-63; a record of DTLS 1.0 or 1.2 (RFC 6347 section 4.1) */
  LENS_MEDIA_MUX_RTP = 1 << 2,  /* 128-191: RTP or RTCP, plain or encrypted */
} LensMediaMux;

/* One bit, or 0: none of them. */
guint lens_media_mux (const guint8 *octets, gsize length);

G_END_DECLS
