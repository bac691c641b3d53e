/* Sessions whose set-up nobody saw or could read. */
#include "tests/ledger/scene.h"

#include <string.h>

#define UDP_STREAM                                                                                 \
  "[stream main]\nurl = rtsp://192.0.2.10/live\ntransport = udp\n[viewer]\naddress = 192.0.2.20\n"
#define TLS_STREAM "[stream main]\nurl = rtsps://192.0.2.10/live\n[viewer]\naddress = 192.0.2.20\n"

/* Twenty packets of video and as many of sound, and a report of each end. */
static void
send_media (Scene *scene, const Host *to)
{
  guint8 video[112], audio[172], report[28];

  scene_put_report (report);
  for (guint16 i = 0; i < 20; i++)
    {
      scene_put_rtp (video, 96, i, 0x41, 100);
      scene_put_rtp (audio, 8, i, 0xd5, 160);
      scene_udp (scene, &camera, to, 6000, 5000, video, sizeof video);
      scene_udp (scene, &camera, to, 6002, 5002, audio, sizeof audio);
    }
  scene_udp (scene, &camera, to, 6001, 5001, report, sizeof report);
  scene_udp (scene, to, &camera, 5001, 6001, report, sizeof report);
}

static const LensStreamRow *
only_stream (Scene *scene)
{
  const LensEvaluation *evaluation = scene_conclude (scene);

  g_assert_cmpuint (evaluation->streams->len, ==, 1);
  return g_ptr_array_index (evaluation->streams, 0);
}

static void
the_profile_declares_media_from_before_the_capture (void)
{
  g_autoptr (Scene) scene = scene_of_camera (UDP_STREAM);

  send_media (scene, &viewer);

  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_VIDEO), ==, 2000);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_AUDIO), ==, 3200);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_MEDIA_OVERHEAD), ==, 40 * 12 + 2 * 28);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 0);
  const LensStreamRow *stream = only_stream (scene);
  g_assert_cmpstr (stream->origin, ==, "profile");
  g_assert_cmpstr (stream->transport, ==, "udp");
  g_assert_cmpuint (stream->tracks->len, ==, 2);
}

static void
a_profile_of_tcp_declares_no_udp (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("[stream main]\nurl = rtsp://192.0.2.10/live\n");

  send_media (scene, &viewer);

  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_VIDEO), ==, 0);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), >, 5000);
}

static void
nobody_else_may_watch (void)
{
  g_autoptr (Scene) scene = scene_of_camera (UDP_STREAM);

  send_media (scene, &bystander);

  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_VIDEO), ==, 0);
}

static void
what_begins_in_mid_capture_needs_a_set_up (void)
{
  g_autoptr (Scene) scene = scene_of_camera (UDP_STREAM);

  scene_arp (scene, &camera);
  scene->now += G_GINT64_CONSTANT (5) * 1000 * 1000 * 1000;
  send_media (scene, &viewer);

  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_VIDEO), ==, 0);
}

static void
where_nothing_comes_to_the_device_a_set_up_may_have (void)
{
  for (guint asked = 0; asked < 2; asked++)
    {
      g_autoptr (Scene) scene = scene_of_camera (UDP_STREAM);
      guint8 video[112];

      scene_arp (scene, &camera);
      if (asked)
        scene_udp_text (scene, &router, &camera, 1, 2, "one packet is enough");
      scene->now += G_GINT64_CONSTANT (5) * 1000 * 1000 * 1000;
      for (guint16 i = 0; i < 20; i++)
        {
          scene_put_rtp (video, 96, i, 0x41, 100);
          scene_udp (scene, &camera, &viewer, 6000, 5000, video, sizeof video);
        }
      g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_VIDEO), ==, asked ? 0 : 2000);
    }
}

/* A snap length that leaves nothing of messages to tell them by. */
enum
{
  SHORT = 60
};

static void
a_connection_that_was_cut_to_its_headers_is_the_declared_one (void)
{
  const Host *const clients[] = { &viewer, &bystander };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (clients); i++)
    {
      g_autoptr (Scene) scene = scene_of_camera (UDP_STREAM);
      gboolean declared = i == 0; /* the viewer, at the port of the stream */

      scene->cut = SHORT;
      Talk talk = scene_connect (scene, clients[i / 2], 40000, &camera, i % 2 == 0 ? 554 : 5540);
      scene_session (scene, &talk, FALSE);
      g_assert_true ((scene_class (scene, LENS_CLASS_UNDECLARED) == 0) == declared);
      g_assert_true ((scene_class (scene, LENS_CLASS_DECLARED_SERVICE) > 0) == declared);
    }
}

