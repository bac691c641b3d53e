#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BENCH_H264,
  BENCH_H265,
  BENCH_G711,
  BENCH_AAC,
} BenchCodec;

/* Octets inside the file. */
typedef struct
{
  gsize offset, length;
  gboolean ends_unit;    /* the last of its access unit */
  gboolean begins_group; /* the first of a unit that needs nothing before it */
} BenchPart;

/**
 * BenchMedia:
 * An encoded elementary stream in memory, cut into what RTP carries: NAL units without their
 * start codes and access unit delimiters, AAC frames without ADTS headers, 20 ms of G.711.
 */
typedef struct
{
  BenchCodec codec;
  guint8 *octets;
  gsize length;
  GArray *parts;    /* BenchPart */
  GArray *groups;   /* guint: the parts that begin a group */
  char *parameters; /* of the fmtp line */
  guint16 audio_config;
} BenchMedia;

BenchMedia *bench_media_read (BenchCodec codec, const char *path, GError **error);
void bench_media_free (BenchMedia *media);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BenchMedia, bench_media_free)

G_END_DECLS
