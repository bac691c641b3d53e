#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * jpeg_scan_new:
 * Entropy-coded data of @units minimum coded units of 4:2:0 (RFC 2435 type 1), with a restart
 * marker after each @interval of them (0: none): a picture nobody has seen, by lot.
 */
GByteArray *jpeg_scan_new (guint units, guint interval, GRand *random);

/* The headers of RFC 2435 3.1; @tables may be NULL. */
typedef struct
{
  guint8 type_specific, type, q;
  guint width, height; /* pixels */
  guint interval;      /* of types from 64 on */
  guint8 mbz, precision;
  const GByteArray *tables; /* with @q from 128 on */
} JpegFrame;

/* A payload with a part of the scan: @length octets that lie at @offset of it. */
GByteArray *jpeg_payload_new (const JpegFrame *frame, guint offset, const guint8 *scan,
                              gsize length);

G_END_DECLS
