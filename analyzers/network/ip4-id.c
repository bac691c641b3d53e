/* ip4-id: do the identifications of IPv4 go on as the sender's own generator makes them?
 *
 * RFC 6864 section 4: an identification must only differ from others of its time; of datagrams
 * that are no fragments nobody reads it.  So each stack numbers in a way of its own, which is
 * learned for each flow (with and without "don't fragment") and for each host.
 *
 * Benign: no number at all, counters of all kinds, numbers sent again, packets that overtake each
 * other (ledger/generator.h).  Random numbers of a whole conversation, unless the same host
 * counts in another one (no stack does both for a protocol), or they are not drawn evenly.
 *
 *   room   16 bits of each number that the generator does not explain
 *   use    the same, where most numbers of the conversation are explained, or are said to be random
 *          and are not
 *
 * What looks random and is drawn evenly may be encrypted: coverage states it as a bound.
 */
#include "ledger/analyzer.h"
#include "ledger/by-side.h"
#include "ledger/generator.h"
#include "ledger/lots.h"
#include "ledger/seed-bed.h"
#include "ledger/spot.h"

#include "wire/octets.h"
#include "wire/transport.h"

#include <string.h>

enum
{
  MAX_SIDES = 65536,
  WAITING = 8,       /* strays of a flow that may yet turn out to begin another counter */
  LEAST = 8,         /* strays of a conversation to make a finding */
  LEAST_ROUTED = 24, /* the same where a router, NAT or load balancer lies between */
  SAMPLE = 64,       /* numbers of a flow after which it is known to be random */
  CLOSE = 16,        /* a counter's usual leap */
  BESIDE = 512,      /* so close to a counter, and it may have said it itself */
  COUNTED = 16,      /* numbers to say that a host counts */
  MAX_LOTS = 2048,   /* flows whose random numbers are looked at more closely */

};

/* An address, as one link address sends from it. */
typedef struct
{
  LensAddress address;
  guint8 mac[6];
} HostKey;

typedef struct
{
  LensGenerator all;
  guint counted[2]; /* numbers that went on closely within a flow: of TCP, of others */
} Host;

/* A number that has yet to go on. */
typedef struct
{
  guint32 value;
  LensSpot spot;
} Stray;

typedef struct
{
  LensGenerator *own[2]; /* without and with "don't fragment"; NULL: no packet was so */
  guint begun[2];        /* strays that began another counter */
  Host *host;
  Stray *waiting; /* WAITING of them; NULL: there was none yet */
  guint n_waiting;
  Stray leapt; /* the last number that was further ahead than usual */
  gboolean is_tcp;
  gboolean noisy;       /* not all strays were shown */
  LensLots *lots;       /* from then on; NULL: not */
  guint uneven;         /* of these, at the end: numbers that are not drawn evenly */
  LensCarrier *carrier; /* NULL: no stray was shown */
} Side;

typedef struct
{
  GHashTable *hosts; /* HostKey -> Host */
  LensBySide sides;  /* Side */
  guint n_lots;
} Ip4Id;

static const LensChannelText channels[] = {
  { .id = "ip4-id",
    .summary = "Some packets carry identification numbers that the sender's own way of numbering "
               "does not explain.",
    .room = "The identification numbers of packets are random: data could travel there, and "
            "nobody could tell.",
    .filter_hint = "ip.id",
    .reference = "RFC 791 section 3.1; RFC 6864 section 4",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static guint
host_hash (gconstpointer data)
{
  return (guint)lens_octets_hash_whole (LENS_HASH_START, data, sizeof (HostKey));
}

static gboolean
host_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (HostKey)) == 0;
}

static Host *
host_of (Ip4Id *state, const LensSide *side)
{
  HostKey key;

  memset (&key, 0, sizeof key);
  key.address = side->key.src;
  memcpy (key.mac, side->key.src_mac, sizeof key.mac);
  if (state->hosts == NULL)
    state->hosts = g_hash_table_new_full (host_hash, host_equal, g_free, g_free);
  Host *host = g_hash_table_lookup (state->hosts, &key);
  if (host == NULL)
    {
      host = g_new0 (Host, 1);
      g_hash_table_insert (state->hosts, g_memdup2 (&key, sizeof key), host);
    }
  return host;
}

