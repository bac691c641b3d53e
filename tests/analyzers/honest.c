#include "tests/analyzers/honest.h"

#include "tests/analyzers/h264-slice.h"
#include "tests/analyzers/hevc-slice.h"
#include "tests/analyzers/jpeg-scan.h"
#include "wire/aac.h"
#include "wire/checksum.h"
#include "wire/transport.h"

#include <string.h>
#include <zlib.h>

#define MS G_GINT64_CONSTANT (1000000)
#define SECONDS 30
#define GOP 15        /* pictures from one IDR picture to the next */
#define TCP_SIZE 1448 /* octets of a full segment */

const char honest_profile[] = "[device]\n"
                              "name = Gate\n"
                              "address = 192.0.2.10\n"
                              "[stream main]\n"
                              "url = rtsp://192.0.2.10/live\n"
                              "[viewer]\n"
                              "address = 192.0.2.20\n"
                              "[service echo]\n"
                              "proto = icmp\n"
                              "to = 192.0.2.20\n"
                              "direction = in\n"
                              "[dns]\n"
                              "names = time.example\n";

typedef enum
{
  CAMERA,
  VIEWER,
  ROUTER,
  ALL, /* broadcast */
  NOBODY,
} Host;

static const guint8 macs[][6] = { [CAMERA] = { 2, 0, 0, 0, 0, 0x10 },
                                  [VIEWER] = { 2, 0, 0, 0, 0, 0x20 },
                                  [ROUTER] = { 2, 0, 0, 0, 0, 0x01 },
                                  [ALL] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
static const guint8 addresses[][4] = { [CAMERA] = { 192, 0, 2, 10 },
                                       [VIEWER] = { 192, 0, 2, 20 },
                                       [ROUTER] = { 192, 0, 2, 1 },
                                       [ALL] = { 255, 255, 255, 255 },
                                       [NOBODY] = { 0, 0, 0, 0 } };

enum
{
  VIDEO,
  SOUND,
  SOUND_AAC,
  SOUND_LATM,
  SOUND_OPUS,
  N_TRACKS,
};

typedef struct
{
  LensPackets *packets;
  GRand *random;
  gint64 now;
  gboolean over_tcp;
  gboolean jpeg;  /* JPEG and metadata instead of H.264 and PCMA */
  gboolean hevc;  /* H.265 instead of H.264 */
  gboolean coded; /* H.264 whose slices can be read to their end */
  guint16 ip_id[4];
  guint32 sequence[2]; /* of the RTSP connection, by host */
  guint cseq;
  guint16 rtp_sequence[N_TRACKS];
  guint32 rtp_packets[N_TRACKS], rtp_octets[N_TRACKS];
  guint pictures;
  guint8 echo; /* sequence */
} Honest;

/* The tracks in the order of the description. */
static const struct
{
  guint32 ssrc;
  guint8 payload_type;
  guint clock; /* kHz */
} tracks[N_TRACKS] = {
  [VIDEO] = { 0x5a1c09e7, 96, 90 },      [SOUND] = { 0x31f4d2b6, 8, 8 },
  [SOUND_AAC] = { 0x77aa0193, 97, 16 },  [SOUND_LATM] = { 0x0be1c5f2, 98, 16 },
  [SOUND_OPUS] = { 0x92d3e411, 99, 48 },
};

/* --- octets --- */

static void
put (GByteArray *into, guint64 value, guint octets)
{
  for (guint i = octets; i > 0; i--)
    {
      guint8 octet = (guint8)(value >> 8 * (i - 1));
      g_byte_array_append (into, &octet, 1);
    }
}

static void
put_octets (GByteArray *into, const void *octets, gsize length)
{
  g_byte_array_append (into, octets, (guint)length);
}

static void
put_zeros (GByteArray *into, guint count)
{
  for (guint i = 0; i < count; i++)
    put (into, 0, 1);
}

static void
write_sum (GByteArray *octets, gsize offset, guint32 sum)
{
  guint16 field = lens_checksum_end (sum);

  octets->data[offset] = (guint8)(field >> 8);
  octets->data[offset + 1] = (guint8)field;
}

/* --- frames --- */

static void
send_frame (Honest *honest, Host from, Host to, guint16 type, const GByteArray *payload)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();

  put_octets (frame, macs[to], 6);
  put_octets (frame, macs[from == NOBODY ? CAMERA : from], 6);
  put (frame, type, 2);
  put_octets (frame, payload->data, payload->len);
  if (frame->len < 60)
    put_zeros (frame, 60 - frame->len);
  LensRecord record = { .frame = 1,
                        .linktype = 1,
                        .has_time = TRUE,
                        .time_ns = honest->now,
                        .octets = frame->data,
                        .captured = frame->len,
                        .original = frame->len };
  lens_packets_add (honest->packets, &record);
  honest->now += 20000 + g_rand_int_range (honest->random, 0, 20000);
}

