#pragma once

#include "ledger/rtsp-asked.h"
#include "ledger/track.h"
#include "wire/rtsp.h"

G_BEGIN_DECLS

/**
 * LensSessions:
 * What RTSP sessions declare, as their messages pass: SDP, SETUP and what it granted.
 *
 * Bounded: LENS_SESSIONS_MAX tracks; more are not made (and then octets have none).
 */
typedef struct LensSessions LensSessions;

#define LENS_SESSIONS_MAX 65536

LensSessions *lens_sessions_new (void);
void lens_sessions_free (LensSessions *sessions);

/* What one RTSP connection remembers; owned by the connection. */
typedef struct LensRtspTalk LensRtspTalk;
LensRtspTalk *lens_rtsp_talk_new (LensFlow *flow);
void lens_rtsp_talk_free (LensRtspTalk *talk);

/* A message that @side said on the connection. */
void lens_sessions_message (LensSessions *sessions, LensRtspTalk *talk, LensSide *side,
                            gint64 time_ns, const guint8 *octets, const LensRtspUnit *unit);

/* The request that the last message answered, or NULL; valid until the next message. */
const LensRtspAsked *lens_rtsp_talk_answered (const LensRtspTalk *talk);
/* The URL that the last description is about, as written; or NULL. */
const char *lens_rtsp_talk_url (const LensRtspTalk *talk);

/* A datagram that may be SIP (then TRUE): what its description offers is granted, from any
 * sender; @description is where it lies, empty where there is none. */
gboolean lens_sessions_sip (LensSessions *sessions, LensSide *side, const guint8 *octets,
                            gsize length, LensRange *description);

typedef enum
{
  LENS_SIP_NO,
  LENS_SIP_MORE, /* more octets are needed */
  LENS_SIP_YES,
} LensSipGuess;

/* Whether a SIP message is at the front of a stream, and how long it is (RFC 3261 section 18.3);
 * LENS_SIP_MORE: with how many octets another call is not in vain. */
LensSipGuess lens_sip_next (const guint8 *octets, gsize length, gsize *message);

/* The track that was granted @channel, or NULL; @rtcp says which half it is. */
LensTrack *lens_rtsp_talk_track (const LensRtspTalk *talk, guint8 channel, gboolean *rtcp);
/* A connection that began before the capture, or before whose media the capture has a hole, has
 * tracks whose SETUP nobody read: one for what @side sends on @channel, by the custom of even
 * channels for RTP; NULL where a SETUP should have been read. */
LensTrack *lens_rtsp_talk_infer (LensSessions *sessions, LensRtspTalk *talk, LensSide *side,
                                 guint8 channel);
/* The capture missed octets that @side said: a SETUP, or its reply, may have been among them. */
void lens_rtsp_talk_miss (LensRtspTalk *talk, const LensSide *side);
/* Whether @side speaks for the server of the connection. */
gboolean lens_rtsp_talk_is_server (const LensRtspTalk *talk, const LensSide *side);

/**
 * lens_sessions_udp:
 * The track that a SETUP granted between these addresses and ports, in either direction, or
 * NULL.  @from_sender: @key is the sender's direction.
 */
LensTrack *lens_sessions_udp (const LensSessions *sessions, const LensSideKey *key, gboolean *rtcp,
                              gboolean *from_sender);
/* Rises whenever a new pair of ports is granted. */
guint64 lens_sessions_grants (const LensSessions *sessions);

/* A track for RTP that nobody announced, or NULL at the cap. */
LensTrack *lens_sessions_guess (LensSessions *sessions, LensSide *side);

guint lens_sessions_n_tracks (const LensSessions *sessions);
LensTrack *lens_sessions_track_at (const LensSessions *sessions, guint index);
guint lens_sessions_n_streams (const LensSessions *sessions);
LensStream *lens_sessions_stream_at (const LensSessions *sessions, guint index);

G_END_DECLS
