/* content-clear: does picture or sound leave in the clear where none is declared?
 *
 * A JPEG image (ITU-T T.81 annex B) in a flow that carries no declared media, found by its
 * grammar and not by its first octets; and RTP (RFC 3550) that no session announced, which has a
 * channel of its own where it is sound.
 *
 *   use    8 bits for each octet of the images, or of the RTP payload
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/seed-bed.h"
#include "wire/jpeg-scan.h"
#include "wire/media-guess.h"

#include <string.h>

/* Starts of images whose first octets are kept until it is known whether they are images. */
#define HEADS 8

/* An image longer than this is told by its first octets. */
#define MAX_PIECES 16384

typedef struct ContentClear ContentClear;

/* The first octets of what starts like an image. */
typedef struct
{
  guint64 start;
  guint length;
  guint8 octets[LENS_CARRIER_EXCERPT];
} Head;

/* A stream of octets from one side, and where its last octets lie. */
typedef struct
{
  ContentClear *whole;
  LensSide *side;
  LensJpegScan scan;
  guint64 offset; /* octets fed */
  GArray *pieces; /* LensPiece of octets from @kept on */
  guint64 kept;
  guint unit_piece; /* where in @pieces, and in the stream, the last unit begins */
  guint64 unit_start;
  GArray *images; /* LensJpegImage, of the unit at hand */
  Head heads[HEADS];
  guint next_head;
  gboolean after_ff; /* the last octet fed was FF */
  gboolean in_text;  /* base64 of an image goes on */
} Reader;

struct ContentClear
{
  LensRows readers;    /* Reader, by the side's index */
  LensByTrack guesses; /* LensMediaGuess */
};

