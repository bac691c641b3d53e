#pragma once

#include "samples/camera/encoder.h"
#include "samples/camera/viewer.h"

G_BEGIN_DECLS

/**
 * LensStream:
 * The RTSP server: H.264 and G.711 A-law behind one path, over TCP interleaved or UDP unicast.
 * All viewers see the output of one encoder.  Owns the library's threads.
 */
typedef struct LensStream LensStream;

typedef struct
{
  const char *address, *path, *realm;
  const char *user, *password; /* NULL: no authentication; else Digest */
  guint port;
  guint kbps; /* of the video encoder */
} LensStreamOptions;

/* Called in a library thread for each new viewer, before its pipeline starts. */
typedef void (*LensViewerCame) (LensViewer *viewer, gpointer data);

/* @options must last until the start.  The encoder is the stream's; until the start it can be
 * tapped. */
LensStream *lens_stream_new (const LensStreamOptions *options, LensViewerCame came, gpointer data,
                             GError **error);
LensEncoder *lens_stream_encoder (LensStream *stream);

/* From here on viewers are served. */
gboolean lens_stream_start (LensStream *stream, GError **error);

/* Whether anybody watches. */
gboolean lens_stream_is_watched (LensStream *stream);

/* Sends the viewers away and waits (at most 3 s) until they are gone. */
void lens_stream_free (LensStream *stream);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensStream, lens_stream_free)

G_END_DECLS
