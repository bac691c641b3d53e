#pragma once

#include "wire/piece.h"
#include "wire/range.h"

G_BEGIN_DECLS

/* RFC 3640: elementary streams of MPEG-4 in RTP, for us AAC (3.3.5, 3.3.6).  A payload is the AU
 * header section (3.2.1), the auxiliary section (3.2.2) and access units or one fragment of one
 * (3.2.3). */

enum
{
  LENS_AU_MAX_LENGTH = 64 * 1024, /* octets of an access unit put together from fragments */
  LENS_AU_MAX_HEADERS = 256,      /* of one packet; what follows is not taken apart */
};

/**
 * LensAuFormat:
 * The parameters of a=fmtp (4.1), lengths in bits; 0: the field is absent.
 */
typedef struct
{
  guint8 size_length, index_length, index_delta_length, cts_length, dts_length;
  guint8 stream_state_length, auxiliary_size_length;
  gboolean random_access;
  gsize constant_size; /* octets; 0: not said */
} LensAuFormat;

/* @fmtp may be NULL.  The modes AAC-lbr and AAC-hbr bring their own lengths (3.3.5, 3.3.6). */
LensAuFormat lens_au_format (const char *fmtp);

/**
 * LensAuHeader:
 * One AU header.  Positions are bits of the payload.
 */
typedef struct
{
  gsize start, end;
  gsize size;    /* octets of the access unit, also where only a fragment is here */
  guint32 index; /* AU-Index, or AU-Index-delta of all but the first */
  gboolean has_cts, has_dts, random_access;
  guint32 cts_delta, dts_delta, stream_state;
  gsize cts_start; /* of CTS-flag and all behind it, up to @end */
} LensAuHeader;

/**
 * LensAuPacket:
 * The sections of one payload; they add up to it.
 */
typedef struct
{
  LensRange headers;     /* with AU-headers-length; length 0 where the format has none */
  gsize headers_end;     /* bit behind what AU-headers-length counts */
  LensRange auxiliary;   /* with its size field; length 0 where the format has none */
  gsize auxiliary_start; /* bits of auxiliary data */
  gsize auxiliary_bits;
  LensRange data;
  gboolean cut; /* a section runs past the end: then it has all that is left */
} LensAuPacket;

LensAuPacket lens_au_packet_over (const LensAuFormat *format, const guint8 *octets, gsize length);

/* The next header, from *@at (0 to begin with) on; FALSE when no whole one is left, and then
 * *@at is the bit where the headers ended. */
gboolean lens_au_header_next (const LensAuFormat *format, const LensAuPacket *packet,
                              const guint8 *octets, gsize *at, LensAuHeader *header);

typedef enum
{
  LENS_AU_TRAILING, /* behind the last access unit */
  LENS_AU_CUT,      /* of an access unit that is not all here */
} LensAuSpanKind;

typedef void (*LensAuFunc) (const LensView *unit, gpointer user);
typedef void (*LensAuSpanFunc) (LensAuSpanKind kind, const LensView *octets, gpointer user);

/**
 * LensAus:
 * Access units of one stream, in the order of the packets (interleaved ones stay so).  Holds at
 * most one fragmented unit.
 */
typedef struct LensAus LensAus;

LensAus *lens_aus_new (const LensAuFormat *format, LensAuFunc unit, LensAuSpanFunc span,
                       gpointer user);
void lens_aus_free (LensAus *aus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensAus, lens_aus_free)

void lens_aus_push (LensAus *aus, const LensView *payload, guint16 sequence, guint32 timestamp,
                    gboolean marker);
/* Fragments that wait become a span. */
void lens_aus_flush (LensAus *aus);

G_END_DECLS