static void
send_ip (Honest *honest, Host from, Host to, guint8 protocol, const GByteArray *payload)
{
  g_autoptr (GByteArray) packet = g_byte_array_new ();

  put (packet, 0x4500, 2);
  put (packet, 20 + payload->len, 2);
  put (packet, honest->ip_id[from == NOBODY ? CAMERA : from]++, 2);
  put (packet, 0x4000, 2);
  put (packet, 64, 1);
  put (packet, protocol, 1);
  put (packet, 0, 2);
  put_octets (packet, addresses[from], 4);
  put_octets (packet, addresses[to], 4);
  write_sum (packet, 10, lens_checksum_add (0, packet->data, 20));
  put_octets (packet, payload->data, payload->len);
  send_frame (honest, from, to, 0x0800, packet);
}

static guint32
pseudo_sum (Host from, Host to, guint8 protocol, guint length)
{
  const guint8 rest[] = { 0, protocol, (guint8)(length >> 8), (guint8)length };

  guint32 sum = lens_checksum_add (0, addresses[from], 4);
  sum = lens_checksum_add (sum, addresses[to], 4);
  return lens_checksum_add (sum, rest, sizeof rest);
}

static void
send_udp (Honest *honest, Host from, Host to, guint16 sport, guint16 dport, const GByteArray *data)
{
  g_autoptr (GByteArray) datagram = g_byte_array_new ();

  put (datagram, sport, 2);
  put (datagram, dport, 2);
  put (datagram, 8 + data->len, 2);
  put (datagram, 0, 2);
  put_octets (datagram, data->data, data->len);
  write_sum (
      datagram, 6,
      lens_checksum_add (pseudo_sum (from, to, 17, datagram->len), datagram->data, datagram->len));
  send_ip (honest, from, to, 17, datagram);
}

static void
send_segment (Honest *honest, Host from, guint8 flags, const guint8 *octets, gsize length)
{
  static const guint16 ports[] = { [CAMERA] = 554, [VIEWER] = 40554 };
  Host to = from == CAMERA ? VIEWER : CAMERA;
  g_autoptr (GByteArray) segment = g_byte_array_new ();

  put (segment, ports[from], 2);
  put (segment, ports[to], 2);
  put (segment, honest->sequence[from], 4);
  put (segment, (flags & LENS_TCP_ACK) != 0 ? honest->sequence[to] : 0, 4);
  put (segment, 0x50, 1);
  put (segment, flags, 1);
  put (segment, 0xf000, 2);
  put (segment, 0, 4);
  put_octets (segment, octets, length);
  write_sum (
      segment, 16,
      lens_checksum_add (pseudo_sum (from, to, 6, segment->len), segment->data, segment->len));
  honest->sequence[from] += (guint32)length + ((flags & (LENS_TCP_SYN | LENS_TCP_FIN)) != 0);
  send_ip (honest, from, to, 6, segment);
}

static void
send_stream (Honest *honest, Host from, const GByteArray *octets)
{
  for (guint at = 0; at < octets->len; at += TCP_SIZE)
    send_segment (honest, from, LENS_TCP_ACK | LENS_TCP_PSH, octets->data + at,
                  MIN (TCP_SIZE, octets->len - at));
  send_segment (honest, from == CAMERA ? VIEWER : CAMERA, LENS_TCP_ACK, NULL, 0);
}

/* --- the small services --- */

static void
send_arp (Honest *honest, guint16 operation, Host from, Host to, Host about)
{
  g_autoptr (GByteArray) arp = g_byte_array_new ();

  put (arp, 0x0001080006040000 | operation, 8);
  put_octets (arp, macs[from], 6);
  put_octets (arp, addresses[from], 4);
  if (to == ALL)
    put_zeros (arp, 6);
  else
    put_octets (arp, macs[to], 6);
  put_octets (arp, addresses[about], 4);
  send_frame (honest, from, to, 0x0806, arp);
}

/* RFC 2131: @type of option 53. */
static void
send_dhcp (Honest *honest, guint8 type)
{
  gboolean reply = type == 2 || type == 5;
  g_autoptr (GByteArray) message = g_byte_array_new ();

  put (message, reply ? 0x02010600 : 0x01010600, 4);
  put (message, 0x3d1e77a4, 4);
  put_zeros (message, 8);
  put_octets (message, addresses[reply ? CAMERA : NOBODY], 4);
  put_zeros (message, 8);
  put_octets (message, macs[CAMERA], 6);
  put_zeros (message, 10 + 64 + 128);
  put (message, 0x63825363, 4);
  put (message, 0x350100 | type, 3);
  for (guint i = 0; reply && i < 3; i++)
    {
      static const guint8 codes[] = { 54, 6, 42 }; /* the server, DNS, NTP */
      put (message, codes[i], 1);
      put (message, 4, 1);
      put_octets (message, addresses[ROUTER], 4);
    }
  if (reply)
    put (message, 0x330400000e10, 6);
  put (message, 255, 1);
  if (message->len < 300)
    put_zeros (message, 300 - message->len);
  if (reply)
    send_udp (honest, ROUTER, CAMERA, 67, 68, message);
  else
    send_udp (honest, NOBODY, ALL, 68, 67, message);
}

