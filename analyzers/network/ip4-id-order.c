/* ip4-id-order: do packets whose content is in order have numbers in order?
 *
 * A system numbers the packets of one socket as they pass, under the same lock: so packets that go
 * on from each other by their own content (RFC 9293 section 3.4, the sequence numbers of TCP; RFC
 * 3550 section 5.1, those of RTP) have identifications that go on as well, whether they were
 * overtaken on their way, captured late, or others lost.
 *
 * Benign: any distance that other packets of the host, an offload (one number for each segment of a
 * large one) or Linux's hashed counters explain: these leap by a random number up to the ticks
 * since, so that a small leap is at least as frequent as a large one.  Headers without a number
 * that carry no data.
 *
 *   room   16 bits of a number that falls behind, 1 bit of a step that is one of two, or of a
 *          number that is left out
 *   use    the same
 */
#include "ledger/analyzer.h"
#include "ledger/by-side.h"
#include "ledger/spot.h"

#include "wire/transport.h"

enum
{
  MAX_SIDES = 16384,
  RING = 64,      /* last packets of all */
  YOUNG = 8,      /* packets of a flow that are not looked at */
  GAPS = 16,      /* steps that are counted */
  SMALLEST = 3,   /* that is no neighbour of one */
  LATE = 64,      /* how far a number may fall behind */
  LEAST = 16,     /* numbers that fall behind, or are left out, to make a finding, ... */
  ONE_IN = 50,    /* ... of those in order */
  STEPS = 48,     /* the same of steps, ... */
  STEPS_IN = 10,  /* ... of those in order */
  CLEAR_OF = 8,   /* times as many as of any smaller one */
  SUSPECTED = 16, /* steps of one size, from which on they are kept */
  RTP_AT = 8,     /* behind the header of UDP */
  RTP_HEADER = 12,
};

static const char channel[] = "ip4-id";
static const char behind[] = "behind", steps[] = "steps", left_out[] = "left out";
static const char *const subjects[] = { behind, steps, left_out };