static const LensChannelText channels[] = {
  { .id = "content-media",
    .summary = "Pictures or sound leave the device outside the streams that it declares.",
    .reference = "ITU-T T.81 annex B; RFC 3550 section 5.1",
    .hides = TRUE,
    .unit = LENS_UNIT_CONTENT },
  { .id = "audio-undeclared-track",
    .summary = "Sound leaves the device in a stream that no session announced.",
    .filter_hint = "rtp",
    .reference = "RFC 2326 section 10.4; RFC 3551 section 4.5; RFC 3640 section 3.3.6",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static void
take_image (const LensJpegImage *image, gpointer user)
{
  Reader *reader = user;

  g_array_append_val (reader->images, *image);
  if (image->kind == LENS_JPEG_IMAGE_BASE64)
    reader->in_text = TRUE;
}

static Reader *
reader_for (ContentClear *content, LensSide *side)
{
  Reader *reader = lens_rows_at (&content->readers, side->index, sizeof *reader);

  if (reader->whole == NULL)
    {
      reader->whole = content;
      reader->side = side;
      lens_jpeg_scan_init (&reader->scan, take_image, reader);
    }
  return reader;
}

/* FF D8 FF as base64, or its front at the end. */
static gboolean
may_be_text (const guint8 *octets, gsize length)
{
  return memmem (octets, length, "/9j", 3) != NULL || (length > 0 && octets[length - 1] == '/')
         || (length > 1 && memcmp (octets + length - 2, "/9", 2) == 0);
}

/* Whether an image could begin in @view, or go on in it. */
static gboolean
is_of_interest (const ContentClear *content, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets;
  gsize length = unit->view.length;

  if (lens_rows_peek (&content->readers, unit->side->index) != NULL)
    return TRUE;
  for (gsize i = 0; i < length; i++)
    {
      const guint8 *mark = memchr (octets + i, 0xff, length - i);
      if (mark == NULL)
        break;
      i = (gsize)(mark - octets);
      if (i + 1 >= length || octets[i + 1] == 0xd8)
        return TRUE;
    }
  return may_be_text (octets, length);
}

/* Adds what @octets, at @at of the stream, have of heads that are open, and opens new ones. */
static void
keep_heads (Reader *reader, guint64 at, const guint8 *octets, gsize length)
{
  for (guint h = 0; h < HEADS; h++)
    {
      Head *head = &reader->heads[h];
      if (head->length == 0 || head->start + head->length != at)
        continue;
      gsize more = MIN (length, LENS_CARRIER_EXCERPT - head->length);
      memcpy (head->octets + head->length, octets, more);
      head->length += (guint)more;
    }
  for (gsize i = 0; i < length; i++)
    {
      gboolean cut = i == 0 && reader->after_ff && octets[0] == 0xd8;
      const guint8 *mark = cut ? octets : memchr (octets + i, 0xff, length - i);
      if (mark == NULL)
        break;
      i = (gsize)(mark - octets);
      if (!cut && (i + 1 >= length || octets[i + 1] != 0xd8))
        continue;
      Head *head = &reader->heads[reader->next_head++ % HEADS];
      head->start = at + i - (cut ? 1 : 0);
      head->octets[0] = 0xff;
      head->length = (guint)MIN (length - i + (cut ? 1 : 0), LENS_CARRIER_EXCERPT);
      memcpy (head->octets + (cut ? 1 : 0), octets + i, head->length - (cut ? 1 : 0));
    }
  reader->after_ff = length > 0 && octets[length - 1] == 0xff;
}

static const Head *
head_at (const Reader *reader, guint64 start)
{
  for (guint h = 0; h < HEADS; h++)
    if (reader->heads[h].length > 0 && reader->heads[h].start == start)
      return &reader->heads[h];
  return NULL;
}

static void
report_image (LensLedger *ledger, Reader *reader, const LensJpegImage *image, gint64 time_ns)
{
  static const guint8 start_of_image[] = { 0xff, 0xd8 };
  static const char start_in_text[] = "/9j/";
  g_auto (LensPieces) scratch = { 0 };
  const LensView known = { NULL, reader->offset - reader->kept,
                           (const LensPiece *)reader->pieces->data, reader->pieces->len };
  guint64 start = MAX (image->start, reader->kept);

  if (image->end <= start || image->end > reader->offset)
    return;
  LensView where = lens_view_slice (&known, start - reader->kept, image->end - start, &scratch);
  LensCarrier *carrier = lens_carriers_get (lens_ledger_carriers (ledger), "content-clear",
                                            "content-media", reader->side, NULL, NULL);
  /* The pieces say where all of it is; of its octets the first are at hand. */
  const Head *head = head_at (reader, start);
  if (image->kind == LENS_JPEG_IMAGE_BASE64)
    {
      where.octets = (const guint8 *)start_in_text;
      where.length = strlen (start_in_text);
    }
  else
    {
      where.octets = head != NULL ? head->octets : start_of_image;
      where.length = head != NULL ? MIN (head->length, image->end - start) : sizeof start_of_image;
    }
  lens_carrier_use (lens_ledger_carriers (ledger), carrier, time_ns,
                    8 * (image->end - image->start), &where);
}

static void
report_images (LensLedger *ledger, Reader *reader, gint64 time_ns)
{
  for (guint i = 0; reader->images != NULL && i < reader->images->len; i++)
    report_image (ledger, reader, &g_array_index (reader->images, LensJpegImage, i), time_ns);
  if (reader->images != NULL)
    g_array_set_size (reader->images, 0);
}

/* How many octets at the front of @octets go on with base64 (RFC 4648 section 4, lines by
 * RFC 2045 section 6.8, slashes as JSON may escape them). */
static gsize
text_length (const guint8 *octets, gsize length)
{
  gsize count = 0;

  while (count < length
         && (g_ascii_isalnum (octets[count]) || strchr ("+/=\r\n\\", octets[count]) != NULL)
         && octets[count] != '\0')
    count++;
  return count;
}

/* An image in text was told by its head; the rest of the text is more of it. */
static void
take_text (LensLedger *ledger, Reader *reader, const LensUnit *unit, gsize from)
{
  g_auto (LensPieces) scratch = { 0 };
  gsize count = text_length (unit->view.octets + from, unit->view.length - from);
  LensView text = lens_view_slice (&unit->view, from, count, &scratch);

  reader->in_text = from + count == unit->view.length;
  if (count == 0)
    return;
  LensCarrier *carrier = lens_carriers_get (lens_ledger_carriers (ledger), "content-clear",
                                            "content-media", reader->side, NULL, NULL);
  lens_carrier_use (lens_ledger_carriers (ledger), carrier, unit->time_ns, 6 * count, &text);
  carrier->uses--; /* of the image that it belongs to */
}

/* Where the head of the last image in text ended. */
static guint64
last_text_end (const Reader *reader)
{
  for (guint i = reader->images->len; i > 0; i--)
    {
      const LensJpegImage *image = &g_array_index (reader->images, LensJpegImage, i - 1);
      if (image->kind == LENS_JPEG_IMAGE_BASE64)
        return image->end;
    }
  return 0;
}

static void
see_content (LensLedger *ledger, ContentClear *content, const LensUnit *unit)
{
  if (!is_of_interest (content, unit))
    return;
  Reader *reader = reader_for (content, unit->side);
  gboolean open = reader->scan.candidates != NULL && reader->scan.candidates->len > 0;
  if (reader->pieces == NULL)
    {
      reader->pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
      reader->images = g_array_new (FALSE, FALSE, sizeof (LensJpegImage));
    }
  if (!open && reader->offset - reader->unit_start >= 3)
    {
      /* Only the unit before matters: a start (FF D8 FF) may be cut. */
      g_array_remove_range (reader->pieces, 0, reader->unit_piece);
      reader->kept = reader->unit_start;
    }
  else if (reader->pieces->len > MAX_PIECES)
    {
      g_array_set_size (reader->pieces, 0);
      reader->kept = reader->offset;
    }
  reader->unit_piece = reader->pieces->len;
  reader->unit_start = reader->offset;
  g_array_append_vals (reader->pieces, unit->view.pieces, (guint)unit->view.n_pieces);
  guint64 at = reader->offset;
  reader->offset += unit->view.length;
  gboolean went_on = reader->in_text;
  keep_heads (reader, at, unit->view.octets, unit->view.length);
  lens_jpeg_scan_feed (&reader->scan, at, unit->view.octets, unit->view.length);
  guint64 head_end = last_text_end (reader);
  report_images (ledger, reader, unit->time_ns);
  if (went_on)
    take_text (ledger, reader, unit, 0);
  else if (reader->in_text)
    take_text (ledger, reader, unit, (gsize)(head_end - at));
}

/* The packets by which the flow was told to be RTP were no units of their own. */
static void
take_packets_before (LensLedger *ledger, LensCarrier *carrier, const LensUnit *unit)
{
  const GArray *before = unit->track->before;
  guint64 octets = 0;

  for (guint i = 0; before != NULL && i < before->len; i++)
    octets += g_array_index (before, LensPiece, i).length;
  if (octets == 0)
    return;
  const LensView view = { NULL, 0, (const LensPiece *)before->data, before->len };
  lens_carrier_note (lens_ledger_carriers (ledger), carrier, unit->side->first, 8 * octets, &view);
  carrier->uses += unit->track->packets_before - 1;
}

/* What it is, its last packet tells: until then it is on both channels. */
static void
take_packet (LensLedger *ledger, const char *channel, const LensUnit *unit, const LensView *payload)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, NULL);

  if (carrier->uses == 0)
    take_packets_before (ledger, carrier, unit);
  lens_carrier_note (lens_ledger_carriers (ledger), carrier, unit->time_ns, 8 * payload->length,
                     payload);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  if (unit->kind == LENS_UNIT_CONTENT)
    {
      see_content (ledger, state, unit);
      return;
    }
  if (!unit->track->guessed)
    return;
  g_auto (LensPieces) scratch = { 0 };
  LensView payload = lens_view_slice (&unit->view, unit->rtp->payload.offset,
                                      unit->rtp->payload.length, &scratch);
  ContentClear *content = state;
  LensMediaGuess *guess = lens_by_track (&content->guesses, unit->track, sizeof *guess);
  if (!unit->track->encrypted)
    lens_media_guess_take (guess, unit->rtp, payload.octets, payload.length);
  take_packet (ledger, "content-media", unit, &payload);
  take_packet (ledger, "audio-undeclared-track", unit, &payload);
}

