/* Which reader a payload goes to. */
#include "ledger/reader.h"

#include "ledger/h264-watch.h"
#include "ledger/own-source.h"

#include <netinet/in.h>

/* A reader may hold a unit of 8 MiB: so many may exist, later tracks have none. */
#define MAX_READERS 128

static const LensReaderKind *const kinds[] = {
  &lens_reader_h264,          &lens_reader_h265, &lens_reader_jpeg,          &lens_reader_document,
  &lens_reader_gzip_document, &lens_reader_ts,   &lens_reader_pcma,          &lens_reader_pcmu,
  &lens_reader_l16,           &lens_reader_cn,   &lens_reader_mpeg4_generic, &lens_reader_mp4a_latm,
  &lens_reader_opus,
};

/* A network that doubles packets does so within milliseconds. */
#define LATELY 64

typedef struct
{
  gboolean any;
  guint16 sequence;
  guint32 timestamp;
} Lately;

struct LensTrackReader
{
  LensReaderSink sink;
  const LensReaderKind *kind;
  gpointer reader;
  LensOwnSource source;  /* whose units are put together */
  Lately lately[LATELY]; /* packets that were read, by the low bits of their number */
};

void
lens_reader_show (const LensReaderSink *sink, LensUnit *unit)
{
  LensLedger *ledger = sink->ledger;

  unit->side = sink->side;
  unit->track = sink->track;
  if (unit->view.length == 0)
    return;
  if (unit->kind == LENS_UNIT_NAL && (ledger->wanted & LENS_UNIT_NAL) != 0)
    {
      LensH264Watch *watch = lens_by_track (&ledger->h264, unit->track, sizeof *watch);
      lens_h264_watch_take (watch, unit);
      unit->h264 = watch;
    }
  lens_ledger_show (ledger, unit);
}

void
lens_reader_show_span (const LensReaderSink *sink, LensSpan span, const LensView *view)
{
  LensUnit unit = { .kind = LENS_UNIT_SPAN, .view = *view, .span = span };

  lens_reader_show (sink, &unit);
}

void
lens_reader_expect (const LensReaderSink *sink, guint64 octets)
{
  LensTrack *track = sink->track;
  LensTail entry = { sink->ledger->now, octets };

  track->readable = TRUE;
  track->expected += octets;
  if (!lens_ledger_is_logged (sink->ledger))
    return;
  if (track->tail == NULL)
    track->tail = g_array_new (FALSE, FALSE, sizeof (LensTail));
  if (track->tail->len >= LENS_TAIL_MAX)
    g_array_remove_range (track->tail, 0, LENS_TAIL_MAX / 2);
  g_array_append_val (track->tail, entry);
}

static const LensReaderKind *
kind_of (const LensFormat *format)
{
  for (guint i = 0; format->codec != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i]->codec, format->codec))
      return kinds[i];
  return NULL;
}

static void
end_reader (struct LensTrackReader *reader)
{
  reader->kind->flush (reader->reader);
  reader->kind->free (reader->reader);
}

/* The track's reader, made anew when the payload type brings another format. */
static struct LensTrackReader *
reader_for (LensLedger *ledger, LensTrack *track, const LensFormat *format, const LensRtp *rtp)
{
  struct LensTrackReader *reader = track->reader;

  if (reader != NULL && reader->sink.format == format)
    return reader;
  const LensReaderKind *kind = kind_of (format);
  if (kind == NULL)
    return NULL;
  if (reader == NULL && ledger->readers >= MAX_READERS)
    {
      ledger->capped = TRUE;
      return NULL;
    }
  if (reader == NULL)
    {
      reader = track->reader = g_new0 (struct LensTrackReader, 1);
      ledger->readers++;
    }
  else
    end_reader (reader);
  reader->sink = (LensReaderSink){ .ledger = ledger, .track = track, .format = format };
  reader->kind = kind;
  reader->reader = kind->new (&reader->sink);
  reader->source = (LensOwnSource){ 0 };
  return reader;
}

/* Units are put together from one source's packets: those of another would tear them apart, and
 * be torn.  One that stays takes over. */
static gboolean
is_of_source (struct LensTrackReader *reader, const LensRtp *rtp)
{
  LensSourceIs is = lens_own_source_take (&reader->source, rtp->ssrc);

  /* libavformat mixes them, so what it makes of the track is no longer known. */
  if (is != LENS_SOURCE_OWN)
    reader->sink.track->mixed = TRUE;
  if (is == LENS_SOURCE_NEW)
    reader->kind->flush (reader->reader);
  return is != LENS_SOURCE_OTHER;
}

/* The twin of a packet that was read: players pass over it.  What it says beside is asked of
 * packets, not of units. */
static gboolean
is_twin (struct LensTrackReader *reader, const LensSide *side, const LensRtp *rtp)
{
  Lately *lately = &reader->lately[rtp->sequence % LATELY];
  gboolean twin
      = lately->any && lately->sequence == rtp->sequence && lately->timestamp == rtp->timestamp;

  *lately = (Lately){ TRUE, rtp->sequence, rtp->timestamp };
  return twin && side->key.protocol == IPPROTO_UDP;
}

void
lens_ledger_read_payload (LensLedger *ledger, LensSide *side, LensTrack *track,
                          const LensFormat *format, const LensRtp *rtp, const LensView *packet)
{
  if (track->encrypted)
    return;
  struct LensTrackReader *reader = reader_for (ledger, track, format, rtp);
  if (reader == NULL || !is_of_source (reader, rtp) || is_twin (reader, side, rtp))
    return;
  g_auto (LensPieces) pieces = { 0 };
  reader->sink.side = side;
  LensView payload = lens_view_slice (packet, rtp->payload.offset, rtp->payload.length, &pieces);
  reader->kind->push (reader->reader, rtp, &payload);
}

void
lens_ledger_finish_media (LensLedger *ledger)
{
  for (guint i = 0; i < lens_sessions_n_tracks (ledger->sessions); i++)
    {
      LensTrack *track = lens_sessions_track_at (ledger->sessions, i);
      if (track->reader == NULL)
        continue;
      end_reader (track->reader);
      g_clear_pointer (&track->reader, g_free);
    }
}
