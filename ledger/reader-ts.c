/* MPEG-2 transport stream: a payload is a whole number of its packets (RFC 2250 section 2). */
#include "ledger/reader.h"

typedef struct
{
  const LensReaderSink *sink;
  gboolean started, lost;
  guint16 sequence;
} Reader;

static gpointer
reader_new (const LensReaderSink *sink)
{
  Reader *reader = g_new0 (Reader, 1);

  reader->sink = sink;
  return reader;
}

static void
give (const Reader *reader, const LensView *view, gboolean lost)
{
  LensTsPacket packet = { .lost = lost };
  LensUnit unit = { .kind = LENS_UNIT_TS, .view = *view, .ts = &packet };

  if (lens_ts_parse (view->octets, view->length, &packet.parts))
    lens_reader_show (reader->sink, &unit);
  else
    lens_reader_show_span (
        reader->sink, view->length < LENS_TS_LENGTH ? LENS_SPAN_TRAILING : LENS_SPAN_EXTRA, view);
}

static void
reader_push (gpointer data, const LensRtp *rtp, const LensView *payload)
{
  Reader *reader = data;
  gboolean lost
      = reader->lost || !reader->started || rtp->sequence != (guint16)(reader->sequence + 1);
  g_auto (LensPieces) pieces = { 0 };

  for (gsize at = 0; at < payload->length; at += LENS_TS_LENGTH)
    {
      LensView view
          = lens_view_slice (payload, at, MIN (LENS_TS_LENGTH, payload->length - at), &pieces);
      give (reader, &view, lost && at == 0);
    }
  reader->started = TRUE;
  reader->lost = FALSE;
  reader->sequence = rtp->sequence;
}

static void
reader_flush (gpointer data)
{
  ((Reader *)data)->lost = TRUE;
}

const LensReaderKind lens_reader_ts = {
  .codec = "MP2T",
  .new = reader_new,
  .push = reader_push,
  .flush = reader_flush,
  .free = g_free,
};
