#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum
{
  LENS_ENCODED_VIDEO, /* an H.264 access unit, byte stream */
  LENS_ENCODED_AUDIO, /* 40 ms of G.711 A-law */
} LensEncoded;

/* @unit is borrowed; @at is its running time in the encoder.  Called in a library thread. */
typedef void (*LensEncoderSink) (LensEncoded what, GstBuffer *unit, GstClockTime at, gpointer data);

/**
 * LensEncoder:
 * The camera's eye and ear: one pipeline that runs as long as the camera, watched or not, as
 * the encoder of a real camera does.  Each viewer gets what it makes.
 */
typedef struct LensEncoder LensEncoder;

LensEncoder *lens_encoder_new (guint kbps, LensEncoderSink sink, gpointer data, GError **error);
gboolean lens_encoder_start (LensEncoder *encoder, GError **error);

/* The pipeline's running time, and a wish for a keyframe now. */
GstClockTime lens_encoder_now (LensEncoder *encoder);
void lens_encoder_refresh (LensEncoder *encoder);

/* Leads the raw pictures, on their way into H.264, into @branch as well; takes it.  To be
 * called before the start. */
void lens_encoder_tap (LensEncoder *encoder, GstElement *branch);

void lens_encoder_free (LensEncoder *encoder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensEncoder, lens_encoder_free)

G_END_DECLS
