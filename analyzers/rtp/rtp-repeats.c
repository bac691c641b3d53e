/* rtp-repeats: is a packet that is sent twice the same both times?
 *
 * RFC 3550 section 5.1: source, sequence number and time stamp name one packet of a payload
 * type.  Players keep the first of two that have the same name, or the last, so another
 * packet under a name that was used travels unseen.
 *
 * A retransmission (RFC 4588 section 4) is a packet of its own that names the one it repeats; it
 * must hold the payload of that one.  What it repeats may be a packet that the capture missed.
 *
 * Benign: a repeat of the same octets; packets of another payload type (rtp-identity has them).
 *
 *   use    8 bits per payload octet of a second packet whose payload differs
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/seed-bed.h"

#include "wire/octets.h"

#include <string.h>

enum
{
  REMEMBERED = 512, /* packets of a track; a power of 2 */
  ORIGINAL = 2,     /* octets of a retransmission before the payload */
};

typedef struct
{
  guint64 content;
  guint32 ssrc, timestamp;
  guint16 sequence;
  guint8 payload_type, any;
} Sent;

typedef struct
{
  Sent sent[REMEMBERED]; /* by the low bits of the sequence number */
} Repeats;

static const LensChannelText channels[] = {
  { .id = "rtp-duplicate-different",
    .summary = "Media packets are sent twice under one number with different content; players "
               "keep only one.",
    .filter_hint = "rtp",
    .reference = "RFC 3550 section 5.1",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static guint64
content_of (const LensUnit *unit, LensRange payload)
{
  return lens_octets_hash_whole (LENS_HASH_START, unit->view.octets + payload.offset,
                                 payload.length);
}

static void
use (LensLedger *ledger, const LensUnit *unit, LensRange octets)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtp-duplicate-different", unit, NULL);

  lens_ledger_room (ledger, carrier, unit, 8 * octets.length);
  lens_ledger_use (ledger, carrier, unit, 8 * octets.length, octets.offset, octets.length);
}

static gboolean
is_retransmission (const LensUnit *unit)
{
  const char *codec = unit->format != NULL ? unit->format->codec : NULL;

  return codec != NULL && codec[0] == 'R' && g_str_equal (codec, "RTX")
         && unit->rtp->payload.length > ORIGINAL;
}

/* The original's sequence number, then its payload. */
static void
see_retransmission (LensLedger *ledger, const Repeats *repeats, const LensUnit *unit)
{
  const LensRtp *rtp = unit->rtp;
  const guint8 *octets = unit->view.octets + rtp->payload.offset;
  guint16 original = (guint16)(octets[0] << 8 | octets[1]);
  LensRange payload = { rtp->payload.offset + ORIGINAL, rtp->payload.length - ORIGINAL };
  const Sent *sent = &repeats->sent[original % REMEMBERED];

  if (sent->any && sent->sequence == original
      && (sent->timestamp != rtp->timestamp || sent->content != content_of (unit, payload)))
    use (ledger, unit, payload);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensRtp *rtp = unit->rtp;
  Repeats *repeats = lens_by_track (data, unit->track, sizeof *repeats);

  if (is_retransmission (unit))
    {
      see_retransmission (ledger, repeats, unit);
      return;
    }
  Sent *sent = &repeats->sent[rtp->sequence % REMEMBERED];
  __builtin_prefetch (sent, 1);
  const Sent now = { .content = content_of (unit, rtp->payload),
                     .ssrc = rtp->ssrc,
                     .timestamp = rtp->timestamp,
                     .sequence = rtp->sequence,
                     .payload_type = rtp->payload_type,
                     .any = TRUE };

  gboolean again = sent->any && sent->sequence == now.sequence && sent->ssrc == now.ssrc
                   && sent->timestamp == now.timestamp && sent->payload_type == now.payload_type;
  if (again && sent->content != now.content && rtp->payload.length > 0)
    {
      use (ledger, unit, rtp->payload);
      return;
    }
  *sent = now;
}

static void
clear (gpointer data)
{
  lens_by_track_clear (data, NULL);
}

/* The packet at hand again, with another payload. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[LENS_RTP_HEADER_LENGTH + 200];

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      gsize count = lens_seed_bed_take (bed, octets + LENS_RTP_HEADER_LENGTH, 200);
      if (count == 0)
        continue;
      memcpy (octets, place.octets + place.start, LENS_RTP_HEADER_LENGTH);
      octets[0] = 0x80;
      lens_seed_bed_send_beside (bed, octets, LENS_RTP_HEADER_LENGTH + count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtp_repeats = {
  .name = "rtp-repeats",
  .question = "Do RTP packets with the same number have the same content?",
  .source = "RFC 3550 section 5.1",
  .units = LENS_UNIT_RTP,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .clear = clear,
  .seed = seed,
};
