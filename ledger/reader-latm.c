/* AAC in LATM (RFC 6416). */
#include "ledger/reader.h"

#include "ledger/audio.h"

typedef struct
{
  const LensReaderSink *sink;
  LensLatm *latm;
  LensAacShow *show;
  guint16 sequence;
  guint32 timestamp;
} Reader;

static void
take_element (const LensLatmElement *element, const LensLatmConfig *config, gpointer user)
{
  const Reader *reader = user;
  const LensAudio audio = { .format = reader->sink->format,
                            .sequence = reader->sequence,
                            .timestamp = reader->timestamp,
                            .latm = TRUE,
                            .element = element,
                            .mux = config };
  LensUnit unit = { .kind = LENS_UNIT_LATM, .view = element->view, .audio = &audio };

  lens_reader_show (reader->sink, &unit);
}

static void
take_unit (const LensView *view, const LensLatmConfig *config, gpointer user)
{
  const Reader *reader = user;
  const LensAudio audio = { .sequence = reader->sequence,
                            .timestamp = reader->timestamp,
                            .config = &config->aac,
                            .latm = TRUE };

  lens_aac_show (reader->show, reader->sink, view, &audio);
}

static void
take_rest (const LensView *octets, gboolean cut, gpointer user)
{
}

static gpointer
reader_new (const LensReaderSink *sink)
{
  static const LensLatmFuncs funcs = { take_element, take_unit, take_rest };
  Reader *reader = g_new0 (Reader, 1);

  reader->sink = sink;
  reader->latm = lens_latm_new (sink->format->fmtp, &funcs, reader);
  reader->show = lens_aac_show_new ();
  return reader;
}

static void
reader_push (gpointer data, const LensRtp *rtp, const LensView *payload)
{
  Reader *reader = data;

  reader->sequence = rtp->sequence;
  reader->timestamp = rtp->timestamp;
  lens_latm_push (reader->latm, payload, rtp->sequence, rtp->timestamp, rtp->marker);
}

static void
reader_flush (gpointer data)
{
  lens_latm_flush (((Reader *)data)->latm);
}

static void
reader_free (gpointer data)
{
  Reader *reader = data;

  lens_latm_free (reader->latm);
  lens_aac_show_free (reader->show);
  g_free (reader);
}

const LensReaderKind lens_reader_mp4a_latm = {
  .codec = "MP4A-LATM",
  .new = reader_new,
  .push = reader_push,
  .flush = reader_flush,
  .free = reader_free,
};
