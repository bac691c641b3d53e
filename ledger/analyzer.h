#pragma once

#include "ledger/audio.h"
#include "ledger/carrier.h"
#include "ledger/evaluation.h"
#include "ledger/flow.h"
#include "ledger/own-names.h"
#include "ledger/profile.h"
#include "ledger/rtsp-asked.h"
#include "ledger/segment.h"
#include "ledger/severity-rule.h"
#include "ledger/stream-log.h"
#include "ledger/track.h"
#include "wire/dns.h"
#include "wire/gzip.h"
#include "wire/h264.h"
#include "wire/h265.h"
#include "wire/layers.h"
#include "wire/piece.h"
#include "wire/rtp-jpeg.h"
#include "wire/rtp-fragment.h"
#include "wire/rtp.h"
#include "wire/rtsp.h"
#include "wire/sdp.h"
#include "wire/tls-hello.h"
#include "wire/tls-record.h"
#include "wire/ts.h"
#include "wire/tunnel.h"

G_BEGIN_DECLS

/* One bit each, so that an analyzer can name the units it wants. */
typedef enum
{
  LENS_UNIT_FRAME = 1 << 0,    /* one captured frame; frame: its layers */
  LENS_UNIT_DATAGRAM = 1 << 1, /* an IP payload under UDP, whole: header, data, surplus */
  LENS_UNIT_CONTENT = 1 << 2,  /* octets of a flow that carries no declared media, in order:
                                  TCP stream octets or one UDP datagram's data */
  LENS_UNIT_ICMP = 1 << 3,
  LENS_UNIT_DNS = 1 << 4,        /* one DNS message; dns */
  LENS_UNIT_RTSP = 1 << 5,       /* one RTSP message; rtsp, asked */
  LENS_UNIT_RTSP_STRAY = 1 << 6, /* octets between RTSP messages, and interleaved frames without
                                    any; rtsp: as the framer says */
  LENS_UNIT_UNSETUP = 1 << 7,    /* an interleaved frame on a channel never granted */
  LENS_UNIT_RTP = 1 << 8,        /* one RTP packet; rtp, track */
  LENS_UNIT_NOT_RTP = 1 << 9,    /* on a track, but no RTP packet */
  LENS_UNIT_RTCP = 1 << 10,      /* one compound; track; view: all of it */
  LENS_UNIT_NAL = 1 << 11,       /* one H.264 NAL unit; nal, track */
  LENS_UNIT_SPAN = 1 << 12,      /* octets of an RTP payload that belong to no unit of the codec;
                                    span, track */
  LENS_UNIT_SDP = 1 << 13,       /* one session description; sdp, url */
  LENS_UNIT_HEVC_NAL = 1 << 14,  /* one H.265 NAL unit; hevc, track */
  LENS_UNIT_JPEG = 1 << 15,      /* one frame of RFC 2435; jpeg, track */
  LENS_UNIT_AUDIO = 1 << 16,     /* samples (G.711, L16) or comfort noise; audio, track */
  LENS_UNIT_DOCUMENT = 1 << 17,  /* one document of a metadata track; document,
                                    track */
  LENS_UNIT_TS = 1 << 18,        /* one transport stream packet; ts, track */
  LENS_UNIT_SLICE = 1 << 19,     /* one slice walked to its end: counted, but shown to nobody */

  /* What is known of them lies in audio: one payload of RFC 3640, one access unit of AAC, one
   * ADTS header before one, one audioMuxElement, one Opus packet. */
  LENS_UNIT_AAC_PACKET = 1 << 20,
  LENS_UNIT_AAC = 1 << 21,
  LENS_UNIT_ADTS = 1 << 22,
  LENS_UNIT_LATM = 1 << 23,
  LENS_UNIT_OPUS = 1 << 24,

  LENS_UNIT_PART = 1 << 25, /* one part of an HTTP response: counted, but shown to nobody */

  LENS_UNIT_SEGMENT = 1 << 26,   /* one TCP segment as captured, header and data, behind all units
                                    that it completed; segment */
  LENS_UNIT_DHCP = 1 << 27,      /* one message of DHCP; of DHCPv6 where the side is IPv6 */
  LENS_UNIT_NTP = 1 << 28,       /* one datagram to or from UDP port 123 */
  LENS_UNIT_DISCOVERY = 1 << 29, /* one message of a protocol by which devices find each other,
                                    or the unicast answer to one; discovery */
  LENS_UNIT_TLS = 1 << 30,       /* one handshake message in clear, or the front of a record; tls */

  LENS_UNIT_REPEAT = 1u << 31, /* a frame of media over UDP that was there before, octet for octet;
                                 track; view: the RTP packet */

  /* One NAL unit whose end was found: counted, but shown to nobody, so it needs no bit. */
  LENS_UNIT_ENDED = LENS_UNIT_NAL | LENS_UNIT_HEVC_NAL,
} LensUnitKind;

