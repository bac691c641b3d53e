/* RTP and RTCP into the book and before the analyzers; and RTP that nobody announced. */
#include "ledger/inside.h"

#include "wire/h264.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"

#include <string.h>

/* Datagrams of one side are compared until this many agree, or as many do not. */
#define GUESS_ENOUGH 2

struct LensRtpGuess
{
  LensRtp last;
  guint8 agreed, disagreed, packets;
  guint64 payload_octets;
  GArray *before; /* LensPiece: payload of the packets compared so far */
};

void
lens_rtp_guess_free (struct LensRtpGuess *guess)
{
  if (guess != NULL && guess->before != NULL)
    g_array_unref (guess->before);
  g_free (guess);
}

/* A depacketizer may hold a NAL unit of 8 MiB: so many may exist, later tracks have none. */
#define MAX_READERS 128

/* What a depacketizer's callbacks need to know of the packet at hand. */
typedef struct
{
  LensLedger *ledger;
  LensTrack *track;
  LensSide *side;
  LensH264 *h264;
  guint32 ssrc;    /* whose NAL units are put together */
  guint strangers; /* packets of others in a row */
} Reader;

/* Packets in a row after which another source has taken over. */
#define TAKEN_OVER 8

/* libavformat hands over G.711 as it came, and each NAL unit behind a start code of four
 * octets (rtpdec_h264.c). */
static void
expect (LensLedger *ledger, LensTrack *track, guint64 octets)
{
  LensTail entry = { ledger->now, octets };

  track->readable = TRUE;
  track->expected += octets;
  if (track->tail == NULL)
    track->tail = g_array_new (FALSE, FALSE, sizeof (LensTail));
  if (track->tail->len >= LENS_TAIL_MAX)
    g_array_remove_range (track->tail, 0, LENS_TAIL_MAX / 2);
  g_array_append_val (track->tail, entry);
}

static void
show_one (Reader *reader, const LensNal *nal)
{
  LensUnit unit = { .kind = LENS_UNIT_NAL,
                    .side = reader->side,
                    .track = reader->track,
                    .view = nal->view,
                    .nal = nal };

  if (nal->view.length > 0)
    lens_ledger_show (reader->ledger, &unit);
}

/* The first 00 00 01 from @from on, which no NAL unit contains (7.4.1), or @length. */
static gsize
start_code (const guint8 *octets, gsize length, gsize from)
{
  const guint8 *found = memmem (octets + from, length - from, "\0\0\1", 3);

  return found != NULL ? (gsize)(found - octets) : length;
}

/* Some cameras send several NAL units in one, with the start codes of Annex B between them
 * and zeros at the end: each is shown by itself. */
static void
show_nal (const LensNal *nal, gpointer user)
{
  Reader *reader = user;
  const LensView *whole = &nal->view;
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));

  expect (reader->ledger, reader->track, whole->length + 4);
  if ((nal->flags & (LENS_NAL_INCOMPLETE | LENS_NAL_CAPPED)) != 0)
    return;
  for (gsize at = 0, end; at < whole->length; at = end + 3)
    {
      end = start_code (whole->octets, whole->length, at);
      if (at == 0 && end == whole->length)
        {
          show_one (reader, nal);
          return;
        }
      gsize length = end - at;
      while (length > 0 && whole->octets[at + length - 1] == 0)
        length--;
      if (length == 0)
        continue;
      LensNal part = *nal;
      guint8 header = whole->octets[at];
      part.forbidden_bit = (header & 0x80) != 0;
      part.ref_idc = header >> 5 & 3;
      part.type = header & 0x1f;
      part.view = lens_view_slice (whole, at, length, pieces);
      show_one (reader, &part);
    }
}

/* NAL units are put together from one source's packets: those of another would tear them
 * apart, and be torn.  One that stays takes over. */
static gboolean
is_of_stream (Reader *reader, const LensRtp *rtp)
{
  if (rtp->ssrc == reader->ssrc)
    {
      reader->strangers = 0;
      return TRUE;
    }
  /* libavformat mixes them, so what it makes of the track is no longer known. */
  reader->track->mixed = TRUE;
  if (++reader->strangers < TAKEN_OVER)
    return FALSE;
  lens_h264_flush (reader->h264);
  reader->ssrc = rtp->ssrc;
  reader->strangers = 0;
  return TRUE;
}

