#pragma once

#include "ledger/packets.h"

G_BEGIN_DECLS

/**
 * honest_link_new:
 * The camera of honest_new() (over UDP) on a port that asks who it is and gives it power: every
 * frame has a VLAN tag, that of its media a priority; and every two seconds the camera tells its
 * switch about itself (LLDP, CDP), says its identity (802.1X), asks for its viewer (ARP), and
 * the switch sends a spanning tree message.
 */
LensPackets *honest_link_new (void);

G_END_DECLS
