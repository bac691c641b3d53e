#pragma once

#include "ledger/session.h"

#include "wire/rtsp-header.h"
#include "wire/sdp.h"

G_BEGIN_DECLS

/* What the readers of RTSP and of SIP share: only ledger/session*.c and ledger/infer.c include
 * this. */

/* A UDP port of one track that a SETUP granted, or an offer named. */
typedef struct
{
  LensAddress sender, receiver;
  guint16 sender_port; /* 0: any */
  guint16 receiver_port;
  gboolean rtcp;
  LensTrack *track;
  guint older; /* index + 1 of the one before it for the same receiver and port */
} LensGrant;

/* NULL at the cap. */
LensTrack *lens_sessions_add_track (LensSessions *sessions);
/* A new stream of @server on @flow; takes @url.  NULL at the cap. */
LensStream *lens_sessions_add_stream (LensSessions *sessions, LensFlow *flow,
                                      const LensSide *server, char *url);
/* The newest grant for a receiver and port comes before older ones. */
void lens_sessions_grant (LensSessions *sessions, LensGrant grant);
/* The ports of UDP that @server's Transport header @spec, of @octets, grants to @track. */
void lens_sessions_grant_ports (LensSessions *sessions, const LensSide *server,
                                const guint8 *octets, const LensRtspTransport *spec,
                                LensTrack *track);
/* The track of @stream that was last granted this receiver for its RTP, or NULL. */
LensTrack *lens_sessions_receiving (const LensSessions *sessions, const LensStream *stream,
                                    const LensAddress *receiver, guint16 port);
/* What an m= section says of its track. */
void lens_track_describe (LensTrack *track, const LensSdp *sdp, const LensSdpMedia *section);

G_END_DECLS
