#pragma once

#include "wire/octets.h"
#include "wire/rtsp-header.h"

G_BEGIN_DECLS

/* What of a header field stays the same from message to message, by its definition: RFC 2326
 * section 12, RFC 7826 section 18, RFC 7616 section 3.3 (authentication). */

typedef enum
{
  LENS_RTSP_NATURE_UNKNOWN, /* no name of these documents */
  LENS_RTSP_NATURE_SERVER,  /* the same in every reply */
  LENS_RTSP_NATURE_FIXED,   /* the same in every reply to the same method */
  LENS_RTSP_NATURE_URL,     /* the same in every reply about the same URL */
  LENS_RTSP_NATURE_PARTS,   /* parts vary: numbers, identifiers, nonces */
  LENS_RTSP_NATURE_DATE,    /* goes on with the time */
  LENS_RTSP_NATURE_OWN,     /* CSeq and Content-Length: read with the message */
} LensRtspNature;

LensRtspNature lens_rtsp_header_nature (const guint8 *octets, LensRange name);

/**
 * lens_rtsp_header_shape:
 * A hash of the field's value without what may vary by its definition; @longest: octets of the
 * longest part left out.
 */
guint64 lens_rtsp_header_shape (const guint8 *octets, const LensRtspHeader *header, gsize *longest);

/* Seconds since midnight in a value with a time hh:mm:ss; -1 without one. */
gint lens_rtsp_time_of_day (const guint8 *octets, LensRange value);

/* A hash to go on from, and with more octets; letters in lower case where @fold. */
#define LENS_RTSP_HASH_START LENS_HASH_START
guint64 lens_rtsp_hash (guint64 hash, const guint8 *octets, LensRange range, gboolean fold);
/* With all of them that are no digits. */
guint64 lens_rtsp_hash_without_digits (guint64 hash, const guint8 *octets, LensRange range);

G_END_DECLS