#define LENS_N_UNIT_KINDS 33

/* What few units of a kind have; the others need not be shown to who asks for these alone. */
typedef enum
{
  /* FRAME */
  LENS_TRAIT_NO_IP = 1 << 0,
  LENS_TRAIT_IP6 = 1 << 1,
  LENS_TRAIT_OTHER_PROTOCOL = 1 << 2, /* neither TCP nor UDP, in a whole packet or a fragment */
  LENS_TRAIT_FRAGMENT = 1 << 3,
  LENS_TRAIT_HEADER = 1 << 4,  /* an IPv4 header of more than 20 octets, or its reserved flag */
  LENS_TRAIT_WRAPPED = 1 << 5, /* tags, labels or a tunnel around it */
  LENS_TRAIT_TRAILER = 1 << 6,
  LENS_TRAIT_FIRST = 1 << 7, /* of its side */
  /* SEGMENT */
  LENS_TRAIT_SYN = 1 << 8,
  /* RTP */
  LENS_TRAIT_EXTENSION = 1 << 9,
  LENS_TRAIT_CSRC = 1 << 10,
  LENS_TRAIT_PADDING = 1 << 11, /* the flag, whatever is there */
  LENS_TRAIT_GUESSED = 1 << 12, /* nobody announced the track */
  LENS_TRAIT_MIXED = 1 << 13,   /* the track has several formats */

  LENS_TRAITS_FRAME = 0xff,
  LENS_TRAITS_SEGMENT = LENS_TRAIT_SYN,
  LENS_TRAITS_RTP = 0x1f << 9,
} LensTrait;

/* The number of a kind, below LENS_N_UNIT_KINDS: that of its bit, or the last one. */
static inline guint
lens_unit_number (LensUnitKind kind)
{
  return kind == LENS_UNIT_ENDED ? LENS_N_UNIT_KINDS - 1 : (guint)g_bit_nth_lsf (kind, -1);
}

/* Why octets of an RTP payload belong to no unit. */
typedef enum
{
  LENS_SPAN_TRAILING, /* behind the last unit of the payload */
  LENS_SPAN_CUT,      /* too short for what the payload format demands */
  LENS_SPAN_EXTRA,    /* a section of the format that players pass over */
} LensSpan;

/* How a document came. */
typedef struct
{
  gboolean lost;   /* packets are missing */
  gboolean capped; /* @text is not all of it, but the front */
  gboolean gzip;   /* compressed */
  LensView text;   /* the document: the unit's view, or what was unpacked from it */
  LensGzip member; /* gzip: what stands around it; method 0: no member is there */
  LensGunzip end;
} LensDocument;

/* A packet of a transport stream, and how it came. */
typedef struct
{
  gboolean lost; /* packets before it are missing, or may be */
  LensTs parts;
} LensTsPacket;

/* What stands before a packet inside a packet (its view), and by which standard. */
typedef struct
{
  LensTunnel tunnel;
  LensView header;
  LensSide *side; /* of the packet around it */
} LensTunnelAround;

typedef struct LensH264Watch LensH264Watch; /* ledger/h264-watch.h */

/**
 * LensUnit:
 * What an analyzer is shown.  A view: valid during the call.
 */
