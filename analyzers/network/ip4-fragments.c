/* ip4-fragments: do fragments say more than the datagram that they were cut from?
 *
 * RFC 791 section 3.2: a sender cuts a datagram at what the link takes, every part but the last in
 * units of eight octets; receivers put the parts together and keep one copy of what came twice.
 * So the other copy is read by nobody but who listens, and where a datagram is cut is the sender's
 * choice.
 *
 * Benign: fragments that were sent twice, octet for octet; another size for good, as when the path
 * changes; a router that cuts the fragments again.
 *
 *   room   8 bits per octet that came twice and differs; 7 bits of each first fragment of another
 *          size than those before (there are some 185 sizes)
 *   use    the same
 */
#include "ledger/analyzer.h"
#include "ledger/by-side.h"
#include "ledger/seed-bed.h"
#include "ledger/spot.h"

#include "wire/fragments.h"
#include "wire/transport.h"

#include <string.h>

enum
{
  MAX_SIDES = 16384,
  PENDING = 64,   /* datagrams */
  UNIT = 8,       /* octets in which offsets count */
  SIZE_BITS = 7,  /* what a size may say */
  TINY = 256,     /* octets: no link is that narrow, but for the last fragment */
  FOR_GOOD = 4,   /* times in a row, and it is the new size */
  MOST_LEAD = 16, /* how sure one may be of a size */
  OTHERS = 2,     /* sizes of further fragments, by which routers cut them again */
  LEAST = 16,     /* odd sizes to make a finding */
  ONE_IN = 8,     /* datagrams, where they are usual */
  LENGTH_AT = 2,  /* offsets of the fields in the header */
  PLACE_AT = 6,
};

#define TIMEOUT_NS (G_GINT64_CONSTANT (30) * 1000 * 1000 * 1000)
#define CHANNEL "ip4-fragment-offset-overlap"

typedef struct
{
  guint usual, last; /* octets of first fragments */
  guint lead;        /* how often @usual was, less how often not */
  guint run;         /* times in a row that it was @last instead */
  guint others[OTHERS];
  guint n_others;
  guint32 odd_id; /* of the last datagram whose first fragment was odd */
  gboolean has_odd;
  LensSpot before; /* where the last fragment says what part it is */
  guint32 before_id;
  guint firsts, wavering; /* of these, odd ones that are not tiny */
  guint odd, differing;   /* all of them */
} Side;

typedef struct
{
  LensBySide sides; /* Side */
  LensFragments *fragments;
  /* During see: */
  LensLedger *ledger;
  const LensUnit *unit;
  Side *side;
} Ip4Fragments;

static const LensChannelText channels[] = {
  { .id = CHANNEL,
    .summary = "Packets are cut into fragments in ways that no network asks for: parts that "
               "contradict each other, or sizes that change from packet to packet.",
    .room = "Fragments have sizes that change; routes do that.",
    .filter_hint = "ip.flags.mf == 1 || ip.frag_offset > 0",
    .reference = "RFC 791 section 3.2; RFC 1858; RFC 3128",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static void
use (LensLedger *ledger, const LensUnit *unit, guint64 bits, gsize offset, gsize length)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, CHANNEL, unit, NULL);

  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, offset, length);
}

/* --- parts that contradict each other --- */

/* The part before is the other half of it. */
static void
see_overlap (gpointer data, const LensFragmentKey *key, LensPiece piece, gboolean same)
{
  Ip4Fragments *state = data;
  const LensPiece *frame = &state->unit->view.pieces[0];

  if (same || piece.frame != frame->frame)
    return;
  if (state->side->before.side != NULL && state->side->before_id == key->id)
    lens_spot_use (&state->side->before, state->ledger, CHANNEL, NULL, 0);
  use (state->ledger, state->unit, 8 * (guint64)piece.length, piece.offset - frame->offset,
       piece.length);
  state->side->differing++;
}

static void
see_left (gpointer data, const LensFragmentKey *key, guint32 offset, const LensView *part,
          LensFragmentsReason reason)
{
  /* The ledger books what makes no datagram; nothing is to be told of it here. */
}

static const LensFragmentsEvents events = { see_overlap, see_left };

static void
feed (Ip4Fragments *state, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;
  const LensPiece *frame = &unit->view.pieces[0];
  const LensFragmentKey key = { .source = layers->source,
                                .destination = layers->destination,
                                .id = layers->fragment_id,
                                .link = unit->side->index,
                                .protocol = layers->protocol };
  const LensPiece piece = { frame->frame, frame->offset + (guint32)layers->payload.offset,
                            (guint32)layers->payload.length };

  if (state->fragments == NULL)
    state->fragments = lens_fragments_new (&events, state, PENDING, TIMEOUT_NS);
  lens_fragments_feed (state->fragments, &key, unit->time_ns, layers->fragment_offset,
                       layers->more_fragments, unit->view.octets + layers->payload.offset, piece);
  state->side->before = lens_spot_at (unit, layers->network.offset + PLACE_AT, 2);
  state->side->before_id = key.id;
}

/* --- sizes --- */

