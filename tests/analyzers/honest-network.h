#pragma once

#include "ledger/packets.h"

G_BEGIN_DECLS

/**
 * honest_network_new:
 * Half a minute of the side traffic of a camera (192.0.2.10, fd00::10, fe80::10) that has nothing
 * to hide: readings by UDP over both versions of IP, some in fragments, echoes both ways, groups
 * joined by IGMP and MLD, neighbours and routers asked for.
 */
LensPackets *honest_network_new (void);

/* What its owner declares. */
extern const char honest_network_profile[];

G_END_DECLS
