/* Odd traffic: every octet keeps its class, and nothing is invented. */
#include "tests/ledger/scene.h"

#include <string.h>

static const char service[] = "[service a]\nproto = udp\nport = 514\nto = 192.0.2.1\n"
                              "[service b]\nproto = tcp\nport = 80\n";

static const Host camera6 = { "02:00:00:00:00:10", "fd00::10" };
static const Host router6 = { "02:00:00:00:00:01", "fd00::1" };

/* --- fragments --- */

enum
{
  WHOLE,
  LAST_MISSING,
  FIRST_MISSING,
  REVERSED,
  REPEATED,
  OVERLAPPING,
};

static void
fragments (gboolean six, guint how)
{
  g_autoptr (Scene) scene = scene_new (
      six ? "[device]\nname = C\naddress = fd00::10\n[service a]\nproto = udp\nport = 514\n"
          : "[device]\nname = C\naddress = 192.0.2.10\n[service a]\nproto = udp\nport = 514\n");
  const Host *from = six ? &camera6 : &camera, *to = six ? &router6 : &router;
  guint8 data[64], datagram[72];
  guint order[] = { 0, 1, 2 };

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8)i;
  scene_put_udp (datagram, 514, 514, data, sizeof data);
  if (how == REVERSED)
    order[0] = 2, order[2] = 0;
  for (guint i = 0; i < 3; i++)
    {
      guint part = order[i];
      if ((how == LAST_MISSING && part == 2) || (how == FIRST_MISSING && part == 0))
        continue;
      scene_fragment (scene, from, to, 17, 77, 24 * part, part < 2, datagram + 24 * part, 24);
      if (how == REPEATED && part == 0)
        {
          scene->now += G_GINT64_CONSTANT (200) * 1000 * 1000;
          scene_fragment (scene, from, to, 17, 77, 0, TRUE, datagram, 24);
        }
      if (how == OVERLAPPING && part == 1)
        {
          guint8 other[24];
          memset (other, 0xee, sizeof other);
          scene_fragment (scene, from, to, 17, 77, 24, TRUE, other, 24);
        }
    }
  guint64 payload = scene_class (scene, LENS_CLASS_DECLARED_SERVICE);
  if (how == WHOLE || how == REVERSED || how == REPEATED)
    {
      g_assert_cmpuint (payload, ==, 64);
      g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNEXPLAINED), ==, 0);
      g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 0);
    }
  if (how == LAST_MISSING)
    g_assert_cmpuint (payload, ==, 40);
  if (how == FIRST_MISSING)
    g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 48);
  if (how == OVERLAPPING)
    g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNEXPLAINED), ==, 24);
}

static void
fragments_are_put_together (void)
{
  for (guint six = 0; six < 2; six++)
    for (guint how = WHOLE; how <= OVERLAPPING; how++)
      fragments (six != 0, how);
}

/* --- links --- */

static void
tags_and_llc_are_headers (void)
{
  g_autoptr (Scene) scene = scene_of_camera (service);

  /* 802.1ad and 802.1Q. */
  scene_hex (scene, "020000000001 020000000010 88a8 0064 8100 0065 0800"
                    "45000020 00010000 4011 0000 c000020a c0000201 0202 0202 000c 0000 61626364");
  /* IPv4 behind LLC and SNAP (RFC 1042). */
  scene_hex (scene, "020000000001 020000000010 0028 aaaa03 000000 0800"
                    "45000020 00020000 4011 0000 c000020a c0000201 0202 0202 000c 0000 61626364");
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_SERVICE), ==, 8);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_NETWORK_OVERHEAD), ==, 50 + 50);
}

static void
a_sending_host_sees_other_frames_than_the_wire (void)
{
  g_autoptr (Scene) scene = scene_of_camera (service);
  static const guint8 log[32];

  /* Unpadded; then a segment of 60,000 octets, and one whose total length is zero. */
  scene_udp_text (scene, &camera, &router, 514, 514, "x");
  Talk talk = scene_connect (scene, &camera, 40000, &server, 80);
  g_autofree guint8 *big = g_malloc0 (60000);
  memset (big, 0x5a, 60000);
  scene_ask (scene, &talk, big, 60000);
  scene_hex (scene, "020000000001 020000000010 0800"
                    "45000000 00330000 4011 0000 c000020a c0000201 0202 0202 000c 0000 61626364");
  scene_udp (scene, &camera, &router, 514, 514, log, sizeof log);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_SERVICE), ==, 1 + 60000 + 4 + 32);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 0);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNEXPLAINED), ==, 0);
}

