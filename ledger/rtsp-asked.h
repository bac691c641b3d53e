#pragma once

#include "wire/rtsp.h"

G_BEGIN_DECLS

/**
 * LensRtspAsked:
 * A request as it was sent, kept until its reply has been read.
 *
 * The message is cut behind LENS_RTSP_ASKED_MAX octets; @headers and @body are then empty.
 */
typedef struct
{
  gboolean has_cseq;
  guint64 cseq;
  char *method;
  char *uri;
  guint8 *octets;
  gsize length;
  LensRange headers, body;
} LensRtspAsked;

#define LENS_RTSP_ASKED_MAX 8192

/**
 * LensRtspWaiting:
 * The requests of one side of a connection that have no reply yet, oldest first; at most 64,
 * then the oldest are forgotten.
 */
typedef struct LensRtspWaiting LensRtspWaiting;

LensRtspWaiting *lens_rtsp_waiting_new (void);
void lens_rtsp_waiting_free (LensRtspWaiting *waiting);

void lens_rtsp_waiting_add (LensRtspWaiting *waiting, const guint8 *octets,
                            const LensRtspUnit *request);

/**
 * lens_rtsp_waiting_take:
 * The request that @reply answers by its CSeq (RFC 2326 section 12.17); one that says none, or
 * a wrong one as some cameras do, can only be for the oldest or the newest.  NULL: nobody asked.
 * Valid until the next call.
 */
const LensRtspAsked *lens_rtsp_waiting_take (LensRtspWaiting *waiting, const guint8 *octets,
                                             const LensRtspUnit *reply);

G_END_DECLS
