#pragma once

#include "wire/rtsp.h"

G_BEGIN_DECLS

/**
 * LensRtspTunnel:
 * The half of RTSP over HTTP that goes to the server: after a POST, base64 of RTSP requests (Apple,
 * Tunnelling RTSP and RTP through HTTP).  What comes back on the GET connection is plain.
 *
 * Bounded: a request longer than 128 KiB is dropped with what is behind it until the next one.
 */
typedef struct LensRtspTunnel LensRtspTunnel;

/* @octets: plain, one unit long; borrowed. */
typedef void (*LensRtspTunnelCall) (gpointer data, const guint8 *octets, const LensRtspUnit *unit);

LensRtspTunnel *lens_rtsp_tunnel_new (void);
void lens_rtsp_tunnel_free (LensRtspTunnel *tunnel);

/* The next octets as they travel; calls back for each unit that they complete. */
void lens_rtsp_tunnel_take (LensRtspTunnel *tunnel, const guint8 *octets, gsize length,
                            LensRtspTunnelCall call, gpointer data);
/* Octets are missing here: base64 and requests begin anew. */
void lens_rtsp_tunnel_gap (LensRtspTunnel *tunnel);

G_END_DECLS