static void
side_clear (gpointer data)
{
  Side *side = data;

  g_free (side->own[0]);
  g_free (side->own[1]);
  g_free (side->waiting);
  g_clear_pointer (&side->lots, lens_lots_free);
}

/* NULL: there are too many. */
static Side *
side_of (Ip4Id *state, LensLedger *ledger, const LensSide *key)
{
  Side *side = lens_by_side (&state->sides, ledger, key, sizeof (Side), MAX_SIDES);

  if (side != NULL && side->host == NULL)
    {
      side->host = host_of (state, key);
      side->is_tcp = key->key.protocol == LENS_PROTOCOL_TCP;
    }
  return side;
}

/* --- one number --- */

static void
show (LensLedger *ledger, Side *side, const LensSpot *spot)
{
  const LensUnit unit = { .kind = LENS_UNIT_FRAME, .side = spot->side };

  lens_spot_use (spot, ledger, "ip4-id", NULL, 16);
  side->carrier = lens_ledger_carrier (ledger, "ip4-id", &unit, NULL);
}

static void
drop_waiting (Side *side, guint index)
{
  side->n_waiting--;
  memmove (&side->waiting[index], &side->waiting[index + 1],
           (side->n_waiting - index) * sizeof *side->waiting);
}

static gint
find_waiting (const Side *side, guint32 value)
{
  for (guint i = 0; i < side->n_waiting; i++)
    if (side->waiting[i].value == value)
      return (gint)i;
  return -1;
}

/* A counter went on from @value: if that was a stray, it began one, together with the one
 * closely before. */
static void
went_on (Side *side, guint dont_fragment, guint32 value)
{
  gint index = find_waiting (side, value);

  if (index < 0)
    return;
  drop_waiting (side, (guint)index);
  side->begun[dont_fragment]++;
  for (guint32 behind = 1; behind <= CLOSE; behind++)
    {
      index = find_waiting (side, (guint16)(value - behind));
      if (index < 0)
        continue;
      drop_waiting (side, (guint)index);
      side->begun[dont_fragment]++;
      return;
    }
}

/* The counter itself came to say @value: so who said it before was not the counter. */
static void
came_again (LensLedger *ledger, Side *side, guint32 value)
{
  gint index = find_waiting (side, value);

  if (index < 0)
    return;
  show (ledger, side, &side->waiting[index].spot);
  drop_waiting (side, (guint)index);
}

/* Whether the host counts, closely, in flows of its own. */
static gboolean
counts_elsewhere (const Host *host)
{
  return host->counted[0] >= COUNTED || host->counted[1] >= COUNTED;
}

static gboolean
is_random (const LensGenerator *own)
{
  LensGeneratorLaw law = lens_generator_law (own);

  return law == LENS_GENERATOR_RANDOM || law == LENS_GENERATOR_FAST;
}

/* Whether there is no sense in showing more: a flow of random numbers says nothing, unless its
 * host counts in others. */
static gboolean
is_noise (const Side *side, const LensGenerator *own)
{
  return own->seen > SAMPLE && is_random (own) && !counts_elsewhere (side->host);
}

static void
wait_for_more (LensLedger *ledger, Side *side, const LensGenerator *own, const Stray *stray)
{
  side->noisy |= is_noise (side, own);
  if (side->noisy)
    return;
  if (side->waiting == NULL)
    side->waiting = g_new (Stray, WAITING);
  if (side->n_waiting == WAITING)
    {
      show (ledger, side, &side->waiting[0].spot);
      drop_waiting (side, 0);
    }
  side->waiting[side->n_waiting++] = *stray;
}

/* Neither the flow nor the host goes on like this.  Who never numbers anything has no reason
 * to begin. */
