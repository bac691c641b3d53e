#include "tests/bench/traffic/camera.h"

#include <string.h>

#include "tests/bench/traffic/side.h"

#define CAMERA_MAKER 0x4419b6u
#define LAN(n) (0xc0a80100u + (n))
#define FIRST_ADDRESS 101
#define LINK_MBPS 100

#define SECOND G_USEC_PER_SEC
#define DIALOGUE_AFTER (3 * SECOND / 2)
#define KEEP_ALIVE_EVERY (25 * SECOND)
#define REPORT_EVERY (5 * SECOND)
#define POLL_EVERY (10 * SECOND)
#define NAME_EVERY (60 * SECOND)
#define TIME_EVERY (64 * SECOND)
#define ARP_EVERY (45 * SECOND)
#define ANNOUNCE_EVERY (75 * SECOND)
#define UPDATE_EVERY (120 * SECOND)
#define UPDATE_NAME "updates.example.net"

enum
{
  VIDEO,
  SOUND,
  TRACKS,
};

struct BenchCamera
{
  BenchWorld *world;
  BenchHost host;  /* its stream waits for the port */
  BenchHost aside; /* the same machine: what it says beside the stream waits for nothing */
  char *name, *url, *session;
  BenchTcp rtsp;
  guint cseq;
  BenchTrack tracks[TRACKS];
};

static char *
date (gint64 at_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (at_us / SECOND);

  return g_date_time_format (now, "%a, %d %b %Y %H:%M:%S GMT");
}

/* One request of the viewer and the answer to it.  @asked, @told: header lines; @body or NULL. */
static gint64
ask (BenchCamera *camera, const char *method, const char *track, const char *asked,
     const char *told, const char *body, gint64 at_us)
{
  BenchWorld *world = camera->world;
  g_autofree char *now = date (at_us);
  g_autofree char *request
      = g_strdup_printf ("%s %s%s RTSP/1.0\r\nCSeq: %u\r\nUser-Agent: Lavf59.27.100\r\n%s\r\n",
                         method, camera->url, track, ++camera->cseq, asked);
  g_autofree char *answer = g_strdup_printf ("RTSP/1.0 200 OK\r\nCSeq: %u\r\nDate: %s\r\n%s\r\n%s",
                                             camera->cseq, now, told, body != NULL ? body : "");

  at_us = bench_tcp_send (&camera->rtsp, world->frames, 0, at_us, request, strlen (request));
  return bench_tcp_send (&camera->rtsp, world->frames, 1,
                         at_us + 2000 + bench_world_jitter (world, 2000), answer, strlen (answer));
}

static void
describe_track (GString *sdp, const BenchTrack *track)
{
  static const char *const names[] = {
    [BENCH_H264] = "H264/90000",
    [BENCH_H265] = "H265/90000",
    [BENCH_G711] = "PCMA/8000",
    [BENCH_AAC] = "mpeg4-generic/16000/1",
  };
  BenchCodec codec = track->media->codec;
  gboolean is_video = codec == BENCH_H264 || codec == BENCH_H265;

  g_string_append_printf (sdp, "m=%s 0 RTP/AVP %u\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:%u %s\r\n",
                          is_video ? "video" : "audio", track->payload_type, track->payload_type,
                          names[codec]);
  if (track->media->parameters != NULL)
    g_string_append_printf (sdp, "a=fmtp:%u %s\r\n", track->payload_type, track->media->parameters);
  g_string_append_printf (sdp, "a=control:trackID=%d\r\n", is_video ? 1 : 2);
}

static gint64
describe (BenchCamera *camera, gint64 at_us)
{
  g_autoptr (GString) sdp = g_string_new (NULL);

  g_string_append_printf (sdp,
                          "v=0\r\no=- %" G_GINT64_FORMAT
                          " 1 IN IP4 192.168.1.%u\r\ns=Media Presentation\r\n"
                          "t=0 0\r\na=control:*\r\n",
                          camera->world->begin_us / SECOND, camera->host.address & 255);
  for (guint i = 0; i < TRACKS; i++)
    describe_track (sdp, &camera->tracks[i]);
  g_autofree char *told = g_strdup_printf (
      "Content-Type: application/sdp\r\nContent-Base: %s/\r\nContent-Length: %zu\r\n", camera->url,
      sdp->len);
  return ask (camera, "DESCRIBE", "", "Accept: application/sdp\r\n", told, sdp->str, at_us);
}

