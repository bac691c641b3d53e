#pragma once

#include "tests/bench/traffic/media.h"
#include "tests/bench/traffic/net.h"

G_BEGIN_DECLS

/**
 * BenchTrack:
 * One media track on its way: cuts an endless loop of its media into RTP packets (RFC 6184 and
 * RFC 7798 fragmentation units, RFC 3640, RFC 3551), counts for its RTCP reports.
 *
 * Over UDP it has a port pair, inside TCP a channel pair of the RTSP connection.
 */
typedef struct
{
  const BenchMedia *media;
  guint payload_type, clock_hz;
  guint32 ssrc, viewer_ssrc;
  guint16 sequence, first_sequence;
  guint32 stamp_at_epoch; /* the RTP clock where microseconds begin */
  guint32 first_stamp;
  guint32 cycles, packets, octets;
  guint next_part;
  gint64 started_us, units; /* the media clock: units since the start */
  gint64 last_report_us;
  char *name, *viewer_name; /* CNAME */

  BenchFrames *frames;
  BenchTcp *tcp; /* interleaved, or NULL */
  guint channel;
  BenchTalk rtp, rtcp;
} BenchTrack;

/* When the next unit of the media is due, microseconds since the epoch. */
gint64 bench_track_due (const BenchTrack *track);

/* Its RTP time stamp. */
guint32 bench_track_stamp (const BenchTrack *track);

/* Sends the next access unit (audio frame). */
void bench_track_send (BenchTrack *track, gint64 at_us);

/* A sender's report, and the viewer's report (RFC 3550 section 6.4). */
void bench_track_report (BenchTrack *track, gint64 at_us);

/* The last report, with BYE. */
void bench_track_end (BenchTrack *track, gint64 at_us);

G_END_DECLS
