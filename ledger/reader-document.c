/* Documents of a metadata track: ONVIF Streaming Specification, RTP for metadata stream: as many
 * packets as it takes, the marker on the last. */
#include "ledger/reader.h"

enum
{
  MAX_LENGTH = 1024 * 1024, /* octets of a document */
};

typedef struct
{
  const LensReaderSink *sink;
  GByteArray *octets;
  GArray *pieces; /* LensPiece */
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
  reader->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  return reader;
}

static void
give_document (Reader *reader)
{
  const LensDocument document
      = { .lost = reader->lost, .capped = reader->capped, .gzip = reader->gzip };
  LensUnit unit
      = { .kind = LENS_UNIT_DOCUMENT,
          .view = { reader->octets->data, reader->octets->len,
                    (const LensPiece *)(gconstpointer)reader->pieces->data, reader->pieces->len },
          .document = &document };

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
