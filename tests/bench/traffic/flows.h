#pragma once

#include <stdio.h>

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 packets, flows, hosts;
  guint64 seed;
} BenchFlows;

/* Writes a capture of so many packets over so many flows, each alive to the end: every flow
 * sends its first packet, then every flow its second, and so on.  TCP and UDP in turn, both
 * directions.  FALSE when something could not be written, with errno. */
gboolean bench_flows_write (const BenchFlows *wanted, FILE *to);

G_END_DECLS