static void
ask_for_a_name (Honest *honest)
{
  static const guint8 name[] = "\4time\7example";
  guint16 id = (guint16)g_rand_int (honest->random);
  guint16 port = (guint16)g_rand_int_range (honest->random, 32768, 60000);

  for (guint reply = 0; reply < 2; reply++)
    {
      g_autoptr (GByteArray) message = g_byte_array_new ();
      put (message, id, 2);
      put (message, reply ? 0x8180 : 0x0100, 2);
      put (message, 1, 2);
      put (message, reply, 2);
      put (message, 0, 4);
      put_octets (message, name, sizeof name);
      put (message, 0x00010001, 4);
      if (reply)
        {
          put (message, 0xc00c00010001, 6);
          put (message, 300, 4);
          put (message, 4, 2);
          put_octets (message, addresses[ROUTER], 4);
        }
      if (reply)
        send_udp (honest, ROUTER, CAMERA, 53, port, message);
      else
        send_udp (honest, CAMERA, ROUTER, port, 53, message);
    }
}

/* RFC 5905: seconds since 1900 and a fraction. */
static void
put_ntp_time (Honest *honest, GByteArray *into)
{
  gint64 us = honest->now / 1000;

  put (into, (guint64)(us / 1000000) + 2208988800u, 4);
  put (into, (guint64)(us % 1000000 * 4294967296 / 1000000), 4);
}

static void
ask_for_the_time (Honest *honest)
{
  for (guint reply = 0; reply < 2; reply++)
    {
      g_autoptr (GByteArray) message = g_byte_array_new ();
      put (message, reply ? 0x240206e9 : 0x23000000, 4);
      put_zeros (message, 8);
      put (message, reply ? 0x47505300 : 0, 4);
      for (guint i = 0; i < 4; i++)
        if (reply || i == 3)
          put_ntp_time (honest, message);
        else
          put_zeros (message, 8);
      if (reply)
        send_udp (honest, ROUTER, CAMERA, 123, 123, message);
      else
        send_udp (honest, CAMERA, ROUTER, 123, 123, message);
    }
}

/* As ping(8) does: a time, then octets that count up; the camera sends them back. */
static void
ask_for_an_echo (Honest *honest)
{
  guint8 sequence = ++honest->echo;
  gint64 us = honest->now / 1000;

  for (guint reply = 0; reply < 2; reply++)
    {
      g_autoptr (GByteArray) message = g_byte_array_new ();
      put (message, reply ? 0 : 0x08000000, 4);
      put (message, 0x1a2b0000 | sequence, 4);
      put (message, GUINT64_SWAP_LE_BE ((guint64)(us / 1000000)), 8);
      put (message, GUINT64_SWAP_LE_BE ((guint64)(us % 1000000)), 8);
      for (guint8 octet = 0x10; octet < 0x38; octet++)
        put (message, octet, 1);
      write_sum (message, 2, lens_checksum_add (0, message->data, message->len));
      send_ip (honest, reply ? CAMERA : VIEWER, reply ? VIEWER : CAMERA, 1, message);
    }
}

/* --- RTSP --- */

/* Over UDP, header extensions are mapped: the video's time, the loudness of the audio. */
#define SDP(video, audio)                                                                          \
  "v=0\r\n"                                                                                        \
  "o=- 1 1 IN IP4 192.0.2.10\r\n"                                                                  \
  "s=Session\r\n"                                                                                  \
  "t=0 0\r\n"                                                                                      \
  "a=control:*\r\n"                                                                                \
  "m=video 0 RTP/AVP 96\r\n"                                                                       \
  "a=rtpmap:96 H264/90000\r\n"                                                                     \
  "a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0LAHtoFB+Q=,aM48gA==\r\n" video            \
  "a=control:track1\r\n"                                                                           \
  "m=audio 0 RTP/AVP 8\r\n"                                                                        \
  "a=rtpmap:8 PCMA/8000\r\n" audio "a=control:track2\r\n"                                          \
  "m=audio 0 RTP/AVP 97\r\n"                                                                       \
  "a=rtpmap:97 mpeg4-generic/16000/1\r\n"                                                          \
  "a=fmtp:97 streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;"            \
  "indexdeltalength=3;config=1408\r\n"                                                             \
  "a=control:track3\r\n"                                                                           \
  "m=audio 0 RTP/AVP 98\r\n"                                                                       \
  "a=rtpmap:98 MP4A-LATM/16000/1\r\n"                                                              \
  "a=fmtp:98 profile-level-id=1;cpresent=0;config=400028103fc0\r\n"                                \
  "a=control:track4\r\n"                                                                           \
  "m=audio 0 RTP/AVP 99\r\n"                                                                       \
  "a=rtpmap:99 opus/48000/2\r\n"                                                                   \
  "a=control:track5\r\n"