static const LensChannelText channels[] = {
  { .id = channel,
    .summary = "Packets that are in order by their content have identification numbers that are "
               "not.",
    .filter_hint = "ip.id",
    .reference = "RFC 791 section 3.1; RFC 6864 section 4",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

/* What a packet says of its place among those of its flow. */
typedef struct
{
  guint32 stream; /* of several in one flow */
  guint32 number, next;
  guint32 length;
} Place;

typedef struct
{
  Place last;
  guint16 id;
  guint8 flags;
  guint8 suspected; /* the step that stands out; 0: none */
  gboolean known;
  guint32 longest;      /* of packets that were followed by the next number */
  guint32 in_order;     /* packets ... */
  guint32 gaps[GAPS];   /* ... and their steps */
  guint32 behind, zero; /* ... and those without a number beside others */
  guint32 source;       /* hash of the address; 0: not yet known */
  LensSpot spot;        /* of the last number */
} Side;

typedef struct
{
  guint32 source;
  guint16 id;
} Passed;

typedef struct
{
  LensBySide sides; /* Side */
  Passed ring[RING];
  guint32 n_passed;
} Ip4IdOrder;

static guint32
u32 (const guint8 *octets)
{
  return (guint32)octets[0] << 24 | (guint32)octets[1] << 16 | (guint32)octets[2] << 8 | octets[3];
}

static gboolean
place_of_segment (const LensUnit *unit, Place *place)
{
  const LensLayers *layers = unit->frame;
  const guint8 *octets = unit->view.octets + layers->payload.offset;

  if (layers->payload.length < 20)
    return FALSE;
  gsize header = 4u * (octets[12] >> 4);
  if ((octets[13] & (LENS_TCP_SYN | LENS_TCP_FIN | LENS_TCP_RST)) != 0
      || layers->payload_declared <= header)
    return FALSE;
  guint32 length = (guint32)(layers->payload_declared - header);
  *place = (Place){ 0, u32 (octets + 4), u32 (octets + 4) + length, length };
  return TRUE;
}

static gboolean
place_of_datagram (const LensUnit *unit, Place *place)
{
  const LensLayers *layers = unit->frame;
  const guint8 *octets = unit->view.octets + layers->payload.offset + RTP_AT;

  if (layers->payload.length < RTP_AT + RTP_HEADER || octets[0] >> 6 != 2)
    return FALSE;
  guint16 number = (guint16)(octets[2] << 8 | octets[3]);
  *place = (Place){ u32 (octets + 8), number, (guint16)(number + 1),
                    (guint32)layers->payload_declared };
  return TRUE;
}

/* FALSE: nothing says it. */
static gboolean
place_of (const LensUnit *unit, Place *place)
{
  switch (unit->frame->protocol)
    {
    case LENS_PROTOCOL_TCP:
      return place_of_segment (unit, place);
    case LENS_PROTOCOL_UDP:
      return place_of_datagram (unit, place);
    default:
      return FALSE;
    }
}

/* Whether another packet of the source has one of the numbers between. */
static gboolean
went_elsewhere (const Ip4IdOrder *state, guint32 source, guint16 from, guint16 to)
{
  for (guint i = 0; i < MIN (state->n_passed, RING); i++)
    {
      const Passed *passed = &state->ring[i];
      guint16 ahead = passed->id - from;
      if (passed->source == source && ahead > 0 && ahead < (guint16)(to - from))
        return TRUE;
    }
  return FALSE;
}

static void
use (LensLedger *ledger, const LensSpot *spot, const char *subject, guint64 bits)
{
  LensPiece pieces[2];
  const guint n = lens_spot_pieces (spot, pieces);
  const LensUnit unit = { .kind = LENS_UNIT_FRAME,
                          .time_ns = spot->time_ns,
                          .side = spot->side,
                          .view = { spot->octets, spot->length, pieces, n } };
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, &unit, subject);

  lens_ledger_room (ledger, carrier, &unit, bits);
  lens_ledger_use (ledger, carrier, &unit, bits, 0, spot->length);
}

/* Whether steps of this size are more than those that leap, or make room for others, have. */
static gboolean
stands_out (const Side *side, guint step, guint least)
{
  if (step < SMALLEST || side->gaps[step] < least)
    return FALSE;
  for (guint smaller = 2; smaller < step; smaller++)
    if (side->gaps[smaller] * CLEAR_OF > side->gaps[step])
      return FALSE;
  return TRUE;
}

static void
take_step (LensLedger *ledger, const Ip4IdOrder *state, Side *side, const LensUnit *unit,
           guint32 source, const LensSpot *spot)
{
  guint16 id = unit->frame->ip_id, step = id - side->id;

  side->in_order++;
  if ((guint16)(side->id - id) >= 1 && (guint16)(side->id - id) <= LATE)
    {
      side->behind++;
      use (ledger, &side->spot, behind, 0);
      use (ledger, spot, behind, 16);
      return;
    }
  if (step == 0 || step >= GAPS)
    return;
  if (step == 1)
    side->longest = MAX (side->longest, side->last.length);
  else if (side->last.length > side->longest || went_elsewhere (state, source, side->id, id))
    return;
  side->gaps[step]++;
  if (step > 1 && stands_out (side, step, SUSPECTED))
    side->suspected = (guint8)step;
  /* One of two: the small one says as much. */
  if (side->suspected > 0 && (step == 1 || step == side->suspected))
    use (ledger, spot, steps, 1);
}

/* A number where one is expected: it is there, or left out. */
static void
take_number (LensLedger *ledger, const Ip4IdOrder *state, Side *side, const LensUnit *unit,
             guint32 source, const LensSpot *spot)
{
  const LensLayers *layers = unit->frame;
  gboolean goes_on = side->known && side->flags == layers->ip_flags;

  if (layers->ip_id == 0)
    {
      if (goes_on && side->id != 0)
        {
          side->zero++;
          use (ledger, spot, left_out, 1);
        }
      return;
    }
  if (goes_on)
    take_step (ledger, state, side, unit, source, spot);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Ip4IdOrder *state = data;
  const LensLayers *layers = unit->frame;
  Place place = { 0 };

  if (layers->ip_version != 4 || layers->network.length < 20 || layers->fragment)
    return;
  Side *side = unit->side->packets > YOUNG && place_of (unit, &place)
                   ? lens_by_side (&state->sides, ledger, unit->side, sizeof (Side), MAX_SIDES)
                   : NULL;
  guint32 source
      = side != NULL && side->source != 0 ? side->source : lens_address_hash (&layers->source);
  if (side != NULL)
    {
      const LensSpot spot = lens_spot_at (unit, layers->network.offset + 4, 2);
      if (side->last.next == place.number && side->last.stream == place.stream)
        take_number (ledger, state, side, unit, source, &spot);
      side->known = layers->ip_id != 0;
      side->last = place;
      side->id = layers->ip_id;
      side->flags = layers->ip_flags;
      side->source = source;
      side->spot = spot;
    }
  state->ring[state->n_passed++ % RING] = (Passed){ source, layers->ip_id };
}

/* --- what it comes to --- */

static gboolean
speaks (const Side *side, const char *subject)
{
  if (g_str_equal (subject, behind))
    return side->behind >= LEAST && side->behind * ONE_IN >= side->in_order;
  if (g_str_equal (subject, left_out))
    return side->zero >= LEAST && side->gaps[1] >= LEAST && side->zero * ONE_IN >= side->in_order;
  for (guint step = SMALLEST; step < GAPS; step++)
    if (stands_out (side, step, STEPS) && side->gaps[step] * STEPS_IN >= side->in_order
        && side->gaps[1] * STEPS_IN >= side->in_order)
      return TRUE;
  return FALSE;
}

/* Of hosts, source and destination: a bit for each of the subjects in which one of their sides
 * speaks. */
static GHashTable *
speakers (const Ip4IdOrder *state, LensFlows *flows)
{
  GHashTable *all = g_hash_table_new (lens_side_hosts_hash, lens_side_hosts_equal);

  for (guint32 i = 0; i < lens_flows_n_sides (flows); i++)
    {
      LensSide *key = lens_flows_side_at (flows, i);
      const Side *side = lens_by_side_peek (&state->sides, key);
      guint bits = 0;
      for (guint subject = 0; side != NULL && subject < G_N_ELEMENTS (subjects); subject++)
        bits |= (guint)speaks (side, subjects[subject]) << subject;
      if (bits == 0)
        continue;
      bits |= GPOINTER_TO_UINT (g_hash_table_lookup (all, &key->key));
      g_hash_table_insert (all, &key->key, GUINT_TO_POINTER (bits));
    }
  return all;
}

static gboolean
speaks_so (GHashTable *all, const LensCarrier *carrier)
{
  guint bits = GPOINTER_TO_UINT (g_hash_table_lookup (all, &carrier->side->key));

  for (guint subject = 0; subject < G_N_ELEMENTS (subjects); subject++)
    if ((bits >> subject & 1) != 0 && g_str_equal (subjects[subject], carrier->subject))
      return TRUE;
  return FALSE;
}

/* Which packets are numbered so, is the message, even where all say the same. */
static void
conclude (LensLedger *ledger, gpointer data)
{
  const Ip4IdOrder *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);
  g_autoptr (GHashTable) all = speakers (state, lens_ledger_flows (ledger));

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!lens_ledger_owns (ledger, carrier) || carrier->uses < LEAST || !speaks_so (all, carrier)
          || lens_ledger_is_routed (ledger, carrier->side))
        continue;
      LensSeverity severity = lens_ledger_severity (ledger, carrier);
      lens_ledger_find (ledger, carrier, MAX (severity, LENS_SEVERITY_MEDIUM), NULL, NULL);
    }
}

static void
clear (gpointer data)
{
  Ip4IdOrder *state = data;

  lens_by_side_clear (&state->sides, NULL);
}

const LensAnalyzer lens_analyzer_ip4_id_order = {
  .name = "ip4-id-order",
  .question = "Do packets whose content is in order have numbers in order?",
  .source = "RFC 791 section 3.1; RFC 6864 section 4",
  .severity = LENS_SEVERITY_RULE_FIXED,
  .units = LENS_UNIT_FRAME,
  .channels = channels,
  .state_size = sizeof (Ip4IdOrder),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
