/* Sessions of RTSP 2.0 as RFC 7826 shows them in appendices A.1 and A.2. */
#include "tests/ledger/scene.h"

#include <string.h>

#define PROFILE "[stream main]\nurl = rtsp://192.0.2.10/live\n[viewer]\naddress = 192.0.2.20\n"
#define SDP                                                                                        \
  "v=0\r\no=- 2890844256 2890842807 IN IP4 192.0.2.10\r\ns=RTSP Session\r\n"                       \
  "c=IN IP4 0.0.0.0\r\na=control:*\r\na=range:npt=00:00:00-00:10:34.10\r\nt=0 0\r\n"               \
  "m=video 0 RTP/AVP 26\r\na=control:trackID=1\r\n"                                                \
  "m=audio 0 RTP/AVP 0\r\na=control:trackID=4\r\n"

static void
say (Scene *scene, Talk *talk, gboolean by_server, const char *text)
{
  (by_server ? scene_answer : scene_ask) (scene, talk, text, strlen (text));
}

static Talk
describe (Scene *scene)
{
  Talk talk = scene_connect (scene, &viewer, 40000, &camera, 554);
  g_autofree char *described = g_strdup_printf (
      "RTSP/2.0 200 OK\r\nCSeq: 1\r\nServer: PhonyServer/1.0\r\n"
      "Date: Fri, 20 Dec 2013 10:20:32 +0000\r\nContent-Type: application/sdp\r\n"
      "Content-Length: %zu\r\nContent-Base: rtsp://192.0.2.10/live/\r\n"
      "Expires: Fri, 20 Dec 2013 12:20:32 +0000\r\n\r\n%s",
      strlen (SDP), SDP);

  say (
      scene, &talk, FALSE,
      "DESCRIBE rtsp://192.0.2.10/live RTSP/2.0\r\nCSeq: 1\r\nUser-Agent: PhonyClient/1.2\r\n\r\n");
  say (scene, &talk, TRUE, described);
  return talk;
}

/* Both tracks and PLAY, asked at once and answered in turn (RFC 7826 section 12). */
static void
pipeline (Scene *scene, Talk *talk, const char *const asked[2], const char *const granted[2])
{
  static const guint controls[] = { 1, 4 };

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *ask = g_strdup_printf (
          "SETUP rtsp://192.0.2.10/live/trackID=%u RTSP/2.0\r\nCSeq: %u\r\n"
          "User-Agent: PhonyClient/1.2\r\nTransport: %s\r\nAccept-Ranges: npt, smpte, clock\r\n"
          "Pipelined-Requests: 7654\r\n\r\n",
          controls[i], 2 + i, asked[i]);
      say (scene, talk, FALSE, ask);
    }
  say (scene, talk, FALSE,
       "PLAY rtsp://192.0.2.10/live/ RTSP/2.0\r\nCSeq: 4\r\nRange: npt=0-\r\n"
       "Pipelined-Requests: 7654\r\nSeek-Style: RAP\r\n\r\n");
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *answer = g_strdup_printf (
          "RTSP/2.0 200 OK\r\nCSeq: %u\r\nServer: PhonyServer/1.0\r\nTransport: %s\r\n"
          "Session: OccldOFFq23KwjYpAnBbUr\r\nExpires: Fri, 20 Dec 2013 12:20:33 +0000\r\n"
          "Date: Fri, 20 Dec 2013 10:20:33 +0000\r\nAccept-Ranges: NPT\r\n"
          "Media-Properties: Random-Access=0.8, Immutable, Unlimited\r\n"
          "Pipelined-Requests: 7654\r\n\r\n",
          2 + i, granted[i]);
      say (scene, talk, TRUE, answer);
    }
  say (scene, talk, TRUE,
       "RTSP/2.0 200 OK\r\nCSeq: 4\r\nServer: PhonyServer/1.0\r\n"
       "Date: Fri, 20 Dec 2013 10:20:33 +0000\r\nSession: OccldOFFq23KwjYpAnBbUr\r\n"
       "Range: npt=0-623.10\r\nSeek-Style: RAP\r\nMedia-Range: npt=0-623.10\r\n"
       "RTP-Info: url=\"rtsp://192.0.2.10/live/trackID=1\" ssrc=0D12F123:seq=9810;rtptime=3450012,"
       "\r\n url=\"rtsp://192.0.2.10/live/trackID=4\" ssrc=4F312DD8:seq=18;rtptime=876655\r\n\r\n");
}

static void
send_media (Scene *scene, const Host *to, const guint16 from[2], const guint16 ports[2])
{
  guint8 video[112], audio[172], report[28];

  scene_put_report (report);
  for (guint16 i = 0; i < 20; i++)
    {
      scene_put_rtp (video, 26, i, 0x41, 100);
      scene_put_rtp (audio, 0, i, 0xd5, 160);
      scene_udp (scene, &camera, to, from[0], ports[0], video, sizeof video);
      scene_udp (scene, &camera, to, from[1], ports[1], audio, sizeof audio);
    }
  scene_udp (scene, &camera, to, (guint16)(from[0] + 1), (guint16)(ports[0] + 1), report,
             sizeof report);
}

