#pragma once

#include "wire/nal.h"
#include "wire/range.h"

G_BEGIN_DECLS

/* H.264 over RTP: RFC 6184.  NAL unit header: ITU-T H.264 7.3.1; types: its Table 7-1 and
 * RFC 6184 Table 1. */

/* The nal_unit_types with rules of their own. */
enum
{
  LENS_H264_IDR = 5,
  LENS_H264_SEI = 6,
  LENS_H264_SPS = 7,
  LENS_H264_PPS = 8,
  LENS_H264_AUD = 9,
  LENS_H264_FILLER = 12,
};

/**
 * LensNal:
 * A NAL unit, valid only during the call.
 *
 * The first octet of a NAL unit put together from fragments was never sent: it is made of F
 * and NRI of the first FU indicator and the type of the first FU header (5.8).  Its piece is
 * that FU header octet.
 */
typedef struct
{
  gboolean forbidden_bit;
  guint8 ref_idc;
  guint8 type;
  guint flags; /* LensNalFlags */
  LensView view;
  guint32 timestamp;
  guint16 first_sequence;
  guint16 last_sequence;
  gboolean marker; /* of the last packet */
} LensNal;

/* Octets of RTP payloads that are not part of a NAL unit. */
typedef enum
{
  LENS_H264_AGGREGATE_HEAD, /* type octet of a STAP or MTAP, and its DON */
  LENS_H264_UNIT_HEAD,      /* size, and in MTAPs DOND and timestamp offset */
  LENS_H264_FU_HEAD,        /* FU indicator, and the FU header of all but the first fragment */
  LENS_H264_FU_DON,         /* of FU-B */
  LENS_H264_TRAILING,       /* in an aggregate behind the last unit: from a size of 0, or too
                               short for a unit */
  LENS_H264_CUT,            /* an FU too short for its header */
  LENS_H264_DUPLICATE,      /* sequence number and timestamp of the packet before */
} LensH264SpanKind;

typedef void (*LensNalFunc) (const LensNal *nal, gpointer user);
typedef void (*LensH264SpanFunc) (LensH264SpanKind kind, const LensView *payload, LensRange range,
                                  gpointer user);

/**
 * LensH264:
 * Puts NAL units together from one stream's RTP payloads (padding removed), in the order in
 * which they are pushed.  Every payload octet becomes part of one NAL unit or one span.
 * Holds at most one NAL unit and its pieces.
 */
typedef struct _LensH264 LensH264;

/* @span may be NULL. */
LensH264 *lens_h264_new (LensNalFunc nal, LensH264SpanFunc span, gpointer user);
void lens_h264_free (LensH264 *h264);

void lens_h264_push (LensH264 *h264, const LensView *payload, guint16 sequence, guint32 timestamp,
                     gboolean marker);

/* The stream is over or interrupted: gives out fragments that still wait, as incomplete. */
void lens_h264_flush (LensH264 *h264);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensH264, lens_h264_free)

G_END_DECLS
