#pragma once

#include "wire/range.h"

G_BEGIN_DECLS

/* One direction of an RTSP connection as units: messages (RFC 2326 sections 4-7, RFC 7826),
 * interleaved frames (RFC 2326 section 10.12, RFC 7826 section 14) and whatever lies
 * between.  Header fields are read by wire/rtsp-header.h. */

enum
{
  LENS_RTSP_MAX_LINE = 8192,         /* octets of a start line or of a stray text line */
  LENS_RTSP_MAX_HEADERS = 64 * 1024, /* octets of start line and header block */
  LENS_RTSP_MAX_BODY = 1024 * 1024,  /* octets; a longer body is given out as stray */
  LENS_RTSP_STRAY_STEP = 64 * 1024,  /* octets; longer junk is given out in steps */
};

typedef enum
{
  LENS_RTSP_MORE,        /* no whole unit yet */
  LENS_RTSP_INTERLEAVED, /* $, channel, length, data */
  LENS_RTSP_REQUEST,
  LENS_RTSP_RESPONSE,
  LENS_RTSP_STRAY, /* octets that are none of these */
} LensRtspKind;

/* What is odd about a unit (a set). */
typedef enum
{
  LENS_RTSP_CUT = 1 << 0,              /* the stream ended inside the unit */
  LENS_RTSP_KEEP_ALIVE = 1 << 1,       /* stray: nothing but CR and LF */
  LENS_RTSP_TEXT = 1 << 2,             /* stray: one line of text */
  LENS_RTSP_LENGTH_MALFORMED = 1 << 3, /* Content-Length is no number; taken as 0 */
  LENS_RTSP_LENGTH_CONFLICT = 1 << 4,  /* several Content-Lengths differ; the last counts, as
                                          in libavformat */
  LENS_RTSP_BODY_TOO_LONG = 1 << 5,    /* beyond the cap: the unit has no body */
  LENS_RTSP_UNTERMINATED = 1 << 6,     /* no empty line: the next unit begins instead */
  LENS_RTSP_HTTP = 1 << 7,             /* the version is HTTP's */
  LENS_RTSP_TUNNEL = 1 << 8,           /* opens RTSP over HTTP (x-sessioncookie): the unit has
                                          no body, the stream changes its form after it */
} LensRtspOdd;

/**
 * LensRtspUnit:
 * A unit at the front of the octets, @length octets long.
 *
 * An interleaved frame is four octets and @data.  A message is @start_line, @headers, @body
 * (the lines with their ends, the headers with the empty line).  Ranges count from the
 * unit's first octet.
 */
typedef struct
{
  LensRtspKind kind;
  gsize length; /* octets to consume; 0 for LENS_RTSP_MORE */
  gsize needed; /* LENS_RTSP_MORE: octets without which another call is in vain */
  guint odd;    /* LensRtspOdd */

  guint8 channel;
  LensRange data;

  LensRange start_line;
  LensRange method;
  LensRange uri;
  LensRange version; /* "RTSP/1.0" */
  guint status;      /* of a response: 0-999 */
  LensRange reason;
  LensRange headers;
  LensRange body;
} LensRtspUnit;

/**
 * LensRtspFramer:
 * What must be remembered between calls: whether the place in the stream is known, and how
 * many octets of an unfinished message were read in vain.
 *
 * In step, the octet after a unit starts the next one: `$` a frame, CR or LF a keep-alive, a
 * start line a message, any other line of text a stray line.  Anything else loses step.  Out
 * of step, octets are stray up to the first offset where
 *   - a status line, or a request line with a method of RFC 2326 or 7826, begins, of at most
 *     1024 octets, or
 *   - three `$` frames follow each other, each at least 8 octets long and of RTP version 2;
 *     the end of the stream or a status line may stand in for all but the first, and the
 *     end may cut the third.
 * Start out of step ({ .lost = TRUE }) in mid-stream; set it again after a gap.
 */
typedef struct
{
  gboolean lost;
  gsize scanned; /* private */
} LensRtspFramer;

/**
 * lens_rtsp_next:
 * Names the first unit of @octets, which are what is left of the stream; @at_end says that
 * nothing follows them.  After LENS_RTSP_MORE the same octets must come first again.  Every octet
 * handed out belongs to exactly one unit.  Returns unit->kind; LENS_RTSP_MORE only when there are
 * no octets or not @at_end.
 */
LensRtspKind lens_rtsp_next (LensRtspFramer *framer, const guint8 *octets, gsize length,
                             gboolean at_end, LensRtspUnit *unit);

typedef enum
{
  LENS_RTSP_GUESS_NO,
  LENS_RTSP_GUESS_UNDECIDED, /* more octets are needed */
  LENS_RTSP_GUESS_YES,
  LENS_RTSP_GUESS_TUNNEL, /* HTTP that carries RTSP */
} LensRtspGuess;

/* Whether a stream that opens with @octets, in either direction, is RTSP.  @scanned: 0 at first,
 * then what it was made after LENS_RTSP_GUESS_UNDECIDED about the same stream. */
LensRtspGuess lens_rtsp_looks_like (gsize *scanned, const guint8 *octets, gsize length);

/* The offset of the first chain of three consistent frames, or -1. */
gssize lens_rtsp_find_interleaved (const guint8 *octets, gsize length);

G_END_DECLS
