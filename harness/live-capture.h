#pragma once

#include "harness/capture.h"
#include "harness/recorder.h"
#include "sandbox/worker.h"

G_BEGIN_DECLS

/**
 * LensLiveCapture:
 * One lenscap-capture at work on one interface, and the recorders that get its packets.
 */
typedef struct LensLiveCapture LensLiveCapture;

/* A capture whose messages stay away this long is taken for dead. */
#define LENS_LIVE_HEARTBEAT_US (5 * G_USEC_PER_SEC)

/* Starts @program on @interface in our network and waits until it captures: at most
 * LENS_LIVE_HEARTBEAT_US.  An error carries the line that the program printed. */
LensLiveCapture *lens_live_capture_start (const char *program, const char *interface,
                                          GError **error);
void lens_live_capture_free (LensLiveCapture *capture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensLiveCapture, lens_live_capture_free)

const char *lens_live_capture_interface (const LensLiveCapture *capture);

/* Section header and interface, with which every file begins.  Known after the start. */
const guint8 *lens_live_capture_header (const LensLiveCapture *capture, gsize *length);

/* @recorder, borrowed, gets all packets from now on. */
void lens_live_capture_add (LensLiveCapture *capture, LensRecorder *recorder);

/* Descriptors to poll for POLLIN; -1 when that end is closed. */
int lens_live_capture_packets_fd (const LensLiveCapture *capture);
int lens_live_capture_messages_fd (const LensLiveCapture *capture);

/* When the descriptor is readable.  FALSE: a file could not be written, or the capture does
 * not write what a capture writes. */
gboolean lens_live_capture_take_packets (LensLiveCapture *capture, GError **error);
void lens_live_capture_take_messages (LensLiveCapture *capture);

/* Asks it to drain its ring and end; its packets then come to an end. */
void lens_live_capture_stop (LensLiveCapture *capture);
gboolean lens_live_capture_ended (const LensLiveCapture *capture); /* no more packets come */
gboolean lens_live_capture_is_late (const LensLiveCapture *capture, gint64 now_us);

typedef struct
{
  LensCaptureBeat beat;   /* the last one */
  guint64 packets, bytes; /* recorded here; equal to the beat's when all is well */
  LensLayerSet layers;    /* that confined it */
  gboolean complete;      /* it ended by itself, after its statistics */
  char *end;              /* how it ended, one sentence; NULL: it runs */
} LensLiveCaptureState;

/* A view, valid until the next call of anything here. */
const LensLiveCaptureState *lens_live_capture_state (const LensLiveCapture *capture);

/* After the end, or to enforce it: waits until @deadline_us, then kills. */
void lens_live_capture_reap (LensLiveCapture *capture, gint64 deadline_us);

G_END_DECLS