static void
any_snap_length_adds_up (void)
{
  for (guint32 cut = 1; cut < 120; cut++)
    {
      g_autoptr (Scene) scene = scene_of_camera (service);
      scene->cut = cut;
      scene_arp (scene, &camera);
      scene_lease (scene, &camera, &router, &router);
      scene_dns (scene, &router, &camera, "a.example", "b.example", "198.51.100.7");
      Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);
      scene_session (scene, &talk, TRUE);
      guint8 datagram[72] = { 0 };
      scene_fragment (scene, &camera, &router, 17, 7, 0, TRUE, datagram, 72);
      scene_fragment (scene, &camera, &router, 17, 7, 72, FALSE, datagram, 72);
      scene_conclude (scene);
    }
}

/* --- time --- */

static void
time_may_step_back_and_far_ahead (void)
{
  g_autoptr (Scene) scene = scene_of_camera (service);

  scene_udp_text (scene, &camera, &router, 514, 514, "one");
  scene->now -= G_GINT64_CONSTANT (3600) * 1000 * 1000 * 1000;
  scene_udp_text (scene, &camera, &router, 514, 514, "two");
  scene->now += G_GINT64_CONSTANT (10) * 365 * 86400 * 1000 * 1000 * 1000;
  scene_udp_text (scene, &camera, &router, 514, 514, "three");
  scene->now = G_MININT64 / 2;
  scene_udp_text (scene, &camera, &router, 514, 514, "four");
  scene->now = G_MAXINT64 - 1;
  scene->step = 0;
  scene_udp_text (scene, &camera, &router, 514, 514, "five");
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_SERVICE), ==, 3 + 3 + 5 + 4 + 4);
  g_assert_cmpuint (scene_conclude (scene)->ledger.n_bins, <=, 600);
}

/* --- TCP --- */

static void
segments_may_come_in_any_order (void)
{
  static const guint orders[][4]
      = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 0, 3, 2 }, { 0, 2, 3, 1 } };
  static const char text[] = "SETUP rtsp://192.0.2.10/live RTSP/1.0\r\nCSeq: 1\r\n\r\n";
  gsize quarter = (sizeof text - 1 + 3) / 4;

  for (guint o = 0; o < G_N_ELEMENTS (orders); o++)
    for (guint wrap = 0; wrap < 2; wrap++)
      {
        g_autoptr (Scene) scene = scene_new (NULL);
        guint32 start = wrap ? 0xfffffff0u : 1000;
        scene->options.device = "192.0.2.10";
        scene_tcp (scene, &viewer, &camera, 40000, 554, start - 1, 0, SYN, NULL, 0);
        for (guint i = 0; i < 4; i++)
          {
            gsize from = orders[o][i] * quarter;
            scene_tcp (scene, &viewer, &camera, 40000, 554, start + (guint32)from, 1, ACK,
                       text + from, MIN (quarter, sizeof text - 1 - from));
          }
        /* Nobody answered, so nobody knows who the server is but the SYN. */
        scene_tcp (scene, &camera, &viewer, 554, 40000, 7000, start, SYN | ACK, NULL, 0);
        static const char reply[] = "RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n";
        scene_tcp (scene, &camera, &viewer, 554, 40000, 7001, start, ACK, reply, sizeof reply - 1);
        g_assert_cmpuint (scene_class (scene, LENS_CLASS_MEDIA_OVERHEAD), ==,
                          sizeof text - 1 + sizeof reply - 1);
      }
}

static void
odd_segments_keep_their_octets (void)
{
  g_autoptr (Scene) scene = scene_of_camera (service);
  Talk talk = scene_connect (scene, &camera, 40000, &server, 80);
  guint32 seq = talk.client_next;

  scene_ask (scene, &talk, "abcd", 4);
  /* Keep-alive octets, a FIN, data behind it, a RST with words, a SYN with data. */
  scene_tcp (scene, &camera, &server, 40000, 80, seq + 3, 5001, ACK, "d", 1);
  scene_tcp (scene, &camera, &server, 40000, 80, seq + 3, 5001, ACK, "\0", 1);
  scene_tcp (scene, &camera, &server, 40000, 80, seq + 4, 5001, ACK | FIN, NULL, 0);
  scene_tcp (scene, &camera, &server, 40000, 80, seq + 5, 5001, ACK, "late", 4);
  scene_tcp (scene, &camera, &server, 40000, 80, seq + 5, 5001, RST, "reset because", 13);
  scene_tcp (scene, &camera, &server, 40000, 80, 777000, 0, SYN, "early", 5);
  scene_answer (scene, &talk, "half closed still speaks", 24);
  guint64 sum = 0;
  for (guint c = 0; c < LENS_N_CLASSES; c++)
    if (c != LENS_CLASS_NETWORK_OVERHEAD)
      sum += scene_class (scene, c);
  g_assert_cmpuint (sum, ==, 4 + 4 + 13 + 5 + 24);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 0);
}