/* Whether a first fragment of @size is one that the link does not explain. */
static gboolean
is_odd_first (Side *side, guint size)
{
  if (side->lead == 0 && side->run == 0)
    side->usual = size;
  if (size == side->usual)
    {
      side->run = 0;
      side->lead = MIN (side->lead + 1, MOST_LEAD);
      return size < TINY;
    }
  side->run = side->run > 0 && side->last == size ? side->run + 1 : 1;
  side->last = size;
  if (side->run == FOR_GOOD)
    {
      side->usual = size;
      side->lead = FOR_GOOD;
      side->run = 0;
    }
  else if (side->lead > 0)
    side->lead--;
  return TRUE;
}

static gboolean
is_odd_further (Side *side, guint size)
{
  if (size == side->usual)
    return FALSE;
  for (guint i = 0; i < side->n_others; i++)
    if (side->others[i] == size)
      return FALSE;
  if (side->n_others == OTHERS)
    return TRUE;
  side->others[side->n_others++] = size;
  return FALSE;
}

/* Where sizes change all the time, the usual one says as much as another. */
static gboolean
is_one_of_several (const Side *side)
{
  return side->wavering >= LEAST && side->wavering * ONE_IN >= side->firsts;
}

/* A size is said twice: where the first part ends, the next one begins. */
static void
see_size (LensLedger *ledger, Side *side, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;
  gsize start = layers->network.offset;
  guint size = (guint)layers->payload.length;
  gboolean first = layers->fragment_offset == 0;
  gboolean odd
      = layers->more_fragments
        && (size % UNIT != 0 || (first ? is_odd_first (side, size) : is_odd_further (side, size)));

  if (odd)
    {
      use (ledger, unit, SIZE_BITS, start + LENGTH_AT, 2);
      side->odd++;
    }
  else if (!first && side->has_odd && side->odd_id == layers->fragment_id)
    use (ledger, unit, 0, start + PLACE_AT, 2);
  else if (first && layers->more_fragments && is_one_of_several (side))
    use (ledger, unit, 1, start + LENGTH_AT, 2);
  if (first)
    {
      side->firsts++;
      side->wavering += odd && size >= TINY;
      side->has_odd = odd;
      side->odd_id = layers->fragment_id;
    }
}

/* --- one fragment --- */

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Ip4Fragments *state = data;
  const LensLayers *layers = unit->frame;

  if (layers->ip_version != 4 || !layers->fragment || layers->header_cut || layers->truncated
      || layers->bad_total_length || layers->zero_total_length || layers->payload.length == 0
      || unit->view.n_pieces != 1)
    return;
  state->ledger = ledger;
  state->unit = unit;
  state->side = lens_by_side (&state->sides, ledger, unit->side, sizeof (Side), MAX_SIDES);
  if (state->side == NULL)
    return;
  see_size (ledger, state->side, unit);
  feed (state, unit);
}

/* --- what it comes to --- */

/* A few odd sizes are a path that changed; which packets have them is the message, though each
 * may be the same. */
static void
judge (LensLedger *ledger, LensCarrier *carrier, const Side *side)
{
  LensSeverity severity = lens_ledger_severity (ledger, carrier);

  if (side->differing > 0)
    lens_ledger_find (ledger, carrier, severity, NULL, NULL);
  else if (side->odd < LEAST)
    return;
  else if (lens_ledger_is_routed (ledger, carrier->side))
    lens_ledger_find_room (ledger, carrier, "The sender may lie behind routers.");
  else
    lens_ledger_find (ledger, carrier, MAX (severity, LENS_SEVERITY_MEDIUM), NULL, NULL);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  Ip4Fragments *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      const Side *side = lens_by_side_peek (&state->sides, carrier->side);
      if (side != NULL && carrier->uses > 0 && lens_ledger_owns (ledger, carrier))
        judge (ledger, carrier, side);
    }
}

static void
clear (gpointer data)
{
  Ip4Fragments *state = data;

  lens_by_side_clear (&state->sides, NULL);
  g_clear_pointer (&state->fragments, lens_fragments_free);
}

/* --- seeds --- */

/* Two parts of one datagram that contradict each other: both halves of the message stand where
 * they overlap. */
static void
seed_datagram (LensSeedBed *bed)
{
  enum
  {
    HALF = 32,
  };
  guint8 first[2 * HALF], second[2 * HALF], message[2 * HALF];
  guint16 id = (guint16)lens_seed_bed_below (bed, 0x10000);
  gsize count = lens_seed_bed_take (bed, message, sizeof message);

  if (count == 0)
    return;
  lens_seed_bed_fill (bed, message + count, sizeof message - count);
  lens_seed_bed_fill (bed, first, HALF);
  memcpy (first + HALF, message, HALF);
  memcpy (second, message + HALF, HALF);
  lens_seed_bed_fill (bed, second + HALF, HALF);
  lens_seed_bed_send_part (bed, LENS_PROTOCOL_UDP, id, 0, TRUE, first, sizeof first);
  lens_seed_bed_send_part (bed, LENS_PROTOCOL_UDP, id, HALF, FALSE, second, sizeof second);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    if (place.layers->ip_version == 4 && lens_seed_bed_can_send (bed))
      seed_datagram (bed);
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_ip4_fragments = {
  .name = "ip4-fragments",
  .question = "Do fragments say more than the datagram that they were cut from?",
  .source = "RFC 791 section 3.2; RFC 1858; RFC 3128",
  .severity = LENS_SEVERITY_RULE_FIXED,
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_FRAGMENT,
  .channels = channels,
  .state_size = sizeof (Ip4Fragments),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
