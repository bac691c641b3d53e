/* mjpeg-com-app: what is said beside the picture in JPEG's comments and application segments?
 *
 * ITU-T T.81 B.2.4.5 and B.2.4.6: COM and APPn hold what anyone likes, and every decoder passes
 * over them.  RFC 2435 carries no segments; they travel in the header extension of ONVIF's JPEG
 * over RTP (profiles 0xFFD8 and 0xFFFF), or where a sender puts whole images into the payload.
 *
 * Benign: what stays the same (JFIF, an encoder's name, a serial number) but for dates, times
 * and counters that go on.  Exact: octets of the extension that belong to no segment.
 *
 *   room   8 bits per octet of the segments
 *   use    8 bits per octet that nothing explains
 */
#include "ledger/by-track.h"
#include "ledger/field-rules.h"
#include "ledger/free-text.h"
#include "ledger/seed-bed.h"

#include "wire/cursor.h"
#include "wire/jpeg.h"

#include <string.h>

#define CHANNEL "mjpeg-com-app"

enum
{
  EXTENSION_HEAD = 4,
  REPLAY = 12, /* octets of words before a JPEG extension (ONVIF) */
  FIRST = 0xffd8,
  NEXT = 0xffff,
  REPLAY_PROFILE = 0xabac,
  COM = 0xfe,
  MAX_SEGMENTS = 64, /* segments of one image that are told apart */
};

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Comments or application segments beside JPEG pictures say something new again and "
               "again; players ignore them.",
    .room = "JPEG pictures carry comments or application segments that stay the same or tell the "
            "time; more could hide in them.",
    .filter_hint = "jpeg",
    .reference = "ITU-T T.81 B.2.4.5 and B.2.4.6; ONVIF Streaming Specification, JPEG over RTP",
    .hides = TRUE,
    .unit = LENS_UNIT_JPEG },
  { NULL },
};

static const LensFieldRule rules[] = {
  { "segment", 2, 0, TRUE, "Segments whose content changes." },
  { "stray", 1, 0, FALSE, "Octets of the header extension that belong to no segment." },
  { NULL },
};

typedef struct
{
  LensFreeText segments[MAX_SEGMENTS]; /* by their place in the image */
} Track;

typedef struct
{
  LensByTrack tracks;
} ComApp;

static void
use (LensLedger *ledger, const LensUnit *unit, const char *subject, guint64 bits, LensRange range)
{
  lens_ledger_use (ledger, lens_ledger_carrier (ledger, CHANNEL, unit, subject), unit, bits,
                   range.offset, range.length);
}

static void
see_segment (LensLedger *ledger, Track *track, const LensUnit *unit, guint index, LensRange content)
{
  lens_free_text_take (ledger, &track->segments[MIN (index, MAX_SEGMENTS - 1)],
                       lens_ledger_carrier (ledger, CHANNEL, unit, "segment"), unit, content);
}

/* Segments one after another, each behind any number of octets 0xFF. */
static void
see_segments (LensLedger *ledger, Track *track, const LensUnit *unit, LensRange range)
{
  LensCursor cursor = lens_cursor_over (unit->view.octets + range.offset, range.length);
  guint index = 0;

  while (lens_cursor_left (&cursor) > 0)
    {
      gsize start = cursor.position;
      guint8 mark = lens_cursor_u8 (&cursor), marker = 0xff;
      while (mark == 0xff && marker == 0xff && lens_cursor_left (&cursor) > 0)
        marker = lens_cursor_u8 (&cursor);
      if (mark == 0xff && marker == 0xff)
        return; /* fill to the end */
      gsize length = lens_cursor_u16 (&cursor);
      if (mark != 0xff || !lens_jpeg_is_segment (marker) || length < 2
          || length - 2 > lens_cursor_left (&cursor))
        {
          gsize rest = range.length - start;
          use (ledger, unit, "stray", 8 * rest, (LensRange){ range.offset + start, rest });
          return;
        }
      LensRange content = { range.offset + cursor.position, length - 2 };
      lens_cursor_skip (&cursor, length - 2);
      if (lens_jpeg_is_free (marker))
        see_segment (ledger, track, unit, index++, content);
    }
}

