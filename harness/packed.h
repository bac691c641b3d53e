#pragma once

#include "wire/capture-file.h"

G_BEGIN_DECLS

/* Packed files (gzip, Zstandard), of which the supervisor unpacks nothing: a confined process says
 * whether what they hold begins as a capture does. */

typedef enum
{
  LENS_PACKED_UNKNOWN, /* too much stands before it, or the file could not be looked at */
  LENS_PACKED_OTHER,   /* no capture */
  LENS_PACKED_PCAP,
  LENS_PACKED_PCAPNG,
} LensPackedKind;

/**
 * lens_packed_look:
 * @paths: char*
 * @kinds: one for each
 *
 * One process looks at many files.  A file that brings it down is unknown, and costs the others
 * nothing.
 */
void lens_packed_look (const GPtrArray *paths, LensPackedKind *kinds);

/* The confined end: @heads as lens_packed_look() writes them, answered by one octet each. */
GByteArray *lens_packed_answer (GBytes *heads);

G_END_DECLS
