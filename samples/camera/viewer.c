#include "samples/camera/viewer.h"

#include <gst/app/gstappsrc.h>

/* A viewer that is so far behind gets pictures dropped. */
#define JAM_OCTETS (1 << 20)

#define PIPELINE                                                                                   \
  "( appsrc name=video is-live=true format=time max-bytes=0"                                       \
  " caps=video/x-h264,stream-format=byte-stream,alignment=au"                                      \
  " ! rtph264pay name=pay0 pt=96 config-interval=-1 mtu=1400"                                      \
  " appsrc name=audio is-live=true format=time max-bytes=0"                                        \
  " caps=audio/x-alaw,rate=8000,channels=1"                                                        \
  " ! rtppcmapay name=pay1 pt=8 min-ptime=40000000 max-ptime=40000000 )"

struct LensViewer
{
  int references; /* atomic */
  int watching;   /* atomic */
  GstAppSrc *ways_in[2];
  gconstpointer owner;
  GstClockTime from;
  gboolean in_step; /* touched by the encoder's video thread only */
};

const char *
lens_viewer_pipeline (void)
{
  return PIPELINE;
}

LensViewer *
lens_viewer_new (GstBin *pipeline, gconstpointer owner, GstClockTime from)
{
  LensViewer *viewer = g_new0 (LensViewer, 1);

  viewer->references = 1;
  viewer->ways_in[LENS_ENCODED_VIDEO] = GST_APP_SRC (gst_bin_get_by_name (pipeline, "video"));
  viewer->ways_in[LENS_ENCODED_AUDIO] = GST_APP_SRC (gst_bin_get_by_name (pipeline, "audio"));
  viewer->owner = owner;
  viewer->from = from;
  return viewer;
}

gboolean
lens_viewer_is_of (const LensViewer *viewer, gconstpointer owner)
{
  return viewer->owner == owner;
}

LensViewer *
lens_viewer_ref (LensViewer *viewer)
{
  g_atomic_int_inc (&viewer->references);
  return viewer;
}

void
lens_viewer_unref (LensViewer *viewer)
{
  if (!g_atomic_int_dec_and_test (&viewer->references))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (viewer->ways_in); i++)
    gst_object_unref (viewer->ways_in[i]);
  g_free (viewer);
}

/* Whether this picture may be shown: a missing one spoils all until the next keyframe. */
static gboolean
keep_step (LensViewer *viewer, GstAppSrc *way_in, GstBuffer *picture)
{
  if (gst_app_src_get_current_level_bytes (way_in) > JAM_OCTETS)
    viewer->in_step = FALSE;
  else if (!GST_BUFFER_FLAG_IS_SET (picture, GST_BUFFER_FLAG_DELTA_UNIT))
    viewer->in_step = TRUE;
  return viewer->in_step;
}

void
lens_viewer_show (LensViewer *viewer, LensEncoded what, GstBuffer *unit, GstClockTime at)
{
  GstAppSrc *way_in = viewer->ways_in[what];

  if (at < viewer->from)
    return;
  if (what == LENS_ENCODED_VIDEO && !keep_step (viewer, way_in, unit))
    return;
  if (what == LENS_ENCODED_AUDIO && gst_app_src_get_current_level_bytes (way_in) > JAM_OCTETS)
    return;
  /* Only the times differ from viewer to viewer; the octets are shared. */
  GstBuffer *copy = gst_buffer_copy (unit);
  GST_BUFFER_PTS (copy) = GST_BUFFER_DTS (copy) = at - viewer->from;
  gst_app_src_push_buffer (way_in, copy);
}

void
lens_viewer_set_watching (LensViewer *viewer, gboolean watching)
{
  g_atomic_int_set (&viewer->watching, watching);
}

gboolean
lens_viewer_is_watching (LensViewer *viewer)
{
  return g_atomic_int_get (&viewer->watching);
}

GstPad *
lens_viewer_video_packets (LensViewer *viewer)
{
  /* No reference of our own: what hangs on that pad may hold the viewer. */
  g_autoptr (GstObject) pipeline
      = gst_object_get_parent (GST_OBJECT (viewer->ways_in[LENS_ENCODED_VIDEO]));
  g_autoptr (GstElement) packetizer = gst_bin_get_by_name (GST_BIN (pipeline), "pay0");

  return gst_element_get_static_pad (packetizer, "src");
}
