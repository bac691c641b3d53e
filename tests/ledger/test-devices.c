/* Who is under test: profiles, --device, and the default. */
#include "tests/ledger/scene.h"

#include <string.h>

static const LensDeviceRow *
device_at (Scene *scene, guint index)
{
  const LensEvaluation *evaluation = scene_conclude (scene);

  g_assert_cmpuint (index, <, evaluation->devices->len);
  return g_ptr_array_index (evaluation->devices, index);
}

static guint
n_devices (Scene *scene)
{
  return scene_conclude (scene)->devices->len;
}

static void
a_link_address_is_learnt_by_arp (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");
  static const Host lldp = { "01:80:c2:00:00:0e", "" };

  scene_ether (scene, &camera, &lldp, 0x88cc, "\2\7\4\2\0\0\0\0\20\0\0", 11);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_OTHER_HOST), ==, 25);
  g_clear_pointer (&scene->evaluation, lens_evaluation_free);
  scene_arp (scene, &camera);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_OTHER_HOST), ==, 0);
  g_assert_cmpstr (device_at (scene, 0)->mac, ==, camera.mac);
}

static void
a_link_address_is_learnt_by_a_lease (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");

  scene_lease (scene, &camera, &router, &router);
  g_assert_cmpstr (device_at (scene, 0)->mac, ==, camera.mac);
}

static void
a_link_address_is_learnt_by_neighbour_discovery (void)
{
  static const Host camera6 = { "02:00:00:00:00:10", "fd00::10" };
  static const Host all_nodes = { "33:33:00:00:00:01", "ff02::1" };
  g_autoptr (Scene) scene = scene_new ("[device]\nname = C\naddress = fd00::10\n");
  /* A neighbour advertisement of fd00::10 with its link address (RFC 4861 4.4). */
  static const guint8 advert[32] = { 136, 0, 0, 0, 0x20, 0, 0, 0,    0xfd, 0, 0, 0, 0, 0, 0, 0,
                                     0,   0, 0, 0, 0,    0, 0, 0x10, 2,    1, 2, 0, 0, 0, 0, 0x10 };

  scene_ip (scene, &camera6, &all_nodes, 58, advert, sizeof advert);
  g_assert_cmpstr (device_at (scene, 0)->mac, ==, camera.mac);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 0);
}

static void
a_link_address_of_the_profile_is_enough (void)
{
  g_autoptr (Scene) scene
      = scene_new ("[device]\nname = C\naddress = 192.0.2.77\nmac = 02:00:00:00:00:10\n");

  scene_udp_text (scene, &camera, &stranger, 1, 2, "abc");
  scene_udp_text (scene, &viewer, &router, 1, 2, "abcde");
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 3);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_OTHER_HOST), ==, 47);
}

static void
two_profiles_are_two_devices (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("[service a]\nproto = udp\nport = 9000\n");

  scene_add_profile (scene, "[device]\nname = Second\naddress = 192.0.2.20\n");
  scene_udp_text (scene, &camera, &stranger, 5555, 9000, "abc");
  scene_udp_text (scene, &viewer, &stranger, 5555, 9000, "abcde");
  g_assert_cmpuint (n_devices (scene), ==, 2);
  g_assert_cmpstr (device_at (scene, 1)->name, ==, "Second");
  /* Each by its own declaration. */
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_SERVICE), ==, 3);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 5);
}

static void
the_option_names_a_device (void)
{
  static const char *const names[] = { "192.0.2.20", "02:00:00:00:00:20" };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (Scene) scene = scene_new (NULL);
      scene->options.device = names[i];
      scene_udp_text (scene, &camera, &stranger, 5555, 9000, "abc");
      scene_udp_text (scene, &viewer, &stranger, 5555, 9000, "abcde");
      g_assert_cmpuint (n_devices (scene), ==, 1);
      g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 5);
    }
}

static void
all_are_the_hosts_of_the_link (void)
{
  g_autoptr (Scene) scene = scene_new (NULL);

  scene->options.device = "all";
  /* A router with many hosts behind it is one. */
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *address = g_strdup_printf ("198.51.100.%u", i + 1);
      const Host far_away = { router.mac, address };
      scene_udp_text (scene, &far_away, &camera, 5555, 9000, "abc");
    }
  scene_udp_text (scene, &camera, &viewer, 5555, 9000, "abc");
  scene_udp_text (scene, &viewer, &camera, 9000, 5555, "abc");
  g_assert_cmpuint (n_devices (scene), ==, 2);
  g_assert_cmpstr (device_at (scene, 0)->name, ==, camera.address);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_OTHER_HOST), ==, 0);
}