static void
read_nals (LensLedger *ledger, LensSide *side, LensTrack *track, const LensRtp *rtp,
           const LensView *packet)
{
  Reader *reader = track->depacketizer;
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));

  if (track->encrypted || track->codec == NULL || !g_str_equal (track->codec, "H264"))
    return;
  if (reader == NULL && ledger->readers >= MAX_READERS)
    {
      ledger->capped = TRUE;
      return;
    }
  if (reader == NULL)
    {
      ledger->readers++;
      reader = track->depacketizer = g_new0 (Reader, 1);
      reader->ledger = ledger;
      reader->track = track;
      reader->h264 = lens_h264_new (show_nal, NULL, reader);
      reader->ssrc = rtp->ssrc;
    }
  if (!is_of_stream (reader, rtp))
    return;
  reader->side = side;
  LensView payload = lens_view_slice (packet, rtp->payload.offset, rtp->payload.length, pieces);
  lens_h264_push (reader->h264, &payload, rtp->sequence, rtp->timestamp, rtp->marker);
}

void
lens_ledger_finish_media (LensLedger *ledger)
{
  for (guint i = 0; i < lens_sessions_n_tracks (ledger->sessions); i++)
    {
      LensTrack *track = lens_sessions_track_at (ledger->sessions, i);
      Reader *reader = track->depacketizer;
      if (reader == NULL)
        continue;
      lens_h264_flush (reader->h264);
      lens_h264_free (reader->h264);
      g_clear_pointer (&track->depacketizer, g_free);
    }
}

gboolean
lens_track_offers (const LensTrack *track, guint payload_type)
{
  for (guint i = 0; i < track->payload_types->len; i++)
    if (g_array_index (track->payload_types, guint8, i) == payload_type)
      return TRUE;
  return track->payload_types->len == 0;
}

static void
count_media (LensLedger *ledger, LensSide *side, LensTrack *track, const LensRtp *rtp)
{
  if (track->packets++ == 0)
    {
      track->first_frame = ledger->record->frame;
      track->first = ledger->now;
    }
  if (track->side == NULL)
    track->side = side;
  track->last = ledger->now;
  track->payload_octets += rtp->payload.length;
  track->last_payload_type = rtp->payload_type;
  track->last_ssrc = rtp->ssrc;
}

static void
book_rtp (LensLedger *ledger, LensSide *side, LensTrack *track, gboolean declared_type,
          const LensRtp *rtp, const LensView *packet)
{
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  LensView payload = lens_view_slice (packet, rtp->payload.offset, rtp->payload.length, pieces);

  lens_ledger_book_part (ledger, side, LENS_KIND_RTP_HEADER, track, 0, packet, 0,
                         rtp->header.length + rtp->csrc.length);
  lens_ledger_book_part (ledger, side, LENS_KIND_RTP_EXTENSION, track, 0, packet,
                         rtp->extension.offset, rtp->extension.length);
  if (declared_type)
    lens_ledger_book (ledger, side, LENS_KIND_RTP_PAYLOAD, track, rtp->payload_type, &payload);
  else
    lens_ledger_book_residual (ledger, side, LENS_KIND_RTP_BAD, track, rtp->payload_type, &payload);
  lens_ledger_book_part (ledger, side, LENS_KIND_RTP_PADDING, track, 0, packet, rtp->padding.offset,
                         rtp->padding.length);
}

/* RTCP on the ports or the channel of its RTP (RFC 5761): told by the second octet, unless
 * the SDP binds the payload type that this octet would be. */
static gboolean
is_rtcp_here (const LensTrack *track, const LensView *packet)
{
  return packet->length >= 8 && packet->octets[1] >= 192 && packet->octets[1] <= 223
         && track->payload_types->len > 0 && !lens_track_offers (track, packet->octets[1] & 0x7f)
         && lens_rtcp_plausible (packet->octets, packet->length);
}

/* What keeps a path open belongs to it; anything else has no place on a track's ports. */
static void
take_not_rtp (LensLedger *ledger, LensSide *side, LensTrack *track, gboolean from_sender,
              const LensView *packet)
{
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  LensRange free = { 0, packet->length };

  if (!lens_rtp_keep_alive (packet->octets, packet->length, &free) && !from_sender)
    free = (LensRange){ packet->length, 0 }; /* viewers open paths with whatever they like */
  LensView rest = lens_view_slice (packet, free.offset, free.length, pieces);
  lens_ledger_book_residual (ledger, side, LENS_KIND_RTP_BAD, track, 0, &rest);
  lens_ledger_book_part (ledger, side, LENS_KIND_RTCP, track, 0, packet, 0, free.offset);
  lens_ledger_book_part (ledger, side, LENS_KIND_RTCP, track, 0, packet, lens_range_end (free),
                         packet->length - lens_range_end (free));
  LensUnit unit = { .kind = LENS_UNIT_NOT_RTP, .side = side, .track = track, .view = *packet };
  lens_ledger_show (ledger, &unit);
}

