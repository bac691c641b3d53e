#include "tests/bench/traffic/net.h"

#include <string.h>

#define ETHERNET_OCTETS 14
#define IPV4_OCTETS 20
#define UDP_OCTETS 8
#define TCP_OCTETS 32 /* with timestamps */
#define SEGMENT_OCTETS 1448
#define FRAME_OCTETS_MAX 1514
#define FRAME_OCTETS_MIN 60
#define PROTO_TCP 6
#define PROTO_UDP 17
#define WINDOW 501
#define MDNS 0xe00000fbu
#define TURN_US 60 /* from a segment's arrival to the answer's departure */

enum
{
  FIN = 0x01,
  SYN = 0x02,
  PSH = 0x08,
  ACK = 0x10,
};

guint8 *
bench_put16 (guint8 *to, guint value)
{
  to[0] = (guint8)(value >> 8);
  to[1] = (guint8)value;
  return to + 2;
}

guint8 *
bench_put32 (guint8 *to, guint32 value)
{
  return bench_put16 (bench_put16 (to, value >> 16), value & 0xffff);
}

void
bench_talk_init (BenchTalk *talk, BenchHost *one, guint port, BenchHost *other, guint other_port,
                 LensDice *dice)
{
  *talk = (BenchTalk){ .host = { one, other }, .port = { (guint16)port, (guint16)other_port } };
  for (guint side = 0; side < 2; side++)
    talk->id[side] = (guint16)lens_dice_roll (dice);
}

guint
bench_port (BenchHost *host)
{
  host->next_port = host->next_port < 32768 || host->next_port > 60990 ? 32768 + host->next_port % 7
                                                                       : host->next_port + 2;
  return host->next_port;
}

/* RFC 1071. */
static guint32
sum (const guint8 *octets, gsize length, guint32 so_far)
{
  for (; length > 1; octets += 2, length -= 2)
    so_far += (guint32)(octets[0] << 8 | octets[1]);
  return length == 1 ? so_far + (guint32)(octets[0] << 8) : so_far;
}

static guint
folded (guint32 sum_of)
{
  while (sum_of > 0xffff)
    sum_of = (sum_of & 0xffff) + (sum_of >> 16);
  return ~sum_of & 0xffff;
}

static gint64
leave (BenchFrames *frames, BenchHost *from, gint64 at_us, guint8 *frame, gsize length)
{
  if (length < FRAME_OCTETS_MIN)
    {
      memset (frame + length, 0, FRAME_OCTETS_MIN - length);
      length = FRAME_OCTETS_MIN;
    }
  gint64 left_us = MAX (at_us, from->free_us);
  /* 24 octets of preamble, check sequence and gap. */
  if (from->mbps > 0)
    from->free_us = left_us + 1 + (gint64)((length + 24) * 8 / from->mbps);
  bench_frames_add (frames, left_us, frame, length);
  return left_us;
}

static gboolean
is_group (guint32 address)
{
  return address >> 28 == 14;
}

static void
put_ethernet (guint8 *frame, const BenchHost *from, const BenchHost *to, guint type)
{
  memcpy (frame, to->mac, 6);
  memcpy (frame + 6, from->mac, 6);
  bench_put16 (frame + 12, type);
}

/* Headers from Ethernet to IPv4 (RFC 791), and the sum of the pseudo-header. */
static guint32
put_ip (guint8 *frame, BenchTalk *talk, guint from, guint proto, gsize length)
{
  guint8 *ip = frame + ETHERNET_OCTETS;
  guint32 to = talk->host[!from]->address;
  guint ttl = to == MDNS ? 255 : is_group (to) ? 1 : 64;

  put_ethernet (frame, talk->host[from], talk->host[!from], 0x0800);
  bench_put16 (ip, 0x4500);
  bench_put16 (ip + 2, (guint)(IPV4_OCTETS + length));
  bench_put16 (ip + 4, talk->id[from]++);
  bench_put16 (ip + 6, 0x4000);
  bench_put16 (ip + 8, ttl << 8 | proto);
  bench_put16 (ip + 10, 0);
  bench_put32 (ip + 12, talk->host[from]->address);
  bench_put32 (ip + 16, to);
  bench_put16 (ip + 10, folded (sum (ip, IPV4_OCTETS, 0)));
  return sum (ip + 12, 8, proto + (guint32)length);
}

gint64
bench_udp (BenchFrames *frames, BenchTalk *talk, guint from, gint64 at_us, const guint8 *payload,
           gsize length)
{
  guint8 frame[FRAME_OCTETS_MAX];
  guint8 *udp = frame + ETHERNET_OCTETS + IPV4_OCTETS;

  g_assert (length <= sizeof frame - (gsize)(udp + UDP_OCTETS - frame));
  guint32 pseudo = put_ip (frame, talk, from, PROTO_UDP, UDP_OCTETS + length);
  bench_put16 (udp, talk->port[from]);
  bench_put16 (udp + 2, talk->port[!from]);
  bench_put16 (udp + 4, (guint)(UDP_OCTETS + length));
  bench_put16 (udp + 6, 0);
  memcpy (udp + UDP_OCTETS, payload, length);
  guint check = folded (sum (udp, UDP_OCTETS + length, pseudo));
  bench_put16 (udp + 6, check != 0 ? check : 0xffff);
  return leave (frames, talk->host[from], at_us, frame,
                ETHERNET_OCTETS + IPV4_OCTETS + UDP_OCTETS + length);
}

