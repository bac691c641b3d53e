#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * Blocks of a live capture, as wire/capture-writer.h makes them, seen from outside: where they
 * end, and how much of a packet is in them.  The supervisor looks at nothing else of what the
 * capture role writes.
 */

/* No block of a live capture is longer: a packet of the snap length, or anything else. */
#define LENS_BLOCK_OTHER_MAX 2048
#define LENS_BLOCK_MAX (262144 + LENS_BLOCK_OTHER_MAX)

typedef struct
{
  gsize octets;          /* of the whole blocks at the front */
  guint64 packets;       /* among them */
  guint64 packet_octets; /* their captured lengths */
} LensBlocksWhole;

/* Adds up the whole blocks from @whole->octets on.  FALSE: what follows is not a section
 * header, interface, packet or statistics block. */
gboolean lens_blocks_whole (const guint8 *octets, gsize length, LensBlocksWhole *whole);

/* Length of the block at @octets, or 0 when it is not one of ours or not all there. */
gsize lens_blocks_first (const guint8 *octets, gsize length);

G_END_DECLS
