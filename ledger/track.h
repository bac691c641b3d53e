#pragma once

#include "ledger/flow.h"
#include "wire/rtp-fragment.h"

G_BEGIN_DECLS

typedef enum
{
  LENS_MEDIA_UNKNOWN,
  LENS_MEDIA_VIDEO,
  LENS_MEDIA_AUDIO,
  LENS_MEDIA_METADATA,
  LENS_MEDIA_APPLICATION,
} LensMedia;

const char *lens_media_name (LensMedia media);

typedef struct
{
  gint64 time_ns;
  guint64 octets;
} LensTail;

#define LENS_TAIL_MAX 4096
#define LENS_HEARD_MAX 16

/**
 * LensFormat:
 * What an m= section says of one payload type (rtpmap and fmtp, RFC 8866 6.6 and 6.15); of the
 * static ones RFC 3551 tables 4 and 5 tell the codec.
 */
typedef struct
{
  guint8 payload_type;
  char *codec; /* encoding name, upper case; NULL: not said */
  LensFragmentOf fragment_of;
  guint clock;    /* Hz; 0: not said */
  guint channels; /* of audio; 0: not said */
  char *fmtp;     /* parameters; NULL: none */
} LensFormat;

/**
 * LensTrack:
 * One RTP session's media from one sender: an interleaved channel of a connection, or a
 * pair of UDP ports.  Keyed by where it travels, never by SSRC.
 */
struct LensTrack
{
  guint32 index;      /* in the order of appearance */
  LensStream *stream; /* NULL: nobody declared it */
  gint media_index;   /* of the SDP's m= lines, -1 unknown */
  LensMedia media;
  const char *codec; /* of the first of @formats that has one, or NULL */
  gint channel;      /* interleaved channel, -1 on UDP */
  gboolean setup;    /* a SETUP granted it */
  gboolean inferred; /* that SETUP was before the capture, or in a hole of it */
  gboolean over;     /* TEARDOWN was answered, at @ended */
  gint64 ended;
  gboolean guessed;          /* looks like RTP, but nothing announced it */
  guint packets_before;      /* of @packets, those seen before that was sure ... */
  GArray *before;            /* ... and where their payload lies, LensPiece; or NULL */
  GPtrArray *formats;        /* LensFormat, of the m= line; empty: unknown */
  GArray *extension_ids;     /* guint, of a=extmap for the m= line and the session ... */
  GPtrArray *extension_uris; /* ... char *, in the same order */
  gboolean encrypted;        /* RTP/SAVP or SAVPF, or keyed by DTLS: only headers can be read */
  gboolean replay;           /* the client asked for ONVIF replay (Require: onvif-replay) */
  LensTrack *granted;        /* guessed: the track that a SETUP granted later, or NULL */
  gboolean has_ssrc;         /* the SETUP reply's ssrc= */
  guint32 ssrc;
  LensSide *side; /* of its first packet from the sender, or NULL */

  /* what the sender sent */
  guint64 packets, payload_octets;
  guint64 first_frame;
  gint64 first, last;
  gint last_payload_type;
  gint64 last_ssrc; /* -1: none yet */
  GArray *heard;    /* guint32: sources of media sent to it, the first LENS_HEARD_MAX */
  gboolean probing; /* one may be one more: ... */
  guint32 probed;   /* ... the last, on probation (RFC 3550 appendix A.1) ... */
  guint16 next;     /* ... until this sequence number comes */

  /* for the second witness: the octets that libavformat makes of what was sent, as far as
   * its rule is known for the codec, and those of the last packets with their times */
  gboolean readable;
  gboolean mixed; /* packets of several sources: then it is not known */
  guint64 expected;
  GArray *tail; /* LensTail, where a log of the puller will be there; or NULL */

  struct LensTrackReader *reader; /* private to readers.c */
  guint8 rtcp_channel;
};

/* Whether the description offers the payload type, or nobody knows what it offers. */
gboolean lens_track_offers (const LensTrack *track, guint payload_type);
/* What the description says of the payload type, or NULL. */
const LensFormat *lens_track_format (const LensTrack *track, guint payload_type);

/**
 * LensStream:
 * What one RTSP session declares: a URL of a server and its tracks.
 */
struct LensStream
{
  guint32 index;
  LensAddress server;
  guint16 port;
  char *url;                /* without user information */
  LensFlow *flow;           /* the RTSP connection that set it up */
  gboolean from_source;     /* the server is the source of the flow's key */
  LensStream *next_of_flow; /* set up earlier on the same connection */
  gboolean over_tcp;
  gboolean multicast;
  gboolean inferred; /* set up before the capture began, or in a hole of it: the URL is not known */
  gboolean by_profile; /* inferred: from what the profile declares */
  gboolean sealed;     /* inside TLS: its octets are its media, as far as anybody can tell */
  GPtrArray *tracks;   /* LensTrack, borrowed */
};

G_END_DECLS
