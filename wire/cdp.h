#pragma once

/* CDP, Cisco's discovery protocol: version, time to live, checksum, then TLVs whose length counts
 * their own four octets.  No public standard: as tcpdump and Wireshark read it. */
#include "wire/range.h"

G_BEGIN_DECLS

typedef struct
{
  guint16 type;
  LensRange whole, value;
  gboolean cut; /* the message ends before the length says, or that is below 4 */
} LensCdpTlv;

/* A walk over one message, which begins with its version.  A view.  What is left when it is over
 * is no TLV. */
typedef struct
{
  const guint8 *octets;
  gsize length;
  gsize position;
} LensCdp;

#define LENS_CDP_HEADER 4

LensCdp lens_cdp_over (const guint8 *octets, gsize length);
gboolean lens_cdp_next (LensCdp *cdp, LensCdpTlv *tlv);

/* What the TLV is, in a few words; NULL: no type that is known. */
const char *lens_cdp_type_name (guint16 type);

G_END_DECLS
