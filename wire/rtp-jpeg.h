#pragma once

/* JPEG over RTP: RFC 2435. */

#include "wire/jpeg-entropy.h"
#include "wire/piece.h"
#include "wire/range.h"

G_BEGIN_DECLS

enum
{
  LENS_RTP_JPEG_MAX_LENGTH = 4 * 1024 * 1024, /* octets of a frame, with the packets' heads */
  LENS_RTP_JPEG_MAX_PACKETS = 16 * 1024,      /* of a frame */

  LENS_RTP_JPEG_HEADER = 8,         /* octets of the main header (3.1) */
  LENS_RTP_JPEG_RESTART_HEADER = 4, /* 3.1.7 */
  LENS_RTP_JPEG_TABLE_HEADER = 4,   /* 3.1.8, without the tables */
};

/* What is odd about a frame (a set). */
typedef enum
{
  LENS_RTP_JPEG_LOST = 1 << 0,     /* packets are missing, or came twice or out of order */
  LENS_RTP_JPEG_CAPPED = 1 << 1,   /* cut by one of the caps above */
  LENS_RTP_JPEG_UNMARKED = 1 << 2, /* the next frame began before a packet had the marker */
  LENS_RTP_JPEG_EXTENDED = 1 << 3, /* an RTP header extension says more about the image (ONVIF
                                      Streaming Specification, JPEG over RTP) */
} LensRtpJpegFlags;

/**
 * LensRtpJpegPacket:
 * What one packet brought; all ranges count from the frame's first octet.
 *
 * @head is the main header and, where they are there, the restart marker header (@restart) and
 * the quantization table header with its tables (@table_header, @tables).  @tables ends with
 * the packet when its length says more.
 */
typedef struct
{
  guint32 fragment_offset;
  guint32 expected_offset; /* where the fragments before it ended */
  guint8 type_specific;
  guint8 type;
  guint8 q;
  guint8 width, height; /* in 8 pixels; 0: more than 2040 */
  guint16 restart_interval;
  guint16 restart_word; /* F, L and the count */
  guint8 table_mbz;
  guint8 table_precision;
  guint16 table_length; /* as it says */
  LensRange head;
  LensRange restart;
  LensRange table_header;
  LensRange tables;
  LensRange scan;
} LensRtpJpegPacket;

/**
 * LensRtpJpeg:
 * A frame, valid only during the call.
 *
 * @view holds every octet that its packets brought, in another order: first the entropy-coded
 * scan, @scan_length octets, as the packets came; behind it the heads of all packets.
 *
 * @packets are those whose fragments make the scan: when the offsets of some of them add up to
 * it (3.1.2), then not the others.
 */
typedef struct
{
  LensView view;
  gsize scan_length;
  guint flags; /* LensRtpJpegFlags */
  guint32 timestamp;
  const LensRtpJpegPacket *packets;
  guint n_packets;
  gboolean walked;        /* nothing is missing, and the layout is that of RFC 2435 4.1: then ... */
  LensJpegEntropyEnd end; /* ... where its entropy-coded data ends */
  const LensJpegEntropy *entropy;
  guint64 units, units_of_line; /* minimum coded units, of the frame and of one line of them */
} LensRtpJpeg;

typedef void (*LensRtpJpegFunc) (const LensRtpJpeg *jpeg, gpointer user);
/* What is no part of a frame: a payload that is too short for its headers; or, of a fragment in
 * whose place another one came before the frame was over, all behind its fixed headers. */
typedef void (*LensRtpJpegCutFunc) (const LensView *payload, gpointer user);

/**
 * LensRtpJpegReader:
 * Puts frames together from one stream's RTP payloads (padding removed), in the order in which
 * they are pushed.  Every payload octet becomes part of one frame or of what is cut, but for
 * those beyond the caps.  Holds one frame.
 */
typedef struct _LensRtpJpegReader LensRtpJpegReader;

LensRtpJpegReader *lens_rtp_jpeg_reader_new (LensRtpJpegFunc frame, LensRtpJpegCutFunc cut,
                                             gpointer user);
void lens_rtp_jpeg_reader_free (LensRtpJpegReader *reader);

/* @extended: the packet has a header extension of ONVIF's. */
void lens_rtp_jpeg_push (LensRtpJpegReader *reader, const LensView *payload, guint16 sequence,
                         guint32 timestamp, gboolean marker, gboolean extended);

/* The stream is over or interrupted: gives out a frame that waits, as lost. */
void lens_rtp_jpeg_flush (LensRtpJpegReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensRtpJpegReader, lens_rtp_jpeg_reader_free)

/* Whether the type's packets have a restart marker header (3.1.3), and whether the types' scan
 * has the layout of 4.1: three components, 4:2:2 or 4:2:0. */
gboolean lens_rtp_jpeg_has_restarts (guint8 type);
gboolean lens_rtp_jpeg_is_baseline (guint8 type);

G_END_DECLS
