/* The ten rules of the ledger, in their order: the first that fits wins. */
#include "tests/ledger/scene.h"

#include <string.h>

#define OVERHEAD LENS_CLASS_NETWORK_OVERHEAD
#define OTHER LENS_CLASS_OTHER_HOST
#define HIDDEN LENS_CLASS_HIDDEN
#define DISCOVERY LENS_CLASS_LOCAL_DISCOVERY
#define VIDEO LENS_CLASS_DECLARED_VIDEO
#define AUDIO LENS_CLASS_DECLARED_AUDIO
#define MEDIA LENS_CLASS_MEDIA_OVERHEAD
#define SERVICE LENS_CLASS_DECLARED_SERVICE
#define UNDECLARED LENS_CLASS_UNDECLARED
#define UNEXPLAINED LENS_CLASS_UNEXPLAINED

#define UDP_HEADERS 42 /* Ethernet, IPv4, UDP */
#define TCP_HEADERS 54

/* A service of the camera, so that its flow is declared. */
static const char syslog[] = "[service syslog]\nproto = udp\nport = 514\nto = 192.0.2.1\n";

/* --- 1 --- */

static void
a_pseudo_header_is_overhead_even_of_other_hosts (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");

  scene->linktype = 113; /* packet type, ARPHRD, address length and address, protocol */
  scene_hex (scene, "0003 0001 0006 020000000099 0000 0800"
                    "4500001c 00010000 4011 0000 c0000263 c0000214 0035 0036 0008 0000");
  scene->linktype = 276; /* protocol, reserved, interface, ARPHRD, type, length, address */
  scene_hex (scene, "0800 0000 00000002 0001 03 06 0200000000990000"
                    "4500001c 00020000 4011 0000 c0000263 c0000214 0035 0036 0008 0000");
  g_assert_cmpuint (scene_class (scene, OVERHEAD), ==, 16 + 20);
  g_assert_cmpuint (scene_class (scene, OTHER), ==, 28 + 28);
}

static void
raw_ip_has_no_pseudo_header (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);

  scene->linktype = 101;
  scene_hex (scene, "45000020 00010000 4011 0000 c000020a c0000201 0202 0202 000c 0000 61626364");
  g_assert_cmpuint (scene_class (scene, OVERHEAD), ==, 28);
  g_assert_cmpuint (scene_class (scene, SERVICE), ==, 4);
}

static void
a_check_sequence_is_overhead_when_it_holds (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);
  static const char frame[] = "020000000001 020000000010 0800"
                              "45000030 00010000 4011 0000 c000020a c0000201 0202 0202 001c 0000"
                              "6162636465666768696a6b6c6d6e6f7071727374";
  g_autofree char *right = g_strconcat (frame, "70cc0b03", NULL);
  g_autofree char *wrong = g_strconcat (frame, "00000001", NULL);

  scene->fcs = 4;
  scene_hex (scene, right);
  scene_hex (scene, wrong);
  /* The one that does not hold is what a device might have appended. */
  g_assert_cmpuint (scene_class (scene, OVERHEAD), ==, 2 * UDP_HEADERS + 4);
  g_assert_cmpuint (scene_class (scene, SERVICE), ==, 40);
  g_assert_cmpuint (scene_class (scene, UNEXPLAINED), ==, 4);
}

/* --- 2 --- */

static void
frames_between_others_are_theirs_whole (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");
  static const Host mdns = { "01:00:5e:00:00:fb", "224.0.0.251" };
  gsize mine;

  scene_arp (scene, &camera);
  mine = 42;
  scene_udp_text (scene, &bystander, &viewer, 1000, 2000, "unicast");
  scene_arp (scene, &bystander);
  scene_udp_text (scene, &bystander, &mdns, 5353, 5353, "multicast");
  g_assert_cmpuint (scene_class (scene, OTHER), ==,
                    scene_conclude (scene)->ledger.total_bytes - mine);
  g_assert_cmpuint (scene_packets (scene, OTHER), ==, 3);
}

/* --- 3 --- */

static guint64
duplicates_of (guint32 second_interface, gint64 apart_ms, const char *second)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);

  scene_udp_text (scene, &camera, &router, 514, 514, "the same octets");
  scene->frame--; /* the identification is made of the number */
  scene->now += apart_ms * 1000000 - scene->step;
  scene->interface = second_interface;
  scene_udp_text (scene, &camera, &router, 514, 514, second);
  guint64 duplicates = scene_conclude (scene)->input.duplicates;
  g_assert_cmpuint (scene_class (scene, SERVICE), ==, duplicates > 0 ? 15 : 30);
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, 0);
  return duplicates;
}