static void
after_a_hole_the_stream_is_found_again (void)
{
  g_autoptr (Scene) scene = scene_new (NULL);
  guint8 video[112];
  Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);

  scene->options.device = "192.0.2.10";
  scene_session (scene, &talk, TRUE);
  for (guint16 i = 0; i < 40; i++)
    {
      scene_put_rtp (video, 96, i, 0x41, 100);
      if (i == 10)
        talk.server_next += 60; /* half a frame that the capture missed */
      if (i == 10)
        scene_answer (scene, &talk, video + 56, 56);
      else
        scene_interleave (scene, &talk, 0, video, sizeof video);
    }
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_VIDEO), ==, 39 * 100);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNEXPLAINED), ==, 56);
  g_assert_cmpint (scene_finding (scene, "ledger-unexplained")->severity, ==, LENS_SEVERITY_INFO);
  g_assert_cmpint (scene_conclude (scene)->verdict, ==, LENS_VERDICT_INCONCLUSIVE);
}

/* --- RTSP --- */

/* All that @from says of a session as one stream of octets. */
static void
session_in_steps (gsize step, guint64 classes[LENS_N_CLASSES])
{
  g_autoptr (Scene) whole = scene_new (NULL);
  g_autoptr (Scene) scene = scene_new (NULL);
  guint8 video[112];

  whole->options.device = scene->options.device = "192.0.2.10";
  Talk talk = scene_connect (whole, &viewer, 40000, &camera, 554);
  scene_session (whole, &talk, TRUE);
  for (guint16 i = 0; i < 3; i++)
    {
      scene_put_rtp (video, 96, i, 0x41, 20);
      scene_interleave (whole, &talk, 0, video, 32);
      scene_interleave (whole, &talk, 0, video, 0);
      scene_interleave (whole, &talk, 1, video, 4);
    }
  for (guint i = 0; i < lens_packets_n (whole->packets); i++)
    {
      const LensRecord *record = lens_packets_at (whole->packets, i);
      const guint8 *tcp = record->octets + 34;
      gsize length = record->captured - 54;
      gboolean asks = tcp[0] == 40000 >> 8;
      guint32 seq = (guint32)tcp[4] << 24 | (guint32)tcp[5] << 16 | (guint32)tcp[6] << 8 | tcp[7];
      guint32 ack = (guint32)tcp[8] << 24 | (guint32)tcp[9] << 16 | (guint32)tcp[10] << 8 | tcp[11];
      for (gsize at = 0; at == 0 || at < length; at += step)
        scene_tcp (scene, asks ? &viewer : &camera, asks ? &camera : &viewer, asks ? 40000 : 554,
                   asks ? 554 : 40000, seq + (guint32)at, ack, tcp[13], tcp + 20 + at,
                   MIN (step, length - at));
    }
  for (guint c = 0; c < LENS_N_CLASSES; c++)
    classes[c] = c == LENS_CLASS_NETWORK_OVERHEAD ? 0 : scene_class (scene, c);
}

static void
rtsp_may_be_cut_at_every_octet (void)
{
  guint64 whole[LENS_N_CLASSES], cut[LENS_N_CLASSES];

  session_in_steps (100000, whole);
  for (gsize step = 1; step < 70; step++)
    {
      session_in_steps (step, cut);
      for (guint c = 0; c < LENS_N_CLASSES; c++)
        g_assert_cmpuint (cut[c], ==, whole[c]);
    }
  g_assert_cmpuint (whole[LENS_CLASS_DECLARED_VIDEO], ==, 60);
  g_assert_cmpuint (whole[LENS_CLASS_UNDECLARED], ==, 0);
}

