#pragma once

#include "samples/camera/encoder.h"

G_BEGIN_DECLS

/**
 * LensViewer:
 * One viewer's way out of the camera: what the encoder made goes in, RTP packets come out.
 *
 * Lives in a pipeline of its own that the RTSP library makes for each session.  Shared
 * pipelines would spare the second packetizer, but when two viewers set up the same one over
 * TCP and UDP in the same instant, gst-rtsp-server 1.22 may leave a track of it standing.
 * Reference counted; any thread.
 */
typedef struct LensViewer LensViewer;

/* The description of its pipeline, for the library. */
const char *lens_viewer_pipeline (void);

/* @owner is only compared with; @from is the encoder's running time when this viewer came:
 * nothing older is shown. */
LensViewer *lens_viewer_new (GstBin *pipeline, gconstpointer owner, GstClockTime from);
gboolean lens_viewer_is_of (const LensViewer *viewer, gconstpointer owner);
LensViewer *lens_viewer_ref (LensViewer *viewer);
void lens_viewer_unref (LensViewer *viewer);

/* Video begins with a keyframe; after a jam it waits for the next. */
void lens_viewer_show (LensViewer *viewer, LensEncoded what, GstBuffer *unit, GstClockTime at);

/* Between PLAY and TEARDOWN. */
void lens_viewer_set_watching (LensViewer *viewer, gboolean watching);
gboolean lens_viewer_is_watching (LensViewer *viewer);

/* Where the finished RTP packets of the video come out, while its pipeline lives; the caller
 * unrefs. */
GstPad *lens_viewer_video_packets (LensViewer *viewer);

G_END_DECLS
