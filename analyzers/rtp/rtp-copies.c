/* rtp-copies: which packets are sent twice?
 *
 * RFC 3550 section 6.4.1 and A.8 allow for packets that come twice; players drop the second one.
 * So whether a packet comes again, octet for octet, can say something, though no octet does.
 *
 * Benign: a mirror port that shows everything twice, or what goes one way, or some frames of
 * everybody's; a network that sends some packets twice; a sender that repeats a kind of packets, or
 * whole pictures.
 *
 *   use    1 bit for each repeated packet, where which ones are has no habit
 */
#include "ledger/by-track.h"
#include "ledger/habits.h"
#include "ledger/own-source.h"
#include "ledger/spot.h"

#include "wire/rtp.h"

#include <netinet/in.h>

enum
{
  FEW = 48,         /* surprises that are no finding */
  BEHIND = 128,     /* packets after which one is not waited for any more; a power of 2 */
  MAX_SPOTS = 8192, /* repeats of a track that a finding names */
  SEQUENCE_AT = 2,
  OTHERS = 4, /* repeats of frames without media that show the capture's doing */
  RARER = 4,  /* times that they may be rarer than those of media */
};

typedef struct
{
  gboolean any;
  gboolean marker, starts; /* of a picture: the last packet, the first */
  guint16 sequence;
  guint32 timestamp;
  guint again;
} Sent;

typedef struct
{
  LensTrack *track;
  LensOwnSource source;
  Sent sent[BEHIND]; /* by the low bits of the sequence number */
  gboolean after_marker;
  LensHabits habits; /* how often a packet comes again */
  GArray *spots;     /* LensSpot of the repeats */
  guint packets;     /* for the first time */
  guint repeats;     /* in all */
  guint frames;      /* of them, repeats of the whole frame */
} Copies;

static const LensChannelText channels[] = {
  { .id = "rtp-duplicate-different", /* one channel with rtp-repeats */
    .summary = "Some media packets are sent twice, and which ones follows no rule; the choice can "
               "carry data.",
    .filter_hint = "rtp",
    .reference = "RFC 3550 section 6.4.1",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static void
repeat (Copies *copies, const LensUnit *unit, Sent *sent)
{
  sent->again++;
  copies->repeats++;
  if (copies->spots->len >= MAX_SPOTS)
    return;
  const LensSpot spot = lens_spot_at (unit, SEQUENCE_AT, 2);
  g_array_append_val (copies->spots, spot);
}

/* A packet for the first time, and the one that had its place is not waited for any more; or the
 * same one in another datagram (what else differs is rtp-repeats' to tell). */
static void
see_packet (Copies *copies, const LensUnit *unit)
{
  const LensRtp *rtp = unit->rtp;
  Sent *sent = &copies->sent[rtp->sequence % BEHIND];

  if (lens_own_source_take (&copies->source, rtp->ssrc) == LENS_SOURCE_OTHER)
    return;
  if (sent->any && sent->sequence == rtp->sequence && sent->timestamp == rtp->timestamp)
    {
      repeat (copies, unit, sent);
      return;
    }
  if (sent->any)
    {
      const guint contexts[] = { 0, 2u * sent->starts + sent->marker };
      lens_habits_take (&copies->habits, G_N_ELEMENTS (contexts), contexts, sent->again);
    }
  copies->packets++;
  *sent = (Sent){ TRUE, rtp->marker, copies->after_marker, rtp->sequence, rtp->timestamp, 0 };
  copies->after_marker = rtp->marker;
}

/* The same frame again; whose, its sequence number says. */
static void
see_repeat (Copies *copies, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets;

  /* RTCP has its types where RTP has the marker and its own (RFC 5761 section 4). */
  if (unit->view.length < LENS_RTP_HEADER_LENGTH || octets[0] >> 6 != 2
      || (octets[1] >= 192 && octets[1] <= 223))
    return;
  guint16 sequence = (guint16)(octets[SEQUENCE_AT] << 8 | octets[SEQUENCE_AT + 1]);
  Sent *sent = &copies->sent[sequence % BEHIND];
  if (!sent->any || sent->sequence != sequence)
    return;
  copies->frames++;
  repeat (copies, unit, sent);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  /* A connection has its own repeats. */
  if (unit->side->key.protocol != IPPROTO_UDP)
    return;
  Copies *copies = lens_by_track (state, unit->track, sizeof *copies);
  copies->track = unit->track;
  if (copies->spots == NULL)
    copies->spots = g_array_new (FALSE, FALSE, sizeof (LensSpot));
  if (unit->kind == LENS_UNIT_RTP)
    see_packet (copies, unit);
  else
    see_repeat (copies, unit);
}

/* Frames that hold no media over UDP, and how many of them came twice. */
typedef struct
{
  guint64 packets, repeats;
} Others;

static Others
count_others (LensLedger *ledger)
{
  LensFlows *flows = lens_ledger_flows (ledger);
  Others others = { 0, 0 };

  for (guint32 i = 0; i < lens_flows_n_sides (flows); i++)
    {
      const LensSide *side = lens_flows_side_at (flows, i);
      if (side->rare->outer != NULL
          || (side->rare->track != NULL && side->key.protocol == IPPROTO_UDP))
        continue;
      others.packets += side->packets;
      others.repeats += side->rare->repeats;
    }
  return others;
}

/* Whether it is the capture that shows frames twice: not those of media alone, and the whole
 * frame, which a sender that repeats a packet would number anew. */
static gboolean
is_capture (const Copies *copies, Others others)
{
  return others.repeats >= OTHERS && 2 * copies->frames >= copies->repeats
         && RARER * others.repeats * copies->packets >= copies->frames * others.packets;
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensByTrack *by_track = state;
  const Others others = count_others (ledger);

  for (guint i = 0; i < lens_rows_n (by_track); i++)
    {
      Copies *copies = lens_rows_peek (by_track, i);
      if (copies == NULL || copies->habits.surprises < FEW
          || !lens_habits_is_noise (&copies->habits) || is_capture (copies, others))
        continue;
      for (guint s = 0; s < copies->spots->len; s++)
        lens_spot_use (&g_array_index (copies->spots, LensSpot, s), ledger, channels[0].id,
                       copies->track, 1);
    }
  lens_spot_find_used (ledger, channels[0].id);
}

static void
copies_clear (gpointer data)
{
  Copies *copies = data;

  g_clear_pointer (&copies->spots, g_array_unref);
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, copies_clear);
}

const LensAnalyzer lens_analyzer_rtp_copies = {
  .name = "rtp-copies",
  .question = "Do media packets come twice by a rule?",
  .source = "RFC 3550 section 6.4.1",
  .units = LENS_UNIT_RTP | LENS_UNIT_REPEAT,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