static void
assert_declared (Scene *scene)
{
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_VIDEO), ==, 2000);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_AUDIO), ==, 3200);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), ==, 0);
}

static void
addresses_of_udp_are_granted (void)
{
  static const char *const asked[]
      = { "RTP/AVP/UDP;unicast;dest_addr=\":3056\"/\":3057\",RTP/AVP/TCP;unicast;interleaved=0-1",
          "RTP/AVP;unicast;dest_addr=\":3058\"/\":3059\"" };
  static const char *const granted[]
      = { "RTP/AVP/UDP;unicast;dest_addr=\"192.0.2.20:3056\"/\"192.0.2.20:3057\";"
          "src_addr=\"192.0.2.10:5000\"/\"192.0.2.10:5001\";ssrc=0D12F123",
          "RTP/AVP;unicast;dest_addr=\":3058\"/\":3059\";src_addr=\":5002\"/\":5003\"" };
  g_autoptr (Scene) scene = scene_of_camera (PROFILE);
  Talk talk = describe (scene);

  pipeline (scene, &talk, asked, granted);
  send_media (scene, &viewer, (const guint16[]){ 5000, 5002 }, (const guint16[]){ 3056, 3058 });

  assert_declared (scene);
  const LensEvaluation *evaluation = scene_conclude (scene);
  g_assert_cmpuint (evaluation->streams->len, ==, 1);
  g_assert_cmpuint (evaluation->findings->len, ==, 0);
}

/* Only what was granted: RTCP with its RTP has no port of its own. */
static void
rtcp_with_its_rtp_has_no_port (void)
{
  static const char *const asked[]
      = { "RTP/AVP;unicast;dest_addr=\":3056\";RTCP-mux", "RTP/AVP;unicast;dest_addr=\":3058\"" };
  static const char *const granted[]
      = { "RTP/AVP;unicast;dest_addr=\":3056\";src_addr=\":5000\";RTCP-mux",
          "RTP/AVP;unicast;dest_addr=\":3058\";src_addr=\":5002\"" };
  g_autoptr (Scene) scene = scene_of_camera (PROFILE);
  Talk talk = describe (scene);

  pipeline (scene, &talk, asked, granted);
  send_media (scene, &viewer, (const guint16[]){ 5000, 5002 }, (const guint16[]){ 3056, 3058 });

  g_assert_cmpuint (scene_class (scene, LENS_CLASS_DECLARED_VIDEO), ==, 2000);
  g_assert_cmpuint (scene_class (scene, LENS_CLASS_UNDECLARED), >=, 28);
}

static void
a_group_is_granted_by_its_address (void)
{
  static const Host group = { "01:00:5e:01:02:03", "239.1.2.3" };
  static const char *const asked[]
      = { "RTP/AVP;multicast;mode=\"PLAY\"", "RTP/AVP;multicast;mode=\"PLAY\"" };
  static const char *const granted[]
      = { "RTP/AVP;multicast;dest_addr=\"239.1.2.3:3456\"/\"239.1.2.3:3457\";ttl=16",
          "RTP/AVP;multicast;dest_addr=\"239.1.2.3:3458\"/\"239.1.2.3:3459\";ttl=16" };
  g_autoptr (Scene) scene = scene_of_camera (PROFILE);
  Talk talk = describe (scene);

  pipeline (scene, &talk, asked, granted);
  send_media (scene, &group, (const guint16[]){ 5000, 5002 }, (const guint16[]){ 3456, 3458 });

  assert_declared (scene);
}

static void
interleaved_channels_are_granted (void)
{
  static const char *const specs[]
      = { "RTP/AVP/TCP;unicast;interleaved=0-1", "RTP/AVP/TCP;unicast;interleaved=2;RTCP-mux" };
  g_autoptr (Scene) scene = scene_of_camera (PROFILE);
  Talk talk = describe (scene);
  guint8 packet[172];

  pipeline (scene, &talk, specs, specs);
  for (guint16 i = 0; i < 20; i++)
    {
      scene_put_rtp (packet, 26, i, 0x41, 100);
      scene_interleave (scene, &talk, 0, packet, 112);
      scene_put_rtp (packet, 0, i, 0xd5, 160);
      scene_interleave (scene, &talk, 2, packet, 172);
    }
  scene_put_report (packet);
  scene_interleave (scene, &talk, 2, packet, 28);

  assert_declared (scene);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func ("/ledger/rtsp-2/" name, function)
  CASE ("addresses-of-udp-are-granted", addresses_of_udp_are_granted);
  CASE ("rtcp-with-its-rtp-has-no-port", rtcp_with_its_rtp_has_no_port);
  CASE ("a-group-is-granted-by-its-address", a_group_is_granted_by_its_address);
  CASE ("interleaved-channels-are-granted", interleaved_channels_are_granted);
  return g_test_run ();
}