static void
a_repeat_within_100_ms_is_overhead (void)
{
  g_assert_cmpuint (duplicates_of (0, 0, "the same octets"), ==, 1);
  g_assert_cmpuint (duplicates_of (0, 100, "the same octets"), ==, 1);
  g_assert_cmpuint (duplicates_of (0, 101, "the same octets"), ==, 0);
  g_assert_cmpuint (duplicates_of (0, -50, "the same octets"), ==, 1);
  g_assert_cmpuint (duplicates_of (0, -101, "the same octets"), ==, 0);
  g_assert_cmpuint (duplicates_of (1, 0, "the same octets"), ==, 0);
  g_assert_cmpuint (duplicates_of (0, 0, "the same octetz"), ==, 0);
}

static void
each_repeat_is_one_of_the_frame_before_it (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);

  scene->step = 60 * 1000 * 1000;
  for (guint i = 0; i < 5; i++)
    {
      scene->frame = i == 0 ? 0 : scene->frame - 1;
      scene_udp_text (scene, &camera, &router, 514, 514, "again and again");
    }
  g_assert_cmpuint (scene_conclude (scene)->input.duplicates, ==, 4);
}

static void
the_interface_any_shows_a_frame_twice (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);

  scene->linktype = 276;
  scene_hex (scene, "0800 0000 00000002 0001 02 06 0200000000100000"
                    "45000020 00010000 4011 0000 c000020a c0000201 0202 0202 000c 0000 61626364");
  scene_hex (scene, "0800 0000 00000003 0001 00 06 0200000000100000"
                    "45000020 00010000 4011 0000 c000020a c0000201 0202 0202 000c 0000 61626364");
  g_assert_cmpuint (scene_conclude (scene)->input.duplicates, ==, 1);
  g_assert_cmpuint (scene_class (scene, SERVICE), ==, 4);
}

/* --- 4 --- */

static void
what_a_finding_claims_in_a_declared_flow_is_hidden (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);

  scene_watch (scene, LENS_UNIT_CONTENT);
  scene_udp_text (scene, &camera, &router, 514, 514, "log HIDE1234 more");
  scene_udp_text (scene, &camera, &router, 514, 514, "log HIDE5678 more");
  g_assert_cmpuint (scene_class (scene, HIDDEN), ==, 16);
  g_assert_cmpuint (scene_class (scene, SERVICE), ==, 18);
  const LensFindingRow *finding = scene_finding (scene, "icmp-payload");
  g_assert_cmpuint (finding->frame_count, ==, 2);
  g_assert_true (finding->hides);
}

static void
claims_that_overlap_hide_an_octet_once (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);

  scene_watch (scene, LENS_UNIT_CONTENT | LENS_UNIT_FRAME);
  scene_udp_text (scene, &camera, &router, 514, 514, "HIDEHIDE");
  scene_udp_text (scene, &camera, &router, 514, 514, "HIDEhide");
  g_assert_cmpuint (scene_class (scene, HIDDEN), ==, 16);
  g_assert_cmpuint (scene_class (scene, SERVICE), ==, 0);
}

static void
nothing_is_hidden_in_an_undeclared_flow (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);
  guint8 options[40] = { 0 };

  scene_watch (scene, LENS_UNIT_CONTENT | LENS_UNIT_FRAME);
  scene_udp_text (scene, &camera, &stranger, 514, 514, "HIDE1234");
  /* In the header of such a flow neither: here as options of TCP. */
  memcpy (options, "HIDE5678", 8);
  guint8 segment[60] = { 0x10, 0, 0x20, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xf0, SYN };
  memcpy (segment + 20, options, 40);
  scene_ip (scene, &camera, &stranger, 6, segment, sizeof segment);
  g_assert_nonnull (scene_finding (scene, "icmp-payload"));
  g_assert_cmpuint (scene_class (scene, HIDDEN), ==, 0);
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, 8);
}

static void
what_a_peer_says_is_info_and_hides_nothing (void)
{
  g_autoptr (Scene) scene
      = scene_of_camera ("[service log]\nproto = udp\nport = 514\ndirection = both\n");

  scene_watch (scene, LENS_UNIT_CONTENT);
  scene_udp_text (scene, &router, &camera, 514, 514, "HIDE1234");
  scene_udp_text (scene, &router, &camera, 514, 514, "HIDE5678");
  g_assert_cmpuint (scene_class (scene, HIDDEN), ==, 0);
  const LensFindingRow *finding = scene_finding (scene, "icmp-payload");
  g_assert_cmpint (finding->severity, ==, LENS_SEVERITY_INFO);
  g_assert_nonnull (strstr (finding->detail, "by a peer"));
  g_assert_cmpstr (finding->flow->src, ==, "192.0.2.1");
}

static void
claims_in_discovery_are_hidden (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");
  static const Host mdns = { "01:00:5e:00:00:fb", "224.0.0.251" };

  scene_watch (scene, LENS_UNIT_FRAME);
  scene_udp_text (scene, &camera, &mdns, 5353, 5353, "HIDE1234");
  scene_udp_text (scene, &camera, &mdns, 5353, 5353, "HIDE5678");
  g_assert_cmpuint (scene_class (scene, HIDDEN), ==, 16);
}

/* --- 5 --- */

