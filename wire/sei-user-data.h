#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* User data that known writers put into SEI messages, the same in H.264 and H.265: under a UUID
 * (payload type 5: ITU-T H.264 D.1.7, H.265 D.2.7) and registered by ITU-T T.35 (payload type
 * 4: D.1.6, D.2.6).  A kind is told by its UUID *and* its grammar: a UUID is no proof of
 * origin. */

enum
{
  LENS_SEI_UUID_LENGTH = 16,
};

typedef enum
{
  LENS_SEI_DATA_UNKNOWN,
  LENS_SEI_DATA_X264, /* option text */
  LENS_SEI_DATA_X265,
  LENS_SEI_DATA_KVAZAAR,
  LENS_SEI_DATA_XMP,           /* Adobe XMP: XML */
  LENS_SEI_DATA_ONVIF_SIGNING, /* ONVIF Media Signing, without arbitrary data */
  LENS_SEI_DATA_AXIS_SIGNING,  /* its older form */
  LENS_SEI_DATA_MISB_TIME,     /* MISB ST 0604, H.264 or H.265, micro- or nanoseconds */
  LENS_SEI_DATA_KINDS,
} LensSeiDataKind;

/* Payloads are without emulation prevention. */

/* @payload of type 5, UUID included.  @clock_us (may be NULL): of MISB_TIME, else 0. */
LensSeiDataKind lens_sei_user_data (const guint8 *payload, gsize length, guint64 *clock_us);

/* @payload of type 4 is one of ATSC captions, an active format description or HDR10+, by its
 * head and its length. */
gboolean lens_sei_is_registered (const guint8 *payload, gsize length);

/**
 * lens_sei_caption_next:
 * Walks the pairs of captions (ATSC A/53 part 4 6.2.3.1, CTA-708 4.4) that are marked as none
 * (cc_valid 0), of a payload that lens_sei_is_registered() knows: @position is 0 at first.
 * FALSE at the end, and where the payload is no captions.
 */
gboolean lens_sei_caption_next (const guint8 *payload, gsize length, gsize *position,
                                guint16 *pair);

G_END_DECLS
