/* JPEG (RFC 2435). */
#include "ledger/reader.h"

#include "wire/rtp-jpeg.h"

/* Profiles of RTP header extensions that say more about an image, or about its replay and then
 * perhaps about the image (ONVIF Streaming Specification, JPEG over RTP). */
enum
{
  ONVIF_JPEG_FIRST = 0xffd8,
  ONVIF_JPEG_NEXT = 0xffff,
  ONVIF_REPLAY = 0xabac,
  REPLAY_ONLY = 4 + 12, /* octets of an extension with nothing but that */
};

typedef struct
{
  const LensReaderSink *sink;
  LensRtpJpegReader *jpeg;
} Reader;

static void
take_frame (const LensRtpJpeg *jpeg, gpointer user)
{
  LensUnit unit = { .kind = LENS_UNIT_JPEG, .view = jpeg->view, .jpeg = jpeg };

  lens_reader_show (((Reader *)user)->sink, &unit);
}

static void
take_cut (const LensView *payload, gpointer user)
{
  lens_reader_show_span (((Reader *)user)->sink, LENS_SPAN_CUT, payload);
}

static gpointer
reader_new (const LensReaderSink *sink)
{
  Reader *reader = g_new0 (Reader, 1);

  reader->sink = sink;
  reader->jpeg = lens_rtp_jpeg_reader_new (take_frame, take_cut, reader);
  return reader;
}

static gboolean
is_extended (const LensRtp *rtp)
{
  guint profile = rtp->extension_profile;

  return rtp->extension.length > 0
         && (profile == ONVIF_JPEG_FIRST || profile == ONVIF_JPEG_NEXT
             || (profile == ONVIF_REPLAY && rtp->extension.length > REPLAY_ONLY));
}

static void
reader_push (gpointer data, const LensRtp *rtp, const LensView *payload)
{
  Reader *reader = data;

  lens_rtp_jpeg_push (reader->jpeg, payload, rtp->sequence, rtp->timestamp, rtp->marker,
                      is_extended (rtp));
}

static void
reader_flush (gpointer data)
{
  lens_rtp_jpeg_flush (((Reader *)data)->jpeg);
}

static void
reader_free (gpointer data)
{
  lens_rtp_jpeg_reader_free (((Reader *)data)->jpeg);
  g_free (data);
}

const LensReaderKind lens_reader_jpeg = {
  .codec = "JPEG",
  .new = reader_new,
  .push = reader_push,
  .flush = reader_flush,
  .free = reader_free,
};