static void
pure_acknowledgements_and_headers_are_overhead (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");
  Talk talk = scene_connect (scene, &camera, 40000, &stranger, 443);

  scene_ask (scene, &talk, "data", 4);
  scene_tcp (scene, &stranger, &camera, 443, 40000, talk.server_next, talk.client_next, ACK, NULL,
             0);
  g_assert_cmpuint (scene_class (scene, OVERHEAD), ==, 5 * TCP_HEADERS);
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, 4);
}

static void
an_identical_retransmission_is_overhead_and_another_is_not (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");
  Talk talk = scene_connect (scene, &camera, 40000, &stranger, 443);
  guint32 seq = talk.client_next;

  scene_ask (scene, &talk, "data", 4);
  scene_tcp (scene, &camera, &stranger, 40000, 443, seq, 5001, ACK, "data", 4);
  scene_tcp (scene, &camera, &stranger, 40000, 443, seq, 5001, ACK, "dirt", 4);
  g_assert_cmpuint (scene_class (scene, OVERHEAD), ==, 6 * TCP_HEADERS + 4);
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, 8);
}

static void
zero_padding_is_overhead_and_other_padding_is_not (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);
  static const char head[] = "020000000001 020000000010 0800"
                             "4500001c 000%u0000 4011 0000 c000020a c0000201 0202 0202 0008 0000"
                             "00000000000000000000000000000000%s";
  g_autofree char *zero = g_strdup_printf (head, 1, "0000");
  g_autofree char *word = g_strdup_printf (head, 2, "6161");

  scene_hex (scene, zero);
  scene_hex (scene, word);
  g_assert_cmpuint (scene_class (scene, OVERHEAD), ==, 60 + 42);
  g_assert_cmpuint (scene_class (scene, UNEXPLAINED), ==, 18);
}

static void
an_error_quotes_what_was_seen (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");
  guint8 message[8 + 28] = { 3, 3 };
  guint8 quoted[28] = { 0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0, 0, 203, 0, 113, 66, 192, 0, 2, 10 };

  scene_put_udp (quoted + 20, 7000, 7001, NULL, 0);
  memcpy (message + 8, quoted, sizeof quoted);
  scene_udp_text (scene, &stranger, &camera, 7000, 7001, "knock");
  scene_ip (scene, &camera, &stranger, 1, message, sizeof message);
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, 5);
  /* A quote of what nobody saw speaks. */
  message[8 + 21] ^= 1;
  scene->frame++;
  g_clear_pointer (&scene->evaluation, lens_evaluation_free);
  scene_ip (scene, &camera, &stranger, 1, message, sizeof message);
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, 5 + 28);
}

/* --- 6 --- */

static void
discovery_on_the_link_is_permitted (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");
  static const Host ssdp = { "01:00:5e:7f:ff:fa", "239.255.255.250" };
  static const Host wsd = { "01:00:5e:7f:ff:fa", "239.255.255.250" };
  static const Host igmp = { "01:00:5e:00:00:16", "224.0.0.22" };
  static const Host lldp = { "01:80:c2:00:00:0e", "" };
  static const char report[16] = { 0x22 };

  scene_arp (scene, &camera);
  scene_lease (scene, &camera, &router, &router);
  scene_udp_text (scene, &camera, &ssdp, 1900, 1900, "NOTIFY * HTTP/1.1\r\n\r\n");
  scene_udp_text (scene, &camera, &wsd, 3702, 3702, "<Hello/>");
  scene_ip (scene, &camera, &igmp, 2, report, sizeof report);
  scene_ether (scene, &camera, &lldp, 0x88cc, "\2\7\4\2\0\0\0\0\20\0\0", 11);
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, 0);
  g_assert_cmpuint (scene_class (scene, DISCOVERY), ==, 28 + 300 + 21 + 8 + 16 + 11);
}

/* A neighbour that speaks both versions of IP is one host, and no router: it is asked by unicast
 * whether it is still there (RFC 4861 section 7.3), and the pings beside are the service that they
 * are declared as. */
static void
neighbours_are_asked_between_declared_pings (void)
{
#define BOTH "fd0000000000000000000000000000"
  g_autoptr (Scene) scene = scene_new ("[device]\nname = Gate\naddress = 192.0.2.10, fd00::10\n"
                                       "[service echo]\nproto = icmpv6\nto = fd00::20\n");
  scene_udp_text (scene, &viewer, &camera, 7000, 7001, "");
  /* a request and its reply, with four octets; then a solicitation */
  scene_hex (scene, "020000000020 020000000010 86dd 60000000 000c 3a 40" BOTH "10" BOTH "20"
                    "80000000 00070001 61626364");
  scene_hex (scene, "020000000010 020000000020 86dd 60000000 000c 3a 40" BOTH "20" BOTH "10"
                    "81000000 00070001 61626364");
  scene_hex (scene, "020000000020 020000000010 86dd 60000000 0020 3a ff" BOTH "10" BOTH "20"
                    "87000000 00000000" BOTH "20 0101 020000000010");
#undef BOTH
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, 0);
  g_assert_cmpuint (scene_class (scene, SERVICE), ==, 8);
  g_assert_cmpuint (scene_class (scene, DISCOVERY), ==, 24);
}

