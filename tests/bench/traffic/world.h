#pragma once

#include "tests/bench/traffic/net.h"

G_BEGIN_DECLS

/* Does what is due at @at_us and says when it is due again, G_MAXINT64 for never. */
typedef gint64 (*BenchAct) (gpointer data, gint64 at_us);

/**
 * BenchWorld:
 * One link with a router that is also its DHCP, DNS and NTP server, a viewer, and what happens
 * when.  Everything random comes from the seed, the clock begins on a fixed day.
 */
typedef struct
{
  BenchFrames *frames;
  LensDice dice;
  gint64 begin_us;
  BenchHost router, viewer, update_server, web_server; /* the servers stand behind the router */
  BenchHost everybody, mdns, discovery;                /* groups */
  GArray *acts;
} BenchWorld;

void bench_world_init (BenchWorld *world, FILE *to, guint64 seed);

/* A machine of the link. */
BenchHost bench_world_host (BenchWorld *world, guint32 address, guint32 maker, guint mbps);

void bench_world_plan (BenchWorld *world, gint64 at_us, BenchAct act, gpointer data);

/* Lets things happen until the capture has @bytes octets.  Returns the time. */
gint64 bench_world_run (BenchWorld *world, guint64 bytes);

/* Writes the rest; FALSE when something could not be written, with errno. */
gboolean bench_world_end (BenchWorld *world);

/* Microseconds from 0 to @up_to_us. */
gint64 bench_world_jitter (BenchWorld *world, guint up_to_us);

G_END_DECLS
