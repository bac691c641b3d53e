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

/* One direction. */
typedef struct LensTcpHalf
{
  LensTcpFlow *whole;
  LensSide *side; /* of the segment at hand, later of the last one */
  LensTcpStream stream;
  GByteArray *octets; /* delivered, no whole unit yet; NULL: none */
  GArray *pieces;     /* LensPiece, of @octets */
  gsize needed;       /* of @octets: with fewer they are read in vain */
  gsize guessed;      /* of lens_rtsp_looks_like() */
  LensRtspFramer framer;
  LensRtspTunnel *tunnel; /* base64 from here on; NULL: plain */
  LensTlsReader *tls;     /* its content begins like TLS; NULL: not */
  gboolean begun;         /* content was seen */
  gboolean at_gap, after_gap;
  LensTcpEnd end;
  LensSegment *segment;         /* at hand, or NULL */
  const guint8 *octets_at_hand; /* its own */
} LensTcpHalf;

struct LensTcpFlow
{
  LensLedger *ledger;
  LensFlow *flow;
  LensRtspTalk *talk;
  gboolean again;         /* not the first between these ports */
  gboolean lost;          /* the capture missed octets */
  gboolean in_middle;     /* its start was not seen, and it is RTSP */
  LensFlow *replies;      /* of a tunnel's POST: the connection of its GET, or NULL */
  guint8 client;          /* of a tunnel: the half that asks */
  LensTcpHalf *halves[2]; /* NULL: nothing came that way */
};

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