static void
an_answer_to_a_probe_is_discovery (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");
  static const Host wsd = { "01:00:5e:7f:ff:fa", "239.255.255.250" };

  scene_udp_text (scene, &viewer, &wsd, 50123, 3702, "<Probe/>");
  scene_udp_text (scene, &camera, &viewer, 3702, 50123, "<ProbeMatches/>");
  g_assert_cmpuint (scene_class (scene, DISCOVERY), ==, 15);
  g_assert_cmpuint (scene_class (scene, OTHER), ==, UDP_HEADERS + 8);
  scene->now += G_GINT64_CONSTANT (60) * 1000 * 1000 * 1000;
  scene_udp_text (scene, &camera, &viewer, 3702, 50123, "<ProbeMatches/>");
  g_clear_pointer (&scene->evaluation, lens_evaluation_free);
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, 15);
}

/* It asked on the link; who forwards for others, or has no place there, is no neighbour. */
static void
who_answers_from_elsewhere_is_no_discovery (void)
{
  for (guint elsewhere = 0; elsewhere < 2; elsewhere++)
    {
      g_autoptr (Scene) scene = scene_of_camera ("");

      scene_udp_text (scene, &router, &camera, 9, 9, "of its own");
      scene_udp_text (scene, &stranger, &camera, 9, 9, "forwarded");
      scene_udp_text (scene, &camera, &everyone, 25508, 32108, "probe");
      guint64 before = scene_class (scene, UNDECLARED);
      g_assert_cmpuint (scene_class (scene, DISCOVERY), ==, 5);
      scene_udp_text (scene, elsewhere ? &stranger : &viewer, &camera, 32100, 25508, "answer");
      g_clear_pointer (&scene->evaluation, lens_evaluation_free);
      g_assert_cmpuint (scene_class (scene, DISCOVERY), ==, elsewhere ? 5 : 11);
      g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, before + (elsewhere ? 6 : 0));
    }
}

static void
what_allow_leaves_out_is_undeclared (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("[discovery]\nallow = arp, dhcp\n");
  static const Host ssdp = { "01:00:5e:7f:ff:fa", "239.255.255.250" };

  scene_arp (scene, &camera);
  scene_udp_text (scene, &camera, &ssdp, 1900, 1900, "NOTIFY * HTTP/1.1\r\n\r\n");
  g_assert_cmpuint (scene_class (scene, DISCOVERY), ==, 28);
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, 21);
}

/* --- 7 --- */

static void
stream_over (gboolean interleaved)
{
  g_autoptr (Scene) scene = scene_new (NULL);
  guint8 video[112], audio[172], report[28];
  Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);

  scene->options.device = "192.0.2.10";
  scene_session (scene, &talk, interleaved);
  guint64 messages = talk.client_next - 1001 + talk.server_next - 5001;
  scene_put_report (report);
  for (guint16 i = 0; i < 5; i++)
    {
      scene_put_rtp (video, 96, i, 0x41, 100);
      scene_put_rtp (audio, 8, i, 0xd5, 160);
      if (interleaved)
        {
          scene_interleave (scene, &talk, 0, video, sizeof video);
          scene_interleave (scene, &talk, 2, audio, sizeof audio);
          scene_interleave (scene, &talk, 1, report, sizeof report);
        }
      else
        {
          scene_udp (scene, &camera, &viewer, 6000, 5000, video, sizeof video);
          scene_udp (scene, &camera, &viewer, 6002, 5002, audio, sizeof audio);
          scene_udp (scene, &camera, &viewer, 6001, 5001, report, sizeof report);
        }
      /* The viewer's receiver reports, and on UDP what opens its ports. */
      if (!interleaved)
        scene_udp (scene, &viewer, &camera, 5001, 6001, report, sizeof report);
    }
  g_assert_cmpuint (scene_class (scene, VIDEO), ==, 5 * 100);
  g_assert_cmpuint (scene_class (scene, AUDIO), ==, 5 * 160);
  g_assert_cmpuint (scene_class (scene, MEDIA), ==,
                    messages + 5 * (12 + 12 + 28 + (interleaved ? 12 : 28)));
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, 0);
  g_assert_cmpuint (scene_class (scene, UNEXPLAINED), ==, 0);
  g_assert_cmpstr (((LensStreamRow *)g_ptr_array_index (scene_conclude (scene)->streams, 0))->url,
                   ==, "rtsp://192.0.2.10/live/");
}

static void
a_session_declares_its_stream_over_tcp (void)
{
  stream_over (TRUE);
}

static void
a_session_declares_its_stream_over_udp (void)
{
  stream_over (FALSE);
}