static const char plain_sdp[] = SDP ("", "");
static const char mapped_sdp[] = SDP ("a=extmap:2 urn:ietf:params:rtp-hdrext:ntp-64\r\n",
                                      "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n");

static const char jpeg_sdp[] = "v=0\r\n"
                               "o=- 1 1 IN IP4 192.0.2.10\r\n"
                               "s=Session\r\n"
                               "t=0 0\r\n"
                               "a=control:*\r\n"
                               "m=video 0 RTP/AVP 26\r\n"
                               "a=control:track1\r\n"
                               "m=application 0 RTP/AVP 107\r\n"
                               "a=rtpmap:107 vnd.onvif.metadata/90000\r\n"
                               "a=control:track2\r\n"
                               "m=application 0 RTP/AVP 108\r\n"
                               "a=rtpmap:108 vnd.onvif.metadata.gzip/90000\r\n"
                               "a=control:track3\r\n";

static const char hevc_sdp[] = "v=0\r\n"
                               "o=- 1 1 IN IP4 192.0.2.10\r\n"
                               "s=Session\r\n"
                               "t=0 0\r\n"
                               "a=control:*\r\n"
                               "m=video 0 RTP/AVP 96\r\n"
                               "a=rtpmap:96 H265/90000\r\n"
                               "a=control:track1\r\n"
                               "m=audio 0 RTP/AVP 8 13\r\n"
                               "a=rtpmap:8 PCMA/8000\r\n"
                               "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
                               "a=control:track2\r\n";

static const char *
sdp_of (const Honest *honest)
{
  if (honest->hevc)
    return hevc_sdp;
  if (honest->jpeg)
    return jpeg_sdp;
  return honest->over_tcp ? plain_sdp : mapped_sdp;
}

static void
ask (Honest *honest, const char *method, const char *path, const char *headers,
     const char *reply_headers, const char *body)
{
  g_autoptr (GString) request = g_string_new (NULL), reply = g_string_new (NULL);

  g_string_printf (request, "%s rtsp://192.0.2.10/live%s RTSP/1.0\r\nCSeq: %u\r\n%s\r\n", method,
                   path, ++honest->cseq, headers);
  g_string_printf (reply, "RTSP/1.0 200 OK\r\nCSeq: %u\r\n%s", honest->cseq, reply_headers);
  if (*body != '\0')
    g_string_append_printf (reply, "Content-Length: %zu\r\n", strlen (body));
  g_string_append_printf (reply, "\r\n%s", body);
  const GByteArray said[] = { { (guint8 *)request->str, (guint)request->len },
                              { (guint8 *)reply->str, (guint)reply->len } };
  send_stream (honest, VIEWER, &said[0]);
  send_stream (honest, CAMERA, &said[1]);
}

static guint
n_tracks (const Honest *honest)
{
  return honest->jpeg ? 3 : N_TRACKS;
}

static void
set_up (Honest *honest, guint track)
{
  g_autofree char *path = g_strdup_printf ("/track%u", track + 1);
  g_autofree char *transport
      = honest->over_tcp ? g_strdup_printf ("Transport: RTP/AVP/TCP;unicast;interleaved=%u-%u",
                                            2 * track, 2 * track + 1)
                         : g_strdup_printf ("Transport: RTP/AVP;unicast;client_port=%u-%u",
                                            5000 + 2 * track, 5001 + 2 * track);
  g_autofree char *asked
      = g_strconcat (transport, track == 0 ? "\r\n" : "\r\nSession: 4711\r\n", NULL);
  g_autofree char *granted
      = honest->over_tcp ? g_strconcat (transport, "\r\nSession: 4711;timeout=60\r\n", NULL)
                         : g_strdup_printf ("%s;server_port=%u-%u\r\nSession: 4711;timeout=60\r\n",
                                            transport, 6000 + 2 * track, 6001 + 2 * track);

  ask (honest, "SETUP", path, asked, granted, "");
}

static void
describe (Honest *honest)
{
  ask (honest, "DESCRIBE", "", "Accept: application/sdp\r\n", "Content-Type: application/sdp\r\n",
       sdp_of (honest));
}