static gint64
set_up (BenchCamera *camera, guint index, gint64 at_us)
{
  BenchTrack *track = &camera->tracks[index];
  guint viewer_port = 20000 + 4 * (camera->host.address & 255) + 2 * index, port = 6970 + 2 * index;
  g_autofree char *path = g_strdup_printf ("/trackID=%u", index + 1);
  g_autofree char *transport = NULL, *granted = NULL;

  if (track->tcp != NULL)
    {
      track->channel = 2 * index;
      transport = g_strdup_printf ("RTP/AVP/TCP;unicast;interleaved=%u-%u", track->channel,
                                   track->channel + 1);
      granted = g_strdup_printf ("%s;ssrc=%08X", transport, track->ssrc);
    }
  else
    {
      BenchWorld *world = camera->world;
      bench_talk_init (&track->rtp, &camera->host, port, &world->viewer, viewer_port, &world->dice);
      bench_talk_init (&track->rtcp, &camera->host, port + 1, &world->viewer, viewer_port + 1,
                       &world->dice);
      transport
          = g_strdup_printf ("RTP/AVP/UDP;unicast;client_port=%u-%u", viewer_port, viewer_port + 1);
      granted = g_strdup_printf ("%s;server_port=%u-%u;ssrc=%08X", transport, port, port + 1,
                                 track->ssrc);
    }
  g_autofree char *session = g_strdup_printf ("Session: %s\r\n", camera->session);
  g_autofree char *asked
      = g_strdup_printf ("Transport: %s\r\n%s", transport, index > 0 ? session : "");
  g_autofree char *told
      = g_strdup_printf ("Transport: %s\r\nSession: %s;timeout=60\r\n", granted, camera->session);
  return ask (camera, "SETUP", path, asked, told, NULL, at_us);
}

static gint64
play (BenchCamera *camera, gint64 at_us)
{
  g_autofree char *asked
      = g_strdup_printf ("Session: %s\r\nRange: npt=0.000-\r\n", camera->session);
  g_autofree char *told = g_strdup_printf (
      "Session: %s\r\nRange: npt=0.000-\r\nRTP-Info: url=%s/trackID=1;seq=%u;rtptime=%u,"
      "url=%s/trackID=2;seq=%u;rtptime=%u\r\n",
      camera->session, camera->url, camera->tracks[VIDEO].sequence,
      camera->tracks[VIDEO].first_stamp, camera->url, camera->tracks[SOUND].sequence,
      camera->tracks[SOUND].first_stamp);
  return ask (camera, "PLAY", "/", asked, told, NULL, at_us);
}

/* What happens again and again. */

static gint64
stream (gpointer data, gint64 at_us)
{
  BenchTrack *track = data;

  bench_track_send (track, at_us);
  return bench_track_due (track) + track->packets * 7919 % 900;
}

static gint64
report (gpointer data, gint64 at_us)
{
  BenchTrack *track = data;

  bench_track_report (track, at_us);
  return at_us + REPORT_EVERY + track->packets * 104729 % SECOND;
}

static gint64
keep_alive (gpointer data, gint64 at_us)
{
  BenchCamera *camera = data;
  g_autofree char *session = g_strdup_printf ("Session: %s\r\n", camera->session);

  ask (camera, "GET_PARAMETER", "", session, session, NULL, at_us);
  return at_us + KEEP_ALIVE_EVERY;
}

static gint64
poll (gpointer data, gint64 at_us)
{
  BenchCamera *camera = data;

  bench_side_poll (camera->world, &camera->aside, at_us);
  return at_us + POLL_EVERY + bench_world_jitter (camera->world, 50000);
}

static gint64
ask_name (gpointer data, gint64 at_us)
{
  BenchCamera *camera = data;
  BenchWorld *world = camera->world;

  bench_side_name (world, &camera->aside, UPDATE_NAME, world->update_server.address, at_us);
  return at_us + NAME_EVERY + bench_world_jitter (world, 500000);
}

static gint64
ask_time (gpointer data, gint64 at_us)
{
  BenchCamera *camera = data;

  bench_side_time (camera->world, &camera->aside, at_us);
  return at_us + TIME_EVERY + bench_world_jitter (camera->world, 20000);
}

static gint64
find_router (gpointer data, gint64 at_us)
{
  BenchCamera *camera = data;

  bench_side_arp (camera->world, &camera->aside, &camera->world->router, at_us);
  return at_us + ARP_EVERY + bench_world_jitter (camera->world, 1000000);
}

static gint64
announce (gpointer data, gint64 at_us)
{
  BenchCamera *camera = data;

  bench_side_announce (camera->world, &camera->aside, camera->name, at_us);
  return at_us + ANNOUNCE_EVERY;
}

static gint64
look_for_updates (gpointer data, gint64 at_us)
{
  BenchCamera *camera = data;
  BenchWorld *world = camera->world;

  bench_side_tls (world, &camera->aside, &world->update_server, UPDATE_NAME, 310, 420, at_us);
  return at_us + UPDATE_EVERY;
}

