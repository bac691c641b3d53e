/* ip4-fragment-order: are the fragments of each datagram sent in one order?
 *
 * RFC 791 section 3.2: receivers put fragments together in whatever order they come, so their order
 * is free.  A system has one: from the front, or (as Linux once did) from the end.
 *
 * Benign: either order; fragments that overtake each other on their way, for then those of several
 * datagrams do.
 *
 *   room   1 bit for each fragment behind another one of its datagram
 *   use    the same, where either order is usual
 */
#include "ledger/analyzer.h"
#include "ledger/by-side.h"
#include "ledger/spot.h"

enum
{
  MAX_SIDES = 16384,
  LEAST = 24,    /* fragments in each order, to make a finding */
  SUSPECTED = 8, /* from which on they are kept */
  ACROSS = 4,    /* times as many within datagrams as across them */
  LAST = 4,      /* datagrams that are remembered */
  PLACE_AT = 6,  /* in the header: flags and offset */
};

typedef struct
{
  guint32 ids[LAST]; /* of the last datagrams, in the order of their first fragments */
  guint32 n_ids;
  guint32 offset;       /* of the last fragment */
  guint32 forth, back;  /* within a datagram */
  guint32 across;       /* fragments of a datagram behind those of a later one */
  LensSpot spot;        /* of the last fragment */
  LensCarrier *carrier; /* NULL: none yet */
} Side;

typedef struct
{
  LensBySide sides; /* Side */
} Ip4FragmentOrder;

static const char channel[] = "ip4-fragment-offset-overlap";

static const LensChannelText channels[] = {
  { .id = channel,
    .summary = "The fragments of packets are sent now in one order, now in another.",
    .filter_hint = "ip.flags.mf == 1 || ip.frag_offset > 0",
    .reference = "RFC 791 section 3.2",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

/* Which of the last datagrams @id is, the last one 0; LAST: none. */
static guint
age_of (const Side *side, guint32 id)
{
  for (guint age = 0; age < MIN (side->n_ids, LAST); age++)
    if (side->ids[(side->n_ids - 1 - age) % LAST] == id)
      return age;
  return LAST;
}

static void
take_second (LensLedger *ledger, Side *side, const LensUnit *unit, const LensSpot *spot)
{
  if (unit->frame->fragment_offset == side->offset)
    return;
  if (unit->frame->fragment_offset > side->offset)
    side->forth++;
  else
    side->back++;
  if (side->forth < SUSPECTED || side->back < SUSPECTED)
    return;
  lens_spot_use (&side->spot, ledger, channel, NULL, 0);
  lens_spot_use (spot, ledger, channel, NULL, 1);
  side->carrier = lens_ledger_carrier (ledger, channel, unit, NULL);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Ip4FragmentOrder *state = data;
  const LensLayers *layers = unit->frame;

  if (layers->ip_version != 4 || !layers->fragment || layers->header_cut)
    return;
  Side *side = lens_by_side (&state->sides, ledger, unit->side, sizeof (Side), MAX_SIDES);
  if (side == NULL)
    return;
  const LensSpot spot = lens_spot_at (unit, layers->network.offset + PLACE_AT, 2);
  guint age = age_of (side, layers->fragment_id);
  if (age == 0)
    take_second (ledger, side, unit, &spot);
  else if (age < LAST)
    side->across++;
  else
    side->ids[side->n_ids++ % LAST] = layers->fragment_id;
  side->offset = layers->fragment_offset;
  side->spot = spot;
}

/* Which of them are in which order is the message. */
static void
conclude (LensLedger *ledger, gpointer data)
{
  Ip4FragmentOrder *state = data;
  LensFlows *flows = lens_ledger_flows (ledger);

  for (guint32 i = 0; i < lens_flows_n_sides (flows); i++)
    {
      const LensSide *key = lens_flows_side_at (flows, i);
      const Side *side = lens_by_side_peek (&state->sides, key);
      if (side == NULL || side->carrier == NULL)
        continue;
      guint32 rarer = MIN (side->forth, side->back);
      if (rarer >= LEAST && side->across * ACROSS <= rarer && !lens_ledger_is_routed (ledger, key))
        lens_ledger_find (ledger, side->carrier,
                          MAX (lens_ledger_severity (ledger, side->carrier), LENS_SEVERITY_MEDIUM),
                          NULL, NULL);
    }
}

static void
clear (gpointer data)
{
  Ip4FragmentOrder *state = data;

  lens_by_side_clear (&state->sides, NULL);
}

const LensAnalyzer lens_analyzer_ip4_fragment_order = {
  .name = "ip4-fragment-order",
  .question = "Are the fragments of each datagram sent in one order?",
  .source = "RFC 791 section 3.2",
  .severity = LENS_SEVERITY_RULE_FIXED,
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_FRAGMENT,
  .channels = channels,
  .state_size = sizeof (Ip4FragmentOrder),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
