/* arp-targets: does it matter to the device whether those whom it asks for exist?
 *
 * RFC 826: a request names the IPv4 address whose owner shall answer.  Everyone on the link hears
 * it, whether there is such a host or not; so the choice of whom to ask for speaks.
 *
 * Benign: routers, which ask for whomever somebody outside writes to; a server, a viewer that is
 * switched off, asked for again and again; a table of them, always in the same order; who looks
 * for hosts one after the other, or asks for all at once, again after a second (no stack asks for
 * one sooner: RFC 1122 section 2.3.2.1); probes for an address of one's own (RFC 5227, RFC 3927: at
 * most ten); one or two addresses of a network that the device was in before.
 *
 *   use    where there are more than these explain: 8 bits for each address of the sender's own
 *          /24 that nobody had in this capture; 16 in its /16; 24 elsewhere
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"
#include "ledger/spot.h"

#include "wire/arp.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000000)
#define SOON (SECOND * 3 / 4)

enum
{
  MAX_ASKERS = 16384,
  MAX_ASKED = 16384,  /* requests of one asker ... */
  MAX_SPOTS = 131072, /* and of all */
  MAX_HOSTS = 65536,  /* addresses that somebody has */
  FAR = 12,           /* addresses beyond the own /16 */
  WIDE = 24,          /* addresses of it, beyond the own /24 */
  ROUTED = 4,         /* addresses that a host sends from; a router has more */
  CLAIMS = 16,        /* addresses that a sender claims: more than RFC 3927 lets it try */
  ALPHABET = 16,      /* near addresses that nobody has, ... */
  AGAIN = 24,         /* ... asked for again in no order that is known */
  FEW = 4,            /* such addresses, ... */
  HASTY = 48,         /* ... asked for again, in no order, sooner than stacks do */
};

typedef struct
{
  guint32 target, sender;
  LensSpot spot; /* the target's four octets */
} Asked;

/* What is to be told of one asker, once it is known who exists. */
typedef struct
{
  GArray *asked;                 /* Asked */
  guint32 addresses[ROUTED + 1]; /* that datagrams of it came from */
  guint n_addresses;
} Asker;

typedef struct
{
  GHashTable *askers; /* link address -> Asker */
  GPtrArray *in_order;
  GHashTable *hosts; /* addresses that a frame came from, or an answer */
  guint n_spots;
} ArpTargets;

static const char channel[] = "arp-target-sweep";

static const LensChannelText channels[] = {
  { .id = channel,
    .summary = "The device asks for addresses that nobody has, in no order: which ones it asks "
               "for can be a message to anyone on the link.",
    .filter_hint = "arp.opcode == 1",
    .reference = "RFC 826; RFC 5227 section 2.1",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static guint32
number_of (const LensAddress *address)
{
  return (guint32)address->octets[0] << 24 | (guint32)address->octets[1] << 16
         | (guint32)address->octets[2] << 8 | address->octets[3];
}

/* --- while packets come --- */

static void
learn_host (LensLedger *ledger, ArpTargets *state, const LensUnit *unit, const LensAddress *address)
{
  if (address->version != 4 || lens_address_is_unspecified (address))
    return;
  if (state->hosts == NULL)
    state->hosts = g_hash_table_new (NULL, NULL);
  if (!g_hash_table_contains (state->hosts, GUINT_TO_POINTER (number_of (address)))
      && lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->hosts), MAX_HOSTS))
    g_hash_table_add (state->hosts, GUINT_TO_POINTER (number_of (address)));
}

static void
asker_free (gpointer data)
{
  Asker *asker = data;

  g_array_unref (asker->asked);
  g_free (asker);
}

static Asker *
asker_of (LensLedger *ledger, ArpTargets *state, const LensUnit *unit)
{
  guint64 number = lens_mac_number (unit->frame->source_mac);

  if (state->askers == NULL)
    {
      state->askers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      state->in_order = g_ptr_array_new_with_free_func (asker_free);
    }
  Asker *asker = g_hash_table_lookup (state->askers, &number);
  if (asker != NULL
      || !lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->askers), MAX_ASKERS))
    return asker;
  asker = g_new0 (Asker, 1);
  asker->asked = g_array_new (FALSE, FALSE, sizeof (Asked));
  g_hash_table_insert (state->askers, g_memdup2 (&number, sizeof number), asker);
  g_ptr_array_add (state->in_order, asker);
  return asker;
}

