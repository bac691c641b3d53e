#pragma once

#include "ledger/packets.h"

G_BEGIN_DECLS

/**
 * honest_new:
 * Half a minute of a camera (192.0.2.10) with nothing to hide, on one Ethernet: it gets a lease
 * that names its servers (192.0.2.1), asks for a name and for the time, answers echo requests,
 * and streams H.264, PCMA, AAC (RFC 3640 and LATM) and Opus to a viewer (192.0.2.20), interleaved
 * or over UDP.
 */
LensPackets *honest_new (gboolean over_tcp);
/* The same camera with JPEG and ONVIF metadata instead. */
LensPackets *honest_jpeg_new (gboolean over_tcp);
/* The same camera with H.265 and PCMA. */
LensPackets *honest_hevc_new (gboolean over_tcp);
/* The same as the first, with slices of H.264 that can be read to their end. */
LensPackets *honest_coded_new (gboolean over_tcp);

/* What its owner declares: lenscap-profile(5). */
extern const char honest_profile[];

G_END_DECLS
