#pragma once

#include <stdio.h>

#include <glib.h>

G_BEGIN_DECLS

/**
 * BenchFrames:
 * A capture being written: takes Ethernet frames a little out of order and writes them in the
 * order of their times, as pcap with microseconds.  Owns no stream.
 */
typedef struct BenchFrames BenchFrames;

BenchFrames *bench_frames_new (FILE *to);

/* Takes a copy of @octets, seen at @at_us (microseconds since the epoch). */
void bench_frames_add (BenchFrames *frames, gint64 at_us, const guint8 *octets, gsize length);

/* Nothing older than @at_us will be added any more: writes what is older. */
void bench_frames_settle (BenchFrames *frames, gint64 at_us);

/* Octets of the file so far, those that wait included. */
guint64 bench_frames_size (const BenchFrames *frames);

/* Writes the rest.  FALSE when any write failed, with errno. */
gboolean bench_frames_end (BenchFrames *frames);

G_END_DECLS
