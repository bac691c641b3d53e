/* Requests to let the world in. */
#include "tests/analyzers/build.h"

static void
natpmp_is_found (void)
{
  g_autoptr (Build) build = build_declared ("port-mapping", "");

  guint64 frame
      = build_udp (build, CAMERA, 40000, 5351, build_hex ("0001 0000 022a 022a 00001c20"));
  const LensFindingRow *finding = build_found (build, "flow-inbound-portmap", LENS_SEVERITY_MEDIUM);
  build_assert_octets (finding, 0, frame, 42, 12);
}

static void
upnp_is_found_by_its_action (void)
{
  g_autoptr (Build) build = build_new ("port-mapping");
  BuildTcp tcp = { 0 };

  build_session (build, build_sdp_h264, FALSE, "");
  build_connect (build, &tcp, 40000, 5000);
  build_segment (build, &tcp, CAMERA,
                 build_text ("POST /ctl HTTP/1.1\r\nSOAPAction: \"urn:schemas-upnp-org:service:"
                             "WANIPConnection:1#AddPortMapping\"\r\n\r\n"));
  build_found (build, "flow-inbound-portmap", LENS_SEVERITY_LOW);
}

static void
asking_for_the_address_is_not (void)
{
  g_autoptr (Build) build = build_declared ("port-mapping", "");

  build_udp (build, CAMERA, 40000, 5351, build_hex ("0000"));
  build_udp (build, CAMERA, 40000, 5352, build_hex ("0001 0000 022a 022a 00001c20"));
  g_assert_null (build_finding (build, "flow-inbound-portmap"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/port-mapping/natpmp-is-found", natpmp_is_found);
  g_test_add_func ("/analyzers/port-mapping/upnp-is-found-by-its-action",
                   upnp_is_found_by_its_action);
  g_test_add_func ("/analyzers/port-mapping/asking-for-the-address-is-not",
                   asking_for_the_address_is_not);
  return g_test_run ();
}
