#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/**
 * LensRtspAddresses:
 * What dest_addr and src_addr of a Transport header say (RFC 7826 section 18.54): a list of
 * "host:port", ":port" and "[host]:port", divided by slashes, RTP first, RTCP second.
 *
 * Bare ports, which some servers write, are taken too.  A host that is not given has length 0,
 * a port that is not given is -1.
 */
typedef struct
{
  guint n; /* of those below; what follows is passed over */
  struct
  {
    LensRange host; /* without its brackets */
    gint port;
  } of[2];
} LensRtspAddresses;

/* @list: the value as in LensRtspTransport.  Keeps no pointer. */
LensRtspAddresses lens_rtsp_addresses (const guint8 *octets, LensRange list);

G_END_DECLS
