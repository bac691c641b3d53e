/* RTP and RTCP into the book and before the analyzers; and RTP that nobody announced. */
#include "ledger/inside.h"
#include "ledger/traits.h"

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

const LensFormat *
lens_track_format (const LensTrack *track, guint payload_type)
{
  for (guint i = 0; i < track->formats->len; i++)
    {
      const LensFormat *format = g_ptr_array_index (track->formats, i);
      if (format->payload_type == payload_type)
        return format;
    }
  return NULL;
}

gboolean
lens_track_offers (const LensTrack *track, guint payload_type)
{
  return track->formats->len == 0 || lens_track_format (track, payload_type) != NULL;
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

/* Media that goes the other way: a back channel.  What viewers send to open the way through a
 * firewall may look like RTP; two packets in sequence are media (RFC 3550 appendix A.1). */
static void
hear (LensTrack *track, const LensRtp *rtp)
{
  gboolean goes_on = track->probing && track->probed == rtp->ssrc && track->next == rtp->sequence;

  track->probing = TRUE;
  track->probed = rtp->ssrc;
  track->next = (guint16)(rtp->sequence + 1);
  for (guint i = 0; i < track->heard->len; i++)
    if (g_array_index (track->heard, guint32, i) == rtp->ssrc)
      return;
  if (goes_on && track->heard->len < LENS_HEARD_MAX)
    g_array_append_val (track->heard, rtp->ssrc);
}

static void
book_rtp (LensLedger *ledger, LensSide *side, LensTrack *track, gboolean declared_type,
          const LensRtp *rtp, const LensView *packet)
{
  g_auto (LensPieces) pieces = { 0 };
  LensView payload = lens_view_slice (packet, rtp->payload.offset, rtp->payload.length, &pieces);

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
         && track->formats->len > 0 && !lens_track_offers (track, packet->octets[1] & 0x7f)
         && lens_rtcp_plausible (packet->octets, packet->length);
}

/* What keeps a path open belongs to it; anything else has no place on a track's ports. */
static void
take_not_rtp (LensLedger *ledger, LensSide *side, LensTrack *track, gboolean from_sender,
              const LensView *packet)
{
  g_auto (LensPieces) pieces = { 0 };
  LensRange free = { 0, packet->length };

  if (!lens_rtp_keep_alive (packet->octets, packet->length, &free) && !from_sender)
    free = (LensRange){ packet->length, 0 }; /* viewers open paths with whatever they like */
  LensView rest = lens_view_slice (packet, free.offset, free.length, &pieces);
  lens_ledger_book_residual (ledger, side, LENS_KIND_RTP_BAD, track, 0, &rest);
  lens_ledger_book_part (ledger, side, LENS_KIND_RTCP, track, 0, packet, 0, free.offset);
  lens_ledger_book_part (ledger, side, LENS_KIND_RTCP, track, 0, packet, lens_range_end (free),
                         packet->length - lens_range_end (free));
  LensUnit unit = { .kind = LENS_UNIT_NOT_RTP, .side = side, .track = track, .view = *packet };
  lens_ledger_show (ledger, &unit);
}

static void
show_rtp (LensLedger *ledger, LensSide *side, LensTrack *track, const LensRtp *rtp,
          const LensFormat *format, const LensView *packet)
{
  const LensRtpFragment fragment = lens_rtp_fragment (
      track->encrypted || format == NULL ? LENS_FRAGMENT_OF_NOTHING : format->fragment_of,
      packet->octets + rtp->payload.offset, rtp->payload.length);
  LensUnit unit = { .kind = LENS_UNIT_RTP,
                    .side = side,
                    .track = track,
                    .view = *packet,
                    .format = format,
                    .fragment = &fragment,
                    .rtp = rtp };

  unit.traits = lens_traits_of_rtp (&unit);
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
  const LensFormat *format = lens_track_format (track, rtp.payload_type);
  gboolean declared_type = format != NULL || track->formats->len == 0;
  if (from_sender)
    count_media (ledger, side, track, &rtp);
  else
    hear (track, &rtp);
  book_rtp (ledger, side, track, declared_type || !from_sender, &rtp, packet);

  if (from_sender)
    show_rtp (ledger, side, track, &rtp, format, packet);
  if (from_sender && format != NULL)
    lens_ledger_read_payload (ledger, side, track, format, &rtp, packet);
}

void
lens_ledger_take_rtcp (LensLedger *ledger, LensSide *side, LensTrack *track,
                       const LensView *compound)
{
  LensRtcp rtcp = lens_rtcp_over (compound->octets, compound->length);
  LensRtcpPacket packet;
  gsize taken = 0;
  g_auto (LensPieces) pieces = { 0 };

  if (compound->length == 0)
    return;
  while (lens_rtcp_next (&rtcp, &packet))
    taken = lens_range_end (packet.whole);
  /* Behind SRTCP lie its index, key identifier and tag (RFC 3711 section 3.4). */
  if (track->encrypted)
    taken = compound->length;
  lens_ledger_book_part (ledger, side, LENS_KIND_RTCP, track, 0, compound, 0, taken);
  LensView stray = lens_view_slice (compound, taken, compound->length - taken, &pieces);
  lens_ledger_book_residual (ledger, side, LENS_KIND_RTCP_STRAY, track, 0, &stray);

  LensUnit unit = { .kind = LENS_UNIT_RTCP, .side = side, .track = track, .view = *compound };
  lens_ledger_show (ledger, &unit);
}

void
lens_ledger_book_cut (LensLedger *ledger, LensSide *side, LensTrack *track, gboolean rtcp,
                      const LensView *packet)
{
  LensRtp rtp;

  if (!rtcp && lens_rtp_parse (packet->octets, packet->length, &rtp))
    book_rtp (ledger, side, track, TRUE, &rtp, packet);
  else
    lens_ledger_book (ledger, side, rtcp ? LENS_KIND_RTCP : LENS_KIND_RTP_HEADER, track, 0, packet);
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
  track->encrypted = lens_flow_is_webrtc (side->flow);
  track->before = g_steal_pointer (&side->rare->guess->before);
  track->packets = track->packets_before = side->rare->guess->packets;
  track->payload_octets = side->rare->guess->payload_octets;
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

  if (side->rare->track != NULL && side->rare->track->guessed)
    return plausible;
  if (!plausible && side->rare->guess == NULL)
    return FALSE;
  if (side->rare->guess == NULL)
    lens_side_rare (side)->guess = g_new0 (struct LensRtpGuess, 1);
  if (side->rare->guess->disagreed >= GUESS_ENOUGH)
    return FALSE;
  if (plausible)
    compare (side->rare->guess, &rtp, data);
  else
    side->rare->guess->disagreed++;
  if (side->rare->guess->agreed < GUESS_ENOUGH)
    return FALSE;
  lens_side_rare (side)->track = guessed_track (ledger, side);
  return side->rare->track != NULL;
}
