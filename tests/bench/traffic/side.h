#pragma once

#include "tests/bench/traffic/world.h"

G_BEGIN_DECLS

/* What machines say beside the stream.  Each returns when it was over, microseconds since the
 * epoch. */

/* Asks for an address and gets it, with router, resolver and time server (RFC 2131). */
gint64 bench_side_lease (BenchWorld *world, BenchHost *host, const char *name, gint64 at_us);

gint64 bench_side_arp (BenchWorld *world, BenchHost *host, BenchHost *whom, gint64 at_us);
gint64 bench_side_name (BenchWorld *world, BenchHost *host, const char *name, guint32 answer,
                        gint64 at_us);
gint64 bench_side_time (BenchWorld *world, BenchHost *host, gint64 at_us);

/* What the host serves: mDNS (RFC 6762, 6763) and WS-Discovery 1.1 as ONVIF has it. */
gint64 bench_side_announce (BenchWorld *world, BenchHost *host, const char *name, gint64 at_us);
gint64 bench_side_hello (BenchWorld *world, BenchHost *host, const char *name, gint64 at_us);

/* The viewer asks the camera what time it has (ONVIF core 8.3.5), in a connection of its own. */
gint64 bench_side_poll (BenchWorld *world, BenchHost *camera, gint64 at_us);

/* TLS 1.3 (RFC 8446): @up and @down octets of application data. */
gint64 bench_side_tls (BenchWorld *world, BenchHost *client, BenchHost *server, const char *name,
                       gsize up, gsize down, gint64 at_us);

G_END_DECLS
