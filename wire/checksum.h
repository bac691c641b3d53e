#pragma once

#include "wire/address.h"

G_BEGIN_DECLS

/**
 * lens_checksum_add:
 * Adds @octets to @sum, a one's complement sum of 16-bit words (RFC 1071) that starts at 0.
 * All parts but the last must have an even length.
 */
guint32 lens_checksum_add (guint32 sum, const guint8 *octets, gsize length);

/* The field that makes the sum all ones; over octets that hold a right field it is 0. */
guint16 lens_checksum_end (guint32 sum);

/* The sum over what stands for the IP header in TCP, UDP and ICMPv6 (RFC 9293 section 3.1, RFC
 * 8200 section 8.1); @length: octets of the transport's header and data. */
guint32 lens_checksum_pseudo (const LensAddress *source, const LensAddress *destination,
                              guint8 protocol, gsize length);

/* Whether an IPv4 header of @length octets (at least 20) is as it was sent: its checksum holds,
 * or is 0, which a card fills in behind the capture. */
gboolean lens_checksum_header_holds (const guint8 *header, gsize length);

G_END_DECLS
