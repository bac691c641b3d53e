#pragma once

#include "ledger/analyzer.h"
#include "ledger/ledger.h"

G_BEGIN_DECLS

/**
 * Build:
 * A capture written by hand, packet by packet, straight into a ledger.
 *
 * A camera (192.0.2.10, 02:00:00:00:00:10) and a viewer (192.0.2.20) on one Ethernet; the
 * camera is under test.  Every call that puts a frame on the wire returns its number and
 * leaves in build->offset where its innermost payload begins.  Frames are 10 ms apart
 * (build->step).  Byte arrays handed over are consumed.
 */
typedef enum
{
  CAMERA, /* the camera speaks */
  VIEWER,
} BuildSpeaker;

typedef struct
{
  guint16 camera_port, viewer_port;
  guint32 sequence[2]; /* of the next octet, by speaker */
} BuildTcp;

typedef struct
{
  LensLedger *ledger;
  const LensAnalyzer *analyzers[1];
  GPtrArray *profiles;
  gint64 now, step;   /* ns */
  guint64 frame;      /* number of the last one */
  gsize offset;       /* of its innermost payload */
  BuildTcp rtsp;      /* the connection of build_session() */
  gboolean over_tcp;  /* interleaved */
  guint cseq;         /* of the last request */
  LensStreamLog *log; /* of the puller, borrowed; or NULL */
  LensEvaluation *evaluation;
  GByteArray *kept; /* see keep.h; NULL: nothing */
} Build;

/* With one analyzer by its name, or all of them (NULL). */
Build *build_new (const char *analyzer);
/* The same, the camera declared by a profile: @more groups behind its [device]. */
Build *build_declared (const char *analyzer, const char *more);
void build_free (Build *build);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Build, build_free)

/* Octets from hexadecimal digits; blanks between them are passed over. */
GByteArray *build_hex (const char *digits);
GByteArray *build_text (const char *text);
GByteArray *build_filled (guint8 octet, gsize length);
/* @tail behind @head. */
GByteArray *build_join (GByteArray *head, GByteArray *tail);

/* --- frames --- */

/* A whole frame as it is. */
guint64 build_frame (Build *build, GByteArray *frame);
/* @trailer (or NULL) lies behind what the lengths of the frame account for. */
guint64 build_ethernet (Build *build, BuildSpeaker speaker, guint16 ethertype, GByteArray *payload,
                        GByteArray *trailer);
guint64 build_ip (Build *build, BuildSpeaker speaker, guint8 protocol, GByteArray *payload,
                  GByteArray *trailer);
/* The camera tells its addresses (an announcement, RFC 5227 section 2.3): so its frames without
 * IP are known to be its own. */
guint64 build_announce (Build *build);
/* A UDP datagram, header with a valid checksum. */
GByteArray *build_datagram (BuildSpeaker speaker, guint16 camera_port, guint16 viewer_port,
                            GByteArray *data);
guint64 build_udp (Build *build, BuildSpeaker speaker, guint16 camera_port, guint16 viewer_port,
                   GByteArray *data);
/* An ICMP echo (type 8 or 0). */
guint64 build_echo (Build *build, BuildSpeaker speaker, guint8 type, guint16 identifier,
                    guint16 sequence, GByteArray *data);

/* --- TCP --- */

/* Three segments; the viewer opens. */
void build_connect (Build *build, BuildTcp *tcp, guint16 camera_port, guint16 viewer_port);
guint64 build_segment (Build *build, BuildTcp *tcp, BuildSpeaker speaker, GByteArray *data);

/* A segment as it is written: the header's fields, options (a multiple of 4 octets) and data,
 * both or either NULL.  @flags: 12 bits (wire/transport.h).  build->offset: where it begins. */
typedef struct
{
  guint16 flags;
  guint32 sequence, acknowledgement;
  guint16 window, urgent;
  GByteArray *options, *data;
  gboolean wrong_sum;
} BuildSegment;

guint64 build_tcp (Build *build, BuildSpeaker speaker, guint16 camera_port, guint16 viewer_port,
                   BuildSegment segment);

/* --- RTSP --- */

/* SDP of one H.264 track (payload type 96), of one JPEG track (26), of one H.265 track (96). */
extern const char build_sdp_h264[], build_sdp_jpeg[], build_sdp_h265[];

/* The viewer asks @method with @headers (lines with their ends, or ""), the camera answers
 * 200 with @reply_headers and @body.  Returns the answer's frame. */
guint64 build_request (Build *build, const char *method, const char *headers,
                       const char *reply_headers, const char *body);
/* The viewer asks @method of @uri, the camera answers @status ("302 Found") with @headers (lines
 * with their ends, or "").  Returns the answer's frame. */
guint64 build_answer (Build *build, const char *method, const char *uri, const char *status,
                      const char *headers);
/* DESCRIBE with @sdp, one SETUP for each of its m= lines, PLAY.  Track i has the channels 2i
 * and 2i+1, or the ports 6000+2i at the camera and 5000+2i at the viewer.  @play: more
 * headers of PLAY and SETUP, or "". */
void build_session (Build *build, const char *sdp, gboolean over_tcp, const char *more);

/* --- media --- */

typedef struct
{
  gboolean marker;
  guint8 payload_type;
  guint16 sequence;
  guint32 timestamp;
  guint32 ssrc;
  GByteArray *csrc;      /* whole words, or NULL */
  GByteArray *extension; /* profile, length and words, or NULL */
  GByteArray *payload;   /* or NULL */
  GByteArray *padding;   /* its last octet counts it, or NULL */
} BuildRtp;

GByteArray *build_rtp (BuildRtp rtp);
/* A packet of the camera's track (RTP, or RTCP) by whatever transport the session has. */
guint64 build_media (Build *build, BuildSpeaker speaker, guint track, gboolean rtcp,
                     GByteArray *packet);
/* A `$` frame on any channel. */
guint64 build_interleaved (Build *build, BuildSpeaker speaker, guint8 channel, GByteArray *data);
/* @count packets of honest H.264 (a P slice each) on track 0 from @sequence on. */
void build_video (Build *build, guint count, guint16 sequence, guint32 ssrc);
/* One NAL unit as one packet of track 0, 3600 ticks after the last. */
guint64 build_nal (Build *build, guint16 sequence, GByteArray *nal);
/* The same in fragments (FU-A) of at most @size octets; returns the first frame. */
guint64 build_fragments (Build *build, guint16 sequence, gsize size, GByteArray *nal);
/* A sender report (no blocks) followed by @more (packets of RTCP), or NULL. */
GByteArray *build_report (guint32 ssrc, GByteArray *more);

/* --- what came of it --- */

LensEvaluation *build_conclude (Build *build);
/* The finding of @channel, or NULL. */
const LensFindingRow *build_finding (Build *build, const char *channel);
/* Exactly one finding of the channel, at @severity. */
const LensFindingRow *build_found (Build *build, const char *channel, LensSeverity severity);
/* The worst of several findings of the channel, at @severity. */
const LensFindingRow *build_worst (Build *build, const char *channel, LensSeverity severity);
/* No finding of the channel above info; the one at info, if there is one. */
const LensFindingRow *build_quiet (Build *build, const char *channel);
void build_assert_octets (const LensFindingRow *finding, guint index, guint64 frame, gsize offset,
                          gsize length);
guint64 build_class (Build *build, LensClass class_);

G_END_DECLS
