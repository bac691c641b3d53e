#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* RTCP: RFC 3550 section 6; feedback messages RFC 4585 section 6.  All ranges count from
 * the first octet of the compound packet. */

typedef enum
{
  LENS_RTCP_SR = 200,
  LENS_RTCP_RR = 201,
  LENS_RTCP_SDES = 202,
  LENS_RTCP_BYE = 203,
  LENS_RTCP_APP = 204,
  LENS_RTCP_RTPFB = 205,
  LENS_RTCP_PSFB = 206,
  LENS_RTCP_XR = 207,
} LensRtcpType;

/* What is odd about one packet of a compound (a set). */
typedef enum
{
  LENS_RTCP_CUT = 1 << 0,               /* its length field runs past the end */
  LENS_RTCP_PADDING_MALFORMED = 1 << 1, /* P is set, the count is 0, too large, or not a
                                           multiple of 4 */
  LENS_RTCP_PADDING_INSIDE = 1 << 2,    /* P is set on a packet that is not the last (6.4.1) */
  LENS_RTCP_TYPE_UNUSUAL = 1 << 3,      /* the type lies outside 192-223 (RFC 5761) */
} LensRtcpOdd;

/**
 * LensRtcpPacket:
 * One packet of a compound: four header octets, @body, @padding; they add up to @whole.
 *
 * @padding includes its count octet and has length 0 when the count is malformed.  @ssrc is
 * the first word of the body: the sender, in SDES the first chunk's source.
 */
typedef struct
{
  guint8 type;
  guint8 count; /* reports, sources, subtype or feedback message type, by @type */
  gboolean padding_bit;
  gboolean has_ssrc;
  guint32 ssrc;
  LensRange whole;
  LensRange body;
  LensRange padding;
  guint odd; /* LensRtcpOdd */
} LensRtcpPacket;

/* Walks a compound packet; borrows its octets. */
typedef struct
{
  const guint8 *octets;
  gsize length;
  gsize position;
} LensRtcp;

LensRtcp lens_rtcp_over (const guint8 *octets, gsize length);

/* FALSE when what is left is no packet: fewer than 4 octets, version not 2, or a length
 * field that runs past the end under a type that is not RTCP's. */
gboolean lens_rtcp_next (LensRtcp *rtcp, LensRtcpPacket *packet);

/* After the last packet: the octets that belong to none. */
LensRange lens_rtcp_stray (const LensRtcp *rtcp);

/* Whether a datagram that nobody announced could be RTCP: it opens with a well formed
 * packet of type 200-207 that is large enough for what its count promises. */
gboolean lens_rtcp_plausible (const guint8 *octets, gsize length);

/**
 * LensRtcpReport:
 * An SR or RR (6.4.1, 6.4.2): sender's SSRC (4 octets), @sender_info (SR only), @blocks,
 * @extension: they add up to the packet's body.
 *
 * @n_blocks whole blocks are there; fewer than the packet's count means a cut list, whose
 * rest lies in @extension.
 */
typedef struct
{
  guint64 ntp;
  guint32 rtp_timestamp;
  guint32 packets;
  guint32 octets;
  guint n_blocks;
  LensRange sender_info; /* 20 octets, or fewer when cut */
  LensRange blocks;
  LensRange extension; /* profile-specific (6.4.3) */
} LensRtcpReport;

typedef struct
{
  guint32 ssrc;
  guint8 fraction_lost;
  gint32 lost; /* packets, signed */
  guint32 highest_sequence;
  guint32 jitter;
  guint32 last_sr;
  guint32 delay_since_last_sr; /* 1/65536 seconds */
  LensRange whole;
} LensRtcpBlock;

/* FALSE when the packet is neither SR nor RR. */
gboolean lens_rtcp_report (const guint8 *octets, const LensRtcpPacket *packet,
                           LensRtcpReport *report);
/* @index below n_blocks. */
LensRtcpBlock lens_rtcp_block (const guint8 *octets, const LensRtcpReport *report, guint index);

typedef enum
{
  LENS_RTCP_SDES_SOURCE, /* a chunk's SSRC: 4 octets */
  LENS_RTCP_SDES_ITEM,   /* type, length, text */
  LENS_RTCP_SDES_END,    /* the null octet that ends a chunk and its fill to 32 bits;
                            all of them should be zero */
  LENS_RTCP_SDES_REST,   /* a cut chunk or item, or octets after the last chunk */
} LensRtcpSdesKind;

/* A part of an SDES packet (6.5); @text is an item's without type and length octet. */
typedef struct
{
  LensRtcpSdesKind kind;
  guint32 ssrc; /* of the chunk */
  guint8 type;  /* of the item: 1 CNAME ... 8 PRIV */
  LensRange whole;
  LensRange text;
} LensRtcpSdesPart;

typedef struct
{
  const guint8 *octets;
  gsize position;
  gsize end;
  guint chunks_left;
  gboolean in_chunk;
  guint32 ssrc;
} LensRtcpSdes;

/* The parts of an SDES packet add up to its body.  FALSE at the end. */
LensRtcpSdes lens_rtcp_sdes_over (const guint8 *octets, const LensRtcpPacket *packet);
gboolean lens_rtcp_sdes_next (LensRtcpSdes *sdes, LensRtcpSdesPart *part);

/* APP (6.7): SSRC, four octets of name, data; parts that are cut are short. */
typedef struct
{
  LensRange name;
  LensRange data;
} LensRtcpApp;

gboolean lens_rtcp_app (const LensRtcpPacket *packet, LensRtcpApp *app);

/* BYE (6.6): SSRCs, then perhaps a length octet and a reason, then its fill. */
typedef struct
{
  guint n_sources;
  LensRange sources;
  LensRange reason_length; /* one octet, or none */
  LensRange reason;
  LensRange rest; /* fill (null octets) and whatever else */
} LensRtcpBye;

gboolean lens_rtcp_bye (const guint8 *octets, const LensRtcpPacket *packet, LensRtcpBye *bye);

G_END_DECLS