static char *
rtp_text (const ContentClear *content, const LensCarrier *carrier)
{
  const LensMediaGuess *guess = lens_by_track_peek (&content->guesses, carrier->track);
  const char *name = guess != NULL ? lens_media_guess_name (guess) : NULL;

  if (carrier->track->encrypted)
    return g_strdup_printf ("WebRTC: %" G_GUINT64_FORMAT
                            " packets of SRTP, with keys of a DTLS handshake on the same ports.",
                            carrier->uses);
  return g_strdup_printf ("RTP that no session announced, %" G_GUINT64_FORMAT
                          " packets of payload type %d%s%s.",
                          carrier->uses, guess != NULL ? guess->payload_type : -1,
                          name != NULL ? "; by its structure " : "", name != NULL ? name : "");
}

/* A track is on both channels, and belongs to one of them. */
static gboolean
is_other_kind (const ContentClear *content, const LensCarrier *carrier)
{
  if (carrier->track == NULL)
    return FALSE;
  const LensMediaGuess *guess = lens_by_track_peek (&content->guesses, carrier->track);
  gboolean sound = guess != NULL && !carrier->track->encrypted && lens_media_guess_is_sound (guess);
  return sound != g_str_equal (carrier->channel, "audio-undeclared-track");
}

/* RTP of a session that was set up before the capture. */
static gboolean
is_inferred (LensLedger *ledger, const LensTrack *track)
{
  return track != NULL && track->granted != NULL
         && (track->granted->inferred || track->granted->stream->inferred)
         && lens_ledger_track_declared (ledger, track);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  ContentClear *content = state;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint i = 0; i < lens_rows_n (&content->readers); i++)
    {
      Reader *reader = lens_rows_peek (&content->readers, i);
      if (reader == NULL)
        continue;
      lens_jpeg_scan_finish (&reader->scan);
      report_images (ledger, reader, reader->side->last);
    }
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "content-clear") || carrier->uses == 0
          || is_inferred (ledger, carrier->track) || is_other_kind (content, carrier))
        continue;
      g_autofree char *detail
          = carrier->track != NULL
                ? rtp_text (content, carrier)
                : g_strdup_printf ("%" G_GUINT64_FORMAT " JPEG images.", carrier->uses);
      lens_ledger_find (ledger, carrier, lens_ledger_media_severity (ledger, carrier), NULL,
                        detail);
    }
}

