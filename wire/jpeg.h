#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* JPEG interchange format: ITU-T T.81 annex B.  Not a decoder: it tells where an image ends,
 * and what only looks like one. */

enum
{
  /* Tables and headers longer than this are taken for noise: eight Huffman tables of 256
   * values are the most that B.2.4.2 has use for. */
  LENS_JPEG_MAX_TABLES = 2304, /* octets */
};

/* What the segments up to now said. */
typedef struct
{
  guint width;       /* pixels */
  guint height;      /* pixels; 0 when a DNL segment is to tell (B.2.5) */
  guint8 frame;      /* the SOFn marker's second octet, 0 before it came */
  guint8 components; /* 1-4 */
  guint8 ids[4];     /* of the components */
  guint restart_interval;
  gboolean has_quantization;
  gboolean has_scan;
} LensJpegHeader;

/* Whether the marker starts a segment with a length that may stand in an image. */
gboolean lens_jpeg_is_segment (guint8 marker);

/* Whether the segment's content is kept to a form that is worth checking (tables, frame, scan)
 * rather than free (APPn, COM). */
gboolean lens_jpeg_is_checked (guint8 marker);

/* APPn or COM (B.2.4.5, B.2.4.6): anyone's, which decoders pass over. */
gboolean lens_jpeg_is_free (guint8 marker);

/**
 * lens_jpeg_take_segment:
 * Reads one segment's content, the @length octets behind its length field, into @header.
 * FALSE when it breaks the grammar (B.2) or comes where it may not.
 */
gboolean lens_jpeg_take_segment (LensJpegHeader *header, guint8 marker, const guint8 *content,
                                 gsize length);

typedef enum
{
  LENS_JPEG_PART,     /* here is the next part */
  LENS_JPEG_COMPLETE, /* the image ended at the walker's position */
  LENS_JPEG_MORE,     /* right up to here, but the octets end */
  LENS_JPEG_NOT,      /* not a JPEG image: broken at the walker's position */
} LensJpegVerdict;

/* One part: a marker segment (fill octets before its marker included), or entropy-coded data
 * with its restart markers (@marker 0). */
typedef struct
{
  guint8 marker; /* second octet */
  LensRange whole;
} LensJpegPart;

/* What a segment holds behind its length, in the octets that were walked. */
LensRange lens_jpeg_content (const guint8 *octets, const LensJpegPart *part);

/* Walks an image from its SOI at the first of @octets; borrows them.  The parts follow each
 * other without a gap.  Where more octets come, the walk goes on with them when @octets and
 * @length tell of all. */
typedef struct
{
  const guint8 *octets;
  gsize length;
  gsize position;
  gboolean in_scan;
  gboolean ended;
  guint restarts;        /* RSTn seen in the scan being walked */
  gboolean restarts_odd; /* one was out of turn, or came without a DRI */
  LensJpegHeader header;
} LensJpeg;

LensJpeg lens_jpeg_over (const guint8 *octets, gsize length);
LensJpegVerdict lens_jpeg_next (LensJpeg *jpeg, LensJpegPart *part);

/* Walks to the end: never returns LENS_JPEG_PART. */
LensJpegVerdict lens_jpeg_walk (LensJpeg *jpeg);

G_END_DECLS
