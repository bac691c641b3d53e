#include "tests/bench/traffic/world.h"

/* 2026-03-02 09:00:00 UTC. */
#define BEGIN_S G_GINT64_CONSTANT (1772442000)

#define LAN(n) (0xc0a80100u + (n)) /* 192.168.1.n */
#define ROUTER_MAKER 0x001132u
#define VIEWER_MAKER 0x00155du

typedef struct
{
  gint64 at_us;
  BenchAct act;
  gpointer data;
} Act;

BenchHost
bench_world_host (BenchWorld *world, guint32 address, guint32 maker, guint mbps)
{
  BenchHost host = { .address = address, .mbps = mbps };

  bench_put32 (host.mac + 2, address);
  host.mac[0] = (guint8)(maker >> 16);
  host.mac[1] = (guint8)(maker >> 8);
  host.mac[2] = (guint8)maker;
  host.boot_ms = (guint32)lens_dice_roll (&world->dice);
  host.next_port = (guint16)lens_dice_between (&world->dice, 32768, 60000);
  return host;
}

/* RFC 1112 section 6.4. */
static BenchHost
group (guint32 address)
{
  BenchHost host = { .mac = { 0x01, 0x00, 0x5e }, .address = address };

  host.mac[3] = (guint8)(address >> 16 & 0x7f);
  host.mac[4] = (guint8)(address >> 8);
  host.mac[5] = (guint8)address;
  return host;
}

static BenchHost
behind_router (BenchWorld *world, guint32 address)
{
  BenchHost host = world->router;

  host.address = address;
  return host;
}

void
bench_world_init (BenchWorld *world, FILE *to, guint64 seed)
{
  *world = (BenchWorld){
    .frames = bench_frames_new (to),
    .dice = lens_dice_for (seed, "traffic"),
    .begin_us = BEGIN_S * G_USEC_PER_SEC,
    .everybody = { .mac = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, .address = 0xffffffff },
    .mdns = group (0xe00000fb),      /* 224.0.0.251 */
    .discovery = group (0xeffffffa), /* 239.255.255.250 */
    .acts = g_array_new (FALSE, FALSE, sizeof (Act)),
  };
  world->router = bench_world_host (world, LAN (1), ROUTER_MAKER, 0);
  world->viewer = bench_world_host (world, LAN (10), VIEWER_MAKER, 0);
  world->update_server = behind_router (world, 0xcb007114); /* 203.0.113.20 */
  world->web_server = behind_router (world, 0xcb007150);    /* 203.0.113.80 */
}

void
bench_world_plan (BenchWorld *world, gint64 at_us, BenchAct act, gpointer data)
{
  const Act plan = { at_us, act, data };

  g_array_append_val (world->acts, plan);
}

static guint
first_due (const BenchWorld *world)
{
  guint first = 0;

  for (guint i = 1; i < world->acts->len; i++)
    if (g_array_index (world->acts, Act, i).at_us < g_array_index (world->acts, Act, first).at_us)
      first = i;
  return first;
}

gint64
bench_world_run (BenchWorld *world, guint64 bytes)
{
  gint64 now_us = world->begin_us;

  while (world->acts->len > 0 && bench_frames_size (world->frames) < bytes)
    {
      guint due = first_due (world);
      Act act = g_array_index (world->acts, Act, due);
      if (act.at_us == G_MAXINT64)
        break;
      now_us = act.at_us;
      bench_frames_settle (world->frames, now_us);
      gint64 again_us = act.act (act.data, now_us);
      /* An act may have planned others: the array may have moved. */
      g_array_index (world->acts, Act, due).at_us = again_us;
    }
  return now_us;
}

gboolean
bench_world_end (BenchWorld *world)
{
  g_array_unref (world->acts);
  return bench_frames_end (world->frames);
}

gint64
bench_world_jitter (BenchWorld *world, guint up_to_us)
{
  return lens_dice_between (&world->dice, 0, up_to_us);
}
