/* A class never depends on whether the declaration came before or after the octets. */
#include "tests/ledger/scene.h"

#include <string.h>

/* The same packets in the order of @order; times are those of the new order. */
static char *
classes_in_order (Scene *scene, const guint *order, guint n)
{
  LensPackets *packets = lens_packets_new ();

  for (guint i = 0; i < n; i++)
    lens_packets_share (packets, scene->packets, order[i]);
  lens_packets_free (scene->packets);
  scene->packets = packets;
  g_clear_pointer (&scene->evaluation, lens_evaluation_free);
  return scene_classes_text (scene);
}

/* The last @n packets come first, or stay. */
static void
same_classes_when_last_come_first (Scene *scene, guint n)
{
  guint total = lens_packets_n (scene->packets);
  g_autofree guint *order = g_new (guint, total);
  g_autofree char *as_it_was = scene_classes_text (scene);

  for (guint i = 0; i < total; i++)
    order[i] = (i + total - n) % total;
  g_autofree char *turned = classes_in_order (scene, order, total);
  g_assert_cmpstr (as_it_was, ==, turned);
}

static void
send_media (Scene *scene, guint packets)
{
  guint8 video[112], audio[172], report[28];

  scene_put_report (report);
  for (guint16 i = 0; i < packets; i++)
    {
      scene_put_rtp (video, 96, i, 0x41, 100);
      scene_put_rtp (audio, 8, i, 0xd5, 160);
      scene_udp (scene, &camera, &viewer, 6000, 5000, video, sizeof video);
      scene_udp (scene, &camera, &viewer, 6002, 5002, audio, sizeof audio);
      scene_udp (scene, &camera, &viewer, 6001, 5001, report, sizeof report);
    }
}

static void
media_may_come_before_its_setup (void)
{
  /* Too few to tell RTP by its course, just enough, and many. */
  static const guint counts[] = { 1, 2, 3, 20 };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (Scene) scene = scene_new (NULL);
      scene->options.device = "192.0.2.10";
      Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);
      scene_session (scene, &talk, FALSE);
      send_media (scene, counts[i]);
      g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_VIDEO), ==, counts[i] * 100);
      g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 0);
      same_classes_when_last_come_first (scene, 3 * counts[i]);
      const LensStreamRow *stream = g_ptr_array_index (scene_conclude (scene)->streams, 0);
      const LensTrackRow *track = g_ptr_array_index (stream->tracks, 0);
      if (counts[i] >= 3)
        g_assert_cmpuint (track->packets, ==, counts[i]);
    }
}

static void
media_of_a_service_is_that_services (void)
{
  g_autoptr (Scene) scene
      = scene_of_camera ("[service media]\nproto = udp\nto = 192.0.2.20\nport = 5000\n");
  guint8 video[112];

  for (guint16 i = 0; i < 9; i++)
    {
      scene_put_rtp (video, 96, i, 0x41, 100);
      scene_udp (scene, &camera, &viewer, 6000, 5000, video, sizeof video);
    }
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_SERVICE), ==, 9 * 112);
}

static void
an_answer_may_come_after_the_flow (void)
{
  g_autoptr (Scene) scene
      = scene_of_camera ("[service up]\nproto = udp\nport = 9000\nto = up.example.net\n");

  scene_udp_text (scene, &camera, &server, 5555, 9000, "0123456789");
  scene_dns (scene, &router, &camera, "up.example.net", "cdn.example.com", "198.51.100.7");
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_SERVICE), ==, 10);
  same_classes_when_last_come_first (scene, 1);
}

static void
a_lease_may_come_late (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");
  static const guint8 ntp[48] = { 0x23 };

  scene_udp (scene, &camera, &server, 123, 123, ntp, 48);
  scene_lease (scene, &camera, &router, &server);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_SERVICE), ==, 48);
  same_classes_when_last_come_first (scene, 1);
}

static void
an_address_may_be_learnt_late (void)
{
  g_autoptr (Scene) scene
      = scene_new ("[device]\nname = C\naddress = 192.0.2.77\nmac = 02:00:00:00:00:10\n");

  /* Seen from elsewhere, so with another link address. */
  static const Host forwarded = { "02:00:00:00:00:01", "192.0.2.10" };
  scene_udp_text (scene, &forwarded, &stranger, 5555, 9000, "0123456789");
  scene_arp (scene, &camera);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 10);
  same_classes_when_last_come_first (scene, 1);
}

static void
a_connection_used_again_for_something_else_is_judged_apart (void)
{
  g_autoptr (Scene) scene = scene_new (NULL);
  guint8 noise[50];

  scene->options.device = "192.0.2.10";
  memset (noise, 0xaa, sizeof noise);
  Talk first = scene_connect (scene, &viewer, 40000, &camera, 554);
  scene_session (scene, &first, TRUE);
  /* The same ports, another connection, no RTSP. */
  scene_tcp (scene, &viewer, &camera, 40000, 554, 900000, 0, SYN, NULL, 0);
  scene_tcp (scene, &camera, &viewer, 554, 40000, 700000, 900001, SYN | ACK, NULL, 0);
  scene_tcp (scene, &camera, &viewer, 554, 40000, 700001, 900001, ACK, noise, sizeof noise);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, sizeof noise);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_MEDIA_OVERHEAD), >, 500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name, function) g_test_add_func ("/ledger/order/" name, function)
  TEST ("media-may-come-before-its-setup", media_may_come_before_its_setup);
  TEST ("media-of-a-service-is-that-services", media_of_a_service_is_that_services);
  TEST ("an-answer-may-come-after-the-flow", an_answer_may_come_after_the_flow);
  TEST ("a-lease-may-come-late", a_lease_may_come_late);
  TEST ("an-address-may-be-learnt-late", an_address_may_be_learnt_late);
  TEST ("a-connection-used-again-for-something-else-is-judged-apart",
        a_connection_used_again_for_something_else_is_judged_apart);
  return g_test_run ();
}