static void
open_session (Honest *honest)
{
  honest->sequence[CAMERA] = g_rand_int (honest->random);
  honest->sequence[VIEWER] = g_rand_int (honest->random);
  send_segment (honest, VIEWER, LENS_TCP_SYN, NULL, 0);
  send_segment (honest, CAMERA, LENS_TCP_SYN | LENS_TCP_ACK, NULL, 0);
  send_segment (honest, VIEWER, LENS_TCP_ACK, NULL, 0);
  ask (honest, "OPTIONS", "", "",
       "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n", "");
  describe (honest);
  for (guint track = 0; track < n_tracks (honest); track++)
    set_up (honest, track);
  ask (honest, "PLAY", "", "Session: 4711\r\n", "Session: 4711\r\n", "");
}

static void
close_session (Honest *honest)
{
  ask (honest, "TEARDOWN", "", "Session: 4711\r\n", "Session: 4711\r\n", "");
  send_segment (honest, VIEWER, LENS_TCP_FIN | LENS_TCP_ACK, NULL, 0);
  send_segment (honest, CAMERA, LENS_TCP_FIN | LENS_TCP_ACK, NULL, 0);
  send_segment (honest, VIEWER, LENS_TCP_ACK, NULL, 0);
}

/* --- media --- */

static void
send_media (Honest *honest, guint track, gboolean rtcp, const GByteArray *packet)
{
  guint16 port = (guint16)(2 * track + rtcp);

  if (!honest->over_tcp)
    {
      send_udp (honest, CAMERA, VIEWER, 6000 + port, 5000 + port, packet);
      return;
    }
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  put (frame, '$', 1);
  put (frame, port, 1);
  put (frame, packet->len, 2);
  put_octets (frame, packet->data, packet->len);
  send_stream (honest, CAMERA, frame);
}

static void
send_rtp (Honest *honest, guint track, gboolean marker, guint32 timestamp, const guint8 *payload,
          gsize length)
{
  static const guint8 others[] = { 26, 107, 108 }; /* JPEG and metadata */
  g_autoptr (GByteArray) packet = g_byte_array_new ();
  guint8 type = honest->jpeg ? others[track] : tracks[track].payload_type;
  gboolean has_level = track == SOUND && !honest->over_tcp && !honest->jpeg;

  put (packet, has_level ? 0x90 : 0x80, 1);
  put (packet, type | (marker ? 0x80 : 0), 1);
  put (packet, honest->rtp_sequence[track]++, 2);
  put (packet, timestamp, 4);
  put (packet, tracks[track].ssrc, 4);
  if (has_level) /* RFC 6464: -60 dBov, no voice, and fill */
    put (packet, 0xbede0001103c0000, 8);
  put_octets (packet, payload, length);
  honest->rtp_packets[track]++;
  honest->rtp_octets[track] += (guint32)length;
  send_media (honest, track, FALSE, packet);
}

/* A NAL unit in one packet, or in fragments (RFC 6184 5.6, 5.8). */
static void
send_nal (Honest *honest, gboolean last, guint32 timestamp, const guint8 *nal, gsize length)
{
  const gsize size = 1300;

  if (length <= size)
    {
      send_rtp (honest, VIDEO, last, timestamp, nal, length);
      return;
    }
  for (gsize at = 1; at < length; at += size)
    {
      gsize count = MIN (size, length - at);
      gboolean ends = at + count == length;
      g_autoptr (GByteArray) payload = g_byte_array_new ();
      put (payload, (nal[0] & 0xe0) | 28, 1);
      put (payload, (nal[0] & 0x1f) | (at == 1 ? 0x80u : 0) | (ends ? 0x40u : 0), 1);
      put_octets (payload, nal + at, count);
      send_rtp (honest, VIDEO, last && ends, timestamp, payload->data, payload->len);
    }
}

/* Bits, the first one highest, up to the next octet. */
static void
put_bits (GByteArray *into, const char *bits)
{
  guint value = 0, n = 0;

  for (; *bits != '\0'; bits++)
    {
      value = value << 1 | (*bits == '1');
      if (++n % 8 == 0)
        put (into, value & 0xff, 1);
    }
  for (; n % 8 != 0; n++)
    value = value << 1 | 1;
  put (into, value & 0xff, 1);
}

static char *
binary (guint value, guint bits)
{
  GString *text = g_string_new (NULL);

  while (bits-- > 0)
    g_string_append_c (text, (value >> bits & 1) != 0 ? '1' : '0');
  return g_string_free (text, FALSE);
}

/* The header of a slice by the parameter sets below (H.264 7.3.3): frame_num counts from the last
 * IDR picture, idr_pic_id from 31 (the encoder has been at work for a while). */
