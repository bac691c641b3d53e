#include "samples/camera/stream.h"

#include <gio/gio.h>
#include <gst/rtsp-server/rtsp-server.h>

#define GOODBYE_US (3 * G_USEC_PER_SEC)
#define HOUSEKEEPING_S 5

/* A bouncing ball seen by a noisy sensor: the noise is what makes the rate.  One encoder
 * thread, or x264 would cut each picture into slices, which cameras do not. */
#define PIPELINE                                                                                   \
  "( videotestsrc is-live=true pattern=ball ! " PICTURE " ! compositor name=sensor"                \
  " sink_1::alpha=0.12 ! " PICTURE " ! tee name=pictures ! queue"                                  \
  " ! x264enc tune=zerolatency speed-preset=ultrafast threads=1 key-int-max=25 bitrate=%u"         \
  " ! video/x-h264,profile=main ! rtph264pay name=pay0 pt=96 config-interval=-1 mtu=1400"          \
  " videotestsrc is-live=true pattern=snow ! " PICTURE " ! sensor.sink_1"                          \
  " audiotestsrc is-live=true wave=pink-noise volume=0.05 samplesperbuffer=320"                    \
  " ! audio/x-raw,rate=8000,channels=1 ! alawenc"                                                  \
  " ! rtppcmapay name=pay1 pt=8 min-ptime=40000000 max-ptime=40000000 )"
#define PICTURE "video/x-raw,format=I420,width=640,height=360,framerate=25/1"

/* What the pipeline, and the picture tap of an implant, are made of. */
static const struct
{
  const char *element, *package;
} ingredients[] = {
  { "queue", "libgstreamer1.0-0" },
  { "videotestsrc", "gstreamer1.0-plugins-base" },
  { "audiotestsrc", "gstreamer1.0-plugins-base" },
  { "compositor", "gstreamer1.0-plugins-base" },
  { "videorate", "gstreamer1.0-plugins-base" },
  { "appsink", "gstreamer1.0-plugins-base" },
  { "x264enc", "gstreamer1.0-plugins-ugly" },
  { "alawenc", "gstreamer1.0-plugins-good" },
  { "jpegenc", "gstreamer1.0-plugins-good" },
  { "rtph264pay", "gstreamer1.0-plugins-good" },
  { "rtpbin", "gstreamer1.0-plugins-good" },
  { "udpsink", "gstreamer1.0-plugins-good" },
};

struct LensStream
{
  GstRTSPServer *server;
  LensStreamMade made;
  gpointer data;
  guint source, housekeeping;
  int watching;  /* viewers between PLAY and TEARDOWN; atomic */
  int pipelines; /* alive; atomic */
};

/* The flag on the client keeps one viewer from counting twice. */
static void
set_watching (LensStream *stream, GstRTSPClient *client, gboolean watching)
{
  gboolean before = g_object_get_data (G_OBJECT (client), "watching") != NULL;

  if (before == watching)
    return;
  g_object_set_data (G_OBJECT (client), "watching", GINT_TO_POINTER (watching));
  g_atomic_int_add (&stream->watching, watching ? 1 : -1);
}

/* The library emits this once the pipeline plays for this viewer too. */
static void
client_plays (GstRTSPClient *client, GstRTSPContext *context, gpointer data)
{
  set_watching (data, client, TRUE);
}

static GstRTSPStatusCode
client_is_leaving (GstRTSPClient *client, GstRTSPContext *context, gpointer data)
{
  set_watching (data, client, FALSE);
  return GST_RTSP_STS_OK;
}

static void
client_closed (GstRTSPClient *client, gpointer data)
{
  set_watching (data, client, FALSE);
}

static void
client_connected (GstRTSPServer *server, GstRTSPClient *client, gpointer data)
{
  g_signal_connect (client, "play-request", G_CALLBACK (client_plays), data);
  g_signal_connect (client, "pre-pause-request", G_CALLBACK (client_is_leaving), data);
  g_signal_connect (client, "pre-teardown-request", G_CALLBACK (client_is_leaving), data);
  g_signal_connect (client, "closed", G_CALLBACK (client_closed), data);
}

static void
pipeline_gone (gpointer data, GObject *where_it_was)
{
  LensStream *stream = data;

  g_atomic_int_add (&stream->pipelines, -1);
}

static void
media_configured (GstRTSPMediaFactory *factory, GstRTSPMedia *media, gpointer data)
{
  LensStream *stream = data;
  g_autoptr (GstElement) pipeline = gst_rtsp_media_get_element (media);

  g_atomic_int_add (&stream->pipelines, 1);
  g_object_weak_ref (G_OBJECT (media), pipeline_gone, stream);
  stream->made (GST_BIN (pipeline), stream->data);
}

static gboolean
drop_old_sessions (gpointer data)
{
  LensStream *stream = data;
  g_autoptr (GstRTSPSessionPool) sessions = gst_rtsp_server_get_session_pool (stream->server);

  gst_rtsp_session_pool_cleanup (sessions);
  return G_SOURCE_CONTINUE;
}

