#pragma once

#include "wire/capture-file.h"

G_BEGIN_DECLS

/* Whole pcapng blocks (draft-ietf-opsawg-pcapng), appended to a GByteArray that the caller
 * writes out and empties when it likes: so blocks stay whole and nothing is allocated per
 * packet.  Little endian, nanoseconds; the same calls give the same octets.
 *
 * A capture is one section, then its interfaces in order (their indices count from 0), then
 * packets and statistics.  Comments and names are UTF-8, cut at 65,535 octets; NULL: none.
 * Times are since the epoch, UTC; those before it are written as 0. */

void lens_capture_writer_section (GByteArray *into, const char *application, const char *comment);

/* Uses @linktype, @snaplen, @fcs, @name, @filter and @comment. */
void lens_capture_writer_interface (GByteArray *into, const LensCaptureInterface *interface);

/* Uses @interface, @time_ns, @octets, @captured, @original and @comment.  @captured is at most
 * what a LensCaptureFile hands over. */
void lens_capture_writer_packet (GByteArray *into, const LensRecord *record);

/* An interface statistics block: a mark when it has a @comment; -1: not known. */
void lens_capture_writer_statistics (GByteArray *into, guint32 interface, gint64 time_ns,
                                     gint64 received, gint64 dropped, const char *comment);

G_END_DECLS