static char *
slice_header (Honest *honest, gboolean idr, guint number)
{
  g_autofree char *frame_num = binary (number, 4);
  g_autofree char *id = binary (32 + honest->pictures / GOP, 11);

  return idr ? g_strconcat ("1"
                            "0001000"
                            "1"
                            "0000",
                            id,
                            "00"
                            "1"
                            "111",
                            NULL)
             : g_strconcat ("1"
                            "00110"
                            "1",
                            frame_num,
                            "00"
                            "0"
                            "1"
                            "111",
                            NULL);
}

/* A slice whose content nobody here decodes: no start code, and a stop bit.  In some are two
 * zeros that need no emulation prevention. */
static GByteArray *
noise_slice_new (Honest *honest, guint8 header, const char *bits, guint number, gsize length)
{
  GByteArray *nal = g_byte_array_new ();

  put (nal, header, 1);
  put_bits (nal, bits);
  while (nal->len < length - 1)
    put (nal, (guint)g_rand_int_range (honest->random, 1, 256), 1);
  if (number % 3 == 1)
    {
      nal->data[20] = nal->data[21] = 0;
      nal->data[22] |= 4;
    }
  put (nal, 0x80, 1);
  return nal;
}

static void
send_slice (Honest *honest, gboolean idr, guint32 timestamp, gsize length)
{
  guint number = (honest->pictures - 1) % GOP;
  g_autofree char *bits = slice_header (honest, idr, number);
  guint8 header = idr ? 0x65 : 0x41;
  g_autoptr (GByteArray) nal = honest->coded
                                   ? h264_slice_new (header, bits, 20 * 15, length, honest->random)
                                   : noise_slice_new (honest, header, bits, number, length);

  send_nal (honest, TRUE, timestamp, nal->data, nal->len);
}

static void
send_picture (Honest *honest)
{
  /* Baseline, 320 x 240. */
  static const guint8 sps[] = { 0x67, 0x42, 0xc0, 0x1e, 0xda, 0x05, 0x07, 0xe4 };
  static const guint8 pps[] = { 0x68, 0xce, 0x3c, 0x80 };
  guint32 timestamp = 900000u + honest->pictures * 6000u;

  guint index = honest->pictures++;

  if (index % GOP != 0)
    {
      send_slice (honest, FALSE, timestamp, (gsize)g_rand_int_range (honest->random, 200, 1200));
      return;
    }
  send_nal (honest, FALSE, timestamp, sps, sizeof sps);
  send_nal (honest, FALSE, timestamp, pps, sizeof pps);
  /* Every other key picture fits into one packet. */
  guint size = index / GOP % 2 == 0 ? 4000 : 800;
  send_slice (honest, TRUE, timestamp,
              (gsize)g_rand_int_range (honest->random, (gint)size, (gint)size + 400));
}

/* A NAL unit of H.265 in one packet, or in fragments (RFC 7798 4.4.1, 4.4.3). */
static void
send_hevc_nal (Honest *honest, gboolean last, guint32 timestamp, const guint8 *nal, gsize length)
{
  const gsize size = 1300;

  if (length <= size)
    {
      send_rtp (honest, 0, last, timestamp, nal, length);
      return;
    }
  for (gsize at = 2; at < length; at += size)
    {
      gsize count = MIN (size, length - at);
      gboolean ends = at + count == length;
      g_autoptr (GByteArray) payload = g_byte_array_new ();
      put (payload, 49 << 1, 1);
      put (payload, nal[1], 1);
      put (payload, nal[0] >> 1 | (at == 2 ? 0x80u : 0) | (ends ? 0x40u : 0), 1);
      put_octets (payload, nal + at, count);
      send_rtp (honest, 0, last && ends, timestamp, payload->data, payload->len);
    }
}

static void
send_hevc_picture (Honest *honest)
{
  guint number = honest->pictures++ % 30;
  guint32 timestamp = 900000u + honest->pictures * 6000u;
  gsize length = (gsize)g_rand_int_range (honest->random, number == 0 ? 4000 : 200,
                                          number == 0 ? 8000 : 1200);
  g_autoptr (GByteArray) slice = hevc_slice_new (number, honest->random, length);

  if (number == 0)
    {
      send_hevc_nal (honest, FALSE, timestamp, h265_vps, sizeof h265_vps);
      send_hevc_nal (honest, FALSE, timestamp, h265_sps, sizeof h265_sps);
      send_hevc_nal (honest, FALSE, timestamp, h265_pps, sizeof h265_pps);
    }
  send_hevc_nal (honest, TRUE, timestamp, slice->data, slice->len);
}

