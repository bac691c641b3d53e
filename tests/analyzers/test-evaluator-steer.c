/* Other hosts that the viewer is told to send to or to hear from. */
#include "tests/analyzers/build.h"

#include <string.h>

#define TRACK "rtsp://192.0.2.10/live/track1"

/* A SETUP: what the viewer asks for, and what the camera grants. */
static Build *
granted (const char *asked, const char *transport)
{
  Build *build = build_new ("evaluator-steer");
  g_autofree char *ask = g_strdup_printf ("Transport: %s\r\n", asked);
  g_autofree char *reply = g_strdup_printf ("Session: 1\r\nTransport: %s\r\n", transport);

  build_connect (build, &build->rtsp, 554, 40000);
  build_request (build, "SETUP", ask, reply, "");
  return build;
}

#define ASKED "RTP/AVP;unicast;client_port=5000-5001"

static void
assert_steers (const char *asked, const char *more, gboolean elsewhere)
{
  g_autofree char *transport = g_strconcat (asked, ";server_port=6000-6001;", more, NULL);
  g_autoptr (Build) build = granted (asked, transport);

  g_test_message ("%s", more);
  if (elsewhere)
    build_found (build, "evaluator-steer", LENS_SEVERITY_CRITICAL);
  else
    g_assert_null (build_finding (build, "evaluator-steer"));
}

static void
another_source_or_destination_is_critical (void)
{
  assert_steers (ASKED, "source=192.0.2.66", TRUE);
  assert_steers (ASKED, "Source = \"192.0.2.66\"", TRUE);
  assert_steers (ASKED, "source=127.0.0.9", TRUE);
  assert_steers (ASKED, "source=evil.example", TRUE);
  assert_steers (ASKED, "source=192.0.2.10;source=192.0.2.66", TRUE);
  assert_steers (ASKED, "mode=play,RTP/AVP;source=192.0.2.66", TRUE);
  assert_steers (ASKED, "destination=192.0.2.66", TRUE);
  assert_steers (ASKED, "destination=239.1.2.3", TRUE);
  assert_steers (ASKED, "src_addr=\"192.0.2.66:6000\"/\"192.0.2.66:6001\"", TRUE);
  assert_steers (ASKED, "src_addr=\"192.0.2.10:6000\"/\"[2001:db8::1]:6001\"", TRUE);
}

static void
the_octets_are_those_of_the_address (void)
{
  g_autoptr (Build) build = granted (ASKED, ASKED ";source=192.0.2.66;server_port=6000-6001");
  const LensFindingRow *finding = build_found (build, "evaluator-steer", LENS_SEVERITY_CRITICAL);

  g_assert_cmpuint (finding->excerpt->len, ==, strlen ("192.0.2.66"));
  g_assert_cmpmem (finding->excerpt->data, finding->excerpt->len, "192.0.2.66", 10);
}

static void
the_devices_own_and_the_viewers_addresses_are_quiet (void)
{
  assert_steers (ASKED, "source=192.0.2.10", FALSE);
  assert_steers (ASKED, "source=0.0.0.0", FALSE);
  assert_steers (ASKED, "source=", FALSE);
  assert_steers (ASKED, "destination=192.0.2.20;source=192.0.2.10", FALSE);
  assert_steers (ASKED, "src_addr=\":6000\"/\":6001\";dest_addr=\"192.0.2.20:5000\"", FALSE);
  assert_steers ("RTP/AVP;multicast;port=5000-5001", "destination=239.1.2.3;ttl=1", FALSE);
  assert_steers (ASKED ";destination=192.0.2.66", "destination=192.0.2.66", FALSE);
}

static void
a_second_address_of_the_profile_is_quiet (void)
{
  g_autoptr (Build) build
      = build_declared ("evaluator-steer", "[stream main]\nurl = rtsp://192.0.2.10/live\n"
                                           "transport = udp\n");
  LensProfile *profile = g_ptr_array_index (build->profiles, 0);
  LensAddress second;

  g_assert_true (lens_address_parse ("198.51.100.10", &second));
  g_array_append_val (profile->addresses, second);
  build_connect (build, &build->rtsp, 554, 40000);
  build_request (build, "SETUP", "Transport: " ASKED "\r\n",
                 "Session: 1\r\nTransport: " ASKED ";source=198.51.100.10\r\n", "");

  g_assert_null (build_finding (build, "evaluator-steer"));
}

static Build *
described (const char *session, const char *media)
{
  Build *build = build_new ("evaluator-steer");
  g_autofree char *sdp = g_strdup_printf ("v=0\r\no=- 1 1 IN IP4 192.0.2.77\r\ns=-\r\n%st=0 0\r\n"
                                          "m=video 0 RTP/AVP 96\r\n%sa=control:track1\r\n",
                                          session, media);

  build_connect (build, &build->rtsp, 554, 40000);
  build_request (build, "DESCRIBE", "", "Content-Type: application/sdp\r\n", sdp);
  return build;
}

