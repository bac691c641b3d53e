/* Documents of a metadata track: ONVIF Streaming Specification, RTP for metadata stream: as many
 * packets as it takes, the marker on the last. */
#include "ledger/reader.h"

enum
{
  MAX_LENGTH = 1024 * 1024,    /* octets of a document */
  MAX_PACKED = 256 * 1024,     /* of a compressed one */
  MAX_EXPANSION = 64,          /* XML becomes a tenth; zeros a thousandth */
  ALWAYS_UNPACKED = 16 * 1024, /* octets that a small one may become */
  DEFLATE = 8,
};

typedef struct
{
  const LensReaderSink *sink;
  GByteArray *octets;
  GArray *pieces; /* LensPiece */
  GByteArray *unpacked;
  gboolean started, lost, capped, gzip;
  guint16 sequence;
} Reader;

static gpointer
reader_new (const LensReaderSink *sink)
{
  Reader *reader = g_new0 (Reader, 1);

  reader->sink = sink;
  reader->gzip = g_str_has_suffix (sink->format->codec, ".GZIP");
  reader->octets = g_byte_array_new ();
  reader->unpacked = g_byte_array_new ();
  reader->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  return reader;
}

/* What is inside a member: all of it lies wherever the member lies. */
static void
unpack (const Reader *reader, const LensView *view, LensDocument *document)
{
  GByteArray *into = reader->unpacked;
  gsize max = MAX (MIN (MAX_LENGTH, MAX_EXPANSION * view->length), ALWAYS_UNPACKED);

  g_byte_array_set_size (into, 0);
  if (!lens_gzip_parse (view->octets, view->length, &document->member))
    document->member.method = 0;
  if (document->member.method == DEFLATE && view->length <= MAX_PACKED)
    lens_gzip_unpack (view->octets, view->length, &document->member, max, into, &document->end);
  document->end.broken &= !document->capped;
  document->capped |= !document->end.whole;
  document->text = (LensView){ into->data, into->len, view->pieces, view->n_pieces, TRUE };
}

static void
give_document (Reader *reader)
{
  const LensView view
      = { reader->octets->data, reader->octets->len,
          (const LensPiece *)(gconstpointer)reader->pieces->data, reader->pieces->len, FALSE };
  LensDocument document
      = { .lost = reader->lost, .capped = reader->capped, .gzip = reader->gzip, .text = view };
  LensUnit unit = { .kind = LENS_UNIT_DOCUMENT, .view = view, .document = &document };

  if (reader->gzip)
    unpack (reader, &view, &document);
  lens_reader_show (reader->sink, &unit);
  g_byte_array_set_size (reader->octets, 0);
  g_array_set_size (reader->pieces, 0);
  reader->lost = reader->capped = FALSE;
}

static void
reader_push (gpointer data, const LensRtp *rtp, const LensView *payload)
{
  Reader *reader = data;

  if (reader->started ? rtp->sequence != (guint16)(reader->sequence + 1)
                      : payload->length == 0 || payload->octets[0] != (reader->gzip ? 0x1f : '<'))
    reader->lost = TRUE;
  reader->started = TRUE;
  reader->sequence = rtp->sequence;
  if (reader->octets->len + payload->length > MAX_LENGTH)
    reader->capped = TRUE;
  else
    {
      g_byte_array_append (reader->octets, payload->octets, (guint)payload->length);
      lens_view_pieces (payload, 0, payload->length, reader->pieces);
    }
  if (rtp->marker)
    give_document (reader);
}

static void
reader_flush (gpointer data)
{
  Reader *reader = data;

  reader->lost = TRUE;
  give_document (reader);
  reader->started = FALSE;
}

static void
reader_free (gpointer data)
{
  Reader *reader = data;

  g_byte_array_unref (reader->octets);
  g_byte_array_unref (reader->unpacked);
  g_array_unref (reader->pieces);
  g_free (reader);
}

const LensReaderKind lens_reader_document = {
  .codec = "VND.ONVIF.METADATA",
  .new = reader_new,
  .push = reader_push,
  .flush = reader_flush,
  .free = reader_free,
};

const LensReaderKind lens_reader_gzip_document = {
  .codec = "VND.ONVIF.METADATA.GZIP",
  .new = reader_new,
  .push = reader_push,
  .flush = reader_flush,
  .free = reader_free,
};