typedef struct
{
  LensUnitKind kind;
  guint traits;                    /* LensTrait */
  gint64 time_ns;                  /* of the frame that completed it */
  LensSide *side;                  /* who says it to whom */
  LensTrack *track;                /* media units; else NULL */
  LensView view;                   /* the whole unit */
  gsize zeros;                     /* NAL, HEVC_NAL: before this octet of the view no two zeros in
                                      a row begin */
  guint8 channel;                  /* UNSETUP: the interleaved channel */
  const LensFormat *format;        /* RTP: what the description says of its payload type, or NULL */
  const LensRtpFragment *fragment; /* RTP: the place of its payload in a unit, where the format
                                      is known and nothing is encrypted */
  const LensH264Watch *h264;       /* NAL: which has taken it; kept as long as the ledger */
  const LensRtspAsked *asked;      /* RTSP: the request that a reply answers; NULL: none is known */
  const char *url;                 /* SDP: what it describes, as asked for; NULL: not known */
  const LensTlsHello *hello;       /* TLS: of a hello; else NULL */
  const LensTunnelAround *around;  /* FRAME: a packet inside a packet, and what stands before it;
                                      NULL: as it was captured */
  union
  {
    const LensLayers *frame;
    const LensSegment *segment;
    const LensDnsMessage *dns;
    const char *discovery; /* its name: LensDiscovery.name, lens_discovery_of_frame() */
    const LensRtspUnit *rtsp;
    const LensRtp *rtp;
    const LensNal *nal;
    const LensH265Nal *hevc;
    const LensRtpJpeg *jpeg;
    const LensDocument *document;
    const LensTsPacket *ts;
    LensSpan span;
    const LensTlsPart *tls;
    const LensSdp *sdp;
    const LensAudio *audio;
  };
} LensUnit;

/* RTP: lens_track_offers() of its payload type. */
static inline gboolean
lens_unit_is_offered (const LensUnit *unit)
{
  return unit->format != NULL || unit->track->formats->len == 0;
}

/* The case an analyzer works in.  Opaque to analyzers; the calls below take it. */
typedef struct LensLedger LensLedger;

/**
 * LensChannelText:
 * What a finding of one channel says.
 */
typedef struct
{
  const char *id;          /* of the catalogue */
  const char *summary;     /* one sentence a non-expert understands, about use */
  const char *room;        /* the same where there is room, but no use; NULL: a general one */
  const char *filter_hint; /* a display filter for people, or NULL */
  const char *reference;   /* clause */
  gboolean hides;          /* its use is disguised: a tunnel, undeclared media ... */
  LensUnitKind unit;       /* the unit counted as examined */
} LensChannelText;

typedef struct LensSeedBed LensSeedBed;

/**
 * LensAnalyzer:
 * One question.  A constant; what it remembers lies in zeroed state that it is given.
 */
typedef struct
{
  const char *name;
  const char *question;
  const char *source;              /* document and clause */
  LensSeverityRule severity;       /* as what conclude weighs use: explain says it */
  guint units;                     /* LensUnitKind bits */
  guint only;                      /* LensTrait bits: a unit of the kind that they belong to is
                                      shown only where it has one of them */
  const LensChannelText *channels; /* ends with a row whose id is NULL */
  gsize state_size;

  /* One unit.  Never reads a class or a declaration: they are known only at the end. */
  void (*see) (LensLedger *ledger, gpointer state, const LensUnit *unit);
  /* A TCP connection is over in the direction of @side, by a FIN: all of it was shown.  What is
   * kept only for octets to come can be let go; others may come on the same ports.  May be NULL. */
  void (*ended) (gpointer state, const LensSide *side);
  /* After the last packet, when devices and declarations are known.  NULL: every carrier of
   * its channels that was used becomes a finding by the common rule. */
  void (*conclude) (LensLedger *ledger, gpointer state);
  void (*clear) (gpointer state);
  /* Writes this channel into a packet stream; tests/analyzers and --limits use it.  FALSE
   * when the stream has no place for it. */
  gboolean (*seed) (LensSeedBed *bed, const char *channel);
} LensAnalyzer;

/* Subjects of carriers whose room the coverage states as a bound: bits of hashes of pictures, and
 * filler whose length is examined as far as a rate explains it. */
#define LENS_SUBJECT_HASH "picture hash"
#define LENS_SUBJECT_DRAWN "drawn by lot" /* numbers of packets */
#define LENS_SUBJECT_FILLER_LENGTH "filler length"

/* --- for see; the ledger knows which analyzer asks --- */

/* The carrier of @channel (one of the analyzer's own) that @unit belongs to: from the unit's
 * source to its destination, on its track, about @subject (or NULL). */

LensCarrier *lens_ledger_carrier (LensLedger *ledger, const char *channel, const LensUnit *unit,
                                  const char *subject);