/* RFC 826. */
gint64
bench_arp (BenchFrames *frames, BenchHost *from, const BenchHost *to, gboolean is_reply,
           gint64 at_us)
{
  guint8 frame[FRAME_OCTETS_MIN];
  guint8 *arp = frame + ETHERNET_OCTETS;

  put_ethernet (frame, from, to, 0x0806);
  if (!is_reply)
    memset (frame, 0xff, 6);
  bench_put32 (arp, 0x00010800);
  bench_put32 (arp + 4, 0x06040000u | (is_reply ? 2 : 1));
  memcpy (arp + 8, from->mac, 6);
  bench_put32 (arp + 14, from->address);
  memset (arp + 18, 0, 6);
  if (is_reply)
    memcpy (arp + 18, to->mac, 6);
  bench_put32 (arp + 24, to->address);
  return leave (frames, from, at_us, frame, ETHERNET_OCTETS + 28);
}

static guint8 *
put_timestamps (BenchTcp *tcp, guint from, gint64 at_us, guint8 *to)
{
  guint32 now = tcp->talk.host[from]->boot_ms + (guint32)(at_us / 1000);

  to[0] = 8;
  to[1] = 10;
  bench_put32 (bench_put32 (to + 2, now), tcp->echo[from]);
  tcp->echo[!from] = now;
  return to + 10;
}

/* What Linux offers: MSS 1460, SACK, timestamps, window scale 7; later timestamps alone. */
static gsize
put_options (BenchTcp *tcp, guint from, guint flags, gint64 at_us, guint8 *to)
{
  static const guint8 offer[] = { 2, 4, 0x05, 0xb4, 4, 2 };
  static const guint8 scale[] = { 1, 3, 3, 7 };
  guint8 *end = to;

  if ((flags & SYN) != 0)
    {
      memcpy (end, offer, sizeof offer);
      end = put_timestamps (tcp, from, at_us, end + sizeof offer);
      memcpy (end, scale, sizeof scale);
      return (gsize)(end + sizeof scale - to);
    }
  bench_put16 (end, 0x0101);
  return (gsize)(put_timestamps (tcp, from, at_us, end + 2) - to);
}

static void
segment (BenchTcp *tcp, BenchFrames *frames, guint from, guint flags, gint64 at_us,
         const guint8 *payload, gsize length)
{
  guint8 frame[FRAME_OCTETS_MAX];
  guint8 *header = frame + ETHERNET_OCTETS + IPV4_OCTETS;
  BenchHost *host = tcp->talk.host[from];

  at_us = MAX (MAX (at_us, tcp->done_us), host->free_us);
  gsize room = 20 + put_options (tcp, from, flags, at_us, header + 20);
  guint32 pseudo = put_ip (frame, &tcp->talk, from, PROTO_TCP, room + length);
  bench_put16 (header, tcp->talk.port[from]);
  bench_put16 (header + 2, tcp->talk.port[!from]);
  bench_put32 (header + 4, tcp->next[from]);
  bench_put32 (header + 8, (flags & ACK) != 0 ? tcp->next[!from] : 0);
  bench_put16 (header + 12, (guint)(room / 4) << 12 | flags);
  bench_put16 (header + 14, (flags & SYN) != 0 ? 64240 : WINDOW);
  bench_put32 (header + 16, 0);
  if (length > 0)
    memcpy (header + room, payload, length);
  bench_put16 (header + 16, folded (sum (header, room + length, pseudo)));
  tcp->next[from] += (guint32)length + ((flags & (SYN | FIN)) != 0);
  tcp->done_us
      = leave (frames, host, at_us, frame, ETHERNET_OCTETS + IPV4_OCTETS + room + length) + 1;
}

void
bench_tcp_step (BenchTcp *tcp, BenchFrames *frames, guint step, gint64 at_us, const void *octets,
                gsize length)
{
  static const guint handshake[] = { SYN, SYN | ACK, ACK };

  if (step < G_N_ELEMENTS (handshake))
    segment (tcp, frames, step % 2, handshake[step], at_us, NULL, 0);
  else
    segment (tcp, frames, (step - G_N_ELEMENTS (handshake)) % 2, PSH | ACK, at_us, octets, length);
}

void
bench_tcp_open (BenchTcp *tcp, BenchFrames *frames, LensDice *dice, gint64 at_us)
{
  for (guint side = 0; side < 2; side++)
    tcp->next[side] = (guint32)lens_dice_roll (dice);
  tcp->echo[0] = tcp->echo[1] = 0;
  tcp->done_us = at_us;
  for (guint step = 0; step < 3; step++)
    bench_tcp_step (tcp, frames, step, tcp->done_us + TURN_US, NULL, 0);
}

gint64
bench_tcp_send (BenchTcp *tcp, BenchFrames *frames, guint from, gint64 at_us, const void *octets,
                gsize length)
{
  const guint8 *next = octets;

  for (guint count = 1; length > 0; count++)
    {
      gsize taken = MIN (length, SEGMENT_OCTETS);
      segment (tcp, frames, from, length == taken ? PSH | ACK : ACK, at_us, next, taken);
      next += taken;
      length -= taken;
      if (count % 2 == 0 || length == 0)
        segment (tcp, frames, !from, ACK, tcp->done_us + TURN_US, NULL, 0);
    }
  return tcp->done_us;
}

void
bench_tcp_close (BenchTcp *tcp, BenchFrames *frames, guint first, gint64 at_us)
{
  segment (tcp, frames, first, FIN | ACK, at_us, NULL, 0);
  segment (tcp, frames, !first, FIN | ACK, tcp->done_us + TURN_US, NULL, 0);
  segment (tcp, frames, first, ACK, tcp->done_us + TURN_US, NULL, 0);
}
