#pragma once

#include "wire/tcp-stream.h"
#include "wire/transport.h"

G_BEGIN_DECLS

/* What one end of a connection said as it opened it; small, for there are many. */
typedef struct
{
  guint16 flags;    /* of its SYN segments, together: 0, none was seen */
  gint8 scale;      /* of its window (RFC 7323 section 2); -1: not offered */
  guint8 stamps;    /* it offered time stamps */
  guint8 mptcp;     /* ... MPTCP (RFC 8684) */
  guint8 fast_open; /* ... or asked for TCP Fast Open (RFC 7413) */
  guint8 data;      /* its SYN carried data */
  guint8 reset;     /* it sent a RST */
  guint8 got_ce;    /* a packet to it was marked "congestion experienced" (RFC 3168 section 5) */
  guint8 ece;       /* it said, behind its SYN, that packets to it were marked (ECE) */
  guint8 cwr;       /* it said that it had slowed down (CWR) */
  guint16 talked;   /* segments behind the handshake, as far as they are counted */
  guint32 number;   /* 1 + that of LensSegment; 0: none */
} LensTcpEnd;

/* Octets of a segment that the stream has, or never takes. */
typedef struct
{
  LensRange octets; /* of the segment, the header counted */
  LensTcpOverlap how;
  gboolean last_octet; /* KEEPALIVE: equal to the last octet delivered */
} LensSegmentOverlap;

/* More are not told apart: the last one is extended over all that follow. */
#define LENS_SEGMENT_OVERLAPS 8

/* Directions of connections that have a number; more have none. */
#define LENS_SEGMENT_NUMBERS (1u << 18)
#define LENS_SEGMENT_NO_NUMBER G_MAXUINT32

/**
 * LensSegment:
 * One TCP segment as it was captured, and what its connection says of it.  A view.
 *
 * @number counts the directions of connections that have a life behind their handshake: it is
 * given with the third such segment, so that scans have none.
 */
typedef struct
{
  LensTransport header;
  guint32 number;              /* of this direction of this connection, or LENS_SEGMENT_NO_NUMBER */
  gboolean again;              /* there was a connection between the same ports before */
  gboolean cut;                /* the capture has not all of it */
  guint8 ecn;                  /* of the IP header: 2 bits */
  gint64 position;             /* of its first payload octet in the stream (wire/tcp-stream.h) */
  LensTcpEnd own;              /* the end that sends it, before it */
  LensTcpEnd peer;             /* zero: nothing was seen of it */
  const LensTcpStream *stream; /* this direction, this segment taken; NULL: no such header */
  const LensTcpStream *peer_stream; /* or NULL */
  guint n_overlaps;
  LensSegmentOverlap overlaps[LENS_SEGMENT_OVERLAPS];
} LensSegment;

G_END_DECLS