static void
a_connection_may_hold_several_sessions (void)
{
  g_autoptr (Scene) scene = scene_new (NULL);
  guint8 video[112];
  Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);

  scene->options.device = "192.0.2.10";
  scene_session (scene, &talk, TRUE);
  scene_session (scene, &talk, TRUE);
  scene_put_rtp (video, 96, 1, 0x41, 100);
  scene_interleave (scene, &talk, 0, video, sizeof video);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_VIDEO), ==, 100);
  g_assert_cmpuint (scene_conclude (scene)->streams->len, ==, 2);
}

static void
setup_with (const char *ask_uri, const char *asked, const char *transport,
            const char *reply_headers, const Host *from, const Host *to, guint16 sport,
            guint16 dport, guint64 octets)
{
  g_autoptr (Scene) scene = scene_new (NULL);
  guint8 video[112];
  g_autofree char *ask = g_strdup_printf ("SETUP %s RTSP/1.0\r\nCSeq: 1\r\n%s\r\n"
                                          "PLAY %s RTSP/1.0\r\nCSeq: 2\r\n\r\n",
                                          ask_uri, asked, ask_uri);
  g_autofree char *answer = g_strdup_printf ("RTSP/1.0 200 OK\r\n%sTransport: %s\r\n\r\n"
                                             "RTSP/1.0 200 OK\r\nCSeq: 2\r\n\r\n",
                                             reply_headers, transport);

  scene->options.device = "192.0.2.10";
  Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);
  scene_ask (scene, &talk, ask, strlen (ask));
  scene_answer (scene, &talk, answer, strlen (answer));
  for (guint16 i = 0; i < 5; i++)
    {
      scene_put_rtp (video, 96, i, 0x41, 100);
      scene_udp (scene, from, to, sport, dport, video, sizeof video);
    }
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_VIDEO), ==, octets);
}

static void
a_transport_may_name_other_ends (void)
{
  static const Host group = { "01:00:5e:01:02:03", "239.1.2.3" };
  static const char url[] = "rtsp://192.0.2.10/live/track1", cseq[] = "CSeq: 1\r\n";

  setup_with (url, "", "RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001", cseq, &camera,
              &viewer, 6000, 5000, 500);
  setup_with ("rtsp://192.0.2.10/what/is/this", "", "RTP/AVP;unicast;client_port=5000-5001", cseq,
              &camera, &viewer, 6123, 5000, 500);
  setup_with (url, "", "RTP/AVP;multicast;destination=239.1.2.3;port=7000-7001;ttl=1", cseq,
              &camera, &group, 6000, 7000, 500);
  setup_with (url, "", "RTP/AVP;unicast;destination=192.0.2.99;client_port=5000-5001", cseq,
              &camera, &bystander, 6000, 5000, 500);
  setup_with (url, "", "RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001", cseq, &camera,
              &stranger, 6000, 5000, 0);
}

static void
a_viewer_may_be_sent_what_it_asked_for (void)
{
  static const char url[] = "rtsp://192.0.2.10/live/track1", cseq[] = "CSeq: 1\r\n";
  static const char ask[] = "Transport: RTP/AVP;unicast;client_port=5000-5001\r\n";

  setup_with (url, ask, "RTP/AVP;unicast;client_port=22-23;server_port=6000-6001", cseq, &camera,
              &viewer, 6000, 5000, 500);
  setup_with (url, ask, "RTP/AVP;unicast;server_port=6000-6001", cseq, &camera, &viewer, 6000, 5000,
              500);
  setup_with (url, ask, "RTP/AVP;unicast;client_port=5000-5001;server_port=70000-70001", cseq,
              &camera, &viewer, 6000, 5000, 500);
  setup_with (url, ask, "RTP/AVP;unicast;client_port=22-23;server_port=6000-6001", cseq, &camera,
              &stranger, 6000, 5000, 0);
  setup_with (url, ask, "RTP/AVP;unicast;client_port=22-23;server_port=6000-6001", cseq, &camera,
              &viewer, 6002, 5000, 0);
}

static void
a_reply_without_a_number_answers_the_oldest (void)
{
  setup_with ("rtsp://192.0.2.10/live/track1", "",
              "RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001", "", &camera, &viewer,
              6000, 5000, 500);
}

