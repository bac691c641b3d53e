#pragma once

#include "samples/camera/dice.h"
#include "tests/bench/traffic/frames.h"

G_BEGIN_DECLS

/* A machine on the link.  Its port sends one frame after the other: none leaves before
 * @free_us, which each frame moves by its own length; at 0 Mbit/s it is never busy. */
typedef struct
{
  guint8 mac[6];
  guint32 address; /* host order */
  guint mbps;
  gint64 free_us;
  guint32 boot_ms; /* its TCP timestamp clock at the epoch */
  guint16 next_port;
} BenchHost;

/* Who talks with whom.  Each side counts its own IP identifications. */
typedef struct
{
  BenchHost *host[2];
  guint16 port[2];
  guint16 id[2];
} BenchTalk;

void bench_talk_init (BenchTalk *talk, BenchHost *one, guint port, BenchHost *other,
                      guint other_port, LensDice *dice);

/* Each function sends from side @from not before @at_us and returns when it left. */
gint64 bench_udp (BenchFrames *frames, BenchTalk *talk, guint from, gint64 at_us,
                  const guint8 *payload, gsize length);

gint64 bench_arp (BenchFrames *frames, BenchHost *from, const BenchHost *to, gboolean is_reply,
                  gint64 at_us);

/* A TCP connection (RFC 9293) with timestamps (RFC 7323), nothing ever lost. */
typedef struct
{
  BenchTalk talk;
  guint32 next[2]; /* sequence numbers */
  guint32 echo[2]; /* the last timestamp each side saw */
  gint64 done_us;  /* nothing of the connection leaves before */
} BenchTcp;

void bench_tcp_open (BenchTcp *tcp, BenchFrames *frames, LensDice *dice, gint64 at_us);
gint64 bench_tcp_send (BenchTcp *tcp, BenchFrames *frames, guint from, gint64 at_us,
                       const void *octets, gsize length);

/* The next segment of what a conversation can be: SYN, SYN and ACK, ACK; then data from side 0,
 * from side 1, and so on.  @step counts from 0. */
void bench_tcp_step (BenchTcp *tcp, BenchFrames *frames, guint step, gint64 at_us,
                     const void *octets, gsize length);

void bench_tcp_close (BenchTcp *tcp, BenchFrames *frames, guint first, gint64 at_us);

/* A port of @host's that was not used lately. */
guint bench_port (BenchHost *host);

guint8 *bench_put16 (guint8 *to, guint value);
guint8 *bench_put32 (guint8 *to, guint32 value);

G_END_DECLS