static void
media_behind_such_a_connection_is_inferred (void)
{
  for (guint cut = 0; cut < 2; cut++)
    {
      g_autoptr (Scene) scene = scene_of_camera (UDP_STREAM);

      scene->cut = cut ? SHORT : 0;
      Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);
      if (cut)
        scene_session (scene, &talk, FALSE);
      scene->now += G_GINT64_CONSTANT (5) * 1000 * 1000 * 1000;
      send_media (scene, &viewer);
      /* Of each packet 6 octets are left behind its headers. */
      g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_VIDEO), ==, cut ? 20 * 6 : 0);
    }
}

/* A keep-alive shows that there is a session; without one nothing does. */
static void
a_keep_alive_lets_infer_a_session (void)
{
  for (guint with = 0; with < 2; with++)
    {
      g_autoptr (Scene) scene = scene_new (NULL);
      Talk talk = { &viewer, &camera, 40000, 554, 99, 77 };
      static const char ask[] = "GET_PARAMETER rtsp://192.0.2.10/live RTSP/1.0\r\nCSeq: 9\r\n\r\n";
      static const char answer[] = "RTSP/1.0 200 OK\r\nCSeq: 9\r\n\r\n";
      scene->options.device = "192.0.2.10";
      send_media (scene, &viewer);
      if (with)
        {
          scene_ask (scene, &talk, ask, strlen (ask));
          scene_answer (scene, &talk, answer, strlen (answer));
        }
      g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_VIDEO), ==, with ? 2000 : 0);
      if (with)
        g_assert_cmpstr (only_stream (scene)->origin, ==, "inferred");
    }
}

/* Snap lengths that leave of messages their first line, or some of their fields. */
static const guint32 cuts[] = { 84, 188 };

static guint64
declared_media (Scene *scene)
{
  return scene_class (scene, LENS_CLASS_DECLARED_VIDEO)
         + scene_class (scene, LENS_CLASS_DECLARED_AUDIO);
}

static void
interleave_media (Scene *scene, Talk *talk, guint8 channel)
{
  guint8 packet[112];

  for (guint16 i = 0; i < 20; i++)
    {
      scene_put_rtp (packet, 96, i, 0x41, 100);
      scene_interleave (scene, talk, channel, packet, sizeof packet);
    }
}

static void
channels_whose_set_up_was_cut_are_inferred (void)
{
  for (guint i = 0; i < 2 * G_N_ELEMENTS (cuts); i++)
    {
      g_autoptr (Scene) scene
          = i % 2 == 0 ? scene_of_camera ("[stream main]\nurl = rtsp://192.0.2.10/live\n")
                       : scene_new (NULL);
      Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);
      scene->options.device = i % 2 == 0 ? NULL : "192.0.2.10";
      scene->cut = cuts[i / 2];
      scene_session (scene, &talk, TRUE);
      scene->cut = 0;
      interleave_media (scene, &talk, 0);
      interleave_media (scene, &talk, 2);
      g_assert_cmpuint (declared_media (scene), ==, 40 * 100);
      g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 0);
    }
}

static void
ports_whose_set_up_was_cut_are_inferred (void)
{
  static const char *const profiles[]
      = { UDP_STREAM, "[stream main]\nurl = rtsp://192.0.2.10/live\n", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (profiles) * G_N_ELEMENTS (cuts); i++)
    {
      const char *profile = profiles[i / 2];
      g_autoptr (Scene) scene = profile != NULL ? scene_of_camera (profile) : scene_new (NULL);
      Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);
      scene->options.device = profile != NULL ? NULL : "192.0.2.10";
      scene->cut = cuts[i % 2];
      scene_session (scene, &talk, FALSE);
      scene->cut = 0;
      scene->now += G_GINT64_CONSTANT (5) * 1000 * 1000 * 1000;
      send_media (scene, &viewer);
      g_assert_cmpuint (declared_media (scene), ==, 20 * (100 + 160));
      g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 0);
    }
}

/* One SETUP reply was never captured: its request was. */
static void
a_hole_where_a_reply_was_lets_infer_its_channel (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("[stream main]\nurl = rtsp://192.0.2.10/live\n");
  Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);
  static const char setup[] = "SETUP rtsp://192.0.2.10/live/track2 RTSP/1.0\r\nCSeq: 2\r\n"
                              "Transport: RTP/AVP/TCP;unicast;interleaved=4-5\r\n\r\n";

  scene_ask (scene, &talk, setup, strlen (setup));
  talk.server_next += 120;
  interleave_media (scene, &talk, 4);
  g_assert_cmpuint (declared_media (scene), ==, 20 * 100);
}