void lens_ledger_room (LensLedger *ledger, LensCarrier *carrier, const LensUnit *unit,
                       guint64 bits);
/* @length octets from @offset of the unit's view spoke. */
void lens_ledger_use (LensLedger *ledger, LensCarrier *carrier, const LensUnit *unit, guint64 bits,
                      gsize offset, gsize length);

/* One more unit of @kind, which is shown to nobody, was examined on @unit's way. */
void lens_ledger_count (LensLedger *ledger, const LensUnit *unit, LensUnitKind kind);

/**
 * lens_ledger_full:
 * The running analyzer has no room to remember what it should of @side.  Where a device under test
 * is at either end, the verdict is left open by it, and coverage says of the analyzer's channels
 * that they could not be examined.  To be called whenever a bound of an analyzer's own memory costs
 * it a look; for see.
 */
void lens_ledger_full (LensLedger *ledger, const LensSide *side);
/* Whether @n is below @most; the above, where it is not. */
gboolean lens_ledger_has_room (LensLedger *ledger, const LensSide *side, guint n, guint most);

/* The profiles are given, so that both see and conclude may read them; but which device is
 * whose is known only at the end. */
guint lens_ledger_n_profiles (const LensLedger *ledger);
const LensProfile *lens_ledger_profile (const LensLedger *ledger, guint index);

/* --- for conclude --- */

/* Octets that the capture device appended to every frame, whoever sent it; 0: none. */
gsize lens_ledger_tap_trailer (LensLedger *ledger);

/* What the side's sender has behind short frames is what its driver left there: padding. */
void lens_ledger_pass_leftovers (LensLedger *ledger, const LensSide *side);

/* Makers' endpoints and public resolvers that the user adds; for see and conclude.  NULL: none. */
const LensOwnNames *lens_ledger_own_names (const LensLedger *ledger);

LensFlows *lens_ledger_flows (LensLedger *ledger);
LensCarriers *lens_ledger_carriers (LensLedger *ledger);

/* Whether the declaration permits the flow for the device that takes part in it. */
gboolean lens_ledger_permits (LensLedger *ledger, LensFlow *flow);
/* Whether it has discovery on the link, all of which the declaration allows. */
gboolean lens_ledger_is_discovery (LensLedger *ledger, const LensFlow *flow);
/* Whether the session that was granted these UDP ports is over (RFC 2326 section 10.7), and
 * what was then still on its way has come. */
gboolean lens_ledger_is_over (const LensLedger *ledger, const LensSide *side);
/* Octets that the side carried in class undeclared; and whether it carried anything but
 * headers and their padding. */
guint64 lens_ledger_undeclared_octets (LensLedger *ledger, const LensSide *side);
gboolean lens_ledger_is_bare (LensLedger *ledger, const LensSide *side);
/* Whether the side's source (its destination) is a device under test. */
gboolean lens_ledger_from_device (LensLedger *ledger, const LensSide *side);
gboolean lens_ledger_to_device (LensLedger *ledger, const LensSide *side);
/* Whether @address is the side's source's, or another one of the same device under test. */
gboolean lens_ledger_is_own_address (LensLedger *ledger, const LensSide *side,
                                     const LensAddress *address);
/* Whether a log of the puller will be there at the end; for see. */
gboolean lens_ledger_is_logged (const LensLedger *ledger);
/* What the puller of a live run saw (stream.log), or NULL; and of one track, or NULL where it is
 * not known which of the log's it is, with the stream's name in @stream. */
const LensStreamLog *lens_ledger_stream_log (const LensLedger *ledger);
const LensLoggedTrack *lens_ledger_logged_track (LensLedger *ledger, const LensTrack *track,
                                                 const char **stream);
/* Whether the side's source is a device under test to which no packet at all was captured: what
 * it answers, and what it was asked, cannot be known. */
gboolean lens_ledger_is_one_way (LensLedger *ledger, const LensSide *side);
/* Whether a declared or permitted RTSP session granted the track. */
gboolean lens_ledger_track_declared (LensLedger *ledger, const LensTrack *track);
/* Whether a profile or MUD file declares what the side's device may do. */
gboolean lens_ledger_has_declaration (LensLedger *ledger, const LensSide *side);
/* The severity of use of a field that software fills as it likes: no more than that of its flow
 * where nobody declared anything. */