/* Silence: A-law codes of zero and its neighbours (G.711). */
static void
send_sound (Honest *honest, guint index)
{
  guint8 payload[160];

  for (guint i = 0; i < sizeof payload; i++)
    payload[i] = (guint8)((g_rand_int (honest->random) & 0x81) ^ 0xd5);
  send_rtp (honest, SOUND, index == 0, 16000 + index * 160, payload, sizeof payload);
}

/* One channel of AAC without a single band, as loud as may be, and ID_END: 32 bits (ISO/IEC
 * 14496-3 4.4.2.1).  By RFC 3640 behind a header of 16 bits, in LATM behind its length. */
static void
send_aac (Honest *honest, guint index)
{
  guint32 unit = (guint32)g_rand_int_range (honest->random, 80, 140) << 17 | LENS_AAC_END;
  const guint8 alone[] = {
    0, 16, 0, 4 << 3, (guint8)(unit >> 24), (guint8)(unit >> 16), (guint8)(unit >> 8), (guint8)unit
  };
  guint8 element[5] = { 4 };

  memcpy (element + 1, alone + 4, 4);
  send_rtp (honest, SOUND_AAC, TRUE, 5000 + index * 1024, alone, sizeof alone);
  send_rtp (honest, SOUND_LATM, TRUE, 6000 + index * 1024, element, sizeof element);
}

/* One frame of 20 ms, mono (RFC 6716 section 3.1: configuration 31, code 0). */
static void
send_opus (Honest *honest, guint index)
{
  guint8 payload[61] = { 31 << 3 };

  for (guint i = 1; i < sizeof payload; i++)
    payload[i] = (guint8)g_rand_int (honest->random);
  send_rtp (honest, SOUND_OPUS, FALSE, 7000 + index * 960, payload, sizeof payload);
}

/* 176 x 144 in one quality (RFC 2435 with tables in every frame), and EOI behind it. */
static void
send_jpeg (Honest *honest)
{
  const guint size = 1200;
  guint32 timestamp = 900000u + honest->pictures++ * 6000u;
  g_autoptr (GByteArray) scan = jpeg_scan_new (99, 0, honest->random);
  g_autoptr (GByteArray) tables = g_byte_array_new ();
  const JpegFrame frame = { .type = 1, .q = 255, .width = 176, .height = 144, .tables = tables };

  for (guint i = 0; i < 128; i++)
    put (tables, 8 + i % 64 * 3 / 2, 1);
  put (scan, 0xffd9, 2);
  for (guint at = 0; at < scan->len; at += size)
    {
      g_autoptr (GByteArray) payload
          = jpeg_payload_new (&frame, at, scan->data + at, MIN (size, scan->len - at));
      send_rtp (honest, 0, at + size >= scan->len, timestamp, payload->data, payload->len);
    }
}

/* A gzip member (RFC 1952 section 2.3) of @text. */
static GByteArray *
packed (const char *text)
{
  static const guint8 head[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };
  gsize length = strlen (text);
  guint32 trailer[] = { GUINT32_TO_LE ((guint32)crc32 (0, (const Bytef *)text, (uInt)length)),
                        GUINT32_TO_LE ((guint32)length) };
  guint8 data[2048];
  z_stream stream = { .next_in = (Bytef *)(guintptr)text,
                      .avail_in = (uInt)length,
                      .next_out = data,
                      .avail_out = sizeof data };
  GByteArray *member = g_byte_array_new ();

  deflateInit2 (&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  deflate (&stream, Z_FINISH);
  put_octets (member, head, sizeof head);
  put_octets (member, data, stream.total_out);
  put_octets (member, trailer, sizeof trailer);
  deflateEnd (&stream);
  return member;
}

/* ONVIF's metadata: what the camera sees. */
static char *
document_new (Honest *honest, guint index)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (honest->now / MS / 1000);
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S");
  return g_strdup_printf ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                          "<tt:MetadataStream xmlns:tt=\"http://www.onvif.org/ver10/schema\">\n"
                          "<tt:VideoAnalytics>\n"
                          "<tt:Frame UtcTime=\"%s.%03uZ\">\n"
                          "<tt:Object ObjectId=\"%u\">\n"
                          "<tt:Appearance><tt:Shape>"
                          "<tt:BoundingBox left=\"%d\" top=\"20.0\" right=\"100.0\" bottom=\"%d\"/>"
                          "<tt:CenterOfGravity x=\"60.0\" y=\"50.0\"/>"
                          "</tt:Shape></tt:Appearance>\n"
                          "</tt:Object>\n"
                          "</tt:Frame>\n"
                          "</tt:VideoAnalytics>\n"
                          "</tt:MetadataStream>\n",
                          date, (guint)(honest->now / MS % 1000), 12 + index / 20,
                          g_rand_int_range (honest->random, 0, 100),
                          g_rand_int_range (honest->random, 0, 100));
}

