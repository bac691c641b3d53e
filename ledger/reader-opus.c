/* Opus: a payload is a packet (RFC 7587 section 4.2). */
#include "ledger/reader.h"

#include "ledger/audio.h"

static gpointer
reader_new (const LensReaderSink *sink)
{
  return (gpointer)sink;
}

static void
reader_push (gpointer data, const LensRtp *rtp, const LensView *payload)
{
  const LensReaderSink *sink = data;
  const LensAudio audio
      = { .format = sink->format, .sequence = rtp->sequence, .timestamp = rtp->timestamp };
  LensUnit unit = { .kind = LENS_UNIT_OPUS, .view = *payload, .audio = &audio };

  lens_reader_show (sink, &unit);
}

static void
reader_nothing (gpointer sink)
{
}

const LensReaderKind lens_reader_opus = {
  .codec = "OPUS",
  .new = reader_new,
  .push = reader_push,
  .flush = reader_nothing,
  .free = reader_nothing,
};
