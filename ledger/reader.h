#pragma once

/* Readers put a track's payloads together into the units of its codec, by the payload format's
 * own document.  Only ledger/ includes this. */

#include "ledger/inside.h"
#include "ledger/track.h"

G_BEGIN_DECLS

/**
 * LensReaderSink:
 * Where a reader's units go.
 */
typedef struct
{
  LensLedger *ledger;
  LensTrack *track;
  LensSide *side; /* of the packet at hand, later of the last one */
  const LensFormat *format;
} LensReaderSink;

/* Before the analyzers; side and track are filled in. */
void lens_reader_show (const LensReaderSink *sink, LensUnit *unit);
void lens_reader_show_span (const LensReaderSink *sink, LensSpan span, const LensView *view);
/* libavformat makes @octets of what came. */
void lens_reader_expect (const LensReaderSink *sink, guint64 octets);

/**
 * LensReaderKind:
 * One payload format.  It holds at most one unit that is not whole yet, of a bounded size.
 */
typedef struct
{
  const char *codec; /* rtpmap encoding name, upper case */
  gpointer (*new) (const LensReaderSink *sink);
  /* A payload without padding, from one source, in the order of arrival. */
  void (*push) (gpointer reader, const LensRtp *rtp, const LensView *payload);
  /* The source is over or interrupted. */
  void (*flush) (gpointer reader);
  void (*free) (gpointer reader);
} LensReaderKind;

/* Access units of AAC before the analyzers, taken apart; @about: all but the format and what is
 * read of the unit.  To be kept by a reader. */
typedef struct LensAacShow LensAacShow;

LensAacShow *lens_aac_show_new (void);
void lens_aac_show_free (LensAacShow *show);
void lens_aac_show (LensAacShow *show, const LensReaderSink *sink, const LensView *view,
                    const LensAudio *about);

extern const LensReaderKind lens_reader_h264, lens_reader_h265, lens_reader_jpeg;
extern const LensReaderKind lens_reader_document, lens_reader_gzip_document;
extern const LensReaderKind lens_reader_ts;
extern const LensReaderKind lens_reader_pcma, lens_reader_pcmu;
extern const LensReaderKind lens_reader_l16, lens_reader_cn, lens_reader_opus;
extern const LensReaderKind lens_reader_mpeg4_generic, lens_reader_mp4a_latm;

G_END_DECLS