/* TEARDOWN of @uri, then ten packets of video and of audio from the ports of the session. */
static void
talk_on_after (Scene *scene, const char *uri, gint64 pause_ns)
{
  guint8 video[112], audio[172];
  Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);
  g_autofree char *ask
      = g_strdup_printf ("TEARDOWN %s RTSP/1.0\r\nCSeq: 9\r\nSession: 7\r\n\r\n", uri);
  static const char answer[] = "RTSP/1.0 200 OK\r\nCSeq: 9\r\n\r\n";

  scene_session (scene, &talk, FALSE);
  scene_ask (scene, &talk, ask, strlen (ask));
  scene_answer (scene, &talk, answer, sizeof answer - 1);
  scene->now += pause_ns;
  for (guint16 i = 0; i < 10; i++)
    {
      scene_put_rtp (video, 96, i, 0x41, 100);
      scene_put_rtp (audio, 8, i, 0xd5, 160);
      scene_udp (scene, &camera, &viewer, 6000, 5000, video, sizeof video);
      scene_udp (scene, &camera, &viewer, 6002, 5002, audio, sizeof audio);
    }
}

static void
a_session_ends_with_its_teardown (void)
{
  static const struct
  {
    const char *uri;
    gint64 pause_s;
    guint64 video, audio;
  } cases[] = {
    { "rtsp://192.0.2.10/live/", 0, 1000, 1600 }, /* on their way */
    { "rtsp://192.0.2.10/live", 3, 0, 0 },
    { "*", 3, 0, 0 },
    { "rtsp://192.0.2.10/live/track1", 3, 0, 1600 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Scene) scene = scene_of_camera ("[stream main]\nurl = rtsp://192.0.2.10/live/\n");
      talk_on_after (scene, cases[i].uri, cases[i].pause_s * G_GINT64_CONSTANT (1000000000));
      guint64 rest = 10 * (112 + 172) - cases[i].video / 100 * 112 - cases[i].audio / 160 * 172;
      g_assert_cmpuint (scene_class (scene, VIDEO), ==, cases[i].video);
      g_assert_cmpuint (scene_class (scene, AUDIO), ==, cases[i].audio);
      g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, rest);
    }
}

static void
the_profile_must_name_the_stream_and_its_viewer (void)
{
  static const char *const profiles[]
      = { "[stream main]\nurl = rtsp://192.0.2.10/live/\n[viewer]\naddress = 192.0.2.20\n",
          "[stream main]\nurl = rtsp://192.0.2.10/other/\n",
          "[stream main]\nurl = rtsp://192.0.2.10/live/\n[viewer]\naddress = 192.0.2.77\n",
          "[stream main]\nurl = rtsp://192.0.2.10/live/\ntracks = audio\n" };
  static const guint64 video[] = { 100, 0, 0, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (profiles); i++)
    {
      g_autoptr (Scene) scene = scene_of_camera (profiles[i]);
      guint8 packet[112];
      Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);
      scene_session (scene, &talk, FALSE);
      scene_put_rtp (packet, 96, 7, 0x41, 100);
      scene_udp (scene, &camera, &viewer, 6000, 5000, packet, sizeof packet);
      g_assert_cmpuint (scene_class (scene, VIDEO), ==, video[i]);
      g_assert_cmpuint (scene_class (scene, UNDECLARED) >= 100, ==, video[i] == 0);
    }
}

static void
keep_alives_and_fillers_have_their_place (void)
{
  g_autoptr (Scene) scene = scene_new (NULL);
  guint8 report[28], empty[12], small[4] = { 0 };
  Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);

  scene->options.device = "192.0.2.10";
  scene_session (scene, &talk, TRUE);
  scene_ask (scene, &talk, "\r\n\r\n", 4);
  scene_put_report (report);
  scene_interleave (scene, &talk, 1, report, sizeof report);
  scene_put_rtp (empty, 96, 1, 0, 0);
  scene_interleave (scene, &talk, 0, empty, sizeof empty);
  scene_interleave (scene, &talk, 0, small, 0);
  g_assert_cmpuint (scene_class (scene, UNEXPLAINED), ==, 0);
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, 0);
}

/* --- 8 --- */

static guint64
service_octets (const char *service, const Host *from, const Host *to, guint16 sport, guint16 dport)
{
  g_autoptr (Scene) scene = scene_of_camera (service);

  scene_udp_text (scene, from, to, sport, dport, "0123456789");
  guint64 octets = scene_class (scene, SERVICE);
  g_assert_cmpuint (octets + scene_class (scene, UNDECLARED), ==, 10);
  return octets;
}

