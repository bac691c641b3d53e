#pragma once

#include "wire/jpeg.h"

G_BEGIN_DECLS

/* Finds JPEG images in a stream that was never said to hold any. */

typedef enum
{
  LENS_JPEG_IMAGE_COMPLETE, /* @end is behind its EOI */
  LENS_JPEG_IMAGE_OPEN,     /* its scan had begun when the stream ended, at @end */
  LENS_JPEG_IMAGE_BROKEN,   /* its scan had begun; @end is where the grammar ends */
  LENS_JPEG_IMAGE_BASE64,   /* a candidate only: text that decodes to the head of a JPEG image
                               (RFC 4648); @end is where enough of it was seen */
} LensJpegImageKind;

typedef struct
{
  LensJpegImageKind kind;
  guint64 start; /* octets, as the feeder counts */
  guint64 end;
  guint width; /* pixels; 0 for LENS_JPEG_IMAGE_BASE64 */
  guint height;
} LensJpegImage;

typedef void (*LensJpegImageFunc) (const LensJpegImage *image, gpointer user);

/**
 * LensJpegScan:
 * Reads a stream chunk by chunk.  An image is only reported once tables, frame and scan header
 * followed the grammar, so that FF D8 FF in random octets is not one.  Images inside the
 * segments of another (thumbnails) are part of it.
 *
 * Memory is taken when something starts like an image and given back when it ends: at most
 * four candidates at a time, some 10 kB; a fifth start inside the segments of four others is
 * not looked at.
 */
typedef struct
{
  LensJpegImageFunc func;
  gpointer user;
  guint64 next;    /* the offset that continues the stream */
  guint64 search;  /* starts below this were dealt with */
  guint8 carry[2]; /* the two octets before @next */
  guint n_carry;
  GPtrArray *candidates; /* or NULL */
  guint64 text_start;    /* of a base64 candidate */
  guint text_length;     /* octets of it that matched */
} LensJpegScan;

void lens_jpeg_scan_init (LensJpegScan *scan, LensJpegImageFunc func, gpointer user);

/* @offset is where the chunk lies in the stream; a jump finishes what was open. */
void lens_jpeg_scan_feed (LensJpegScan *scan, guint64 offset, const guint8 *octets, gsize length);

/* The stream ended or was interrupted: reports what is open and frees all memory. */
void lens_jpeg_scan_finish (LensJpegScan *scan);

/* Frees all memory without a report. */
void lens_jpeg_scan_clear (LensJpegScan *scan);

G_END_DECLS