static void
reader_clear (gpointer data)
{
  Reader *reader = data;

  lens_jpeg_scan_clear (&reader->scan);
  g_clear_pointer (&reader->pieces, g_array_unref);
  g_clear_pointer (&reader->images, g_array_unref);
}

static void
clear (gpointer state)
{
  ContentClear *content = state;

  lens_rows_clear (&content->readers, reader_clear);
  lens_by_track_clear (&content->guesses, NULL);
}

static void
put_segment (GByteArray *into, guint8 marker, const guint8 *octets, gsize length)
{
  const guint8 head[] = { 0xff, marker, (guint8)((length + 2) >> 8), (guint8)(length + 2) };

  g_byte_array_append (into, head, sizeof head);
  g_byte_array_append (into, octets, (guint)length);
}

/* A grey image with tables drawn by lot, its scan the message (T.81 B.1.1.5: a zero octet
 * behind each FF). */
static void
put_image (LensSeedBed *bed, const guint8 *message, gsize length, GByteArray *into)
{
  guint8 size[] = { 8, 0, 0, 0, 0, 1, 1, 0x11, 0 }, scan[] = { 1, 1, 0, 0, 63, 0 };
  guint8 divisors[65] = { 0 }, codes[17 + 2] = { 0 };

  for (guint i = 1; i < sizeof divisors; i++)
    divisors[i] = (guint8)(1 + lens_seed_bed_below (bed, 255));
  size[2] = (guint8)(8 + lens_seed_bed_below (bed, 200));
  size[4] = (guint8)(8 + lens_seed_bed_below (bed, 200));
  g_byte_array_append (into, (const guint8 *)"\xff\xd8", 2);
  put_segment (into, 0xdb, divisors, sizeof divisors);
  put_segment (into, 0xc0, size, sizeof size);
  /* Two values with codes of some two lengths, first for DC, then for AC. */
  for (guint class_ = 0; class_ < 2; class_++)
    {
      memset (codes, 0, sizeof codes);
      codes[0] = (guint8)(class_ << 4);
      codes[1 + lens_seed_bed_below (bed, 8)]++;
      codes[9 + lens_seed_bed_below (bed, 8)]++;
      codes[18] = (guint8)(1 + lens_seed_bed_below (bed, 10));
      put_segment (into, 0xc4, codes, sizeof codes);
    }
  put_segment (into, 0xda, scan, sizeof scan);
  for (gsize i = 0; i < length; i++)
    g_byte_array_append (into, (const guint8[]){ message[i], 0 }, message[i] == 0xff ? 2 : 1);
  g_byte_array_append (into, (const guint8 *)"\xff\xd9", 2);
}

