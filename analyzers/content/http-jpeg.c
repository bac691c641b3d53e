/* http-jpeg: what is said beside the pictures that are pushed over HTTP?
 *
 * ITU-T T.81 B.2.4.5 and B.2.4.6: COM and APPn hold what anyone likes, and every decoder passes
 * over them.  Each part of a multipart/x-mixed-replace response is a whole image, so they come
 * with every picture.
 *
 * Benign: what stays the same (JFIF, an encoder's name, a serial number) but for dates, times
 * and counters that go on.  Segments behind the first scan, and behind 32,768 octets, are not
 * looked at; nor are parts whose length is not told.
 *
 *   room   8 bits per octet of the segments
 *   use    8 bits per octet that nothing explains
 */
#include "ledger/analyzer.h"
#include "ledger/field-rules.h"
#include "ledger/free-text.h"
#include "ledger/http-parts.h"
#include "ledger/seed-bed.h"

#include "wire/jpeg.h"

#include <string.h>

enum
{
  MAX_HEAD = 32768, /* octets of an image that are looked at */
  MARKERS = 17,     /* APP0 to APP15, and COM */
  MAX_PLACES = 4,   /* segments of one marker that are told apart */
};

static const LensChannelText channels[] = {
  { .id = "mjpeg-com-app", /* one channel with mjpeg-com-app */
    .summary = "Comments or application segments of pictures pushed over HTTP say something new "
               "again and again; players ignore them.",
    .room = "Pictures pushed over HTTP carry comments or application segments that stay the same "
            "or tell the time; more could hide in them.",
    .filter_hint = "image-jfif",
    .reference = "ITU-T T.81 B.2.4.5 and B.2.4.6",
    .hides = TRUE,
    .unit = LENS_UNIT_JPEG },
  { NULL },
};

static const LensFieldRule rules[] = {
  { "segment", 4, 0, TRUE, "Segments whose content changes." },
  { NULL },
};

typedef struct
{
  GByteArray *head; /* of the image under way; NULL: none yet */
  GArray *pieces;   /* LensPiece of it */
  LensJpeg jpeg;
  gboolean done;         /* with the segments of this image */
  guint places[MARKERS]; /* segments in this image so far */
  LensFreeText segments[MARKERS][MAX_PLACES];
} Stream;

static void
begin (Stream *stream)
{
  if (stream->head == NULL)
    {
      stream->head = g_byte_array_new ();
      stream->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
    }
  g_byte_array_set_size (stream->head, 0);
  g_array_set_size (stream->pieces, 0);
  stream->jpeg = lens_jpeg_over (stream->head->data, 0);
  stream->done = FALSE;
  memset (stream->places, 0, sizeof stream->places);
}

static void
see_segment (LensLedger *ledger, Stream *stream, const LensUnit *unit, const LensJpegPart *part)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channels[0].id, unit, "segment");
  LensUnit image = *unit;
  guint marker = MIN (part->marker & 0x1fu, MARKERS - 1); /* 0xe0 to 0xef; 0xfe */
  guint place = MIN (stream->places[marker], MAX_PLACES - 1);

  image.view
      = (LensView){ stream->head->data, stream->head->len,
                    (const LensPiece *)(gconstpointer)stream->pieces->data, stream->pieces->len };
  lens_free_text_take (ledger, &stream->segments[marker][place], carrier, &image,
                       lens_jpeg_content (stream->head->data, part));
  stream->places[marker]++;
}

/* As far as the segments go that came whole. */
static void
see_segments (LensLedger *ledger, Stream *stream, const LensUnit *unit)
{
  LensJpegPart part;
  LensJpegVerdict verdict;

  stream->jpeg.octets = stream->head->data;
  stream->jpeg.length = stream->head->len;
  while (!stream->jpeg.in_scan
         && (verdict = lens_jpeg_next (&stream->jpeg, &part)) != LENS_JPEG_MORE)
    if (verdict != LENS_JPEG_PART)
      {
        stream->done = TRUE;
        return;
      }
    else if (lens_jpeg_is_free (part.marker))
      see_segment (ledger, stream, unit, &part);
  if (stream->jpeg.in_scan)
    lens_ledger_count (ledger, unit, LENS_UNIT_JPEG);
  stream->done = stream->jpeg.in_scan || stream->head->len == MAX_HEAD;
}

static void
see_what (LensLedger *ledger, gpointer data, const LensUnit *unit, LensHttpPartsWhat what,
          LensRange range)
{
  Stream *stream = data;

  if (what == LENS_HTTP_PARTS_HEAD)
    begin (stream);
  if (what != LENS_HTTP_PARTS_CONTENT || stream->done)
    return;
  gsize taken = MIN (range.length, MAX_HEAD - stream->head->len);
  g_byte_array_append (stream->head, unit->view.octets + range.offset, (guint)taken);
  lens_view_pieces (&unit->view, range.offset, taken, stream->pieces);
  see_segments (ledger, stream, unit);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  lens_http_parts_take (data, ledger, unit, sizeof (Stream), see_what);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  lens_field_rules_conclude (ledger, "http-jpeg", rules);
}

static void
stream_clear (gpointer data)
{
  Stream *stream = data;

  g_clear_pointer (&stream->head, g_byte_array_unref);
  g_clear_pointer (&stream->pieces, g_array_unref);
  for (guint i = 0; i < MARKERS; i++)
    for (guint place = 0; place < MAX_PLACES; place++)
      lens_free_text_clear (&stream->segments[i][place]);
}

static void
clear (gpointer data)
{
  lens_http_parts_clear (data, stream_clear);
}

/* The message as an application segment at the image's start, of a marker that is drawn once
 * (APP2 to APP15). */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  LensHttpPictureAt at;
  guint8 octets[4 + 32] = { 0xff, (guint8)(0xe2 + lens_seed_bed_below (bed, 14)) };

  while (lens_seed_bed_next (bed, LENS_UNIT_CONTENT, &place))
    {
      const guint8 *unit = place.octets + place.start;
      if (place.spare < 2 * sizeof octets
          || !lens_http_parts_find_picture (unit, place.end - place.start, &at))
        continue;
      gsize count = lens_seed_bed_take (bed, octets + 4, sizeof octets - 4);
      if (count == 0)
        continue;
      octets[3] = (guint8)(2 + count);
      lens_seed_bed_insert (bed, place.start + at.image + 2, octets, 4 + count, LENS_SEED_PAYLOAD);
      g_autofree char *before = g_strndup ((const char *)unit + at.size.offset, at.size.length);
      g_autofree char *size = g_strdup_printf ("%0*" G_GUINT64_FORMAT, (int)at.size.length,
                                               g_ascii_strtoull (before, NULL, 10) + 4 + count);
      gsize more = strlen (size) - at.size.length;
      lens_seed_bed_insert (bed, place.start + at.size.offset, (const guint8 *)size, more,
                            LENS_SEED_PAYLOAD);
      lens_seed_bed_replace (bed, place.start + at.size.offset, (const guint8 *)size + more,
                             at.size.length);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_http_jpeg = {
  .name = "http-jpeg",
  .question = "Do comments of JPEG pictures pushed over HTTP stay the same?",
  .source = "ITU-T T.81 B.2.4; RFC 2046 section 5.1",
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (LensHttpParts),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