static void
a_service_is_a_protocol_a_port_a_peer_and_a_direction (void)
{
  static const char out[] = "[service a]\nproto = udp\nport = 9000\nto = 198.51.100.7\n";
  static const char net[] = "[service a]\nproto = udp\nport = 9000\nto = 198.51.100.0/24\n";
  static const char in[] = "[service a]\nproto = udp\nport = 9000\ndirection = in\n";
  static const char both[] = "[service a]\nproto = udp\nport = 9000\ndirection = both\n";
  static const char any[] = "[service a]\nproto = udp\nto = 198.51.100.7\n";
  static const char tcp[] = "[service a]\nproto = tcp\nport = 9000\nto = 198.51.100.7\n";

  g_assert_cmpuint (service_octets (out, &camera, &server, 5555, 9000), ==, 10);
  g_assert_cmpuint (service_octets (out, &camera, &server, 5555, 9001), ==, 0);
  g_assert_cmpuint (service_octets (out, &camera, &stranger, 5555, 9000), ==, 0);
  g_assert_cmpuint (service_octets (net, &camera, &server, 5555, 9000), ==, 10);
  g_assert_cmpuint (service_octets (net, &camera, &stranger, 5555, 9000), ==, 0);
  g_assert_cmpuint (service_octets (in, &stranger, &camera, 5555, 9000), ==, 10);
  g_assert_cmpuint (service_octets (both, &stranger, &camera, 5555, 9000), ==, 10);
  g_assert_cmpuint (service_octets (both, &camera, &stranger, 5555, 9000), ==, 10);
  g_assert_cmpuint (service_octets (any, &camera, &server, 5555, 1), ==, 10);
  g_assert_cmpuint (service_octets (tcp, &camera, &server, 5555, 9000), ==, 0);
}

static void
who_opens_a_connection_is_known_by_its_syn (void)
{
  static const char in[] = "[service a]\nproto = tcp\nport = 80\ndirection = in\n";

  for (guint opener = 0; opener < 2; opener++)
    {
      g_autoptr (Scene) scene = scene_of_camera (in);
      Talk talk = opener == 0 ? scene_connect (scene, &viewer, 5555, &camera, 80)
                              : scene_connect (scene, &camera, 5555, &viewer, 80);
      scene_answer (scene, &talk, "0123456789", 10);
      g_assert_cmpuint (scene_class (scene, SERVICE), ==, opener == 0 ? 10 : 0);
      g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, opener == 0 ? 0 : 10);
    }
}

static void
a_peer_may_be_named (void)
{
  static const char named[] = "[service a]\nproto = udp\nport = 9000\nto = updates.example.net\n"
                              "[service b]\nproto = udp\nport = 9000\nto = second.example.net\n"
                              "[service c]\nproto = udp\nport = 9001\nto = cdn.example.com\n";
  g_autoptr (Scene) scene = scene_of_camera (named);

  /* Two names that end at one place; another name for another. */
  scene_dns (scene, &router, &camera, "other.example.net", "cdn.example.com", "198.51.100.7");
  scene_dns (scene, &router, &camera, "Updates.Example.net", "cdn.example.com", "198.51.100.7");
  scene_dns (scene, &router, &camera, "third.example.net", NULL, "203.0.113.66");
  scene_udp_text (scene, &camera, &server, 5555, 9000, "0123456789");
  scene_udp_text (scene, &camera, &server, 5555, 9001, "01234567");
  scene_udp_text (scene, &camera, &stranger, 5555, 9000, "0123456");
  g_assert_cmpuint (scene_class (scene, SERVICE), ==, 18);
  /* The answers came from a server that nobody named. */
  g_assert_cmpuint (scene_class (scene, UNDECLARED), >=, 7);
}

/* The device's own answers, or leases, name nothing. */
static void
nobody_vouches_for_itself (void)
{
  static const char named[] = "[service a]\nproto = udp\nport = 9000\nto = good.example.net\n";
  static const char *const aliases[] = { NULL, "bad.example.net" };

  for (guint i = 0; i < G_N_ELEMENTS (aliases); i++)
    {
      g_autoptr (Scene) scene = scene_of_camera (named);
      /* An address that somebody else truly gave another name, which the device then aliases. */
      scene_dns (scene, &router, &camera, "bad.example.net", NULL, "198.51.100.7");
      scene_dns (scene, &camera, &router, "good.example.net", aliases[i], "198.51.100.7");
      scene_udp_text (scene, &camera, &server, 5555, 9000, "0123456789");
      g_assert_cmpuint (scene_class (scene, SERVICE), ==, 0);
    }
}

static void
icmp_may_be_a_service (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("[service ping]\nproto = icmp\nto = 192.0.2.1\n");

  scene_ip (scene, &camera, &router, 1, "\10\0\0\0\0\1\0\1abcdefgh", 16);
  scene_ip (scene, &camera, &stranger, 1, "\10\0\0\0\0\1\0\1abcdefgh", 16);
  g_assert_cmpuint (scene_class (scene, SERVICE), ==, 8);
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, 8);
}

