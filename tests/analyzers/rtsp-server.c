/* An RTSP server of other people's making (gst-rtsp-server), for streams that we did not write.
 * usage: rtsp-server PIPELINE     serves it as rtsp://...:554/live until it is told to end */
#include <gst/gst.h>
#include <gst/rtsp-server/rtsp-server.h>

#include <stdio.h>

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  if (argc != 2)
    {
      g_printerr ("usage: rtsp-server PIPELINE\n");
      return 2;
    }
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GstRTSPServer) server = gst_rtsp_server_new ();
  g_autoptr (GstRTSPMountPoints) mounts = gst_rtsp_server_get_mount_points (server);
  GstRTSPMediaFactory *factory = gst_rtsp_media_factory_new ();

  gst_rtsp_media_factory_set_launch (factory, argv[1]);
  gst_rtsp_media_factory_set_shared (factory, TRUE);
  gst_rtsp_mount_points_add_factory (mounts, "/live", factory);
  gst_rtsp_server_set_address (server, "0.0.0.0");
  gst_rtsp_server_set_service (server, "554");
  if (gst_rtsp_server_attach (server, NULL) == 0)
    {
      g_printerr ("rtsp-server: port 554 cannot be had\n");
      return 1;
    }
  puts ("ready");
  fflush (stdout);
  g_main_loop_run (loop);
  return 0;
}
