/* rtcp-kinds: does the sender of media send control packets that only others have use for?
 *
 * RFC 3550 section 6.1: a compound is made of SR, RR, SDES, BYE and APP.  Feedback (205, 206;
 * RFC 4585) and extended reports (207; RFC 3611) answer media that somebody received, so they
 * come from viewers; all other types are unassigned or belong to uses that no camera has.
 *
 * Benign: feedback of a device that is sent media itself (a back channel, a call); a BYE whose
 * reason is a plain text, the same every time (6.6).  APP has an analyzer of its own.
 *
 *   room   8 bits per octet of a first reason; per octet of feedback that has something to answer
 *   use    8 bits per octet of any other packet behind its sender's number; of a reason that
 *          changes or is no text, and of its fill; 32 for a source that is not the sender's own
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/seed-bed.h"

#include "wire/octets.h"
#include "wire/rtcp.h"

#include <string.h>

enum
{
  OWN_HEAD = 8, /* octets of a packet up to its sender's number */
};

typedef struct
{
  gboolean any; /* a reason was seen */
  guint64 reason;
} Goodbye;

typedef struct
{
  LensByTrack goodbyes; /* Goodbye */
} RtcpKinds;

static const LensChannelText channels[] = {
  { .id = "rtcp-unknown-pt-xr",
    .summary = "Control packets of a kind that a sender of media has no use for carry data; "
               "viewers ignore them.",
    .room = "Control packets carry free texts or feedback of the usual kind; they could hold "
            "data.",
    .filter_hint = "rtcp.pt == 203 || rtcp.pt < 200 || rtcp.pt > 204",
    .reference = "RFC 3550 sections 6.1, 6.6 and 12.1; RFC 3611; RFC 4585 section 6",
    .hides = TRUE,
    .unit = LENS_UNIT_RTCP },
  { NULL },
};

static LensCarrier *
carrier_of (LensLedger *ledger, const LensUnit *unit)
{
  return lens_ledger_carrier (ledger, "rtcp-unknown-pt-xr", unit, NULL);
}

static void
use (LensLedger *ledger, const LensUnit *unit, LensRange octets)
{
  if (octets.length == 0)
    return;
  LensCarrier *carrier = carrier_of (ledger, unit);
  lens_ledger_room (ledger, carrier, unit, 8 * octets.length);
  lens_ledger_use (ledger, carrier, unit, 8 * octets.length, octets.offset, octets.length);
}

/* --- BYE --- */

static gboolean
is_text (const guint8 *octets, LensRange text)
{
  for (gsize i = 0; i < text.length; i++)
    if (!g_ascii_isprint (octets[text.offset + i]))
      return FALSE;
  return TRUE;
}

static void
see_reason (LensLedger *ledger, RtcpKinds *state, const LensUnit *unit, LensRange reason)
{
  guint64 hash
      = lens_octets_hash (LENS_HASH_START, unit->view.octets + reason.offset, reason.length);

  if (reason.length == 0)
    return;
  Goodbye *goodbye = lens_by_track (&state->goodbyes, unit->track, sizeof *goodbye);
  gboolean first = !goodbye->any, same = first || goodbye->reason == hash;
  *goodbye = (Goodbye){ TRUE, hash };
  if (!same || !is_text (unit->view.octets, reason))
    use (ledger, unit, reason);
  else if (first)
    lens_ledger_room (ledger, carrier_of (ledger, unit), unit, 8 * reason.length);
}

static guint32
word_at (const guint8 *octets, gsize offset)
{
  guint32 word;

  memcpy (&word, octets + offset, sizeof word);
  return GUINT32_FROM_BE (word);
}

/* A source says goodbye for itself; only a mixer has others to name (6.6). */
static void
see_bye (LensLedger *ledger, RtcpKinds *state, const LensUnit *unit, const LensRtcpBye *bye,
         guint32 self)
{
  const guint8 *octets = unit->view.octets;

  for (gsize at = 0; at + 4 <= bye->sources.length; at += 4)
    {
      guint32 ssrc = word_at (octets, bye->sources.offset + at);
      if (ssrc != self && (gint64)ssrc != unit->track->last_ssrc
          && !(unit->track->has_ssrc && ssrc == unit->track->ssrc))
        use (ledger, unit, (LensRange){ bye->sources.offset + at, 4 });
    }
  see_reason (ledger, state, unit, bye->reason);
  if (!lens_octets_are_zero (octets + bye->rest.offset, bye->rest.length))
    use (ledger, unit, bye->rest);
}

