#pragma once

#include "wire/rtp.h"

G_BEGIN_DECLS

/* What RTP that nobody described may be, told by the structure of its payloads. */

/**
 * LensMediaGuess:
 * What the packets of one source had in common.  Zero to begin with.
 */
typedef struct
{
  guint packets;  /* with a payload */
  guint h264;     /* ... that a NAL unit, an aggregate or a fragment of RFC 6184 may open */
  guint h265;     /* ... of RFC 7798 */
  guint jpeg;     /* ... where the fragment offset goes on as RFC 2435 3.1.2 says */
  guint aac;      /* ... as long as the AU headers of RFC 3640 3.3.6 say */
  guint ts;       /* ... whole transport stream packets (RFC 2250 section 2) */
  guint samples;  /* ... with one octet for each tick since the packet before */
  guint32 offset; /* JPEG: where the next fragment goes on */
  guint32 timestamp;
  gsize length;
  guint8 payload_type; /* of the last one */
  gboolean fragments;  /* H.264 or H.265: a unit was begun by a fragment and ended by another */
} LensMediaGuess;

void lens_media_guess_take (LensMediaGuess *guess, const LensRtp *rtp, const guint8 *payload,
                            gsize length);

/* The payload format that nine packets in ten fit, as people write it ("H.264"); what RFC 3551
 * calls the payload type, where that fits; else NULL. */
const char *lens_media_guess_name (const LensMediaGuess *guess);

/* Whether that is sound. */
gboolean lens_media_guess_is_sound (const LensMediaGuess *guess);

G_END_DECLS
