#include "samples/camera/stream.h"

#include <gio/gio.h>
#include <gst/rtsp-server/rtsp-server.h>

#define GOODBYE_US (3 * G_USEC_PER_SEC)
#define HOUSEKEEPING_S 5

/* How old the picture may be that becomes a newcomer's keyframe: what the encoder still has
 * in its queues when the viewer comes. */
#define PICTURE_AGE (100 * GST_MSECOND)

/* What all the pipelines here are made of. */
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
  { "appsrc", "gstreamer1.0-plugins-base" },
  { "x264enc", "gstreamer1.0-plugins-ugly" },
  { "alawenc", "gstreamer1.0-plugins-good" },
  { "jpegenc", "gstreamer1.0-plugins-good" },
  { "rtph264pay", "gstreamer1.0-plugins-good" },
  { "rtpbin", "gstreamer1.0-plugins-good" },
  { "udpsink", "gstreamer1.0-plugins-good" },
};

struct LensStream
{
  const LensStreamOptions *options; /* of the caller, until the start */
  GstRTSPServer *server;
  LensEncoder *encoder;
  LensViewerCame came;
  gpointer data;
  guint source, housekeeping;
  GMutex lock;
  GPtrArray *viewers; /* a reference each; under the lock */
};

static void
encoder_made (LensEncoded what, GstBuffer *unit, GstClockTime at, gpointer data)
{
  LensStream *stream = data;

  g_mutex_lock (&stream->lock);
  for (guint i = 0; i < stream->viewers->len; i++)
    lens_viewer_show (stream->viewers->pdata[i], what, unit, at);
  g_mutex_unlock (&stream->lock);
}

static void
forget_viewer (gpointer viewer)
{
  lens_viewer_unref (viewer);
}

/* The library emits this once the pipeline plays. */
static void
client_plays (GstRTSPClient *client, GstRTSPContext *context, gpointer data)
{
  LensViewer *viewer = g_object_get_data (G_OBJECT (context->media), "viewer");

  lens_viewer_set_watching (viewer, TRUE);
  g_object_set_data_full (G_OBJECT (client), "viewer", lens_viewer_ref (viewer), forget_viewer);
}

static void
stop_watching (GstRTSPClient *client)
{
  LensViewer *viewer = g_object_get_data (G_OBJECT (client), "viewer");

  if (viewer == NULL)
    return;
  lens_viewer_set_watching (viewer, FALSE);
  g_object_set_data (G_OBJECT (client), "viewer", NULL);
}

static GstRTSPStatusCode
client_is_leaving (GstRTSPClient *client, GstRTSPContext *context, gpointer data)
{
  stop_watching (client);
  return GST_RTSP_STS_OK;
}

