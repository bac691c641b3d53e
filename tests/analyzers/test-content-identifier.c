/* What a device says about itself. */
#include "tests/analyzers/build-names.h"

#include <string.h>

/* The camera asks 203.0.113.5 behind a router (02:00:00:00:00:01), in clear. */
static guint64
send_from (Build *build, const char *ports, GByteArray *payload)
{
  gsize length = payload->len;
  GByteArray *frame = build_hex ("020000000001 020000000010 0800"
                                 "45000000 00000000 40110000 c000020a cb007105");

  frame = build_join (frame, build_hex (ports));
  frame = build_join (frame, build_hex ("0000 0000"));

  frame->data[14 + 2] = (guint8)((28 + length) >> 8);
  frame->data[14 + 3] = (guint8)(28 + length);
  frame->data[14 + 24] = (guint8)((8 + length) >> 8);
  frame->data[14 + 25] = (guint8)(8 + length);
  return build_frame (build, build_join (frame, payload));
}

static guint64
post (Build *build, const char *text)
{
  return send_from (build, "9c40 1f90", build_text (text));
}

static void
its_link_address_is_found_beyond_the_link (void)
{
  g_autoptr (Build) build = build_new ("content-identifier");

  build_session (build, build_sdp_h264, FALSE, "");
  guint64 frame = post (build, "{\"mac\":\"02:00:00:00:00:10\"}");
  const LensFindingRow *finding = build_found (build, "content-identifier", LENS_SEVERITY_HIGH);
  build_assert_octets (finding, 0, frame, 42 + 8, 17);
  g_assert_nonnull (strstr (finding->detail, "MAC"));
}

static void
as_eui64_and_inside_base64_too (void)
{
  g_autoptr (Build) build = build_new ("content-identifier");

  build_session (build, build_sdp_h264, FALSE, "");
  post (build, "Client=\"020000fffe000010\"");
  /* {"mac":"02:00:00:00:00:10"} */
  guint64 frame = post (build, "d=eyJtYWMiOiIwMjowMDowMDowMDowMDoxMCJ9");
  const LensFindingRow *finding = build_found (build, "content-identifier", LENS_SEVERITY_HIGH);
  g_assert_cmpuint (finding->frame_count, ==, 2);
  build_assert_octets (finding, 1, frame, 42 + 2, 36);
}

static void
a_neighbour_may_know_it (void)
{
  g_autoptr (Build) build = build_new ("content-identifier");

  build_session (build, build_sdp_h264, FALSE, "");
  build_udp (build, CAMERA, 40000, 8080, build_text ("{\"mac\":\"02:00:00:00:00:10\"}"));
  g_assert_nonnull (build_quiet (build, "content-identifier"));
}

static void
a_declared_service_may_know_it (void)
{
  g_autoptr (Build) build = build_declared (
      "content-identifier", "[service cloud]\nproto = udp\nport = 8080\nto = 203.0.113.5\n");

  post (build, "{\"mac\":\"02:00:00:00:00:10\"}");
  g_assert_nonnull (build_quiet (build, "content-identifier"));
}

static void
serial_numbers_networks_and_positions_are_found (void)
{
  g_autoptr (Build) build = build_new ("content-identifier");

  build_session (build, build_sdp_h264, FALSE, "");
  post (build, "<serialNumber>DS-2CD2032-I20140101</serialNumber>");
  post (build, "{\"ssid\":\"My home\",\"lat\":52.51630,\"lon\":13.37777}");
  const LensFindingRow *finding = build_found (build, "content-identifier", LENS_SEVERITY_HIGH);
  g_assert_nonnull (strstr (finding->detail, "serial"));
  g_assert_nonnull (strstr (finding->detail, "network"));
  g_assert_nonnull (strstr (finding->detail, "position"));
}

/* A random number that looks like nothing of its own. */
static void
the_addresses_of_others_are_not_its_own (void)
{
  g_autoptr (Build) build = build_new ("content-identifier");

  build_session (build, build_sdp_h264, FALSE, "");
  post (build, "{\"mac\":\"02:00:00:00:00:77\",\"host\":\"203.0.113.5\",\"lat\":52.51630}");
  g_assert_null (build_finding (build, "content-identifier"));
}

/* A lease is renewed at a server behind a relay: the link address stands where RFC 2131 wants it.
 * Elsewhere in the message, and elsewhere than in such a message, it does not. */
static void
a_dhcp_server_is_told_the_link_address (void)
{
  g_autoptr (Build) build = build_new ("content-identifier");

  build_session (build, build_sdp_h264, FALSE, "");
  send_from (build, "0044 0043", build_dhcp_message (3, ""));
  build_conclude (build);
  g_assert_null (build_finding (build, "content-identifier"));
}

static void
a_dhcp_message_can_say_it_too (void)
{
  g_autoptr (Build) build = build_new ("content-identifier");

  build_session (build, build_sdp_h264, FALSE, "");
  guint64 frame = send_from (build, "0044 0043", build_dhcp_message (3, "2b06020000000010"));
  const LensFindingRow *finding = build_found (build, "content-identifier", LENS_SEVERITY_HIGH);
  build_assert_octets (finding, 0, frame, 42 + 240 + 3 + 2, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/analyzers/content-identifier/its-link-address-is-found-beyond-the-link",
                   its_link_address_is_found_beyond_the_link);
  g_test_add_func ("/analyzers/content-identifier/as-eui64-and-inside-base64-too",
                   as_eui64_and_inside_base64_too);
  g_test_add_func ("/analyzers/content-identifier/a-neighbour-may-know-it",
                   a_neighbour_may_know_it);
  g_test_add_func ("/analyzers/content-identifier/a-declared-service-may-know-it",
                   a_declared_service_may_know_it);
  g_test_add_func ("/analyzers/content-identifier/serial-numbers-networks-and-positions-are-found",
                   serial_numbers_networks_and_positions_are_found);
  g_test_add_func ("/analyzers/content-identifier/the-addresses-of-others-are-not-its-own",
                   the_addresses_of_others_are_not_its_own);
  g_test_add_func ("/analyzers/content-identifier/a-dhcp-server-is-told-the-link-address",
                   a_dhcp_server_is_told_the_link_address);
  g_test_add_func ("/analyzers/content-identifier/a-dhcp-message-can-say-it-too",
                   a_dhcp_message_can_say_it_too);
  return g_test_run ();
}