static void
a_keyword_may_come_in_pieces (void)
{
  g_autoptr (Scene) scene = scene_new (NULL);
  static const char ask[] = "DESCRIBE rtsp://192.0.2.10/live RTSP/1.0\r\nCSeq: 1\r\n\r\n";
  static const char answer[] = "RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n";

  scene->options.device = "192.0.2.10";
  Talk talk = scene_connect (scene, &viewer, 40000, &camera, 8000);
  for (gsize i = 0; i < sizeof ask - 1; i++)
    scene_ask (scene, &talk, ask + i, 1);
  scene_answer (scene, &talk, answer, sizeof answer - 1);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_MEDIA_OVERHEAD), ==,
                    sizeof ask - 1 + sizeof answer - 1);
}

static void
a_capture_may_begin_in_the_middle (void)
{
  static const char *const profiles[]
      = { NULL, "[stream main]\nurl = rtsp://192.0.2.10:554/live\ntracks = video\n",
          "[stream main]\nurl = rtsp://192.0.2.10:8554/live\n" };

  for (guint p = 0; p < G_N_ELEMENTS (profiles); p++)
    {
      g_autoptr (Scene) scene
          = profiles[p] != NULL ? scene_of_camera (profiles[p]) : scene_new (NULL);
      guint8 video[112], report[28];
      Talk talk = { &viewer, &camera, 40000, 554, 99, 77 };
      if (profiles[p] == NULL)
        scene->options.device = "192.0.2.10";
      scene_put_report (report);
      scene_put_rtp (video, 96, 0, 0x41, 100);
      scene_answer (scene, &talk, video + 50, 62);
      for (guint16 i = 1; i < 20; i++)
        {
          scene_put_rtp (video, 96, i, 0x41, 100);
          scene_interleave (scene, &talk, 0, video, sizeof video);
          scene_interleave (scene, &talk, 1, report, sizeof report);
        }
      gboolean declared = p < 2;
      g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_VIDEO), ==, declared ? 1900 : 0);
      g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNEXPLAINED), ==, declared ? 62 : 0);
      if (!declared)
        continue;
      g_assert_cmpint (scene_finding (scene, "ledger-unexplained")->severity, ==,
                       LENS_SEVERITY_INFO);
      const LensStreamRow *stream = g_ptr_array_index (scene_conclude (scene)->streams, 0);
      g_assert_cmpstr (stream->origin, ==, p == 0 ? "inferred" : "profile");
      g_assert_cmpstr (stream->url, ==, p == 0 ? "" : "rtsp://192.0.2.10:554/live");
    }
}

static void
a_call_declares_its_media (void)
{
  g_autoptr (Scene) scene = scene_new (NULL);
  guint8 audio[172];
  static const char invite[] = "INVITE sip:b@192.0.2.20 SIP/2.0\r\nCall-ID: 1\r\n\r\n"
                               "v=0\r\nc=IN IP4 192.0.2.10\r\nm=audio 7000 RTP/AVP 8\r\n";
  static const char ok[] = "SIP/2.0 200 OK\r\nCall-ID: 1\r\n\r\n"
                           "v=0\r\nc=IN IP4 192.0.2.20\r\nm=audio 8000 RTP/AVP 8\r\n";

  scene->options.device = "192.0.2.10";
  scene_udp_text (scene, &camera, &viewer, 5060, 5060, invite);
  scene_udp_text (scene, &viewer, &camera, 5060, 5060, ok);
  for (guint16 i = 0; i < 5; i++)
    {
      scene_put_rtp (audio, 8, i, 0xd5, 160);
      scene_udp (scene, &camera, &viewer, 7000, 8000, audio, sizeof audio);
      scene_udp (scene, &viewer, &camera, 8000, 7000, audio, sizeof audio);
    }
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_AUDIO), ==, 10 * 160);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_MEDIA_OVERHEAD), ==,
                    10 * 12 + sizeof invite - 1 + sizeof ok - 1);
}

