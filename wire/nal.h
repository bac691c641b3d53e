#pragma once

#include "wire/assembly.h"
#include "wire/range.h"

G_BEGIN_DECLS

/* What the RTP payload formats of H.264 (RFC 6184) and H.265 (RFC 7798) have in common: how a
 * NAL unit came, and how fragments become one again. */

enum
{
  LENS_NAL_MAX_LENGTH = 8 * 1024 * 1024, /* octets of a NAL unit put together from fragments */
  LENS_NAL_MAX_PIECES = 256 * 1024,      /* pieces of one */
};

/* How a NAL unit came, and what is odd about it (a set). */
typedef enum
{
  LENS_NAL_AGGREGATED = 1 << 0,  /* from a STAP or MTAP, or an AP */
  LENS_NAL_FRAGMENTED = 1 << 1,  /* from an FU */
  LENS_NAL_INCOMPLETE = 1 << 2,  /* fragments are missing, or the aggregate ends inside it */
  LENS_NAL_CAPPED = 1 << 3,      /* cut by one of the caps above */
  LENS_NAL_UNSPECIFIED = 1 << 4, /* H.264: type 0 or 30-31 in a packet, 0 or 24-31 inside an
                                    aggregate or fragment; H.265: 51-63, inside 48-63 */
  LENS_NAL_FU_BOTH = 1 << 5,     /* an FU header with S and E (forbidden) */
  LENS_NAL_FU_RESERVED = 1 << 6, /* an FU header with R (H.264 only) */
  LENS_NAL_FU_VARIES = 1 << 7,   /* what must be equal in all fragments' headers is not */
  LENS_NAL_FU_EMPTY = 1 << 8,    /* a fragment without octets */
  LENS_NAL_PACI = 1 << 9,        /* from a PACI packet (H.265 only) */
} LensNalFlags;

/**
 * lens_nal_split:
 * Some cameras send several NAL units as one, with the start codes of Annex B between them and
 * zeros at the end.  From @at on, the next of them as @part; FALSE at the end.  @at is then
 * behind it.  A unit is never empty.  In @zeros, from the front of @part: before that octet no two
 * zeros in a row begin.
 */
gboolean lens_nal_split (const guint8 *octets, gsize length, gsize *at, LensRange *part,
                         gsize *zeros);

/**
 * lens_nal_odd_zeros:
 * Emulation prevention (H.264 7.4.1, H.265 7.4.2) puts 0x03 behind two zero octets if, and only if,
 * an octet of 0 to 3 or nothing at all follows.  The first octet behind two zeros at or behind
 * @from where it is missing or not needed; @length when there is none.  @next: where to go on.
 */
gsize lens_nal_odd_zeros (const guint8 *octets, gsize length, gsize from, gsize *next);

/* Whether another payload of @view's size stays within the caps. */
gboolean lens_nal_has_room (const LensAssembly *assembly, const LensView *view);

G_END_DECLS
