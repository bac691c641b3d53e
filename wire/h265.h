#pragma once

#include "wire/nal.h"
#include "wire/range.h"

G_BEGIN_DECLS

/* H.265 over RTP: RFC 7798.  NAL unit header: ITU-T H.265 7.3.1.2; types: its Table 7-1 and
 * RFC 7798 section 4.4. */

/* The nal_unit_types with rules of their own. */
enum
{
  LENS_H265_RASL_R = 9,    /* the last type below the reserved ones */
  LENS_H265_BLA_W_LP = 16, /* from here to 23: IRAP */
  LENS_H265_IDR_W_RADL = 19,
  LENS_H265_IDR_N_LP = 20,
  LENS_H265_CRA = 21,
  LENS_H265_RSV_IRAP_23 = 23,
  LENS_H265_VPS = 32,
  LENS_H265_SPS = 33,
  LENS_H265_PPS = 34,
  LENS_H265_AUD = 35,
  LENS_H265_EOS = 36,
  LENS_H265_EOB = 37,
  LENS_H265_FILLER = 38,
  LENS_H265_PREFIX_SEI = 39,
  LENS_H265_SUFFIX_SEI = 40,
  LENS_H265_AP = 48,
  LENS_H265_FU = 49,
  LENS_H265_PACI = 50,
  LENS_H265_HEADER = 2, /* octets of the NAL unit header */
};

/**
 * LensH265Nal:
 * A NAL unit, valid only during the call.
 *
 * The header of a NAL unit put together from fragments was never sent as such: its first octet
 * is made of the payload header and the FuType of the first FU header (4.4.3), and its piece is
 * that FU header octet; its second octet is that of the payload header.  With PACI (4.4.4) the
 * piece of the first octet is the one that holds cType.
 */
typedef struct
{
  gboolean forbidden_bit;
  guint8 type;
  guint8 layer_id;          /* nuh_layer_id */
  guint8 temporal_id_plus1; /* nuh_temporal_id_plus1 */
  guint flags;              /* LensNalFlags */
  LensView view;            /* header included; may be shorter than a header */
  guint32 timestamp;
  guint16 first_sequence;
  guint16 last_sequence;
  gboolean marker; /* of the last packet */
} LensH265Nal;

/* The three fields of the header; absent octets count as 0. */
void lens_h265_read_header (LensH265Nal *nal);

/* Octets of RTP payloads that are not part of a NAL unit. */
typedef enum
{
  LENS_H265_AGGREGATE_HEAD, /* payload header of an AP: F, the lowest layer and temporal id of its
                               units, or layer 0 and the lowest temporal id */
  LENS_H265_AGGREGATE_ODD,  /* ... that says something else (4.4.2) */
  LENS_H265_UNIT_HEAD,      /* size */
  LENS_H265_FU_HEAD,        /* payload header; FU header of all but the first fragment */
  LENS_H265_DON,            /* DONL or DOND, when sprop-max-don-diff says they are there */
  LENS_H265_PACI_HEAD,      /* what follows the payload header, up to PHES */
  LENS_H265_PHES,           /* the payload header extension structure of a PACI packet */
  LENS_H265_TRAILING,       /* in an AP behind the last unit: from a size of 0, or too short for
                               a unit */
  LENS_H265_CUT,            /* too short for its headers */
  LENS_H265_DUPLICATE,      /* sequence number and timestamp of the packet before */
  LENS_H265_N_SPANS,
} LensH265SpanKind;

typedef void (*LensH265NalFunc) (const LensH265Nal *nal, gpointer user);
typedef void (*LensH265SpanFunc) (LensH265SpanKind kind, const LensView *payload, LensRange range,
                                  gpointer user);

/**
 * LensH265:
 * Puts NAL units together from one stream's RTP payloads (padding removed), in the order in
 * which they are pushed; decoding order numbers are read, but not sorted by.  Every payload
 * octet becomes part of one NAL unit or one span.  Holds at most one NAL unit and its pieces.
 */
typedef struct _LensH265 LensH265;

/* @with_don: sprop-max-don-diff is greater than 0, so that DONL and DOND are there (4.4.1 to
 * 4.4.3).  @span may be NULL. */
LensH265 *lens_h265_new (gboolean with_don, LensH265NalFunc nal, LensH265SpanFunc span,
                         gpointer user);
void lens_h265_free (LensH265 *h265);

void lens_h265_push (LensH265 *h265, const LensView *payload, guint16 sequence, guint32 timestamp,
                     gboolean marker);

/* The stream is over or interrupted: gives out fragments that still wait, as incomplete. */
void lens_h265_flush (LensH265 *h265);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensH265, lens_h265_free)

/* Octets of a PACI packet's headers, behind the payload header (4.4.4). */
typedef struct
{
  guint8 inner_type; /* cType */
  guint8 phes;       /* PHSsize, octets */
  guint8 flags;      /* F0 0x8, F1 0x4, F2 0x2, Y 0x1 */
} LensH265Paci;

/* FALSE when @payload is shorter than these headers. */
gboolean lens_h265_read_paci (const guint8 *payload, gsize length, LensH265Paci *paci);

/* sprop-max-don-diff of an fmtp line (NULL: none) is greater than 0 (7.1). */
gboolean lens_h265_has_don (const char *fmtp);

G_END_DECLS