/* The part of a packet's header extension that holds segments. */
static gboolean
find_extension (const LensUnit *unit, LensRange *range)
{
  const LensRtp *rtp = unit->rtp;
  gsize skip = rtp->extension_profile == REPLAY_PROFILE ? EXTENSION_HEAD + REPLAY : 0;

  if (rtp->extension.length < skip + EXTENSION_HEAD || (rtp->odd & LENS_RTP_EXTENSION_CUT) != 0
      || unit->track->codec == NULL || !g_str_equal (unit->track->codec, "JPEG"))
    return FALSE;
  const guint8 *head = unit->view.octets + rtp->extension.offset + skip;
  guint profile = (guint)(head[0] << 8 | head[1]);
  *range = (LensRange){ rtp->extension.offset + skip + EXTENSION_HEAD,
                        rtp->extension.length - skip - EXTENSION_HEAD };
  return (profile == FIRST || profile == NEXT) && range->length > 0;
}

/* A whole image in place of a scan. */
static void
see_image (LensLedger *ledger, Track *track, const LensUnit *unit)
{
  LensJpeg jpeg = lens_jpeg_over (unit->view.octets, unit->jpeg->scan_length);
  LensJpegPart part;
  guint index = 0;

  while (lens_jpeg_next (&jpeg, &part) == LENS_JPEG_PART && part.marker != 0)
    if (lens_jpeg_is_free (part.marker))
      see_segment (ledger, track, unit, index++, lens_jpeg_content (jpeg.octets, &part));
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  ComApp *state = data;
  LensRange range = { 0 };
  gboolean image = unit->kind == LENS_UNIT_JPEG && unit->jpeg->scan_length > 2
                   && memcmp (unit->view.octets, "\xff\xd8", 2) == 0;

  if (unit->kind == LENS_UNIT_RTP ? !find_extension (unit, &range) : !image)
    return;
  Track *track = lens_by_track (&state->tracks, unit->track, sizeof *track);
  if (image)
    see_image (ledger, track, unit);
  else
    see_segments (ledger, track, unit, range);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  lens_field_rules_conclude (ledger, "mjpeg-com-app", rules);
}

static void
track_clear (gpointer data)
{
  for (guint i = 0; i < MAX_SEGMENTS; i++)
    lens_free_text_clear (&((Track *)data)->segments[i]);
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((ComApp *)data)->tracks, track_clear);
}

/* The message as a comment in the header extension of a frame's first packet. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[EXTENSION_HEAD + 4 + 100];
  gsize most = 8 + lens_seed_bed_below (bed, 92);

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      const guint8 *payload = place.octets + place.start + LENS_RTP_HEADER_LENGTH;
      if (place.track->codec == NULL || !g_str_equal (place.track->codec, "JPEG")
          || place.octets[place.start] != 0x80 || place.spare < sizeof octets
          || place.end - place.start < LENS_RTP_HEADER_LENGTH + 4
          || payload[1] + payload[2] + payload[3] != 0)
        continue;
      gsize count = lens_seed_bed_take (bed, octets + EXTENSION_HEAD + 4, most);
      gsize words = (4 + count + 3) / 4;
      const guint8 head[]
          = { FIRST >> 8, FIRST & 0xff, 0, (guint8)words, 0xff, COM, 0, (guint8)(count + 2) };
      guint8 first = place.octets[place.start] | 0x10;
      if (count == 0)
        continue;
      memcpy (octets, head, sizeof head);
      memset (octets + sizeof head + count, 0xff, 4 * words - 4 - count);
      lens_seed_bed_replace (bed, place.start, &first, 1);
      lens_seed_bed_insert (bed, place.start + LENS_RTP_HEADER_LENGTH, octets,
                            EXTENSION_HEAD + 4 * words, LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_mjpeg_com_app = {
  .name = "mjpeg-com-app",
  .question = "Do comments beside JPEG pictures stay the same?",
  .source = "ITU-T T.81 B.2.4; ONVIF Streaming Specification, JPEG over RTP",
  .units = LENS_UNIT_JPEG | LENS_UNIT_RTP,
  .only = LENS_TRAIT_EXTENSION,
  .channels = channels,
  .state_size = sizeof (ComApp),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