static gboolean
is_stray (const Side *side, const LensGenerator *own, LensGeneratorStep step,
          LensGeneratorStep of_host)
{
  gboolean never = own->zeros > LEAST && own->zeros * 10 >= own->seen * 9;

  if (step == LENS_GENERATOR_FIRST || step == LENS_GENERATOR_STALE)
    return never && of_host != LENS_GENERATOR_NEXT;
  return step == LENS_GENERATOR_STRAY
         && (of_host == LENS_GENERATOR_STRAY || of_host == LENS_GENERATOR_RETURNED);
}

static void
take_next (LensLedger *ledger, Side *side, const LensGenerator *own, const LensUnit *unit, gsize at)
{
  if (side->n_waiting > 0)
    {
      came_again (ledger, side, unit->frame->ip_id);
      went_on (side, (unit->frame->ip_flags & 2) != 0, lens_generator_last_from (own, 16));
    }
  if (lens_generator_last_step (own) > CLOSE)
    side->leapt = (Stray){ unit->frame->ip_id, lens_spot_at (unit, at, 2) };
  else
    side->host->counted[side->is_tcp]++;
}

/* A number of a flow that seems to draw them. */
static void
take_lot (LensLedger *ledger, Ip4Id *state, Side *side, const LensUnit *unit, gsize at)
{
  if (side->lots == NULL && lens_ledger_has_room (ledger, unit->side, state->n_lots, MAX_LOTS))
    {
      side->lots = lens_lots_new ();
      state->n_lots++;
    }
  if (side->lots != NULL)
    lens_lots_take (side->lots, unit->frame->ip_id, unit, at);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;

  if (layers->ip_version != 4 || layers->network.length < 20)
    return;
  Side *side = side_of (data, ledger, unit->side);
  if (side == NULL)
    return;
  LensGenerator **own_of = &side->own[(layers->ip_flags & 2) != 0];
  if (*own_of == NULL)
    *own_of = g_new0 (LensGenerator, 1);
  LensGenerator *own = *own_of;
  gsize at = layers->network.offset + 4;
  LensGeneratorStep of_host
      = lens_generator_take (&side->host->all, 16, layers->ip_id, unit->time_ns);
  LensGeneratorStep step = lens_generator_take (own, 16, layers->ip_id, unit->time_ns);

  if (side->noisy && layers->ip_id != 0)
    take_lot (ledger, data, side, unit, at);
  if (step == LENS_GENERATOR_NEXT)
    take_next (ledger, side, own, unit, at);
  else if (step == LENS_GENERATOR_REPEATED && side->n_waiting > 0)
    came_again (ledger, side, layers->ip_id);
  else if (step == LENS_GENERATOR_RETURNED && side->leapt.spot.side != NULL
           && lens_generator_last_from (own, 16) == side->leapt.value)
    wait_for_more (ledger, side, own, &side->leapt);
  else if (is_stray (side, own, step, of_host))
    {
      const Stray stray = { layers->ip_id, lens_spot_at (unit, at, 2) };
      wait_for_more (ledger, side, own, &stray);
    }
}

/* --- what it comes to --- */

/* Strays that something can be told from: those of a flow that is explained but for them, or of
 * one without any order, where its host counts in others. */
static guint
telling_strays (const Side *side, gboolean routed)
{
  guint telling = 0;

  for (guint i = 0; i < 2; i++)
    {
      const LensGenerator *own = side->own[i];
      if (own == NULL)
        continue;
      LensGeneratorLaw law = lens_generator_law (own);
      guint strays = lens_generator_strays (own);
      strays -= MIN (strays, side->begun[i]);
      if (law == LENS_GENERATOR_NONE)
        telling += own->seen - own->zeros;
      else if (law == LENS_GENERATOR_MIXED || law == LENS_GENERATOR_COUNTER
               || law == LENS_GENERATOR_CONSTANT)
        telling += strays;
      else if (law == LENS_GENERATOR_RANDOM && !routed && !side->noisy && own->seen >= 2 * COUNTED
               && counts_elsewhere (side->host))
        telling += strays;
    }
  return telling;
}