static void
a_description_of_another_host_is_critical (void)
{
  g_autoptr (Build) session = described ("c=IN IP4 192.0.2.66\r\n", "");
  g_autoptr (Build) media = described ("c=IN IP4 0.0.0.0\r\n", "c=IN IP6 2001:db8::66\r\n");

  const LensFindingRow *finding = build_found (session, "evaluator-steer", LENS_SEVERITY_CRITICAL);
  g_assert_cmpmem (finding->excerpt->data, finding->excerpt->len, "192.0.2.66", 10);
  build_found (media, "evaluator-steer", LENS_SEVERITY_CRITICAL);
}

static void
an_attribute_that_names_another_host_is_critical (void)
{
  static const char *const lines[]
      = { "a=rtcp:53020 IN IP4 192.0.2.66\r\n", "a=source-filter: incl IN IP4 * 192.0.2.66\r\n",
          "a=source-filter:incl IN IP4 239.1.2.3 192.0.2.10 192.0.2.66\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (Build) build = described ("", lines[i]);
      const LensFindingRow *finding
          = build_found (build, "evaluator-steer", LENS_SEVERITY_CRITICAL);
      g_assert_cmpmem (finding->excerpt->data, finding->excerpt->len, "192.0.2.66", 10);
    }
}

static void
what_servers_write_in_descriptions_is_quiet (void)
{
  static const char *const lines[] = { "c=IN IP4 0.0.0.0\r\n",
                                       "c=IN IP4 127.0.0.1\r\n",
                                       "c=IN IP4 192.0.2.10/127\r\n",
                                       "c=IN IP4 239.1.2.3/127/3\r\n",
                                       "c=IN IP6 ::\r\n",
                                       "c=IN IP6 ::1\r\n",
                                       "c=IN IP4 192.0.2.20\r\n",
                                       "a=rtcp:53020\r\n",
                                       "a=rtcp:53020 IN IP4 192.0.2.10\r\n",
                                       "a=rtcp-mux\r\n",
                                       "a=source-filter: incl IN IP4 239.1.2.3 192.0.2.10\r\n",
                                       "a=source-filter: excl IN IP4 * 192.0.2.66\r\n",
                                       "a=source-filter:\r\n",
                                       "c=\r\n",
                                       "c=IN IP4\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (Build) build = described (lines[i], "");
      g_test_message ("%s", lines[i]);
      g_assert_null (build_finding (build, "evaluator-steer"));
    }
}

/* The camera answers (mDNS) that a name is somewhere. */
static void
answer_name (Build *build, const char *octets)
{
  g_autofree char *message
      = g_strconcat ("0000 8400 0000 0001 0000 0000"
                     "06 63616d657261 07 6578616d706c65 00 0001 0001 0000003c 0004",
                     octets, NULL);

  build_udp (build, CAMERA, 53, 45000, build_hex (message));
}

static Build *
named (void)
{
  return build_declared ("evaluator-steer", "[stream main]\nurl = rtsp://camera.example/live\n"
                                            "transport = tcp\n");
}

static void
an_answer_that_puts_the_streams_name_elsewhere_is_critical (void)
{
  g_autoptr (Build) own = named ();
  g_autoptr (Build) others = named ();

  answer_name (own, "c000020a");
  build_session (own, build_sdp_h264, TRUE, "");
  g_assert_null (build_finding (own, "evaluator-steer"));

  answer_name (others, "c0000242");
  build_found (others, "evaluator-steer", LENS_SEVERITY_CRITICAL);
}

static void
a_peer_that_is_not_under_test_is_quiet (void)
{
  g_autoptr (Build) build = build_new ("evaluator-steer");

  build_session (build, build_sdp_h264, FALSE, "");
  build_segment (build, &build->rtsp, VIEWER,
                 build_text ("RTSP/1.0 200 OK\r\nCSeq: 1\r\nTransport: source=192.0.2.66\r\n\r\n"));

  build_quiet (build, "evaluator-steer");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/analyzers/evaluator-steer/" name, function)
  CASE ("another-source-or-destination-is-critical", another_source_or_destination_is_critical);
  CASE ("the-octets-are-those-of-the-address", the_octets_are_those_of_the_address);
  CASE ("the-devices-own-and-the-viewers-addresses-are-quiet",
        the_devices_own_and_the_viewers_addresses_are_quiet);
  CASE ("a-second-address-of-the-profile-is-quiet", a_second_address_of_the_profile_is_quiet);
  CASE ("a-description-of-another-host-is-critical", a_description_of_another_host_is_critical);
  CASE ("an-attribute-that-names-another-host-is-critical",
        an_attribute_that_names_another_host_is_critical);
  CASE ("what-servers-write-in-descriptions-is-quiet", what_servers_write_in_descriptions_is_quiet);
  CASE ("an-answer-that-puts-the-streams-name-elsewhere-is-critical",
        an_answer_that_puts_the_streams_name_elsewhere_is_critical);
  CASE ("a-peer-that-is-not-under-test-is-quiet", a_peer_that_is_not_under_test_is_quiet);
  return g_test_run ();
}