void
lens_ledger_take_rtp (LensLedger *ledger, LensSide *side, LensTrack *track, gboolean from_sender,
                      const LensView *packet)
{
  LensRtp rtp;

  if (packet->length == 0)
    return;
  if (is_rtcp_here (track, packet))
    {
      lens_ledger_take_rtcp (ledger, side, track, packet);
      return;
    }
  if (!lens_rtp_parse (packet->octets, packet->length, &rtp))
    {
      take_not_rtp (ledger, side, track, from_sender, packet);
      return;
    }
  gboolean declared_type = lens_track_offers (track, rtp.payload_type);
  if (from_sender)
    count_media (ledger, side, track, &rtp);
  book_rtp (ledger, side, track, declared_type || !from_sender, &rtp, packet);

  LensUnit unit
      = { .kind = LENS_UNIT_RTP, .side = side, .track = track, .view = *packet, .rtp = &rtp };
  if (from_sender)
    lens_ledger_show (ledger, &unit);
  if (!from_sender || !declared_type)
    return;
  if (track->codec != NULL
      && (g_str_equal (track->codec, "PCMA") || g_str_equal (track->codec, "PCMU")))
    expect (ledger, track, rtp.payload.length);
  read_nals (ledger, side, track, &rtp, packet);
}

void
lens_ledger_take_rtcp (LensLedger *ledger, LensSide *side, LensTrack *track,
                       const LensView *compound)
{
  LensRtcp rtcp = lens_rtcp_over (compound->octets, compound->length);
  LensRtcpPacket packet;
  gsize taken = 0;
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));

  if (compound->length == 0)
    return;
  while (lens_rtcp_next (&rtcp, &packet))
    taken = lens_range_end (packet.whole);
  /* Behind SRTCP lie its index, key identifier and tag (RFC 3711 section 3.4). */
  if (track->encrypted)
    taken = compound->length;
  lens_ledger_book_part (ledger, side, LENS_KIND_RTCP, track, 0, compound, 0, taken);
  LensView stray = lens_view_slice (compound, taken, compound->length - taken, pieces);
  lens_ledger_book_residual (ledger, side, LENS_KIND_RTCP_STRAY, track, 0, &stray);

  LensUnit unit = { .kind = LENS_UNIT_RTCP, .side = side, .track = track, .view = *compound };
  lens_ledger_show (ledger, &unit);
}

/* --- RTP that nobody announced --- */

static void
compare (struct LensRtpGuess *guess, const LensRtp *rtp, const LensView *data)
{
  if (guess->before == NULL)
    guess->before = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  else if (lens_rtp_continues (&guess->last, rtp))
    guess->agreed++;
  else
    guess->disagreed++;
  guess->last = *rtp;
  if (guess->agreed >= GUESS_ENOUGH)
    return; /* this one is the track's own */
  guess->packets++;
  guess->payload_octets += rtp->payload.length;
  lens_view_pieces (data, rtp->payload.offset, rtp->payload.length, guess->before);
}

static LensTrack *
guessed_track (LensLedger *ledger, LensSide *side)
{
  LensTrack *track = lens_sessions_guess (ledger->sessions, side);

  if (track == NULL)
    return NULL;
  track->before = g_steal_pointer (&side->guess->before);
  track->packets = track->packets_before = side->guess->packets;
  track->payload_octets = side->guess->payload_octets;
  track->first_frame = side->first_frame;
  track->first = side->first;
  return track;
}

void
lens_ledger_book_early (LensLedger *ledger, LensSide *side, const LensView *data)
{
  LensRtp rtp;

  if (lens_rtcp_plausible (data->octets, data->length))
    lens_ledger_book (ledger, side, LENS_KIND_RTCP, NULL, 0, data);
  else if (lens_rtp_plausible (data->octets, data->length)
           && lens_rtp_parse (data->octets, data->length, &rtp))
    book_rtp (ledger, side, NULL, TRUE, &rtp, data);
  else
    lens_ledger_book (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, data);
}

gboolean
lens_ledger_guess_rtp (LensLedger *ledger, LensSide *side, const LensView *data)
{
  LensRtp rtp;
  gboolean plausible = lens_rtp_plausible (data->octets, data->length)
                       && lens_rtp_parse (data->octets, data->length, &rtp);

  if (side->track != NULL && side->track->guessed)
    return plausible;
  if (!plausible && side->guess == NULL)
    return FALSE;
  if (side->guess == NULL)
    side->guess = g_new0 (struct LensRtpGuess, 1);
  if (side->guess->disagreed >= GUESS_ENOUGH)
    return FALSE;
  if (plausible)
    compare (side->guess, &rtp, data);
  else
    side->guess->disagreed++;
  if (side->guess->agreed < GUESS_ENOUGH)
    return FALSE;
  side->track = guessed_track (ledger, side);
  return side->track != NULL;
}