LensSeverity lens_ledger_field_severity (LensLedger *ledger, const LensCarrier *carrier);
/* Whether the capture's own answers of the name service (others' than the device's) say that
 * @name is at @address; whether they say that any name is. */
gboolean lens_ledger_is_named (LensLedger *ledger, const char *name, const LensAddress *address);
gboolean lens_ledger_has_name (LensLedger *ledger, const LensAddress *address);
/* The name that was last resolved to @address, the first of its aliases; or NULL. */
const char *lens_ledger_name_of (LensLedger *ledger, const LensAddress *address);
/* Whether DHCP named the side's destination to its source, as a server of any sort. */
gboolean lens_ledger_is_server (LensLedger *ledger, const LensSide *side);
/* The severity of pictures and sound outside declared media.  Inside a permitted flow they are
 * what it may carry; and where nobody declared anything, a server that shows them to whoever
 * asked leaks nothing. */
LensSeverity lens_ledger_media_severity (LensLedger *ledger, const LensCarrier *carrier);
/* Whether what the side says leaves the link that its source is on: it goes to a router's link
 * address; where that is not known, to an address that is neither private nor of the same net. */
gboolean lens_ledger_leaves_link (LensLedger *ledger, const LensSide *side);
/* Whether the profile of @device names viewers, and @peer is none of them. */
gboolean lens_ledger_is_stranger (LensLedger *ledger, const LensAddress *device,
                                  const LensAddress *peer);
typedef enum
{
  LENS_SERVED_NOTHING,
  LENS_SERVED_SESSION, /* RTSP */
  LENS_SERVED_MEDIA,   /* ... and declared media in it */
} LensServed;
/* What the side's source, as a server of RTSP, served to such a stranger. */
LensServed lens_ledger_served (LensLedger *ledger, const LensSide *side);
/* Whether the side's source may be a host behind a router: another's route, translation or load
 * balancing may then have changed its headers. */
gboolean lens_ledger_is_routed (LensLedger *ledger, const LensSide *side);
/* The profile's service that permits @flow, or NULL. */
const LensDeclaredService *lens_ledger_service_of (LensLedger *ledger, const LensFlow *flow);
/* A service that would permit @flow, had the capture the answer that says where its name is: it
 * was lost, or cut by the snap length.  NULL: none. */
const LensDeclaredService *lens_ledger_may_be_service (LensLedger *ledger, const LensFlow *flow);
/* Whether some permission of the profiles or the MUD file does not say with whom: see and
 * conclude may ask.  And the one that permits @flow, NULL where another does: "service NAME" or
 * "MUD entry LIST/NAME", owned by the caller. */
gboolean lens_ledger_has_wildcards (const LensLedger *ledger);
char *lens_ledger_wildcard_of (LensLedger *ledger, const LensFlow *flow);
/* The profile of the side's source: its index, -1 where there is none. */
gint lens_ledger_profile_of (LensLedger *ledger, const LensSide *side);

/**
 * lens_ledger_severity:
 * The severity of use by the rule of contract: constant content is low, at most 100 bit/s of
 * the device's time medium, above high.
 */
LensSeverity lens_ledger_severity (LensLedger *ledger, const LensCarrier *carrier);

/**
 * lens_ledger_find:
 * Makes @carrier a finding.  @summary NULL: the channel's text.  @detail may be NULL.
 * A speaker that is not under test makes it info, whatever @severity says.
 */
void lens_ledger_find (LensLedger *ledger, LensCarrier *carrier, LensSeverity severity,
                       const char *summary, const char *detail);

/* Behind the call that made @carrier a finding: what it was asked about by name, as programs may
 * use it: a host or domain of the domain name system.  NULL: nothing. */
void lens_ledger_find_name (LensLedger *ledger, const LensCarrier *carrier, const char *name);

/* The same as info, for a carrier that has room and no use. */
void lens_ledger_find_room (LensLedger *ledger, LensCarrier *carrier, const char *detail);

/* Whether the analyzer that is asked made @carrier: others may have the same channel. */
gboolean lens_ledger_owns (const LensLedger *ledger, const LensCarrier *carrier);

/* Nothing is told of @carrier: another one of its channel tells of the same room. */
void lens_ledger_pass_over (LensLedger *ledger, LensCarrier *carrier);

/* What conclude does when it is NULL. */
void lens_ledger_find_used (LensLedger *ledger);

G_END_DECLS
