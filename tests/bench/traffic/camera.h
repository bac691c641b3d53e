#pragma once

#include "tests/bench/traffic/rtp.h"
#include "tests/bench/traffic/world.h"

G_BEGIN_DECLS

/**
 * BenchCamera:
 * An honest camera: comes up, is asked for its stream by the viewer over RTSP, sends it, and
 * does beside it what cameras do.
 */
typedef struct BenchCamera BenchCamera;

/* The @index-th camera of @world, counted from 0; it comes up at @at_us.  Borrows the media. */
BenchCamera *bench_camera_new (BenchWorld *world, guint index, const BenchMedia *video,
                               const BenchMedia *sound, gboolean is_interleaved, gint64 at_us);

/* The viewer ends the session. */
void bench_camera_end (BenchCamera *camera, gint64 at_us);

void bench_camera_free (BenchCamera *camera);

G_END_DECLS