/* RFC 7826 section 18.54: addresses and ports in quotes. */
static void
rtsp_2_grants_addresses (void)
{
  static const char ask[] = "SETUP rtsp://192.0.2.10/live/track1 RTSP/2.0\r\nCSeq: 1\r\n"
                            "Transport: RTP/AVP;unicast;dest_addr=\":5000\"/\":5001\"\r\n\r\n";
  static const char answer[] = "RTSP/2.0 200 OK\r\nCSeq: 1\r\nSession: 1\r\nTransport: "
                               "RTP/AVP;unicast;dest_addr=\"192.0.2.20:5000\"/\"192.0.2.20:5001\";"
                               "src_addr=\"192.0.2.10:6000\"/\"192.0.2.10:6001\"\r\n\r\n";
  g_autoptr (Scene) scene = scene_new (NULL);
  guint8 video[112], report[28];

  scene->options.device = "192.0.2.10";
  scene_put_report (report);
  Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);
  scene_ask (scene, &talk, ask, strlen (ask));
  scene_answer (scene, &talk, answer, strlen (answer));
  for (guint16 i = 0; i < 5; i++)
    {
      scene_put_rtp (video, 96, i, 0x41, 100);
      scene_udp (scene, &camera, &viewer, 6000, 5000, video, sizeof video);
    }
  scene_udp (scene, &camera, &viewer, 6001, 5001, report, sizeof report);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_VIDEO), ==, 500);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 0);
}

/* A call over TCP, in segments that end anywhere, with line ends that keep it open. */
static void
a_call_over_tcp_declares_its_media (void)
{
  g_autoptr (Scene) scene = scene_new (NULL);
  guint8 audio[172];
  static const char invite[] = "INVITE sip:b@192.0.2.20 SIP/2.0\r\nCall-ID: 1\r\nl: 50\r\n\r\n"
                               "v=0\r\nc=IN IP4 192.0.2.10\r\nm=audio 7000 RTP/AVP 8\r\n\r\n\r\n";
  static const char ok[] = "SIP/2.0 200 OK\r\nContent-Length:50\r\nCall-ID: 1\r\n\r\n"
                           "v=0\r\nc=IN IP4 192.0.2.20\r\nm=audio 8000 RTP/AVP 8\r\n\r\n";

  scene->options.device = "192.0.2.10";
  Talk talk = scene_connect (scene, &camera, 40000, &viewer, 5060);
  for (gsize at = 0; at < strlen (invite); at += 9)
    scene_ask (scene, &talk, invite + at, MIN (9, strlen (invite) - at));
  scene_answer (scene, &talk, ok, strlen (ok));
  for (guint16 i = 0; i < 5; i++)
    {
      scene_put_rtp (audio, 8, i, 0xd5, 160);
      scene_udp (scene, &camera, &viewer, 7000, 8000, audio, sizeof audio);
      scene_udp (scene, &viewer, &camera, 8000, 7000, audio, sizeof audio);
    }
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_AUDIO), ==, 10 * 160);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 0);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_MEDIA_OVERHEAD), ==,
                    10 * 12 + strlen (invite) + strlen (ok));
}

/* RTSP over HTTP: requests as base64 on one connection, replies and media on the other. */
static void
a_tunnel_is_joined_to_its_session (void)
{
  static const char get[] = "GET /live HTTP/1.0\r\nx-sessioncookie: Abc1\r\nAccept: "
                            "application/x-rtsp-tunnelled\r\n\r\n";
  static const char tunnel[]
      = "HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n";
  static const char post[] = "POST /live HTTP/1.0\r\nx-sessioncookie: Abc1\r\nContent-Length: "
                             "32767\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n";
  static const char asks[][200] = { "DESCRIBE rtsp://192.0.2.10/live RTSP/1.0\r\nCSeq: 1\r\n\r\n",
                                    "SETUP rtsp://192.0.2.10/live/track1 RTSP/1.0\r\nCSeq: 2\r\n"
                                    "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n" };
  static const char answers[][300]
      = { "RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Type: application/sdp\r\n"
          "Content-Length: 69\r\n\r\nv=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
          "a=control:track1\r\n",
          "RTSP/1.0 200 OK\r\nCSeq: 2\r\nSession: 1\r\n"
          "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n" };
  static const char profile[] = "[stream main]\nurl = rtsp://192.0.2.10/live\ntransport = http\n"
                                "[viewer]\naddress = 192.0.2.20\n";
  g_autoptr (Scene) scene = scene_of_camera (profile);
  guint8 video[112];

  Talk down = scene_connect (scene, &viewer, 40000, &camera, 554);
  scene_ask (scene, &down, get, strlen (get));
  scene_answer (scene, &down, tunnel, strlen (tunnel));
  Talk up = scene_connect (scene, &viewer, 40001, &camera, 554);
  scene_ask (scene, &up, post, strlen (post));
  for (guint i = 0; i < G_N_ELEMENTS (asks); i++)
    {
      g_autofree char *encoded = g_base64_encode ((const guchar *)asks[i], strlen (asks[i]));
      scene_ask (scene, &up, encoded, 30);
      scene_ask (scene, &up, encoded + 30, strlen (encoded) - 30);
      scene_answer (scene, &down, answers[i], strlen (answers[i]));
    }
  for (guint16 i = 0; i < 20; i++)
    {
      scene_put_rtp (video, 96, i, 0x41, 100);
      scene_interleave (scene, &down, 0, video, sizeof video);
    }
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_VIDEO), ==, 2000);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 0);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNEXPLAINED), ==, 0);
  const LensStreamRow *stream = g_ptr_array_index (scene_conclude (scene)->streams, 0);
  g_assert_cmpstr (stream->transport, ==, "http");
  g_assert_cmpstr (stream->origin, ==, "profile");
}