static void
plan (BenchCamera *camera, gint64 at_us)
{
  static const struct
  {
    BenchAct act;
    gint64 after_us;
  } habits[] = {
    { keep_alive, KEEP_ALIVE_EVERY }, { poll, 2 * SECOND }, { ask_time, SECOND / 2 },
    { ask_name, SECOND / 4 },         { announce, SECOND }, { look_for_updates, SECOND },
    { find_router, ARP_EVERY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (habits); i++)
    bench_world_plan (camera->world, at_us + habits[i].after_us, habits[i].act, camera);
  for (guint i = 0; i < TRACKS; i++)
    {
      BenchTrack *track = &camera->tracks[i];
      track->started_us = at_us + 20000 + 7000 * i;
      bench_world_plan (camera->world, bench_track_due (track), stream, track);
      bench_world_plan (camera->world, at_us + 2 * SECOND + 300000 * i, report, track);
    }
}

static gint64
come_up (gpointer data, gint64 at_us)
{
  BenchCamera *camera = data;
  BenchWorld *world = camera->world;
  BenchHost *aside = &camera->aside;

  bench_side_lease (world, aside, camera->name, at_us);
  bench_side_arp (world, aside, &world->router, at_us + 100000);
  bench_side_hello (world, aside, camera->name, at_us + 300000);
  at_us = bench_side_arp (world, &world->viewer, aside, at_us + DIALOGUE_AFTER);
  bench_talk_init (&camera->rtsp.talk, &world->viewer, bench_port (&world->viewer), &camera->host,
                   554, &world->dice);
  bench_tcp_open (&camera->rtsp, world->frames, &world->dice, at_us + 200);
  at_us = ask (camera, "OPTIONS", "", "",
               "Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN\r\n", NULL,
               at_us + 1000);
  at_us = describe (camera, at_us + 500);
  for (guint i = 0; i < TRACKS; i++)
    at_us = set_up (camera, i, at_us + 500);
  plan (camera, play (camera, at_us + 500));
  return G_MAXINT64;
}

static void
init_track (BenchCamera *camera, guint which, const BenchMedia *media, gboolean is_interleaved)
{
  BenchTrack *track = &camera->tracks[which];
  LensDice *dice = &camera->world->dice;

  track->media = media;
  track->frames = camera->world->frames;
  track->tcp = is_interleaved ? &camera->rtsp : NULL;
  track->payload_type = which == VIDEO ? 96 : media->codec == BENCH_AAC ? 97 : 8;
  track->clock_hz = which == VIDEO ? 90000 : media->codec == BENCH_AAC ? 16000 : 8000;
  track->ssrc = (guint32)lens_dice_roll (dice);
  track->viewer_ssrc = (guint32)lens_dice_roll (dice);
  track->sequence = (guint16)lens_dice_roll (dice);
  track->first_stamp = (guint32)lens_dice_roll (dice);
  track->name = g_strdup (camera->name);
  track->viewer_name = g_strdup ("viewer");
  if (which == VIDEO)
    {
      guint group = lens_dice_between (dice, 0, media->groups->len - 1);
      track->next_part = g_array_index (media->groups, guint, group);
    }
}

BenchCamera *
bench_camera_new (BenchWorld *world, guint index, const BenchMedia *video, const BenchMedia *sound,
                  gboolean is_interleaved, gint64 at_us)
{
  BenchCamera *camera = g_new0 (BenchCamera, 1);
  guint last = FIRST_ADDRESS + index;

  camera->world = world;
  camera->host = bench_world_host (world, LAN (last), CAMERA_MAKER, LINK_MBPS);
  camera->aside = camera->host;
  camera->aside.mbps = 0;
  camera->name = g_strdup_printf ("camera%u", last);
  camera->url = g_strdup_printf ("rtsp://192.168.1.%u:554/Streaming/Channels/101", last);
  camera->session = g_strdup_printf ("%u", (guint32)lens_dice_roll (&world->dice));
  init_track (camera, VIDEO, video, is_interleaved);
  init_track (camera, SOUND, sound, is_interleaved);
  bench_world_plan (world, at_us, come_up, camera);
  return camera;
}

void
bench_camera_end (BenchCamera *camera, gint64 at_us)
{
  if (camera->cseq == 0)
    return;
  at_us = MAX (at_us, MAX (camera->host.free_us, camera->rtsp.done_us)) + 5000;
  for (guint i = 0; i < TRACKS; i++)
    bench_track_end (&camera->tracks[i], at_us);
  g_autofree char *session = g_strdup_printf ("Session: %s\r\n", camera->session);
  at_us = ask (camera, "TEARDOWN", "", session, session, NULL, at_us + 1000);
  bench_tcp_close (&camera->rtsp, camera->world->frames, 0, at_us + 500);
}

void
bench_camera_free (BenchCamera *camera)
{
  for (guint i = 0; i < TRACKS; i++)
    {
      g_free (camera->tracks[i].name);
      g_free (camera->tracks[i].viewer_name);
    }
  g_free (camera->name);
  g_free (camera->url);
  g_free (camera->session);
  g_free (camera);
}
