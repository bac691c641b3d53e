#pragma once

/* One direction of a TCP connection, put back in order (RFC 9293).
 *
 * Every payload octet handed in is handed out exactly once: to @deliver when it is the next of
 * the stream, to @duplicate when it adds nothing to it.  What the capture never saw is a @gap.
 * The first copy of an octet is the stream's; later copies are compared with it as long as it
 * is kept (the last 16 KiB, and what is in flight up to 256 KiB when the peer's
 * acknowledgements are seen).
 *
 * Bounds: octets ahead of a hole are held, at most 256 KiB in at most 128 segments; beyond that
 * the hole becomes a gap.  A segment more than 4 MiB away from the expected sequence number is
 * no part of any window seen on camera networks: it is reported as OUTSIDE and does not move
 * the stream, until either the peer acknowledges such octets or, where no acknowledgement was
 * ever seen, three segments in a row continue each other there.  Then the stream goes on there.
 */
#include "wire/piece.h"

G_BEGIN_DECLS

typedef enum
{
  LENS_TCP_OVERLAP_SAME,      /* equal to the first copy */
  LENS_TCP_OVERLAP_DIFFERENT, /* at least one octet of the view differs from the first copy */
  LENS_TCP_OVERLAP_UNKNOWN,   /* the first copy is no longer kept, or older than the capture */
  LENS_TCP_OVERLAP_LATE,      /* lies in what was last reported as a gap */
  LENS_TCP_OVERLAP_KEEPALIVE, /* one octet at SND.NXT-1 (RFC 9293 3.8.4); may be garbage */
  LENS_TCP_OVERLAP_OUTSIDE,   /* far outside any window */
  LENS_TCP_OVERLAP_RESET,     /* in a RST segment (RFC 9293 3.5.3): never stream octets */
} LensTcpOverlap;

/* What is odd about the octets being reported; bits of LensTcpStream.notes. */
typedef enum
{
  LENS_TCP_NOTE_IN_SYN = 1 << 0,     /* carried by a SYN segment (RFC 7413, or worse) */
  LENS_TCP_NOTE_AFTER_FIN = 1 << 1,  /* at or beyond the sequence number of the first FIN */
  LENS_TCP_NOTE_HELD = 1 << 2,       /* came out of order and waited */
  LENS_TCP_NOTE_LAST_OCTET = 1 << 3, /* KEEPALIVE only: equals the last octet delivered */
} LensTcpNote;

/**
 * LensTcpStreamCalls:
 * Who is told.  Any may be NULL.  Views live during the call only; a call must not use the
 * stream except to read it.
 */
typedef struct
{
  /* The next octets.  Their stream offset is lens_tcp_stream_offset(). */
  void (*deliver) (gpointer data, const LensView *view);
  /* Octets that add nothing to the stream. */
  void (*duplicate) (gpointer data, const LensView *view, LensTcpOverlap how);
  /* The stream offset skips @length octets.  0: the sender's sequence numbers went back, as
   * in a new connection whose SYN was missed, and nobody knows how much is missing. */
  void (*gap) (gpointer data, guint64 length);
} LensTcpStreamCalls;

typedef struct _LensTcpTail LensTcpTail;
typedef struct _LensTcpHold LensTcpHold;
typedef struct _LensTcpOdd LensTcpOdd;

/**
 * LensTcpStream:
 * To be embedded in a flow, and small: what few streams have is made when they have it.  Only
 * @time_ns and @notes are for others, and only inside a call: they tell when the octets being
 * reported were captured, and what is odd about them.
 *
 * Positions are sequence numbers unwrapped to 64 bits, 0 being the first octet after SYN.
 */
typedef struct
{
  gint64 time_ns;
  const LensTcpStreamCalls *calls;
  gpointer data;
  LensTcpTail *tail; /* the last octets delivered, or NULL */
  LensTcpHold *hold; /* octets ahead of a hole, or NULL */
  LensTcpOdd *odd;   /* its last gap, and segments from OUTSIDE; NULL: there were none */
  gint64 next;       /* position of the next octet */
  gint64 acked;      /* highest acknowledged position, or G_MININT64 */
  gint64 fin;        /* position of the first FIN, or G_MAXINT64 */
  guint32 base;      /* sequence number of position 0 */
  guint8 notes;      /* LensTcpNote */
  guint8 started : 1;
  guint8 provisional : 1;  /* started by a segment without octets */
  guint8 fin_absorbed : 1; /* the FIN took a position, but no octet of the stream */
} LensTcpStream;

/* @calls and @data are borrowed and must outlive the stream. */
void lens_tcp_stream_init (LensTcpStream *stream, const LensTcpStreamCalls *calls, gpointer data);

/* Frees what is kept, without reporting it. */
void lens_tcp_stream_clear (LensTcpStream *stream);

/**
 * lens_tcp_stream_segment:
 * The next captured segment.  @payload is what was captured of it (possibly empty), @seq the
 * header's sequence number.  The first segment seen sets the start of the stream.  The FIN of
 * a segment that the snap length cut goes in a call of its own, with the number where it lies.
 */
void lens_tcp_stream_segment (LensTcpStream *stream, gint64 time_ns, guint32 seq, gboolean syn,
                              gboolean fin, gboolean rst, const LensView *payload);

/**
 * lens_tcp_stream_cut:
 * The snap length cut the segment that was just handed in: @missing octets from @seq on were
 * sent, but not captured.  They are a gap at once where they are the next of the stream.
 */
void lens_tcp_stream_cut (LensTcpStream *stream, guint32 seq, guint32 missing);

/**
 * lens_tcp_stream_acknowledged:
 * The other direction's acknowledgement number: the peer has what is below.  A hole below it,
 * with octets held or arriving above, becomes a gap after 20 ms of capture time or
 * 64 segments: a capture may have it before the segment.  (An acknowledgement alone moves
 * nothing: it may have overtaken its segment in the capture, or acknowledge a FIN not seen, or
 * be a lie.)
 */
void lens_tcp_stream_acknowledged (LensTcpStream *stream, guint32 ack);

/* The end of the capture or of the flow: delivers what is held, gaps as gaps, and frees. */
void lens_tcp_stream_finish (LensTcpStream *stream);

/**
 * lens_tcp_stream_forget:
 * Frees the octets kept for comparison; later retransmissions of them are UNKNOWN.  For a
 * caller with many quiet flows.
 */
void lens_tcp_stream_forget (LensTcpStream *stream);

/**
 * lens_tcp_stream_give_up:
 * Delivers what is held, gaps as gaps, and frees all that lens_tcp_stream_memory() counts; the
 * stream goes on.  For a caller whose memory is full.
 */
void lens_tcp_stream_give_up (LensTcpStream *stream);

/* TRUE when a segment with these header fields opens another connection: a SYN whose number is
 * not this connection's.  The caller then finishes this stream and starts anew. */
gboolean lens_tcp_stream_is_new_connection (const LensTcpStream *stream, guint32 seq, gboolean syn);

/* Octets delivered or skipped so far; inside a call, before those being reported. */
guint64 lens_tcp_stream_offset (const LensTcpStream *stream);

/* The position that @seq means: the nearest to the expected one.  Before the first segment 0. */
gint64 lens_tcp_stream_position (const LensTcpStream *stream, guint32 seq);

/* TRUE when everything up to a FIN was delivered or skipped. */
gboolean lens_tcp_stream_ended (const LensTcpStream *stream);

/* Octets of memory behind the struct. */
gsize lens_tcp_stream_memory (const LensTcpStream *stream);

G_END_DECLS
