/* Payloads that are samples, one behind the other, as players take them: G.711 and L16 (RFC 3551
 * sections 4.5.14 and 4.5.11), and the comfort noise that stands for them (RFC 3389). */
#include "ledger/reader.h"

#include "ledger/audio.h"

static gpointer
reader_new (const LensReaderSink *sink)
{
  return (gpointer)sink;
}

static void
show (const LensReaderSink *sink, const LensRtp *rtp, const LensView *payload)
{
  const LensAudio audio
      = { .format = sink->format, .sequence = rtp->sequence, .timestamp = rtp->timestamp };
  LensUnit unit = { .kind = LENS_UNIT_AUDIO, .view = *payload, .audio = &audio };

  lens_reader_show (sink, &unit);
}

static void
push_g711 (gpointer sink, const LensRtp *rtp, const LensView *payload)
{
  lens_reader_expect (sink, payload->length);
  show (sink, rtp, payload);
}

static void
push_other (gpointer sink, const LensRtp *rtp, const LensView *payload)
{
  show (sink, rtp, payload);
}

static void
reader_nothing (gpointer sink)
{
}

#define PLAIN(name, function)                                                                      \
  {                                                                                                \
    .codec = name, .new = reader_new, .push = function, .flush = reader_nothing,                   \
    .free = reader_nothing                                                                         \
  }

const LensReaderKind lens_reader_pcma = PLAIN ("PCMA", push_g711);
const LensReaderKind lens_reader_pcmu = PLAIN ("PCMU", push_g711);
const LensReaderKind lens_reader_l16 = PLAIN ("L16", push_other);
const LensReaderKind lens_reader_cn = PLAIN ("CN", push_other);
