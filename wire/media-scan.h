#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Pictures, video and sound in a stream that was never said to hold any, told by the grammar of
 * their containers (JPEG is another's: LensJpegScan).
 *
 *   MPEG-TS   ITU-T H.222.0 2.4.3: five packets in a row, or a datagram of nothing else
 *   MPEG-PS   H.222.0 2.5.3.3: a pack header and what may follow it
 *   H.264     ITU-T H.264 annex B: a sequence and a picture parameter set, or many slices
 *   H.265     ITU-T H.265 annex B: the three parameter sets, or many slices
 *   AAC       ISO/IEC 14496-3 1.A.2.2: five ADTS frames in a row of one configuration
 *   MP4       ISO/IEC 14496-12 section 4.3: a file type box and the next one
 *   PNG       RFC 2083 section 3: signature and a header chunk whose checksum holds
 *   WAVE, AVI, WebP: RIFF; FLV, Matroska (RFC 8794), Ogg (RFC 3533): their heads */
typedef enum
{
  LENS_MEDIA_FORMAT_NONE,
  LENS_MEDIA_FORMAT_TS,
  LENS_MEDIA_FORMAT_PS,
  LENS_MEDIA_FORMAT_H264,
  LENS_MEDIA_FORMAT_H265,
  LENS_MEDIA_FORMAT_ADTS,
  LENS_MEDIA_FORMAT_MP4,
  LENS_MEDIA_FORMAT_PNG,
  LENS_MEDIA_FORMAT_WAVE,
  LENS_MEDIA_FORMAT_AVI,
  LENS_MEDIA_FORMAT_WEBP,
  LENS_MEDIA_FORMAT_FLV,
  LENS_MEDIA_FORMAT_MATROSKA,
  LENS_MEDIA_FORMAT_OGG,
} LensMediaFormat;

/**
 * LensMediaScan:
 * Reads a stream chunk by chunk until it knows.  Zero to begin with.  Memory is taken only
 * while something may be the head of a format: at most 8 kB.
 */
typedef struct
{
  guint8 *carry;                 /* octets that wait for those behind them, or NULL */
  guint64 next;                  /* offset behind the last octet fed */
  struct _LensMediaUnits *units; /* from the first start code (annex B) on; else NULL */
  guint32 last_octets;           /* the four octets before @next */
  guint32 carried;               /* octets of @carry */
} LensMediaScan;

/**
 * lens_media_scan_feed:
 * @octets of the stream from offset @offset on; after a jump it begins anew.  @whole: nothing
 * follows (a datagram).  LENS_MEDIA_FORMAT_NONE as long as nothing is certain; else @start is
 * where it began: all that follows is taken for more of it.
 */
LensMediaFormat lens_media_scan_feed (LensMediaScan *scan, guint64 offset, const guint8 *octets,
                                      gsize length, gboolean whole, guint64 *start);

/* The first octet of what is waited for: nothing before it will be named. */
guint64 lens_media_scan_waits_from (const LensMediaScan *scan);

void lens_media_scan_clear (LensMediaScan *scan);

/* As people write it: "MPEG-TS". */
const char *lens_media_format_name (LensMediaFormat format);

G_END_DECLS
