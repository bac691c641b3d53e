/* AAC by RFC 3640, and access units of AAC however they came. */
#include "ledger/reader.h"

#include "ledger/audio.h"
#include "wire/adts.h"

typedef struct
{
  const LensReaderSink *sink;
  LensAuFormat format;
  LensAacConfig config;
  LensAus *aus;
  LensAacShow *show;
  guint16 sequence;
  guint32 timestamp;
} Reader;

/* --- access units --- */

struct LensAacShow
{
  GArray *elements; /* LensAacElement */
  LensPieces pieces;
  gboolean crowded;
};

LensAacShow *
lens_aac_show_new (void)
{
  LensAacShow *show = g_new0 (LensAacShow, 1);

  show->elements = g_array_new (FALSE, FALSE, sizeof (LensAacElement));
  return show;
}

void
lens_aac_show_free (LensAacShow *show)
{
  g_array_unref (show->elements);
  lens_pieces_clear (&show->pieces);
  g_free (show);
}

static void
keep_element (const LensAacElement *element, gpointer user)
{
  LensAacShow *show = user;

  if (show->elements->len < LENS_AUDIO_MAX_ELEMENTS)
    g_array_append_val (show->elements, *element);
  else
    show->crowded = TRUE;
}

static void
read_blocks (LensAacShow *show, LensAudio *audio, const LensView *view, guint blocks)
{
  gsize at = 0;

  show->crowded = FALSE;
  g_array_set_size (show->elements, 0);
  do
    {
      audio->block
          = lens_aac_block_read (audio->config, view->octets, view->length, at, keep_element, show);
      at = audio->block.end / 8;
    }
  while (--blocks > 0 && audio->block.outcome == LENS_AAC_WHOLE);
  audio->elements = (const LensAacElement *)(gconstpointer)show->elements->data;
  audio->n_elements = show->elements->len;
  audio->crowded = show->crowded;
}

void
lens_aac_show (LensAacShow *show, const LensReaderSink *sink, const LensView *view,
               const LensAudio *about)
{
  LensAudio audio = *about;
  LensUnit unit = { .kind = LENS_UNIT_AAC, .view = *view, .audio = &audio };
  LensAdts adts;
  LensAacConfig wrapped;
  guint blocks = 1;

  audio.format = sink->format;
  /* ID_END comes first in no access unit, so twelve ones are a syncword. */
  if (lens_adts_parse (view->octets, view->length, &adts) && adts.frame_length == view->length)
    {
      LensUnit head = { .kind = LENS_UNIT_ADTS, .audio = &audio };
      head.view = lens_view_slice (view, 0, adts.header_length, &show->pieces);
      lens_reader_show (sink, &head);
      unit.view = lens_view_slice (view, adts.header_length, view->length - adts.header_length,
                                   &show->pieces);
      wrapped = lens_adts_config (&adts);
      audio.config = &wrapped;
      blocks = adts.blocks;
    }
  read_blocks (show, &audio, &unit.view, blocks);
  lens_reader_show (sink, &unit);
}

/* --- RFC 3640 --- */

static void
take_unit (const LensView *view, gpointer user)
{
  Reader *reader = user;
  const LensAudio audio
      = { .sequence = reader->sequence, .timestamp = reader->timestamp, .config = &reader->config };

  lens_aac_show (reader->show, reader->sink, view, &audio);
}

/* What is not all here may be lost. */
static void
take_span (LensAuSpanKind kind, const LensView *octets, gpointer user)
{
  if (kind == LENS_AU_TRAILING)
    lens_reader_show_span (((const Reader *)user)->sink, LENS_SPAN_TRAILING, octets);
}

static gpointer
reader_new (const LensReaderSink *sink)
{
  Reader *reader = g_new0 (Reader, 1);
  g_autofree char *config
      = sink->format->fmtp != NULL ? lens_sdp_parameter (sink->format->fmtp, "config") : NULL;

  reader->sink = sink;
  reader->format = lens_au_format (sink->format->fmtp);
  if (config != NULL)
    lens_aac_config_from_hex (config, &reader->config);
  reader->aus = lens_aus_new (&reader->format, take_unit, take_span, reader);
  reader->show = lens_aac_show_new ();
  return reader;
}

static void
reader_push (gpointer data, const LensRtp *rtp, const LensView *payload)
{
  Reader *reader = data;
  const LensAudio audio = { .format = reader->sink->format,
                            .sequence = rtp->sequence,
                            .timestamp = rtp->timestamp,
                            .sections = &reader->format };
  LensUnit unit = { .kind = LENS_UNIT_AAC_PACKET, .view = *payload, .audio = &audio };

  reader->sequence = rtp->sequence;
  reader->timestamp = rtp->timestamp;
  lens_reader_show (reader->sink, &unit);
  lens_aus_push (reader->aus, payload, rtp->sequence, rtp->timestamp, rtp->marker);
}

static void
reader_flush (gpointer data)
{
  lens_aus_flush (((Reader *)data)->aus);
}

static void
reader_free (gpointer data)
{
  Reader *reader = data;

  lens_aus_free (reader->aus);
  lens_aac_show_free (reader->show);
  g_free (reader);
}

const LensReaderKind lens_reader_mpeg4_generic = {
  .codec = "MPEG4-GENERIC",
  .new = reader_new,
  .push = reader_push,
  .flush = reader_flush,
  .free = reader_free,
};