/* Numbers that are drawn: evenly, and they are room without a test; or not, and they speak. */
static guint
judge_lots (LensLedger *ledger, Side *side, LensSide *key)
{
  const LensUnit unit = { .kind = LENS_UNIT_FRAME, .side = key };
  guint drawn = 0;

  for (guint i = 0; i < 2; i++)
    if (side->own[i] != NULL && lens_generator_law (side->own[i]) == LENS_GENERATOR_RANDOM)
      drawn += side->own[i]->seen - side->own[i]->zeros;
  if (drawn < LENS_LOTS_LEAST || side->lots == NULL || lens_lots_are_fair (side->lots)
      || lens_ledger_is_routed (ledger, key))
    {
      if (drawn > 0)
        lens_ledger_room (ledger, lens_ledger_carrier (ledger, "ip4-id", &unit, LENS_SUBJECT_DRAWN),
                          &unit, 16 * (guint64)drawn);
      return 0;
    }
  lens_lots_use (side->lots, ledger, "ip4-id", key, 8);
  side->carrier = lens_ledger_carrier (ledger, "ip4-id", &unit, NULL);
  return drawn;
}

/* Shows what still waits; the strays of each carrier that tell. */
static guint *
count_strays (LensLedger *ledger, const Ip4Id *state)
{
  LensFlows *flows = lens_ledger_flows (ledger);

  for (guint32 i = 0; i < lens_flows_n_sides (flows); i++)
    {
      Side *side = lens_by_side_peek (&state->sides, lens_flows_side_at (flows, i));
      if (side == NULL)
        continue;
      for (guint w = 0; w < side->n_waiting; w++)
        show (ledger, side, &side->waiting[w].spot);
      side->uneven = judge_lots (ledger, side, lens_flows_side_at (flows, i));
    }
  guint *strays = g_new0 (guint, lens_carriers_n (lens_ledger_carriers (ledger)) + 1);
  for (guint32 i = 0; i < lens_flows_n_sides (flows); i++)
    {
      const LensSide *key = lens_flows_side_at (flows, i);
      const Side *side = lens_by_side_peek (&state->sides, key);
      if (side != NULL && side->carrier != NULL)
        strays[side->carrier->index]
            += telling_strays (side, lens_ledger_is_routed (ledger, key)) + side->uneven;
    }
  return strays;
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  Ip4Id *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  g_autofree guint *strays = count_strays (ledger, state);
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!lens_ledger_owns (ledger, carrier) || carrier->subject != NULL)
        continue;
      gboolean routed = lens_ledger_is_routed (ledger, carrier->side);
      if (strays[i] >= (routed ? LEAST_ROUTED : LEAST))
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, NULL);
      else if (carrier->uses >= LEAST)
        lens_ledger_find_room (ledger, carrier,
                               "Too few of them follow any order to tell which do not.");
    }
}

static void
clear (gpointer data)
{
  Ip4Id *state = data;

  lens_by_side_clear (&state->sides, side_clear);
  g_clear_pointer (&state->hosts, g_hash_table_unref);
}

/* The message instead of a number, in flows that are long enough to have a way of numbering. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[2];

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      gsize at = place.layers->network.offset + 4;
      if (place.layers->ip_version != 4 || place.layers->network.length < 20
          || place.side->packets < SAMPLE || place.time_ns == place.side->first)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
      if (count == 0)
        continue;
      if (count == 1)
        octets[1] = place.octets[at + 1];
      /* What lies beside the counter nobody could tell from it, the receiver included. */
      if (ABS ((octets[0] << 8 | octets[1]) - place.layers->ip_id) < BESIDE)
        octets[0] ^= 0x80;
      lens_seed_bed_replace (bed, at, octets, sizeof octets);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_ip4_id = {
  .name = "ip4-id",
  .question = "Does every sender number its packets in one way?",
  .source = "RFC 791 section 3.1; RFC 6864 section 4",
  .units = LENS_UNIT_FRAME,
  .channels = channels,
  .state_size = sizeof (Ip4Id),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
