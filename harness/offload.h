#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensOffload:
 * Work that a network card, or the kernel in its place, does behind a capture's back.
 *
 * With segmentation or receive offload on, a capture holds segments of up to 64 KiB that were
 * never on the wire; with checksum offload on, checksums that nobody has computed yet.
 */
typedef enum
{
  LENS_OFFLOAD_TSO = 1 << 0,
  LENS_OFFLOAD_GSO = 1 << 1,
  LENS_OFFLOAD_GRO = 1 << 2,
  LENS_OFFLOAD_LRO = 1 << 3,
  LENS_OFFLOAD_RX_CHECKSUM = 1 << 4,
  LENS_OFFLOAD_TX_CHECKSUM = 1 << 5,
} LensOffload;

#define LENS_OFFLOAD_SEGMENTS                                                                      \
  (LENS_OFFLOAD_TSO | LENS_OFFLOAD_GSO | LENS_OFFLOAD_GRO | LENS_OFFLOAD_LRO)

/* Which of them are on at @interface of this network namespace.  A feature that the driver does
 * not know is off.  FALSE: no such interface, or no ethtool interface at all. */
gboolean lens_offload_read (const char *interface, guint *features, GError **error);

/* Switches every one of them off; needs CAP_NET_ADMIN over the interface.  What the driver
 * cannot switch stays on: read again to know. */
gboolean lens_offload_disable (const char *interface, GError **error);

/* "gro off tso off": the words that ethtool -K wants, in a fixed order. */
char *lens_offload_ethtool_words (guint features);

G_END_DECLS
