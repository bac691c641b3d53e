#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* RTP packets: RFC 3550 section 5.1 (fixed header), 5.3.1 (header extension); the elements
 * of a header extension: RFC 8285 section 4. */

enum
{
  LENS_RTP_HEADER_LENGTH = 12, /* octets */
};

/* What is odd about a packet (LensRtp.odd, a set). */
typedef enum
{
  LENS_RTP_CSRC_CUT = 1 << 0,       /* CC promises more CSRCs than the packet holds */
  LENS_RTP_EXTENSION_CUT = 1 << 1,  /* X is set, but the extension runs past the end */
  LENS_RTP_PADDING_ZERO = 1 << 2,   /* P is set, but the count octet says 0 */
  LENS_RTP_PADDING_BEYOND = 1 << 3, /* P is set, but the count reaches into the header */
} LensRtpOdd;

/**
 * LensRtp:
 * One RTP packet, by its parts.
 *
 * @header, @csrc, @extension, @payload and @padding follow each other and add up to the
 * packet.  @extension includes its four head octets; @padding includes its count octet and
 * has length 0 when the count is malformed (the octets are then payload).  What a cut list
 * or extension has left belongs to it.
 */
typedef struct
{
  gboolean padding_bit;
  gboolean extension_bit;
  gboolean marker;
  guint8 csrc_count;
  guint8 payload_type;
  guint16 sequence;
  guint32 timestamp;
  guint32 ssrc;
  guint16 extension_profile; /* "defined by profile", 0 when there is none */
  LensRange header;
  LensRange csrc;
  LensRange extension;
  LensRange payload;
  LensRange padding;
  guint odd; /* LensRtpOdd */
} LensRtp;

/* FALSE, and @rtp untouched, only below 12 octets or when the version is not 2. */
gboolean lens_rtp_parse (const guint8 *octets, gsize length, LensRtp *rtp);

/**
 * lens_rtp_plausible:
 * Whether one datagram that nobody announced could be RTP: version 2, not RTCP by its
 * second octet (RFC 5761 section 4), well formed, with a payload, not all zero.  Random
 * octets pass one time in twelve, so this only says which datagrams are worth comparing:
 * a stream is RTP when several of them continue each other.
 */
gboolean lens_rtp_plausible (const guint8 *octets, gsize length);

/**
 * lens_rtp_keep_alive:
 * Whether a datagram on a track's ports only keeps a path open (RFC 6263 section 4): CR and LF,
 * at most twelve octets of zero (a header of a wrong version), or a STUN binding (RFC 8489 section
 * 5).  @free is what of it may hold anything: the attributes of a binding other than FINGERPRINT.
 */
gboolean lens_rtp_keep_alive (const guint8 *octets, gsize length, LensRange *free);

/* Whether @after may follow @before in one stream: same SSRC, a sequence number that is 1 to
 * 100 further on.  Random octets pass one time in 2^41. */
gboolean lens_rtp_continues (const LensRtp *before, const LensRtp *after);

typedef enum
{
  LENS_RTP_ELEMENT_DATA,    /* an element with an id */
  LENS_RTP_ELEMENT_PADDING, /* a run of padding octets (all zero) */
  LENS_RTP_ELEMENT_STOPPED, /* one-byte form: id 15, or id 0 with a length: receivers ignore
                               it and all that follows; the range reaches to the end */
  LENS_RTP_ELEMENT_CUT,     /* an element longer than the extension */
} LensRtpElementKind;

/* @whole includes the element's head (1 or 2 octets), @data does not; both count from the
 * packet's first octet. */
typedef struct
{
  LensRtpElementKind kind;
  guint8 id;
  LensRange whole;
  LensRange data;
} LensRtpElement;

/* Walks the elements of one packet's header extension; borrows the packet's octets. */
typedef struct
{
  const guint8 *octets;
  gsize position;
  gsize end;
  gboolean two_byte;
  guint8 appbits; /* two-byte form: the low four bits of 0x100X */
} LensRtpElements;

/* FALSE when the extension is not of RFC 8285 (profile 0xBEDE or 0x1000-0x100F). */
gboolean lens_rtp_elements_init (LensRtpElements *elements, const guint8 *octets,
                                 const LensRtp *rtp);

/* The wholes add up to the extension without its four head octets.  FALSE at the end. */
gboolean lens_rtp_elements_next (LensRtpElements *elements, LensRtpElement *element);

G_END_DECLS
