#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* Where an RTP payload stands in the unit that was cut into several: FUs of H.264 (RFC 6184
 * section 5.8) and H.265 (RFC 7798 section 4.4.3), fragments of JPEG (RFC 2435 section 3.1.2). */

typedef enum
{
  LENS_FRAGMENT_UNKNOWN, /* another codec, or too short */
  LENS_FRAGMENT_WHOLE,   /* one unit or several, whole */
  LENS_FRAGMENT_FIRST,
  LENS_FRAGMENT_MIDDLE,
  LENS_FRAGMENT_LAST,
  LENS_FRAGMENT_ONLY, /* first and last (an FU header with S and E) */
} LensFragmentPlace;

typedef enum
{
  LENS_FRAGMENT_OF_NOTHING, /* UNKNOWN */
  LENS_FRAGMENT_OF_H264,
  LENS_FRAGMENT_OF_H265,
  LENS_FRAGMENT_OF_JPEG,
} LensFragmentOf;

/**
 * LensRtpFragment:
 * @unit: the NAL unit type (of an aggregate its own, 24-27 or 48), 0 for JPEG.  @head: octets
 * before the unit's own.  JPEG says where its octets go: @position; its main header does not
 * say which fragment is the last, so that is MIDDLE.
 */
typedef struct
{
  LensFragmentPlace place;
  LensFragmentOf of;
  guint8 unit;
  gboolean parameter; /* a parameter set, SEI, delimiter or filler: no picture */
  gsize head;         /* octets */
  guint32 position;   /* octets, of JPEG */
} LensRtpFragment;

/* What payloads of a codec are parts of; @codec: rtpmap encoding name in upper case, or NULL. */
LensFragmentOf lens_fragment_of (const char *codec);
LensRtpFragment lens_rtp_fragment (LensFragmentOf of, const guint8 *payload, gsize length);

G_END_DECLS