/* Twice a second as it is, and once compressed. */
static void
send_document (Honest *honest, guint index)
{
  g_autofree char *text = document_new (honest, index);

  send_rtp (honest, 1, TRUE, 900000u + index * 45000u, (const guint8 *)text, strlen (text));
}

static void
send_packed_document (Honest *honest, guint index)
{
  g_autofree char *text = document_new (honest, index);
  g_autoptr (GByteArray) member = packed (text);

  send_rtp (honest, 2, TRUE, 950000u + index * 90000u, member->data, member->len);
}

/* RFC 3550 6.4.1 and 6.5: a sender's report and its name. */
static void
send_report (Honest *honest, guint track)
{
  g_autoptr (GByteArray) compound = g_byte_array_new ();
  guint64 ms = (guint64)(honest->now / MS % 100000000);

  put (compound, 0x80c80006, 4);
  put (compound, tracks[track].ssrc, 4);
  put_ntp_time (honest, compound);
  put (compound, (guint32)(ms * tracks[track].clock), 4);
  put (compound, honest->rtp_packets[track], 4);
  put (compound, honest->rtp_octets[track], 4);
  put (compound, 0x81ca0004, 4);
  put (compound, tracks[track].ssrc, 4);
  put_octets (compound, "\1\10camera-1\0\0", 12);
  send_media (honest, track, TRUE, compound);
}

/* --- the half minute --- */

static void
stream (Honest *honest, gint64 start)
{
  for (guint ms = 0; ms < SECONDS * 1000; ms++)
    {
      honest->now = MAX (honest->now, start + ms * MS);
      if (ms % 20 == 0 && !honest->jpeg)
        send_sound (honest, ms / 20);
      if (ms % 64 == 3 && !honest->jpeg)
        send_aac (honest, ms / 64);
      if (ms % 20 == 7 && !honest->jpeg)
        send_opus (honest, ms / 20);
      if (ms % 500 == 11 && honest->jpeg)
        send_document (honest, ms / 500);
      if (ms % 1000 == 261 && honest->jpeg)
        send_packed_document (honest, ms / 1000);
      if (ms % 67 == 1 && honest->jpeg)
        send_jpeg (honest);
      else if (ms % 67 == 1 && honest->hevc)
        send_hevc_picture (honest);
      else if (ms % 67 == 1)
        send_picture (honest);
      if (ms % 5000 == 400)
        for (guint track = 0; track < n_tracks (honest); track++)
          send_report (honest, track);
      if (ms % 4000 == 2003)
        ask_for_a_name (honest);
      if (ms % 8000 == 2010)
        ask_for_the_time (honest);
      if (ms % 1000 == 503)
        ask_for_an_echo (honest);
      if (ms % 6000 == 3303) /* some viewers ask again */
        describe (honest);
      if (ms % 10000 == 9005)
        ask (honest, "GET_PARAMETER", "", "Session: 4711\r\n", "Session: 4711\r\n", "");
      if (ms % 15000 == 7007)
        {
          send_arp (honest, 1, VIEWER, CAMERA, CAMERA);
          send_arp (honest, 2, CAMERA, VIEWER, VIEWER);
        }
    }
}

static LensPackets *
half_a_minute (Honest honest)
{
  honest.packets = lens_packets_new ();
  honest.random = g_rand_new_with_seed (1);
  honest.now = G_GINT64_CONSTANT (1700000000) * 1000 * MS;
  send_dhcp (&honest, 1);
  send_dhcp (&honest, 2);
  send_dhcp (&honest, 3);
  send_dhcp (&honest, 5);
  send_arp (&honest, 1, CAMERA, ALL, ROUTER);
  send_arp (&honest, 2, ROUTER, CAMERA, CAMERA);
  ask_for_a_name (&honest);
  ask_for_the_time (&honest);
  send_arp (&honest, 1, VIEWER, ALL, CAMERA);
  send_arp (&honest, 2, CAMERA, VIEWER, VIEWER);
  open_session (&honest);
  stream (&honest, honest.now + 100 * MS);
  close_session (&honest);
  g_rand_free (honest.random);
  return honest.packets;
}

LensPackets *
honest_new (gboolean over_tcp)
{
  return half_a_minute ((Honest){ .over_tcp = over_tcp });
}

LensPackets *
honest_jpeg_new (gboolean over_tcp)
{
  return half_a_minute ((Honest){ .over_tcp = over_tcp, .jpeg = TRUE });
}

LensPackets *
honest_hevc_new (gboolean over_tcp)
{
  return half_a_minute ((Honest){ .over_tcp = over_tcp, .hevc = TRUE });
}

LensPackets *
honest_coded_new (gboolean over_tcp)
{
  return half_a_minute ((Honest){ .over_tcp = over_tcp, .coded = TRUE });
}
