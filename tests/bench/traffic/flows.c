#include "tests/bench/traffic/flows.h"

#include <string.h>

#include "tests/bench/traffic/net.h"

#define BEGIN_US (G_GINT64_CONSTANT (1772442000) * G_USEC_PER_SEC)
#define STEP_US 25
#define CLIENTS 0x0a000100u /* 10.0.1.0 and after */
#define SERVERS 0xc0000201u /* 192.0.2.1 and after */
#define N_SERVERS 250
#define N_PORTS 64
#define FIRST_PORT 1024
#define UDP_OCTETS 160

typedef struct
{
  BenchFrames *frames;
  LensDice dice;
  BenchHost *clients, servers[N_SERVERS];
  BenchTcp *flows; /* of UDP only the talk */
} Maker;

static void
init_host (BenchHost *host, guint32 address, LensDice *dice)
{
  host->address = address;
  host->mac[0] = 0x02;
  bench_put32 (host->mac + 2, address);
  host->boot_ms = (guint32)lens_dice_roll (dice);
}

static void
init_flow (Maker *maker, guint64 number, guint64 hosts)
{
  LensDice *dice = &maker->dice;
  BenchTcp *flow = &maker->flows[number];
  BenchHost *server = &maker->servers[lens_dice_between (dice, 0, N_SERVERS - 1)];

  /* A port of each client's own: no two flows are one. */
  bench_talk_init (&flow->talk, &maker->clients[number % hosts],
                   (guint)(FIRST_PORT + number / hosts), server,
                   8000 + lens_dice_between (dice, 0, N_PORTS - 1), dice);
  for (guint side = 0; side < 2; side++)
    flow->next[side] = (guint32)lens_dice_roll (dice);
}

static void
send_tcp (Maker *maker, BenchTcp *flow, guint round, gint64 at_us)
{
  static const char request[] = "GET /status?channel=1 HTTP/1.1\r\nHost: www.example.net\r\n"
                                "User-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n";
  static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                               "Content-Length: 12\r\n\r\nchannel up\r\n";
  const char *text = round % 2 == 1 ? request : answer;

  bench_tcp_step (flow, maker->frames, round, at_us, text, strlen (text));
}

static void
send_udp (Maker *maker, BenchTcp *flow, guint round, gint64 at_us)
{
  guint64 octets[UDP_OCTETS / sizeof (guint64)];

  for (guint i = 0; i < G_N_ELEMENTS (octets); i++)
    octets[i] = GUINT64_TO_LE (lens_dice_roll (&maker->dice));
  bench_udp (maker->frames, &flow->talk, round % 2, at_us, (const guint8 *)octets, sizeof octets);
}

static void
send_all (Maker *maker, const BenchFlows *wanted)
{
  gint64 at_us = BEGIN_US;

  for (guint64 i = 0; i < wanted->packets; i++, at_us += STEP_US)
    {
      guint64 number = i % wanted->flows;
      guint round = (guint)(i / wanted->flows);
      if (number % 2 == 0)
        send_tcp (maker, &maker->flows[number], round, at_us);
      else
        send_udp (maker, &maker->flows[number], round, at_us);
      bench_frames_settle (maker->frames, at_us);
    }
}

gboolean
bench_flows_write (const BenchFlows *wanted, FILE *to)
{
  g_autofree BenchHost *clients = g_new0 (BenchHost, wanted->hosts);
  g_autofree BenchTcp *flows = g_new0 (BenchTcp, wanted->flows);
  g_autofree Maker *maker = g_new0 (Maker, 1);

  maker->frames = bench_frames_new (to);
  maker->dice = lens_dice_for (wanted->seed, "flows");
  maker->clients = clients;
  maker->flows = flows;
  for (guint64 i = 0; i < wanted->hosts; i++)
    init_host (&clients[i], CLIENTS + (guint32)i, &maker->dice);
  for (guint i = 0; i < N_SERVERS; i++)
    init_host (&maker->servers[i], SERVERS + i, &maker->dice);
  for (guint64 i = 0; i < wanted->flows; i++)
    init_flow (maker, i, wanted->hosts);
  send_all (maker, wanted);
  return bench_frames_end (maker->frames);
}