/* --- anything --- */

static void
any_octets_add_up (void)
{
  static const guint16 linktypes[] = { 0, 1, 9, 12, 101, 105, 113, 127, 192, 228, 229, 276, 4711 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260114);

  for (guint round = 0; round < 60; round++)
    {
      g_autoptr (Scene) scene = round % 2 ? scene_of_camera (service) : scene_new (NULL);
      for (guint i = 0; i < 200; i++)
        {
          guint8 octets[160];
          gsize length = (gsize)g_rand_int_range (rand, 0, sizeof octets);
          for (gsize at = 0; at < length; at++)
            octets[at] = (guint8)g_rand_int (rand);
          scene->linktype = linktypes[g_rand_int_range (rand, 0, G_N_ELEMENTS (linktypes))];
          scene->fcs = g_rand_int_range (rand, 0, 4) == 0 ? 4 : 0;
          /* Half of them begin as IP over Ethernet does, with a random protocol. */
          if (length > 40 && g_rand_boolean (rand))
            {
              static const guint8 head[] = { 2, 0, 0, 0, 0, 0x10, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0 };
              static const guint8 protocols[] = { 1, 2, 6, 17, 47, 50, 58, 132 };
              scene->linktype = 1;
              memcpy (octets, head, sizeof head);
              octets[20] &= 0x3f;
              octets[23] = protocols[g_rand_int_range (rand, 0, sizeof protocols)];
              memcpy (octets + 26, "\xc0\0\2\12\xc0\0\2\24", 8);
            }
          scene_octets (scene, octets, length);
        }
      scene_conclude (scene);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name, function) g_test_add_func ("/ledger/odd-traffic/" name, function)
  TEST ("fragments-are-put-together", fragments_are_put_together);
  TEST ("tags-and-llc-are-headers", tags_and_llc_are_headers);
  TEST ("a-sending-host-sees-other-frames-than-the-wire",
        a_sending_host_sees_other_frames_than_the_wire);
  TEST ("any-snap-length-adds-up", any_snap_length_adds_up);
  TEST ("time-may-step-back-and-far-ahead", time_may_step_back_and_far_ahead);
  TEST ("segments-may-come-in-any-order", segments_may_come_in_any_order);
  TEST ("odd-segments-keep-their-octets", odd_segments_keep_their_octets);
  TEST ("after-a-hole-the-stream-is-found-again", after_a_hole_the_stream_is_found_again);
  TEST ("rtsp-may-be-cut-at-every-octet", rtsp_may_be_cut_at_every_octet);
  TEST ("a-connection-may-hold-several-sessions", a_connection_may_hold_several_sessions);
  TEST ("a-transport-may-name-other-ends", a_transport_may_name_other_ends);
  TEST ("a-viewer-may-be-sent-what-it-asked-for", a_viewer_may_be_sent_what_it_asked_for);
  TEST ("a-reply-without-a-number-answers-the-oldest", a_reply_without_a_number_answers_the_oldest);
  TEST ("a-keyword-may-come-in-pieces", a_keyword_may_come_in_pieces);
  TEST ("a-capture-may-begin-in-the-middle", a_capture_may_begin_in_the_middle);
  TEST ("a-call-declares-its-media", a_call_declares_its_media);
  TEST ("a-tunnel-is-joined-to-its-session", a_tunnel_is_joined_to_its_session);
  TEST ("rtsp-2-grants-addresses", rtsp_2_grants_addresses);
  TEST ("a-call-over-tcp-declares-its-media", a_call_over_tcp_declares_its_media);
  TEST ("any-octets-add-up", any_octets_add_up);
  return g_test_run ();
}
