#pragma once

#include "tests/analyzers/build.h"

G_BEGIN_DECLS

/* Pictures of one slice each, written bit by bit, of a Baseline stream of 320 x 240. */
typedef struct
{
  Build *build;
  guint16 sequence;
  guint pictures, number;
  guint32 timestamp;
} Stream;

/* A session whose parameter sets were sent; the caller frees stream.build. */
Stream stream_new (const char *analyzer);

/* @bits are text of 0 and 1. */
void put_bits (GString *bits, guint value, guint count);
void put_ue (GString *bits, guint value);

/* A unit of the bits, which are consumed, and of something behind them; returns its frame. */
guint64 put_slice (Stream *stream, guint8 header, GString *bits);
/* A key picture whose idr_pic_id is @id. */
guint64 put_key (Stream *stream, guint id);

G_END_DECLS