/* What a router forwards comes from many; and it asks for whomever somebody writes to. */
static void
learn_address (Asker *asker, const LensAddress *address)
{
  guint32 number = number_of (address);

  if (asker == NULL || address->version != 4)
    return;
  for (guint i = 0; i < asker->n_addresses; i++)
    if (asker->addresses[i] == number)
      return;
  if (asker->n_addresses <= ROUTED)
    asker->addresses[asker->n_addresses++] = number;
}

static void
remember (LensLedger *ledger, ArpTargets *state, const LensUnit *unit, const LensArp *arp)
{
  Asker *asker = asker_of (ledger, state, unit);
  gsize at = unit->frame->payload.offset + arp->target_protocol.offset;

  if (asker == NULL || !lens_ledger_has_room (ledger, unit->side, asker->asked->len, MAX_ASKED)
      || !lens_ledger_has_room (ledger, unit->side, state->n_spots, MAX_SPOTS))
    return;
  const Asked asked = { number_of (&arp->target_address), number_of (&arp->sender_address),
                        lens_spot_at (unit, at, 4) };
  g_array_append_val (asker->asked, asked);
  state->n_spots++;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  ArpTargets *state = data;
  const LensLayers *layers = unit->frame;
  LensArp arp;

  if (layers->ip_version != 0)
    {
      /* The side says who it is: once is enough. */
      if (unit->side->packets != 1 || !layers->has_source_mac)
        return;
      learn_host (ledger, state, unit, &layers->source);
      learn_address (asker_of (ledger, state, unit), &layers->source);
      return;
    }
  if (layers->ethertype != LENS_ETHERTYPE_ARP || layers->has_snap || !layers->has_source_mac
      || !lens_arp_parse (unit->view.octets + layers->payload.offset, layers->payload.length, &arp)
      || !arp.is_ipv4)
    return;
  gboolean claims = lens_address_equal (&arp.sender_address, &arp.target_address);
  if (!claims)
    learn_host (ledger, state, unit, &arp.sender_address);
  if (arp.operation == LENS_ARP_REQUEST)
    remember (ledger, state, unit, &arp);
}

/* --- at the end --- */

/* A target that was asked for. */
typedef struct
{
  guint32 next;        /* the one that was asked for after it; 0: none */
  gint64 last, period; /* ns: when, and how long after the time before; 0: once */
} Target;

/* What one asker did, looked at in order. */
typedef struct
{
  GHashTable *seen; /* number -> Target */
  guint32 last, before;
  guint far, wide, claims, near, again, hasty, foreseen;
} Course;

static gboolean
is_about (gint64 time_ns, gint64 expected, gint64 part)
{
  return ABS (time_ns - expected) <= expected / part;
}

/* Stacks ask three times, once a second (RFC 1122 section 2.3.2.1 sets the limit); programs try
 * again after some time that is theirs. */
static gboolean
is_due (const Target *target, gint64 time_ns)
{
  gint64 since = time_ns - target->last;

  return is_about (since, SECOND, 7)
         || (target->period > 0 && is_about (since, target->period, 16));
}

/* The last one again, the next one, or the one that came after it before. */
static gboolean
is_in_order (const Course *course, guint32 target)
{
  const Target *last = g_hash_table_lookup (course->seen, GUINT_TO_POINTER (course->last));

  return course->last == target || (guint32)(target - course->last) <= 2
         || (guint32)(course->last - target) <= 2
         || (course->before != 0 && target - course->last == course->last - course->before)
         || (last != NULL && last->next == target);
}

static Target *
target_of (Course *course, guint32 number, gint64 time_ns)
{
  Target *target = g_hash_table_lookup (course->seen, GUINT_TO_POINTER (number));

  if (target == NULL)
    {
      target = g_new0 (Target, 1);
      g_hash_table_insert (course->seen, GUINT_TO_POINTER (number), target);
    }
  else
    target->period = time_ns - target->last;
  target->last = time_ns;
  return target;
}

