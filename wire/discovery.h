#pragma once

/* The protocols by which devices find each other on one link.  A datagram is discovery by its
 * destination: a group or broadcast address and a port, nothing else.  So a unicast answer is
 * not, and what such a datagram says is not judged here. */
#include "wire/address.h"

G_BEGIN_DECLS

/**
 * LensDiscovery:
 * One protocol.  @name is the word of a profile's [discovery] group for the standard ones;
 * @source says where the row comes from.
 */
typedef struct
{
  const char *name;
  const char *maker;     /* NULL of an open standard */
  guint16 port;          /* UDP destination */
  const char *groups[4]; /* multicast groups, as text; unused ones NULL */
  gboolean broadcast;    /* also to the link's broadcast address */
  const char *source;
} LensDiscovery;

/* The table, @count rows long. */
const LensDiscovery *lens_discovery_all (guint *count);

/**
 * lens_discovery_of_datagram:
 * Which protocol a UDP datagram belongs to, or NULL.  @to_all: its frame went to the link's
 * broadcast address (so that a subnet's own broadcast address counts, whatever its mask).
 */
const LensDiscovery *lens_discovery_of_datagram (const LensAddress *destination, guint16 port,
                                                 gboolean to_all);

/**
 * lens_discovery_of_frame:
 * The name of the discovery protocol of a frame that carries no IP, or NULL.  @type is the
 * EtherType, or 0 of an 802.3 frame; then @payload begins with its LLC header.  Only frames to
 * group addresses count.
 */
const char *lens_discovery_of_frame (const guint8 destination[6], guint16 type,
                                     const guint8 *payload, gsize length);

G_END_DECLS
