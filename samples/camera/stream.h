#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * LensStream:
 * The RTSP server: H.264 and G.711 A-law behind one path, over TCP interleaved or UDP unicast.
 * All viewers share one pipeline, which runs while anybody has set it up.
 *
 * Owns the library's threads.  An implant may change a pipeline when it is made.
 */
typedef struct LensStream LensStream;

typedef struct
{
  const char *address, *path, *realm;
  const char *user, *password; /* NULL: no authentication; else Digest */
  guint port;
  guint kbps; /* of the video encoder */
} LensStreamOptions;

/* Called in a library thread for each new pipeline, before it starts. */
typedef void (*LensStreamMade) (GstBin *pipeline, gpointer data);

LensStream *lens_stream_new (const LensStreamOptions *options, LensStreamMade made, gpointer data,
                             GError **error);

/* Sends the viewers away and waits (at most 3 s) until their pipeline is gone. */
void lens_stream_free (LensStream *stream);

/* Whether a viewer is between PLAY and TEARDOWN.  Any thread may ask. */
gboolean lens_stream_is_watched (LensStream *stream);

/* The two places where a pipeline can be opened: raw pictures on their way to the encoder
 * (a tee), and finished RTP packets of the video (a source pad).  The caller unrefs. */
GstElement *lens_stream_pictures (GstBin *pipeline);
GstPad *lens_stream_video_packets (GstBin *pipeline);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensStream, lens_stream_free)

G_END_DECLS
