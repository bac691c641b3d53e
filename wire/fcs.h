#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Octets of an Ethernet or 802.11 frame check sequence. */
#define LENS_FCS_LENGTH 4

/**
 * lens_fcs_holds:
 * Whether the last 4 of @length octets are the frame check sequence of those before them
 * (IEEE 802.3 section 3.2.9: CRC-32, sent least significant octet first).  FALSE below 5
 * octets.  Looks at every octet: ask only where a trailer has room for one.
 */
gboolean lens_fcs_holds (const guint8 *octets, gsize length);

/* CRC-32 itself, as PNG and gzip have it too. */
guint32 lens_crc32 (const guint8 *octets, gsize length);

/* Makes the last 4 of @length octets (at least 4) the check sequence of those before them. */
void lens_fcs_write (guint8 *octets, gsize length);

G_END_DECLS
