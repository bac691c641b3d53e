/* H.264 (RFC 6184). */
#include "ledger/reader.h"

#include "wire/h264.h"

typedef struct
{
  const LensReaderSink *sink;
  LensH264 *h264;
} Reader;

static void
show_one (const LensReaderSink *sink, const LensNal *nal, gsize zeros)
{
  LensUnit unit = { .kind = LENS_UNIT_NAL, .view = nal->view, .zeros = zeros, .nal = nal };

  lens_reader_show (sink, &unit);
}

/* Some cameras send several NAL units in one, with the start codes of Annex B between them
 * and zeros at the end: each is shown by itself. */
static void
take_nal (const LensNal *nal, gpointer user)
{
  const LensReaderSink *sink = ((Reader *)user)->sink;
  const LensView *whole = &nal->view;
  g_auto (LensPieces) pieces = { 0 };

  /* libavformat hands over each NAL unit behind a start code of four octets (rtpdec_h264.c). */
  lens_reader_expect (sink, whole->length + 4);
  if ((nal->flags & (LENS_NAL_INCOMPLETE | LENS_NAL_CAPPED)) != 0)
    return;
  LensRange range;
  gsize zeros;
  for (gsize at = 0; lens_nal_split (whole->octets, whole->length, &at, &range, &zeros);)
    {
      if (range.length == whole->length)
        {
          show_one (sink, nal, zeros);
          return;
        }
      LensNal part = *nal;
      guint8 header = whole->octets[range.offset];
      part.forbidden_bit = (header & 0x80) != 0;
      part.ref_idc = header >> 5 & 3;
      part.type = header & 0x1f;
      part.view = lens_view_slice (whole, range.offset, range.length, &pieces);
      show_one (sink, &part, zeros);
    }
}

static void
take_span (LensH264SpanKind kind, const LensView *payload, LensRange range, gpointer user)
{
  const LensReaderSink *sink = ((Reader *)user)->sink;

  if (kind != LENS_H264_TRAILING && kind != LENS_H264_CUT)
    return;
  g_auto (LensPieces) pieces = { 0 };
  LensView view = lens_view_slice (payload, range.offset, range.length, &pieces);
  lens_reader_show_span (sink, kind == LENS_H264_TRAILING ? LENS_SPAN_TRAILING : LENS_SPAN_CUT,
                         &view);
}

static gpointer
reader_new (const LensReaderSink *sink)
{
  Reader *reader = g_new0 (Reader, 1);

  reader->sink = sink;
  reader->h264 = lens_h264_new (take_nal, take_span, reader);
  return reader;
}

static void
reader_push (gpointer data, const LensRtp *rtp, const LensView *payload)
{
  Reader *reader = data;

  lens_h264_push (reader->h264, payload, rtp->sequence, rtp->timestamp, rtp->marker);
}

static void
reader_flush (gpointer data)
{
  lens_h264_flush (((Reader *)data)->h264);
}

static void
reader_free (gpointer data)
{
  lens_h264_free (((Reader *)data)->h264);
  g_free (data);
}

const LensReaderKind lens_reader_h264 = {
  .codec = "H264",
  .new = reader_new,
  .push = reader_push,
  .flush = reader_flush,
  .free = reader_free,
};
