/* ip-steady: do the fields of IP that stay the same within a flow stay the same?
 *
 * RFC 791 section 3.1 and RFC 8200 section 3: time to live (hop limit) and type of service
 * (traffic class) are the sender's choice, made for each socket; RFC 6437 section 2: so is the
 * flow label.  Don't Fragment is set by what the sender knows of the path (RFC 1191 section 3).
 * On the sender's own link nothing has changed them yet.
 *
 * Benign: a change for good (another route, another priority, a connection that looks for another
 * path); ECN of RFC 3168, which marks data and leaves acknowledgements alone, and congestion that
 * routers note in it; values that count up, as a traceroute's do; several programs that share a
 * multicast port; a router's copy of the same packet with one hop less; of Don't Fragment,
 * fragments and segments without data, which the system sends in ways of its own.
 *
 *   room   the field's bits, of each packet that is not as those before it
 *   use    the same
 */
#include "ledger/analyzer.h"
#include "ledger/by-side.h"
#include "ledger/seed-bed.h"
#include "ledger/spot.h"

#include "wire/transport.h"

#include <string.h>

enum
{
  MAX_SIDES = 65536,
  FOR_GOOD = 4, /* times in a row, and it is the new value */
  MOST_LEAD = 16,
  PLAIN_TCP = 20, /* octets of a header without options */
  SHARED = 8,     /* values of a multicast port that several programs share */
  LEAST = 8,      /* odd packets to make a finding */
  MANY = 16,      /* ... of one and the same odd value */
  FEW_HOPS = 40,  /* a traceroute counts up to this */
  N_FIELDS = 4,
  DONT_FRAGMENT = 0x40, /* in its octet */
};

typedef enum
{
  HOPS,
  CLASS,
  LABEL,
  FRAGMENTS, /* Don't Fragment */
} Field;

typedef struct
{
  const char *channel;
  guint8 offset, length; /* octets, from the start of the header */
  guint8 bits;
} Place;

static const Place places[2][N_FIELDS] = {
  { [HOPS] = { "ip4-ttl", 8, 1, 8 },
    [CLASS] = { "ip4-tos-ecn", 1, 1, 8 },
    [FRAGMENTS] = { "ip4-reserved-flag", 6, 1, 1 } },
  { [HOPS] = { "ip6-hop-limit", 7, 1, 8 },
    [CLASS] = { "ip6-traffic-class", 0, 2, 8 },
    [LABEL] = { "ip6-flow-label", 1, 3, 20 } },
};

/* What a field used to be. */
typedef struct
{
  guint32 common, last;
  guint8 lead;       /* how often it was, less how often not */
  guint8 run;        /* times in a row that it was @last instead */
  guint8 n_shared;   /* multicast */
  guint32 *shared;   /* SHARED of them, or NULL */
  LensSpot *waiting; /* the run: FOR_GOOD - 1 of them, or NULL */
} Steady;

typedef struct
{
  Steady fields[N_FIELDS];
  Steady class_of_data; /* TCP: ECN is for segments with data only */
  guint16 last_id;
  guint8 last_hops;
  guint8 traced; /* hops of the last echo request that had few */
} Side;

typedef struct
{
  LensBySide sides; /* Side */
} IpSteady;

