#pragma once

/* What the readers of a TCP stream share: only ledger/attribute-tcp.c, attribute-segment.c,
 * attribute-rtsp.c and attribute-sip.c include this. */
#include "ledger/inside.h"
#include "ledger/segment.h"

#include "wire/rtsp-tunnel.h"
#include "wire/rtsp.h"
#include "wire/tls-record.h"

G_BEGIN_DECLS

typedef struct LensTcpFlow LensTcpFlow;

/* What reads the units of one direction. */
typedef struct
{
  GByteArray *octets; /* delivered, no whole unit yet; NULL: none */
  GArray *pieces;     /* LensPiece, of @octets */
  gsize needed;       /* of @octets: with fewer they are read in vain */
  gsize guessed;      /* of lens_rtsp_looks_like() */
  LensRtspFramer framer;
  LensRtspTunnel *tunnel; /* base64 from here on; NULL: plain */
  gboolean after_gap;
} LensTcpReading;

/* One direction. */
typedef struct LensTcpHalf
{
  LensTcpFlow *whole;
  LensSide *side; /* of the segment at hand, later of the last one */
  LensTcpStream stream;
  LensTcpReading *reading; /* NULL: it has no units, or nothing came yet */
  LensTlsReader *tls;      /* its content begins like TLS; NULL: not */
  LensTcpEnd end;
  guint8 begun; /* content was seen */
  guint8 at_gap;
  guint8 over; /* its FIN was reached */
} LensTcpHalf;

struct LensTcpFlow
{
  LensLedger *ledger;
  LensFlow *flow;
  LensRtspTalk *talk;
  guint8 again;           /* not the first between these ports */
  guint8 lost;            /* the capture missed octets */
  guint8 in_middle;       /* its start was not seen, and it is RTSP */
  guint8 client;          /* of a tunnel: the half that asks */
  LensFlow *replies;      /* of a tunnel's POST: the connection of its GET, or NULL */
  LensTcpHalf *halves[2]; /* NULL: nothing came that way */
};

/* The reading of a direction, made when new. */
LensTcpReading *lens_tcp_half_reading (LensTcpHalf *half);

/* The talk of the connection, made when new. */
LensRtspTalk *lens_tcp_flow_talk (LensTcpFlow *flow);

/* Content that no reader knows. */
void lens_tcp_half_take_content (LensTcpHalf *half, const LensView *view);

/* Whole units off the front of @view; they return the octets taken, and set @half->needed for the
 * rest.  @at_end: nothing follows without a hole. */
gsize lens_tcp_half_take_rtsp (LensTcpHalf *half, const LensView *view, gboolean at_end);
gsize lens_tcp_half_take_sip (LensTcpHalf *half, const LensView *view, gboolean at_end);

/* The segment at hand: before the stream takes it (the header is filled in; @other: the peer's
 * half or NULL), and where it overlaps; then shown to the analyzers, and learnt from (@half NULL:
 * its header cannot be read). */
void lens_segment_open (LensLedger *ledger, LensTcpHalf *half, const LensTcpHalf *other,
                        LensSegment *segment);
void lens_segment_note_overlap (LensSegment *segment, const guint8 *octets, const LensView *view,
                                LensTcpOverlap how, gboolean last_octet);
void lens_segment_show (LensLedger *ledger, LensSide *side, LensTcpHalf *half, LensTcpHalf *other,
                        const LensView *view, LensSegment *segment);

G_END_DECLS