static void
client_closed (GstRTSPClient *client, gpointer data)
{
  stop_watching (client);
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
media_gone (gpointer data, GObject *where_it_was)
{
  LensStream *stream = data;

  g_mutex_lock (&stream->lock);
  for (guint i = stream->viewers->len; i > 0; i--)
    if (lens_viewer_is_of (stream->viewers->pdata[i - 1], where_it_was))
      g_ptr_array_remove_index_fast (stream->viewers, i - 1);
  g_mutex_unlock (&stream->lock);
}

static void
media_configured (GstRTSPMediaFactory *factory, GstRTSPMedia *media, gpointer data)
{
  LensStream *stream = data;
  g_autoptr (GstElement) pipeline = gst_rtsp_media_get_element (media);
  GstClockTime now = lens_encoder_now (stream->encoder);
  LensViewer *viewer
      = lens_viewer_new (GST_BIN (pipeline), media, now > PICTURE_AGE ? now - PICTURE_AGE : 0);

  g_object_set_data_full (G_OBJECT (media), "viewer", lens_viewer_ref (viewer), forget_viewer);
  g_object_weak_ref (G_OBJECT (media), media_gone, stream);
  stream->came (viewer, stream->data);
  g_mutex_lock (&stream->lock);
  g_ptr_array_add (stream->viewers, viewer);
  g_mutex_unlock (&stream->lock);
  lens_encoder_refresh (stream->encoder);
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
lens_stream_new (const LensStreamOptions *options, LensViewerCame came, gpointer data,
                 GError **error)
{
  if (!have_ingredients (error))
    return NULL;
  g_autoptr (LensStream) stream = g_new0 (LensStream, 1);
  stream->options = options;
  stream->server = gst_rtsp_server_new ();
  stream->came = came;
  stream->data = data;
  g_mutex_init (&stream->lock);
  stream->viewers = g_ptr_array_new_with_free_func (forget_viewer);
  stream->encoder = lens_encoder_new (options->kbps, encoder_made, stream, error);
  return stream->encoder != NULL ? g_steal_pointer (&stream) : NULL;
}

LensEncoder *
lens_stream_encoder (LensStream *stream)
{
  return stream->encoder;
}

static void
mount (LensStream *stream)
{
  const LensStreamOptions *options = stream->options;
  g_autoptr (GstRTSPMountPoints) mounts = gst_rtsp_server_get_mount_points (stream->server);
  GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new ();

  gst_rtsp_media_factory_set_launch (factory, lens_viewer_pipeline ());
  gst_rtsp_media_factory_set_protocols (factory,
                                        GST_RTSP_LOWER_TRANS_TCP | GST_RTSP_LOWER_TRANS_UDP);
  g_signal_connect (factory, "media-configure", G_CALLBACK (media_configured), stream);
  if (options->user != NULL)
    ask_for_password (stream->server, factory, options);
  gst_rtsp_mount_points_add_factory (mounts, options->path, factory);
}

gboolean
lens_stream_start (LensStream *stream, GError **error)
{
  const LensStreamOptions *options = stream->options;
  g_autofree char *service = g_strdup_printf ("%u", options->port);

  if (!lens_encoder_start (stream->encoder, error))
    return FALSE;
  gst_rtsp_server_set_address (stream->server, options->address);
  gst_rtsp_server_set_service (stream->server, service);
  g_signal_connect (stream->server, "client-connected", G_CALLBACK (client_connected), stream);
  mount (stream);
  stream->source = gst_rtsp_server_attach (stream->server, NULL);
  if (stream->source == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "cannot serve RTSP on %s:%u",
                   options->address, options->port);
      return FALSE;
    }
  stream->housekeeping = g_timeout_add_seconds (HOUSEKEEPING_S, drop_old_sessions, stream);
  return TRUE;
}

gboolean
lens_stream_is_watched (LensStream *stream)
{
  gboolean watched = FALSE;

  g_mutex_lock (&stream->lock);
  for (guint i = 0; i < stream->viewers->len; i++)
    watched |= lens_viewer_is_watching (stream->viewers->pdata[i]);
  g_mutex_unlock (&stream->lock);
  return watched;
}

static gboolean
has_viewers (LensStream *stream)
{
  g_mutex_lock (&stream->lock);
  gboolean some = stream->viewers->len > 0;
  g_mutex_unlock (&stream->lock);
  return some;
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

static void
send_viewers_away (LensStream *stream)
{
  g_autoptr (GstRTSPSessionPool) sessions = gst_rtsp_server_get_session_pool (stream->server);
  gint64 deadline_us = g_get_monotonic_time () + GOODBYE_US;

  gst_rtsp_server_client_filter (stream->server, send_away, NULL);
  gst_rtsp_session_pool_filter (sessions, end_session, NULL);
  while (has_viewers (stream) && g_get_monotonic_time () < deadline_us)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (10000);
    }
}

void
lens_stream_free (LensStream *stream)
{
  if (stream == NULL)
    return;
  g_clear_handle_id (&stream->housekeeping, g_source_remove);
  g_clear_handle_id (&stream->source, g_source_remove);
  send_viewers_away (stream);
  lens_encoder_free (stream->encoder);
  g_object_unref (stream->server);
  g_ptr_array_unref (stream->viewers);
  g_mutex_clear (&stream->lock);
  g_free (stream);
}