static void
by_default_it_is_who_serves_media (void)
{
  g_autoptr (Scene) scene = scene_new (NULL);
  Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);

  scene_session (scene, &talk, TRUE);
  scene_udp_text (scene, &viewer, &stranger, 5555, 9000, "abc");
  g_assert_cmpuint (n_devices (scene), ==, 1);
  g_assert_cmpstr (device_at (scene, 0)->name, ==, camera.address);
  g_assert_cmpstr (device_at (scene, 0)->kind, ==, "camera");
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_OTHER_HOST), ==, 45);
}

static void
by_default_it_is_who_sends_media (void)
{
  g_autoptr (Scene) scene = scene_new (NULL);
  guint8 video[112];

  for (guint16 i = 0; i < 9; i++)
    {
      scene_put_rtp (video, 96, i, 0x41, 100);
      scene_udp (scene, &camera, &viewer, 6000, 5000, video, sizeof video);
    }
  scene_udp_text (scene, &viewer, &stranger, 5555, 9000, "abc");
  g_assert_cmpuint (n_devices (scene), ==, 1);
  g_assert_cmpstr (device_at (scene, 0)->name, ==, camera.address);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 9 * 112);
}

static void
by_default_without_media_it_is_everybody (void)
{
  g_autoptr (Scene) scene = scene_new (NULL);

  scene_udp_text (scene, &camera, &viewer, 5555, 9000, "abc");
  scene_udp_text (scene, &viewer, &router, 5555, 9000, "abc");
  scene_udp_text (scene, &router, &viewer, 9000, 5555, "abc");
  g_assert_cmpuint (n_devices (scene), ==, 3);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_OTHER_HOST), ==, 0);
}

static void
a_flow_with_several_ports_is_named_by_what_they_share (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("[service a]\nproto = udp\nto = 198.51.100.7\n");

  scene_watch (scene, LENS_UNIT_CONTENT);
  scene_udp_text (scene, &camera, &server, 5555, 9000, "HIDE0001");
  scene_udp_text (scene, &camera, &server, 5556, 9000, "HIDE0002");
  const LensFindingRow *finding = scene_finding (scene, "icmp-payload");
  g_assert_cmpuint (finding->flow->sport, ==, 0);
  g_assert_cmpuint (finding->flow->dport, ==, 9000);
  g_assert_cmpstr (finding->flow->dst, ==, server.address);
  g_clear_pointer (&scene->evaluation, lens_evaluation_free);
  scene_udp_text (scene, &camera, &server, 5556, 9001, "HIDE0003");
  finding = scene_finding (scene, "icmp-payload");
  g_assert_cmpuint (finding->flow->dport, ==, 0);
  g_assert_cmpstr (finding->flow->proto, ==, "udp");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name, function) g_test_add_func ("/ledger/devices/" name, function)
  TEST ("a-link-address-is-learnt-by-arp", a_link_address_is_learnt_by_arp);
  TEST ("a-link-address-is-learnt-by-a-lease", a_link_address_is_learnt_by_a_lease);
  TEST ("a-link-address-is-learnt-by-neighbour-discovery",
        a_link_address_is_learnt_by_neighbour_discovery);
  TEST ("a-link-address-of-the-profile-is-enough", a_link_address_of_the_profile_is_enough);
  TEST ("two-profiles-are-two-devices", two_profiles_are_two_devices);
  TEST ("the-option-names-a-device", the_option_names_a_device);
  TEST ("all-are-the-hosts-of-the-link", all_are_the_hosts_of_the_link);
  TEST ("by-default-it-is-who-serves-media", by_default_it_is_who_serves_media);
  TEST ("by-default-it-is-who-sends-media", by_default_it_is_who_sends_media);
  TEST ("by-default-without-media-it-is-everybody", by_default_without_media_it_is_everybody);
  TEST ("a-flow-with-several-ports-is-named-by-what-they-share",
        a_flow_with_several_ports_is_named_by_what_they_share);
  return g_test_run ();
}
