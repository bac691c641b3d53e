/* H.265 (RFC 7798). */
#include "ledger/reader.h"

#include "wire/h265.h"

typedef struct
{
  const LensReaderSink *sink;
  LensH265 *h265;
} Reader;

static void
show_one (const LensReaderSink *sink, const LensH265Nal *nal, gsize zeros)
{
  LensUnit unit = { .kind = LENS_UNIT_HEVC_NAL, .view = nal->view, .zeros = zeros, .hevc = nal };

  lens_reader_show (sink, &unit);
}

/* What libavformat makes of a NAL unit (rtpdec_hevc.c): a start code of four octets before it;
 * packets with a layer, without a temporal id, with an unknown type, of PACI, and fragments that
 * are first and last are dropped. */
static guint64
witnessed (const LensH265Nal *nal)
{
  const guint dropped = LENS_NAL_PACI | LENS_NAL_FU_BOTH;
  gboolean aggregated = (nal->flags & LENS_NAL_AGGREGATED) != 0;

  if ((nal->flags & dropped) != 0
      || (!aggregated
          && (nal->layer_id != 0 || nal->temporal_id_plus1 == 0 || nal->type > LENS_H265_PACI
              || nal->view.length <= LENS_H265_HEADER)))
    return 0;
  return nal->view.length + 4;
}

/* Start codes inside a NAL unit separate several, as some cameras have them. */
static void
take_nal (const LensH265Nal *nal, gpointer user)
{
  const LensReaderSink *sink = ((Reader *)user)->sink;
  const LensView *whole = &nal->view;
  g_auto (LensPieces) pieces = { 0 };
  LensRange range;
  gsize zeros;

  lens_reader_expect (sink, witnessed (nal));
  if ((nal->flags & (LENS_NAL_INCOMPLETE | LENS_NAL_CAPPED)) != 0)
    return;
  for (gsize at = 0; lens_nal_split (whole->octets, whole->length, &at, &range, &zeros);)
    {
      if (range.length == whole->length)
        {
          show_one (sink, nal, zeros);
          return;
        }
      LensH265Nal part = *nal;
      part.view = lens_view_slice (whole, range.offset, range.length, &pieces);
      lens_h265_read_header (&part);
      show_one (sink, &part, zeros);
    }
}

/* A payload header extension that is no temporal scalability control information (RFC 7798 section
 * 4.5: F0, three octets), and the reserved bits F1, F2 and Y. */
static gboolean
is_extra (LensH265SpanKind kind, const LensView *payload, LensRange range)
{
  LensH265Paci paci;

  if (kind == LENS_H265_AGGREGATE_ODD)
    return TRUE;
  if (kind != LENS_H265_PHES && kind != LENS_H265_PACI_HEAD)
    return FALSE;
  lens_h265_read_paci (payload->octets, payload->length, &paci);
  if (kind == LENS_H265_PHES)
    return (paci.flags & 8) == 0 || paci.phes != 3;
  return (paci.flags & 7) != 0 && range.offset == LENS_H265_HEADER + 1;
}

static void
take_span (LensH265SpanKind kind, const LensView *payload, LensRange range, gpointer user)
{
  const LensReaderSink *sink = ((Reader *)user)->sink;
  static const LensSpan spans[] = {
    [LENS_H265_TRAILING] = LENS_SPAN_TRAILING,   [LENS_H265_CUT] = LENS_SPAN_CUT,
    [LENS_H265_PHES] = LENS_SPAN_EXTRA,          [LENS_H265_PACI_HEAD] = LENS_SPAN_EXTRA,
    [LENS_H265_AGGREGATE_ODD] = LENS_SPAN_EXTRA,
  };

  if (kind != LENS_H265_TRAILING && kind != LENS_H265_CUT && !is_extra (kind, payload, range))
    return;
  g_auto (LensPieces) pieces = { 0 };
  LensView view = lens_view_slice (payload, range.offset, range.length, &pieces);
  lens_reader_show_span (sink, spans[kind], &view);
}

static gpointer
reader_new (const LensReaderSink *sink)
{
  Reader *reader = g_new0 (Reader, 1);

  reader->sink = sink;
  reader->h265
      = lens_h265_new (lens_h265_has_don (sink->format->fmtp), take_nal, take_span, reader);
  return reader;
}

static void
reader_push (gpointer data, const LensRtp *rtp, const LensView *payload)
{
  Reader *reader = data;

  lens_h265_push (reader->h265, payload, rtp->sequence, rtp->timestamp, rtp->marker);
}

static void
reader_flush (gpointer data)
{
  lens_h265_flush (((Reader *)data)->h265);
}

static void
reader_free (gpointer data)
{
  lens_h265_free (((Reader *)data)->h265);
  g_free (data);
}

const LensReaderKind lens_reader_h265 = {
  .codec = "H265",
  .new = reader_new,
  .push = reader_push,
  .flush = reader_flush,
  .free = reader_free,
};