static void
a_hole_behind_the_set_up_lets_infer_nothing (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("[stream main]\nurl = rtsp://192.0.2.10/live\n");
  Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);

  scene_session (scene, &talk, TRUE);
  talk.server_next += 500;
  talk.client_next += 500;
  interleave_media (scene, &talk, 0);
  scene_ask (scene, &talk, "\r\n", 2);
  interleave_media (scene, &talk, 6);
  g_assert_cmpuint (declared_media (scene), ==, 20 * 100);
}

static void
say (Scene *scene, Talk *talk, gconstpointer hello, gsize length)
{
  guint8 record[1005] = { 0x17, 3, 3, 1000 >> 8, 1000 & 0xff };

  scene_ask (scene, talk, hello, length);
  for (guint i = 0; i < 10; i++)
    scene_answer (scene, talk, record, sizeof record);
}

/* Bit/s that coverage says may lie inside. */
static double
bound_inside_tls (Scene *scene)
{
  const LensEvaluation *evaluation = scene_conclude (scene);

  for (guint i = 0; i < evaluation->coverage->len; i++)
    {
      const LensCoverageRow *row = g_ptr_array_index (evaluation->coverage, i);
      if (g_str_equal (row->channel, "tls-record-padding-iv"))
        return row->bound_bps;
    }
  g_assert_not_reached ();
}

static void
rtsp_inside_tls_is_opaque_and_declared (void)
{
  static const guint8 hello[] = { 0x16, 3, 1, 0, 4, 1, 0, 0, 0 };
  struct
  {
    const Host *viewer;
    guint16 port;
    gboolean tls, declared;
  } rows[] = { { &viewer, 322, TRUE, TRUE },
               { &viewer, 443, TRUE, FALSE },
               { &bystander, 322, TRUE, FALSE },
               { &viewer, 322, FALSE, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (Scene) scene = scene_of_camera (TLS_STREAM);
      Talk talk = scene_connect (scene, rows[i].viewer, 40000, &camera, rows[i].port);
      if (rows[i].tls)
        say (scene, &talk, hello, sizeof hello);
      else
        for (guint n = 0; n < 10; n++)
          scene_answer (scene, &talk, "plain text", 10);
      guint64 video = scene_class (scene, LENS_CLASS_DECLARED_VIDEO);
      g_assert_cmpuint (video, ==, rows[i].declared ? 10 * 1005 + sizeof hello : 0);
      g_assert_true ((scene_class (scene, LENS_CLASS_UNDECLARED) == 0) == rows[i].declared);
      g_assert_true ((bound_inside_tls (scene) > 0) == rows[i].tls); /* whoever declared it */
      if (rows[i].declared)
        g_assert_cmpstr (only_stream (scene)->transport, ==, "tls");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/ledger/infer/" name, function)
  CASE ("the-profile-declares-media-from-before-the-capture",
        the_profile_declares_media_from_before_the_capture);
  CASE ("a-profile-of-tcp-declares-no-udp", a_profile_of_tcp_declares_no_udp);
  CASE ("nobody-else-may-watch", nobody_else_may_watch);
  CASE ("what-begins-in-mid-capture-needs-a-set-up", what_begins_in_mid_capture_needs_a_set_up);
  CASE ("where-nothing-comes-to-the-device-a-set-up-may-have",
        where_nothing_comes_to_the_device_a_set_up_may_have);
  CASE ("a-connection-that-was-cut-to-its-headers-is-the-declared-one",
        a_connection_that_was_cut_to_its_headers_is_the_declared_one);
  CASE ("media-behind-such-a-connection-is-inferred", media_behind_such_a_connection_is_inferred);
  CASE ("a-keep-alive-lets-infer-a-session", a_keep_alive_lets_infer_a_session);
  CASE ("channels-whose-set-up-was-cut-are-inferred", channels_whose_set_up_was_cut_are_inferred);
  CASE ("ports-whose-set-up-was-cut-are-inferred", ports_whose_set_up_was_cut_are_inferred);
  CASE ("a-hole-where-a-reply-was-lets-infer-its-channel",
        a_hole_where_a_reply_was_lets_infer_its_channel);
  CASE ("a-hole-behind-the-set-up-lets-infer-nothing", a_hole_behind_the_set_up_lets_infer_nothing);
  CASE ("rtsp-inside-tls-is-opaque-and-declared", rtsp_inside_tls_is_opaque_and_declared);
  return g_test_run ();
}