static void
dns_and_ntp_go_to_the_servers_that_dhcp_named (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");
  static const char query[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0\1a\2de\0\0\1\0\1";
  static const guint8 ntp[48] = { 0x23 };
  gsize length = sizeof query - 1;

  scene_lease (scene, &camera, &router, &server);
  scene_udp (scene, &camera, &router, 5000, 53, query, length);
  scene_udp (scene, &camera, &server, 123, 123, ntp, 48);
  g_assert_cmpuint (scene_class (scene, SERVICE), ==, length + 48);
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, 0);
  g_clear_pointer (&scene->evaluation, lens_evaluation_free);
  scene_udp (scene, &camera, &server, 5000, 53, query, length);
  scene_udp (scene, &camera, &stranger, 123, 123, ntp, 48);
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, length + 48);
}

/* From the address of who has none yet: the link address says who it is. */
static void
hosts_without_an_address_have_flows_of_their_own (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");
  static const Host nobody = { "44:19:b6:00:00:10", "0.0.0.0" };
  static const Host another = { "02:00:00:00:00:77", "0.0.0.0" };
  static const Host all = { "ff:ff:ff:ff:ff:ff", "255.255.255.255" };
  guint flows = 0;

  for (guint i = 0; i < 3; i++)
    {
      scene_udp_text (scene, &nobody, &all, 68, 67, "one");
      scene_udp_text (scene, &another, &all, 68, 67, "another");
    }
  const LensEvaluation *evaluation = scene_conclude (scene);
  for (guint i = 0; i < evaluation->flows->len; i++)
    {
      const LensFlowRow *row = g_ptr_array_index (evaluation->flows, i);
      flows += row->packets_out + row->packets_in == 3;
    }
  g_assert_cmpuint (flows, ==, 2);
}

static void
another_clients_lease_names_no_server (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");
  static const guint8 ntp[48] = { 0x23 };

  scene_arp (scene, &camera);
  scene_lease (scene, &viewer, &router, &server);
  scene_udp (scene, &camera, &server, 123, 123, ntp, 48);
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, 48);
}

/* --- 9 and 10 --- */

static void
what_has_no_place_in_a_stream_is_unexplained (void)
{
  g_autoptr (Scene) scene = scene_new (NULL);
  guint8 packet[112];
  Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);

  scene->options.device = "192.0.2.10";
  scene_session (scene, &talk, TRUE);
  scene_put_rtp (packet, 77, 1, 0x41, 100); /* a type that the SDP does not offer */
  scene_interleave (scene, &talk, 0, packet, sizeof packet);
  scene_interleave (scene, &talk, 9, packet, sizeof packet); /* a channel never set up */
  scene_answer (scene, &talk, "what is this line?\r\n", 20);
  g_assert_cmpuint (scene_class (scene, UNEXPLAINED), ==, 100 + 112 + 20);
  guint kinds = 0;
  const LensEvaluation *evaluation = scene_conclude (scene);
  for (guint i = 0; i < evaluation->findings->len; i++)
    {
      const LensFindingRow *finding = g_ptr_array_index (evaluation->findings, i);
      kinds += g_str_equal (finding->channel, "ledger-unexplained");
      g_assert_cmpint (finding->severity, >=, LENS_SEVERITY_MEDIUM);
    }
  g_assert_cmpuint (kinds, ==, 3);
}

static void
phases_have_parts_of_their_own (void)
{
  g_autoptr (Scene) scene = scene_of_camera (syslog);

  scene_mark (scene, "lenscap phase idle start");
  scene_udp_text (scene, &camera, &router, 514, 514, "one");
  scene_mark (scene, "lenscap phase idle end");
  scene_udp_text (scene, &camera, &router, 514, 514, "seven !");
  scene_mark (scene, "lenscap phase stream start");
  scene_udp_text (scene, &router, &camera, 514, 514, "to it");
  scene_mark (scene, "lenscap phase stream end");
  const LensEvaluation *evaluation = scene_conclude (scene);
  g_assert_cmpuint (evaluation->ledger.parts->len, ==, 3);
  static const struct
  {
    const char *phase, *direction;
    guint64 octets;
  } wanted[] = { { "idle", "from", 3 }, { NULL, "from", 7 }, { "stream", "to", 5 } };
  for (guint i = 0; i < 3; i++)
    {
      const LensLedgerPart *part = g_ptr_array_index (evaluation->ledger.parts, i);
      g_assert_cmpstr (part->phase, ==, wanted[i].phase);
      g_assert_cmpstr (part->direction, ==, wanted[i].direction);
      g_assert_cmpuint (part->classes[SERVICE].bytes, ==, wanted[i].octets);
    }
}

/* --- what a poor capture does not say --- */

static void
an_answer_to_a_lost_syn_tells_who_opened (void)
{
  g_autoptr (Scene) scene
      = scene_of_camera ("[service web]\nproto = tcp\nport = 80\ndirection = in\n");

  scene_tcp (scene, &camera, &server, 80, 40000, 1000, 5001, SYN | ACK, NULL, 0);
  scene_tcp (scene, &camera, &server, 80, 40000, 1001, 5100, ACK | PSH, "hello", 5);
  g_assert_cmpuint (scene_class (scene, SERVICE), ==, 5);
  g_assert_cmpuint (scene_class (scene, UNDECLARED), ==, 0);
}