static void
ask_for_password (GstRTSPServer *server, GstRTSPMediaFactory *factory,
                  const LensStreamOptions *options)
{
  g_autoptr (GstRTSPAuth) auth = gst_rtsp_auth_new ();
  g_autoptr (GstRTSPToken) viewer
      = gst_rtsp_token_new (GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, "viewer", NULL);

  gst_rtsp_auth_set_supported_methods (auth, GST_RTSP_AUTH_DIGEST);
  gst_rtsp_auth_set_realm (auth, options->realm);
  gst_rtsp_auth_add_digest (auth, options->user, options->password, viewer);
  gst_rtsp_server_set_auth (server, auth);
  gst_rtsp_media_factory_add_role (factory, "viewer", GST_RTSP_PERM_MEDIA_FACTORY_ACCESS,
                                   G_TYPE_BOOLEAN, TRUE, GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT,
                                   G_TYPE_BOOLEAN, TRUE, NULL);
}

static GstRTSPMediaFactory *
make_factory (LensStream *stream, const LensStreamOptions *options)
{
  GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new ();
  g_autofree char *launch = g_strdup_printf (PIPELINE, options->kbps);

  gst_rtsp_media_factory_set_launch (factory, launch);
  gst_rtsp_media_factory_set_shared (factory, TRUE);
  gst_rtsp_media_factory_set_protocols (factory,
                                        GST_RTSP_LOWER_TRANS_TCP | GST_RTSP_LOWER_TRANS_UDP);
  g_signal_connect (factory, "media-configure", G_CALLBACK (media_configured), stream);
  return factory;
}

static gboolean
have_ingredients (GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ingredients); i++)
    {
      g_autoptr (GstElementFactory) found = gst_element_factory_find (ingredients[i].element);
      if (found != NULL)
        continue;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "GStreamer has no %s (Debian: %s)",
                   ingredients[i].element, ingredients[i].package);
      return FALSE;
    }
  return TRUE;
}

LensStream *
lens_stream_new (const LensStreamOptions *options, LensStreamMade made, gpointer data,
                 GError **error)
{
  if (!have_ingredients (error))
    return NULL;
  LensStream *stream = g_new0 (LensStream, 1);
  stream->server = gst_rtsp_server_new ();
  stream->made = made;
  stream->data = data;

  g_autofree char *service = g_strdup_printf ("%u", options->port);
  gst_rtsp_server_set_address (stream->server, options->address);
  gst_rtsp_server_set_service (stream->server, service);
  g_signal_connect (stream->server, "client-connected", G_CALLBACK (client_connected), stream);

  GstRTSPMediaFactory *factory = make_factory (stream, options);
  if (options->user != NULL)
    ask_for_password (stream->server, factory, options);
  g_autoptr (GstRTSPMountPoints) mounts = gst_rtsp_server_get_mount_points (stream->server);
  gst_rtsp_mount_points_add_factory (mounts, options->path, factory);

  stream->source = gst_rtsp_server_attach (stream->server, NULL);
  if (stream->source == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "cannot serve RTSP on %s:%u",
                   options->address, options->port);
      lens_stream_free (stream);
      return NULL;
    }
  stream->housekeeping = g_timeout_add_seconds (HOUSEKEEPING_S, drop_old_sessions, stream);
  return stream;
}

static GstRTSPFilterResult
send_away (GstRTSPServer *server, GstRTSPClient *client, gpointer data)
{
  return GST_RTSP_FILTER_REMOVE;
}

static GstRTSPFilterResult
end_session (GstRTSPSessionPool *pool, GstRTSPSession *session, gpointer data)
{
  return GST_RTSP_FILTER_REMOVE;
}

void
lens_stream_free (LensStream *stream)
{
  if (stream == NULL)
    return;
  g_clear_handle_id (&stream->housekeeping, g_source_remove);
  g_clear_handle_id (&stream->source, g_source_remove);
  gst_rtsp_server_client_filter (stream->server, send_away, NULL);
  g_autoptr (GstRTSPSessionPool) sessions = gst_rtsp_server_get_session_pool (stream->server);
  gst_rtsp_session_pool_filter (sessions, end_session, NULL);

  gint64 deadline_us = g_get_monotonic_time () + GOODBYE_US;
  while (g_atomic_int_get (&stream->pipelines) > 0 && g_get_monotonic_time () < deadline_us)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (10000);
    }
  g_object_unref (stream->server);
  g_free (stream);
}

gboolean
lens_stream_is_watched (LensStream *stream)
{
  return g_atomic_int_get (&stream->watching) > 0;
}

GstElement *
lens_stream_pictures (GstBin *pipeline)
{
  return gst_bin_get_by_name (pipeline, "pictures");
}

GstPad *
lens_stream_video_packets (GstBin *pipeline)
{
  g_autoptr (GstElement) payloader = gst_bin_get_by_name (pipeline, "pay0");

  return gst_element_get_static_pad (payloader, "src");
}