static const LensChannelText channels[] = {
  { .id = "ip4-ttl",
    .summary = "The time to live of packets changes from packet to packet, which no path "
               "explains.",
    .room = "Some packets of a flow have another time to live; routes do that.",
    .filter_hint = "ip.ttl",
    .reference = "RFC 791 section 3.1",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = "ip4-tos-ecn",
    .summary = "The priority bits of packets change from packet to packet within a flow.",
    .room = "Some packets of a flow have another priority; networks do that.",
    .filter_hint = "ip.dsfield",
    .reference = "RFC 2474 section 3; RFC 3168 section 5",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = "ip4-reserved-flag",
    .summary = "The flag Don't Fragment changes from packet to packet within a flow.",
    .room = "Some packets of a flow may be fragmented and others may not.",
    .filter_hint = "ip.flags.df",
    .reference = "RFC 791 section 3.1; RFC 1191 section 3",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = "ip6-hop-limit",
    .summary = "The hop limit of packets changes from packet to packet, which no path explains.",
    .room = "Some packets of a flow have another hop limit; routes do that.",
    .filter_hint = "ipv6.hlim",
    .reference = "RFC 8200 section 3",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = "ip6-traffic-class",
    .summary = "The traffic class of packets changes from packet to packet within a flow.",
    .room = "Some packets of a flow have another traffic class; networks do that.",
    .filter_hint = "ipv6.tclass",
    .reference = "RFC 8200 section 7; RFC 2474; RFC 3168",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = "ip6-flow-label",
    .summary = "The flow label, which names a flow, changes from packet to packet within it.",
    .filter_hint = "ipv6.flow",
    .reference = "RFC 8200 section 6; RFC 6437 section 2",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

/* --- one field --- */

static void
steady_clear (Steady *steady)
{
  g_free (steady->shared);
  g_free (steady->waiting);
}

static void
side_clear (gpointer data)
{
  Side *side = data;

  for (guint i = 0; i < N_FIELDS; i++)
    steady_clear (&side->fields[i]);
  steady_clear (&side->class_of_data);
}

/* The values that came first are those of the programs that share the port. */
static gboolean
is_shared (Steady *steady, guint32 value)
{
  if (steady->shared == NULL)
    steady->shared = g_new (guint32, SHARED);
  for (guint i = 0; i < steady->n_shared; i++)
    if (steady->shared[i] == value)
      return TRUE;
  if (steady->n_shared == SHARED)
    return FALSE;
  steady->shared[steady->n_shared++] = value;
  return TRUE;
}

static void
show (LensLedger *ledger, const Place *place, Steady *steady, guint from)
{
  for (guint i = from; i < steady->run; i++)
    lens_spot_use (&steady->waiting[i], ledger, place->channel, NULL, place->bits);
  steady->run = 0;
}

/* Another value than usual: of a run of them, only the first spoke when it stays. */
static void
take_odd (LensLedger *ledger, const LensUnit *unit, const Place *place, Steady *steady,
          guint32 value)
{
  if (steady->run > 0 && steady->last != value)
    show (ledger, place, steady, 0);
  steady->last = value;
  if (steady->waiting == NULL)
    steady->waiting = g_new (LensSpot, FOR_GOOD - 1);
  if (steady->run == FOR_GOOD - 1)
    {
      steady->run = 1;
      show (ledger, place, steady, 0);
      steady->common = value;
      steady->lead = FOR_GOOD;
      return;
    }
  steady->waiting[steady->run++]
      = lens_spot_at (unit, unit->frame->network.offset + place->offset, place->length);
  if (steady->lead > 0)
    steady->lead--;
}

static void
take (LensLedger *ledger, const LensUnit *unit, const Place *place, Steady *steady, guint32 value)
{
  if (steady->lead == 0 && steady->run == 0)
    steady->common = value;
  if (value != steady->common)
    {
      take_odd (ledger, unit, place, steady, value);
      return;
    }
  if (steady->run > 0)
    show (ledger, place, steady, 0);
  steady->lead = MIN (steady->lead + 1, MOST_LEAD);
}

/* --- one packet --- */

static gboolean
is_to_many (const LensLayers *layers)
{
  return lens_address_is_multicast (&layers->destination)
         || lens_address_is_broadcast (&layers->destination);
}

static gboolean
is_icmp (const LensLayers *layers)
{
  return layers->protocol == LENS_PROTOCOL_ICMP || layers->protocol == LENS_PROTOCOL_ICMPV6;
}

/* Programs share a multicast port; of ICMP each kind has a way of its own. */
static gboolean
is_shared_by_many (const LensLayers *layers)
{
  return is_to_many (layers) || is_icmp (layers);
}

/* A router's copy has one hop less. */
static gboolean
is_copy (Side *side, const LensLayers *layers)
{
  gboolean again = layers->ip_version == 4 && layers->ip_id != 0 && layers->ip_id == side->last_id
                   && ABS (layers->ttl - side->last_hops) == 1;

  side->last_hops = layers->ttl;
  side->last_id = layers->ip_id;
  return again;
}

/* A traceroute counts up: that is then what it does next. */
static void
follow_traceroute (Steady *hops, guint8 value)
{
  if (hops->common > FEW_HOPS || hops->lead == 0 || value != hops->common + 1)
    return;
  hops->common = value;
  hops->lead = 1;
}

/* The same with echo requests (traceroute -I, tracert, mtr): each has as many hops as the one
 * before, or one more, or begins again. */
static gboolean
is_traced (Side *side, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;
  guint8 request = layers->ip_version == 4 ? 8 : 128;

  if (!is_icmp (layers) || layers->fragment || layers->payload.length == 0
      || unit->view.octets[layers->payload.offset] != request || layers->ttl > FEW_HOPS)
    return FALSE;
  gboolean traced
      = layers->ttl <= 1 || layers->ttl == side->traced || layers->ttl == side->traced + 1;
  side->traced = layers->ttl;
  return traced;
}

static gboolean
has_data (const LensLayers *layers, const guint8 *octets)
{
  const LensRange *payload = &layers->payload;
  LensTransport header;

  if (payload->length >= PLAIN_TCP)
    {
      gsize length = 4u * (octets[payload->offset + 12] >> 4);
      if (length >= PLAIN_TCP && length <= payload->length)
        return payload->length > length;
    }
  lens_transport_parse (LENS_PROTOCOL_TCP, octets + payload->offset, payload->length, &header);
  return header.payload.length > 0;
}

/* Whether its socket decides, and nothing else, if routers may cut it. */
static gboolean
has_steady_flag (const LensLayers *layers, const guint8 *octets)
{
  if (layers->ip_version != 4 || layers->fragment || is_to_many (layers))
    return FALSE;
  return layers->protocol == LENS_PROTOCOL_UDP
         || (layers->protocol == LENS_PROTOCOL_TCP && has_data (layers, octets));
}

/* A router that is congested says so in packets whose sender can be told (RFC 3168 section 5). */
static guint8
class_as_sent (const LensLayers *layers, const Steady *steady)
{
  guint8 value = layers->dscp_ecn;

  return (value & 3) == 3 && (steady->common & 3) != 0 ? (guint8)steady->common : value;
}

static void
take_field (LensLedger *ledger, const LensUnit *unit, const Place *place, Steady *steady,
            guint32 value)
{
  /* Nearly always. */
  if (value == steady->common && steady->lead == MOST_LEAD && steady->run == 0)
    return;
  if (!is_shared_by_many (unit->frame))
    take (ledger, unit, place, steady, value);
  else if (!is_shared (steady, value))
    {
      const LensSpot spot
          = lens_spot_at (unit, unit->frame->network.offset + place->offset, place->length);
      lens_spot_use (&spot, ledger, place->channel, NULL, place->bits);
    }
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;
  gsize least = layers->ip_version == 4 ? 20 : 40;

  if (layers->ip_version == 0 || layers->network.length < least)
    return;
  IpSteady *state = data;
  Side *side = lens_by_side (&state->sides, ledger, unit->side, sizeof (Side), MAX_SIDES);
  if (side == NULL)
    return;
  const Place *where = places[layers->ip_version == 6];
  Steady *class_ = layers->protocol == LENS_PROTOCOL_TCP && !layers->fragment
                           && has_data (layers, unit->view.octets)
                       ? &side->class_of_data
                       : &side->fields[CLASS];

  follow_traceroute (&side->fields[HOPS], layers->ttl);
  gboolean traced = is_traced (side, unit);
  guint8 hops = side->last_hops;
  gboolean copy = is_copy (side, layers);
  if (!copy && !traced)
    take_field (ledger, unit, &where[HOPS], &side->fields[HOPS], layers->ttl);
  take_field (ledger, unit, &where[CLASS], class_, class_as_sent (layers, class_));
  /* Where hops differ, a router on the way may have cleared it. */
  if (!copy && layers->ttl == hops && has_steady_flag (layers, unit->view.octets))
    take_field (ledger, unit, &where[FRAGMENTS], &side->fields[FRAGMENTS],
                unit->view.octets[layers->network.offset + 6] & DONT_FRAGMENT);
  /* Of pings each has a flow of its own, which the side does not tell apart. */
  if (layers->ip_version == 6 && !is_icmp (layers))
    take_field (ledger, unit, &where[LABEL], &side->fields[LABEL], layers->flow_label);
}

/* --- what it comes to --- */

/* Runs that the capture's end cut short. */
static void
show_all (LensLedger *ledger, const IpSteady *state)
{
  LensFlows *flows = lens_ledger_flows (ledger);

  for (guint32 i = 0; i < lens_flows_n_sides (flows); i++)
    {
      LensSide *key = lens_flows_side_at (flows, i);
      Side *side = lens_by_side_peek (&state->sides, key);
      if (side == NULL)
        continue;
      const Place *where = places[key->key.src.version == 6];
      for (guint f = 0; f < N_FIELDS; f++)
        if (where[f].channel != NULL)
          show (ledger, &where[f], &side->fields[f], 0);
      show (ledger, &where[CLASS], &side->class_of_data, 0);
    }
}

static void
judge (LensLedger *ledger, LensCarrier *carrier)
{
  gboolean is_label = g_str_equal (carrier->channel, "ip6-flow-label");
  gboolean by_routes = !is_label && lens_ledger_is_routed (ledger, carrier->side);

  if (carrier->uses < LEAST || (carrier->constant && carrier->uses < MANY))
    return;
  if (by_routes)
    lens_ledger_find_room (ledger, carrier, "The sender may lie behind routers.");
  else /* which packets are odd is the message, whatever they say */
    lens_ledger_find (ledger, carrier,
                      MAX (lens_ledger_severity (ledger, carrier), LENS_SEVERITY_MEDIUM), NULL,
                      NULL);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  IpSteady *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  show_all (ledger, state);
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      for (const LensChannelText *text = channels; text->id != NULL; text++)
        if (g_str_equal (carrier->channel, text->id) && lens_ledger_owns (ledger, carrier))
          judge (ledger, carrier);
    }
}

static void
clear (gpointer data)
{
  IpSteady *state = data;

  lens_by_side_clear (&state->sides, side_clear);
}

/* --- seeds --- */

/* Flows that have a way of their own. */
static gboolean
is_fit (const LensSeedPlace *at)
{
  return at->layers->ip_version != 0 && at->layers->network.length >= 20
         && !is_shared_by_many (at->layers) && at->side->packets >= 4 * FOR_GOOD
         && at->time_ns != at->side->first;
}

/* The message on top of the field, so that every part of it changes the field. */
static void
write_message (LensSeedBed *bed, const LensSeedPlace *at, Field field, const Place *place)
{
  const LensLayers *layers = at->layers;
  guint bit = field == LABEL                              ? 12
              : layers->ip_version == 6 && field == CLASS ? 4
                                                          : 8u * place->offset;
  guint8 octets[2];

  gsize count = lens_seed_bed_take (bed, octets, place->bits / 8);
  for (gsize i = 0; i < count; i++, bit += 8)
    {
      const guint8 *before = at->octets + layers->network.offset + bit / 8;
      guint8 old
          = (guint8)((before[0] << bit % 8) | (bit % 8 != 0 ? before[1] >> (8 - bit % 8) : 0));
      lens_seed_bed_set_bits (bed, layers->network.offset, bit, old ^ octets[i], 8);
    }
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace at;

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &at))
    for (guint f = 0; is_fit (&at) && f < N_FIELDS; f++)
      {
        const Place *place = &places[at.layers->ip_version == 6][f];
        if (f != FRAGMENTS && g_strcmp0 (place->channel, channel) == 0)
          write_message (bed, &at, f, place);
      }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_ip_steady = {
  .name = "ip-steady",
  .question = "Do IP header fields that stay the same within a flow stay the same?",
  .source = "RFC 791 section 3.1; RFC 8200 section 3; RFC 2474; RFC 3168; RFC 6437",
  .severity = LENS_SEVERITY_RULE_FIXED,
  .units = LENS_UNIT_FRAME,
  .channels = channels,
  .state_size = sizeof (IpSteady),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
