/* Payloads that players take as they come: G.711 (RFC 3551 section 4.5.14). */
#include "ledger/reader.h"

static gpointer
reader_new (const LensReaderSink *sink)
{
  return (gpointer)sink;
}

static void
reader_push (gpointer sink, const LensRtp *rtp, const LensView *payload)
{
  lens_reader_expect (sink, payload->length);
}

static void
reader_nothing (gpointer sink)
{
}

#define PLAIN(name)                                                                                \
  {                                                                                                \
    .codec = name, .new = reader_new, .push = reader_push, .flush = reader_nothing,                \
    .free = reader_nothing                                                                         \
  }

const LensReaderKind lens_reader_pcma = PLAIN ("PCMA");
const LensReaderKind lens_reader_pcmu = PLAIN ("PCMU");
