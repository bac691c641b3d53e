#include "samples/camera/encoder.h"

#include <gst/app/gstappsink.h>
#include <gio/gio.h>

/* A bouncing ball seen by a noisy sensor: the noise is what makes the rate.  One encoder
 * thread, or x264 would cut each picture into slices, which cameras do not. */
#define PICTURE "video/x-raw,format=I420,width=640,height=360,framerate=25/1"
#define PIPELINE                                                                                   \
  "videotestsrc is-live=true pattern=ball ! " PICTURE " ! compositor name=sensor"                  \
  " sink_1::alpha=0.12 ! " PICTURE " ! tee name=pictures ! queue"                                  \
  " ! x264enc tune=zerolatency speed-preset=ultrafast threads=1 key-int-max=25"                    \
  " bitrate=%u ! video/x-h264,profile=main,stream-format=byte-stream,alignment=au"                 \
  " ! appsink name=video sync=false async=false"                                                   \
  " videotestsrc is-live=true pattern=snow ! " PICTURE " ! sensor.sink_1"                          \
  " audiotestsrc is-live=true wave=pink-noise volume=0.05 samplesperbuffer=320"                    \
  " ! audio/x-raw,rate=8000,channels=1 ! alawenc ! appsink name=audio sync=false async=false"

struct LensEncoder
{
  GstElement *pipeline;
  LensEncoderSink sink;
  gpointer data;
};

static GstFlowReturn
hand_on (LensEncoder *encoder, LensEncoded what, GstAppSink *from)
{
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (from);
  if (sample == NULL)
    return GST_FLOW_EOS;
  GstBuffer *unit = gst_sample_get_buffer (sample);
  GstClockTime at = gst_segment_to_running_time (gst_sample_get_segment (sample), GST_FORMAT_TIME,
                                                 GST_BUFFER_PTS (unit));
  if (GST_CLOCK_TIME_IS_VALID (at))
    encoder->sink (what, unit, at, encoder->data);
  return GST_FLOW_OK;
}

static GstFlowReturn
video_is_ready (GstAppSink *from, gpointer data)
{
  return hand_on (data, LENS_ENCODED_VIDEO, from);
}

static GstFlowReturn
audio_is_ready (GstAppSink *from, gpointer data)
{
  return hand_on (data, LENS_ENCODED_AUDIO, from);
}

static void
listen_to (LensEncoder *encoder, const char *name,
           GstFlowReturn (*ready) (GstAppSink *from, gpointer data))
{
  g_autoptr (GstElement) from = gst_bin_get_by_name (GST_BIN (encoder->pipeline), name);
  GstAppSinkCallbacks callbacks = { .new_sample = ready };

  gst_app_sink_set_callbacks (GST_APP_SINK (from), &callbacks, encoder, NULL);
}

LensEncoder *
lens_encoder_new (guint kbps, LensEncoderSink sink, gpointer data, GError **error)
{
  g_autofree char *description = g_strdup_printf (PIPELINE, kbps);
  GstElement *pipeline
      = gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
  if (pipeline == NULL)
    return NULL;

  LensEncoder *encoder = g_new0 (LensEncoder, 1);
  encoder->pipeline = gst_object_ref_sink (pipeline);
  encoder->sink = sink;
  encoder->data = data;
  listen_to (encoder, "video", video_is_ready);
  listen_to (encoder, "audio", audio_is_ready);
  return encoder;
}

gboolean
lens_encoder_start (LensEncoder *encoder, GError **error)
{
  if (gst_element_set_state (encoder->pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the encoder does not start");
  return FALSE;
}

GstClockTime
lens_encoder_now (LensEncoder *encoder)
{
  return gst_element_get_current_running_time (encoder->pipeline);
}

void
lens_encoder_refresh (LensEncoder *encoder)
{
  g_autoptr (GstElement) behind = gst_bin_get_by_name (GST_BIN (encoder->pipeline), "video");
  GstStructure *wish
      = gst_structure_new ("GstForceKeyUnit", "all-headers", G_TYPE_BOOLEAN, TRUE, NULL);

  /* A sink sends an upstream event to what stands before it, the H.264 encoder in the end. */
  gst_element_send_event (behind, gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM, wish));
}

void
lens_encoder_tap (LensEncoder *encoder, GstElement *branch)
{
  g_autoptr (GstElement) pictures = gst_bin_get_by_name (GST_BIN (encoder->pipeline), "pictures");

  gst_bin_add (GST_BIN (encoder->pipeline), branch);
  gst_element_link (pictures, branch);
}

void
lens_encoder_free (LensEncoder *encoder)
{
  if (encoder == NULL)
    return;
  gst_element_set_state (encoder->pipeline, GST_STATE_NULL);
  gst_object_unref (encoder->pipeline);
  g_free (encoder);
}