/* Pictures, one to a datagram. */
static gboolean
put_picture (LensSeedBed *bed, guint16 sport, guint16 dport, GByteArray *image)
{
  guint8 message[400];
  gsize count = lens_seed_bed_take (bed, message, sizeof message);

  if (count == 0)
    return FALSE;
  g_byte_array_set_size (image, 0);
  put_image (bed, message, count, image);
  return lens_seed_bed_send_udp (bed, NULL, sport, dport, image->data, image->len);
}

/* Packet @sequence of PCMU, 20 ms each, in which a few samples are the message. */
static gboolean
put_sound (LensSeedBed *bed, guint16 sport, guint16 dport, guint16 sequence)
{
  enum
  {
    HEAD = 12,
    SAMPLES = 160,
    MOST = 8
  };
  guint8 packet[HEAD + SAMPLES] = { 0x80, 0 };
  gsize count = lens_seed_bed_take (bed, packet + HEAD, MOST);
  guint32 timestamp = (guint32)sequence * SAMPLES;

  if (count == 0)
    return FALSE;
  for (guint i = 0; i < 4; i++)
    {
      packet[2 + i % 2] = (guint8)(sequence >> (8 - 8 * (i % 2)));
      packet[4 + i] = (guint8)(timestamp >> (24 - 8 * i));
      packet[8 + i] = (guint8)(sport >> (8 * (i % 2)));
    }
  lens_seed_bed_fill (bed, packet + HEAD + count, SAMPLES - count);
  return lens_seed_bed_send_udp (bed, NULL, sport, dport, packet, sizeof packet);
}

/* To a port that nobody named. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x8000));
  guint16 dport = (guint16)(1024 + lens_seed_bed_below (bed, 0xfc00));
  guint16 sequence = 0;
  g_autoptr (GByteArray) image = g_byte_array_new ();

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    if (lens_seed_bed_can_send (bed))
      {
        if (!lens_seed_bed_has_way (bed))
          lens_seed_bed_keep_way (bed); /* a stream has one receiver */
        if (g_str_equal (channel, "content-media"))
          put_picture (bed, sport, dport, image);
        else
          sequence += put_sound (bed, sport, dport, sequence);
      }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_content_clear = {
  .name = "content-clear",
  .question = "Does picture or sound leave in the clear where none is declared?",
  .source = "ITU-T T.81 annex B; RFC 3550 section 5.1",
  .severity = LENS_SEVERITY_RULE_MEDIA,
  .units = LENS_UNIT_CONTENT | LENS_UNIT_RTP,
  .only = LENS_TRAIT_GUESSED,
  .channels = channels,
  .state_size = sizeof (ContentClear),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
