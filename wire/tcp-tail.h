#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensTcpTail:
 * The last octets of a stream, kept to compare retransmissions with: room that grows with what
 * was delivered to 16 KiB, or to what is in flight, at most 256 KiB; then a ring.  NULL is an
 * empty tail.
 */
typedef struct _LensTcpTail LensTcpTail;

/**
 * lens_tcp_tail_keep:
 * Adds @length octets at @position, which must follow what is kept.  @in_flight: octets not yet
 * acknowledged, 0 if unknown.  Returns the tail to use from now on.
 */
LensTcpTail *lens_tcp_tail_keep (LensTcpTail *tail, gint64 position, const guint8 *octets,
                                 gsize length, gint64 in_flight);

/* The first position that is kept; @next (where the stream goes on) when none is. */
gint64 lens_tcp_tail_start (const LensTcpTail *tail, gint64 next);

/* Whether the @length octets kept at @position are these.  They must be kept. */
gboolean lens_tcp_tail_equals (const LensTcpTail *tail, gint64 position, const guint8 *octets,
                               gsize length);

void lens_tcp_tail_free (LensTcpTail *tail);
gsize lens_tcp_tail_memory (const LensTcpTail *tail);

G_END_DECLS