static void
take_request (Course *course, const Asked *asked)
{
  gint64 time_ns = asked->spot.time_ns;
  const Target *known = g_hash_table_lookup (course->seen, GUINT_TO_POINTER (asked->target));
  gboolean foreseen
      = course->last != 0
        && (is_in_order (course, asked->target) || (known != NULL && is_due (known, time_ns)));

  if (foreseen)
    course->foreseen++;
  else if (known != NULL)
    {
      course->again++;
      course->hasty += time_ns - known->last < SOON;
    }
  else if (asked->sender == 0 || asked->sender == asked->target)
    course->claims++;
  else if ((asked->sender ^ asked->target) >> 16 != 0)
    course->far++;
  else if ((asked->sender ^ asked->target) >> 8 != 0)
    course->wide++;
  else
    course->near++;
  target_of (course, asked->target, time_ns);
  Target *last = g_hash_table_lookup (course->seen, GUINT_TO_POINTER (course->last));
  if (last != NULL)
    last->next = asked->target;
  course->before = course->last;
  course->last = asked->target;
}

static gboolean
speaks (const Course *course)
{
  gboolean in_disorder
      = course->near >= ALPHABET && course->again >= AGAIN && 2 * course->again > course->foreseen;

  gboolean in_haste
      = course->near >= FEW && course->hasty >= HASTY && 4 * course->hasty > course->foreseen;

  return course->far >= FAR || course->wide >= WIDE || course->claims >= CLAIMS || in_disorder
         || in_haste;
}

static guint
bits_of (const Asked *asked)
{
  guint32 distance = asked->sender ^ asked->target;

  if (asked->sender == 0 || distance >> 8 == 0)
    return 8;
  return distance >> 16 == 0 ? 16 : 24;
}

static gboolean
is_absent (const ArpTargets *state, const Asked *asked)
{
  return state->hosts == NULL
         || !g_hash_table_contains (state->hosts, GUINT_TO_POINTER (asked->target));
}

static void
judge (LensLedger *ledger, const ArpTargets *state, const Asker *asker)
{
  if (asker->n_addresses > ROUTED)
    return;
  Course course = { .seen = g_hash_table_new_full (NULL, NULL, NULL, g_free) };

  for (guint i = 0; i < asker->asked->len; i++)
    if (is_absent (state, &g_array_index (asker->asked, Asked, i)))
      take_request (&course, &g_array_index (asker->asked, Asked, i));
  for (guint i = 0; speaks (&course) && i < asker->asked->len; i++)
    {
      const Asked *asked = &g_array_index (asker->asked, Asked, i);
      if (is_absent (state, asked))
        lens_spot_use (&asked->spot, ledger, channel, NULL, bits_of (asked));
    }
  g_hash_table_unref (course.seen);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  ArpTargets *state = data;

  for (guint i = 0; state->in_order != NULL && i < state->in_order->len; i++)
    judge (ledger, state, g_ptr_array_index (state->in_order, i));
  lens_spot_find_used (ledger, channel);
}

static void
clear (gpointer data)
{
  ArpTargets *state = data;

  g_clear_pointer (&state->askers, g_hash_table_unref);
  g_clear_pointer (&state->in_order, g_ptr_array_unref);
  g_clear_pointer (&state->hosts, g_hash_table_unref);
}

/* --- seeds --- */

/* Requests of its own, for any host of a network near by. */
static gboolean
seed (LensSeedBed *bed, const char *id)
{
  static const guint8 all[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  guint octets_of_target = 2 + lens_seed_bed_below (bed, 2);
  guint8 net[3];
  LensSeedPlace place;

  lens_seed_bed_fill (bed, net, sizeof net);
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      const LensLayers *layers = place.layers;
      guint8 request[28] = { 0, 1, 8, 0, 6, 4, 0, LENS_ARP_REQUEST };
      guint8 said[3];
      if (layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take (bed, said, octets_of_target);
      if (count == 0)
        continue;
      memcpy (request + 8, layers->source_mac, 6);
      memcpy (request + 14, layers->source.octets, 4);
      request[24] = layers->source.octets[0];
      memcpy (request + 25, net, sizeof net);
      memcpy (request + 28 - count, said, count);
      lens_seed_bed_send_link (bed, all, LENS_ETHERTYPE_ARP, request, sizeof request);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_arp_targets = {
  .name = "arp-targets",
  .question = "Does it matter to the device whether those whom it asks for exist?",
  .source = "RFC 826; RFC 5227 section 2.1",
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_NO_IP | LENS_TRAIT_FIRST,
  .channels = channels,
  .state_size = sizeof (ArpTargets),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
