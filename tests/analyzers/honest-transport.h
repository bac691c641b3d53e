#pragma once

#include "ledger/packets.h"

G_BEGIN_DECLS

/**
 * honest_transport_new:
 * Half a minute of the camera of honest.h (192.0.2.10) with services of its own that hide nothing:
 * two connections of TCP in a second, with all usual options, and twenty datagrams of UDP, to a
 * server at 192.0.2.1.
 */
LensPackets *honest_transport_new (void);
extern const char honest_transport_profile[];

/* The same camera as a server of HTTP, which pushes pictures to 192.0.2.1 (RFC 2046 section 5.1).
 */
LensPackets *honest_pictures_new (void);
extern const char honest_pictures_profile[];

G_END_DECLS
