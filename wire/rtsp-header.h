#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* Header fields of RTSP messages: RFC 2326 section 12 and appendix C.1.1, RFC 7826 section
 * 18.  All ranges count from the first octet of @octets; @headers is a header block, as in
 * LensRtspUnit. */

/* One field: @line is all of it, continuation lines and line ends included. */
typedef struct
{
  LensRange line;
  LensRange name;  /* all of the line when it has no colon */
  LensRange value; /* without blanks around it; a folded value holds its line ends */
  gboolean has_colon;
  gboolean folded;
} LensRtspHeader;

/* Walks a header block: @position is 0 at first.  FALSE at the empty line or the end. */
gboolean lens_rtsp_header_next (const guint8 *octets, LensRange headers, gsize *position,
                                LensRtspHeader *header);

/* The value of the @nth (from 0) field called @name, in any case. */
gboolean lens_rtsp_header_find (const guint8 *octets, LensRange headers, const char *name,
                                guint nth, LensRange *value);

/* FALSE unless the range is 1 to 18 decimal digits. */
gboolean lens_rtsp_number (const guint8 *octets, LensRange range, guint64 *number);

/* CSeq (12.17).  FALSE when it is missing or no number. */
gboolean lens_rtsp_cseq (const guint8 *octets, LensRange headers, guint64 *cseq);

/* Session (12.37): @timeout is 60 seconds when not said.  FALSE without a Session. */
gboolean lens_rtsp_session (const guint8 *octets, LensRange headers, LensRange *id,
                            guint64 *timeout);

/* Whether the range equals @text, in any case. */
gboolean lens_rtsp_is (const guint8 *octets, LensRange range, const char *text);

/* Numbers of ranges such as client_port=a-b; -1 where not given. */
typedef struct
{
  gint first;
  gint last;
} LensRtspPair;

/**
 * LensRtspTransport:
 * One specification of a Transport header (12.39).
 *
 * @protocol is "RTP/AVP/TCP" or the like, as written; @is_tcp says how it ends.  Ranges that
 * are not given have length 0.  @n_unknown counts parameters that neither RFC knows; @unknown is
 * the longest of them.
 */
typedef struct
{
  LensRange whole;
  LensRange protocol;
  gboolean is_tcp;
  gboolean unicast;
  gboolean multicast;
  gboolean rtcp_mux; /* RFC 7826: RTCP has no port or channel of its own */
  LensRtspPair interleaved;
  LensRtspPair client_port;
  LensRtspPair server_port;
  LensRtspPair port;
  gint ttl;
  gint layers;
  LensRange destination;
  LensRange source;
  LensRange dest_addr; /* RFC 7826: for lens_rtsp_addresses () */
  LensRange src_addr;
  LensRange mode;
  gboolean has_ssrc;
  guint32 ssrc; /* the first, when there are several */
  guint n_unknown;
  LensRange unknown;
} LensRtspTransport;

/* Fills at most @max of @specs from one header value; returns how many. */
guint lens_rtsp_transport (const guint8 *octets, LensRange value, LensRtspTransport *specs,
                           guint max);

/* One stream of an RTP-Info header (12.33; RFC 7826 section 18.45: of its first source). */
typedef struct
{
  LensRange whole;
  LensRange url;
  gboolean has_sequence;
  gboolean has_timestamp;
  gboolean has_ssrc;
  guint32 ssrc;
  guint16 sequence;
  guint32 timestamp;
} LensRtspRtpInfo;

/* Walks an RTP-Info value: @position is 0 at first.  FALSE at the end. */
gboolean lens_rtsp_rtp_info_next (const guint8 *octets, LensRange value, gsize *position,
                                  LensRtspRtpInfo *info);

/**
 * lens_rtsp_join_control:
 * The URL to SETUP for a=control:@control under @base (Content-Base, else Content-Location,
 * else the request's URL; C.1.1).  Relative controls are appended behind a slash, as cameras
 * and libavformat do, not resolved by RFC 3986.  Transfer full.
 */
char *lens_rtsp_join_control (const char *base, const char *control);

G_END_DECLS