/* --- all packets --- */

/* Whether the one who speaks receives: a viewer, or the other end of a call. */
static gboolean
receives (const LensUnit *unit)
{
  const LensTrack *track = unit->track;

  return track->side == NULL || track->heard->len > 0
         || !lens_address_equal (&track->side->key.src, &unit->side->key.src);
}

static void
see_packet (LensLedger *ledger, RtcpKinds *state, const LensUnit *unit,
            const LensRtcpPacket *packet, guint32 self)
{
  LensRange spoken = packet->whole;
  LensRtcpBye bye;

  if (packet->whole.length > OWN_HEAD)
    spoken = (LensRange){ packet->whole.offset + OWN_HEAD, packet->whole.length - OWN_HEAD };
  switch (packet->type)
    {
    case LENS_RTCP_SR:
    case LENS_RTCP_RR:
    case LENS_RTCP_SDES:
    case LENS_RTCP_APP:
      break;
    case LENS_RTCP_BYE:
      if (lens_rtcp_bye (unit->view.octets, packet, &bye))
        see_bye (ledger, state, unit, &bye, self);
      break;
    case LENS_RTCP_RTPFB:
    case LENS_RTCP_PSFB:
    case LENS_RTCP_XR:
      if (receives (unit))
        {
          lens_ledger_room (ledger, carrier_of (ledger, unit), unit, 8 * spoken.length);
          break;
        }
      use (ledger, unit, spoken);
      break;
    default:
      use (ledger, unit, spoken);
    }
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  LensRtcp rtcp = lens_rtcp_over (unit->view.octets, unit->view.length);
  LensRtcpPacket packet;
  guint32 self = 0;
  gboolean first = TRUE;

  if (unit->track->encrypted)
    return;
  while (lens_rtcp_next (&rtcp, &packet))
    {
      if (first && packet.has_ssrc)
        self = packet.ssrc;
      see_packet (ledger, data, unit, &packet, self);
      first = FALSE;
    }
}

static void
clear (gpointer data)
{
  lens_by_track_clear (&((RtcpKinds *)data)->goodbyes, NULL);
}

/* --- seeds --- */

/* A type that no sender of media has a use for, of those that RTCP may have (RFC 5761). */
static guint8
draw_type (LensSeedBed *bed)
{
  for (;;)
    {
      guint8 type = (guint8)(192 + lens_seed_bed_below (bed, 32));
      if (type < LENS_RTCP_SR || type > LENS_RTCP_APP)
        return type;
    }
}

/* A packet of its own at the end of a compound. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[OWN_HEAD + 200] = { 0x80, draw_type (bed) };

  octets[0] = (guint8)(0x80 | lens_seed_bed_below (bed, 32));
  while (lens_seed_bed_next (bed, LENS_UNIT_RTCP, &place))
    {
      if (place.spare < sizeof octets || place.end - place.start < OWN_HEAD)
        continue;
      gsize count = lens_seed_bed_take (bed, octets + OWN_HEAD, sizeof octets - OWN_HEAD);
      if (count == 0)
        continue;
      gsize length = OWN_HEAD + (count + 3) / 4 * 4;
      lens_seed_bed_fill (bed, octets + OWN_HEAD + count, length - OWN_HEAD - count);
      octets[2] = (guint8)((length / 4 - 1) >> 8);
      octets[3] = (guint8)(length / 4 - 1);
      memcpy (octets + 4, place.octets + place.start + 4, 4);
      lens_seed_bed_insert (bed, place.end, octets, length, LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtcp_kinds = {
  .name = "rtcp-kinds",
  .question = "Are there RTCP packets that a sender of media has no use for?",
  .source = "RFC 3550 sections 6.1 and 6.6; RFC 3611; RFC 4585 section 6",
  .units = LENS_UNIT_RTCP,
  .channels = channels,
  .state_size = sizeof (RtcpKinds),
  .see = see,
  .clear = clear,
  .seed = seed,
};