static void
a_packet_socket_names_no_protocol (void)
{
  g_autoptr (Scene) scene = scene_of_camera ("");

  scene->linktype = 276; /* protocol 0, interface, ARPHRD, sent by us, length, address; ARP */
  scene_hex (scene, "0000 0000 00000002 0001 04 06 0200000000100000"
                    "0001 0800 06 04 0001 020000000010 c000020a 000000000000 c0000201");
  g_assert_cmpuint (scene_class (scene, DISCOVERY), ==, 28);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name, function) g_test_add_func ("/ledger/classes/" name, function)
  TEST ("a-pseudo-header-is-overhead-even-of-other-hosts",
        a_pseudo_header_is_overhead_even_of_other_hosts);
  TEST ("an-answer-to-a-lost-syn-tells-who-opened", an_answer_to_a_lost_syn_tells_who_opened);
  TEST ("a-packet-socket-names-no-protocol", a_packet_socket_names_no_protocol);
  TEST ("raw-ip-has-no-pseudo-header", raw_ip_has_no_pseudo_header);
  TEST ("a-check-sequence-is-overhead-when-it-holds", a_check_sequence_is_overhead_when_it_holds);
  TEST ("frames-between-others-are-theirs-whole", frames_between_others_are_theirs_whole);
  TEST ("a-repeat-within-100-ms-is-overhead", a_repeat_within_100_ms_is_overhead);
  TEST ("each-repeat-is-one-of-the-frame-before-it", each_repeat_is_one_of_the_frame_before_it);
  TEST ("the-interface-any-shows-a-frame-twice", the_interface_any_shows_a_frame_twice);
  TEST ("what-a-finding-claims-in-a-declared-flow-is-hidden",
        what_a_finding_claims_in_a_declared_flow_is_hidden);
  TEST ("claims-that-overlap-hide-an-octet-once", claims_that_overlap_hide_an_octet_once);
  TEST ("nothing-is-hidden-in-an-undeclared-flow", nothing_is_hidden_in_an_undeclared_flow);
  TEST ("what-a-peer-says-is-info-and-hides-nothing", what_a_peer_says_is_info_and_hides_nothing);
  TEST ("claims-in-discovery-are-hidden", claims_in_discovery_are_hidden);
  TEST ("pure-acknowledgements-and-headers-are-overhead",
        pure_acknowledgements_and_headers_are_overhead);
  TEST ("an-identical-retransmission-is-overhead-and-another-is-not",
        an_identical_retransmission_is_overhead_and_another_is_not);
  TEST ("zero-padding-is-overhead-and-other-padding-is-not",
        zero_padding_is_overhead_and_other_padding_is_not);
  TEST ("an-error-quotes-what-was-seen", an_error_quotes_what_was_seen);
  TEST ("discovery-on-the-link-is-permitted", discovery_on_the_link_is_permitted);
  TEST ("neighbours-are-asked-between-declared-pings", neighbours_are_asked_between_declared_pings);
  TEST ("an-answer-to-a-probe-is-discovery", an_answer_to_a_probe_is_discovery);
  TEST ("who-answers-from-elsewhere-is-no-discovery", who_answers_from_elsewhere_is_no_discovery);
  TEST ("what-allow-leaves-out-is-undeclared", what_allow_leaves_out_is_undeclared);
  TEST ("a-session-declares-its-stream-over-tcp", a_session_declares_its_stream_over_tcp);
  TEST ("a-session-declares-its-stream-over-udp", a_session_declares_its_stream_over_udp);
  TEST ("a-session-ends-with-its-teardown", a_session_ends_with_its_teardown);
  TEST ("the-profile-must-name-the-stream-and-its-viewer",
        the_profile_must_name_the_stream_and_its_viewer);
  TEST ("keep-alives-and-fillers-have-their-place", keep_alives_and_fillers_have_their_place);
  TEST ("a-service-is-a-protocol-a-port-a-peer-and-a-direction",
        a_service_is_a_protocol_a_port_a_peer_and_a_direction);
  TEST ("who-opens-a-connection-is-known-by-its-syn", who_opens_a_connection_is_known_by_its_syn);
  TEST ("a-peer-may-be-named", a_peer_may_be_named);
  TEST ("nobody-vouches-for-itself", nobody_vouches_for_itself);
  TEST ("icmp-may-be-a-service", icmp_may_be_a_service);
  TEST ("dns-and-ntp-go-to-the-servers-that-dhcp-named",
        dns_and_ntp_go_to_the_servers_that_dhcp_named);
  TEST ("hosts-without-an-address-have-flows-of-their-own",
        hosts_without_an_address_have_flows_of_their_own);
  TEST ("another-clients-lease-names-no-server", another_clients_lease_names_no_server);
  TEST ("what-has-no-place-in-a-stream-is-unexplained",
        what_has_no_place_in_a_stream_is_unexplained);
  TEST ("phases-have-parts-of-their-own", phases_have_parts_of_their_own);
  return g_test_run ();
}
