#pragma once

/* What frames without IP carry, by the number in front of it: EtherTypes (IEEE 802 numbers, RFC
 * 9542 appendix B), LLC service access points (IEEE 802.2) and SNAP identifiers. */
#include "wire/layers.h"

G_BEGIN_DECLS

/* The protocol of an EtherType that networks of cameras know, or NULL.  IPv4, IPv6 and ARP are
 * among them. */
const char *lens_link_protocol_of_type (guint16 ethertype);

/**
 * lens_link_protocol_of_llc:
 * The protocol of an 802.3 frame with an LLC header, by its SNAP identifier or its access points;
 * NULL: none that is known.  SNAP with an EtherType is not asked here.
 */
const char *lens_link_protocol_of_llc (const LensLayers *layers);

/**
 * lens_link_is_upkeep:
 * Whether a frame without IP keeps the link itself up: port authentication and keys (IEEE
 * 802.1X), spanning tree messages, MAC control, and the answer to "who is there" (XID) that
 * access points send in the name of a station (IEEE 802.11F); 802.11 management frames, but for
 * those of a vendor.  @payload: what @layers say.
 */
gboolean lens_link_is_upkeep (const LensLayers *layers, const guint8 *payload);

/**
 * lens_link_llc_length:
 * How many octets of an LLC frame's payload its protocol accounts for, where that is fixed: a
 * spanning tree message (IEEE 802.1D section 9.3, 802.1Q section 14), the information of XID.
 * At most @layers' payload; all of it of other protocols.
 */
gsize lens_link_llc_length (const LensLayers *layers, const guint8 *payload);

G_END_DECLS
