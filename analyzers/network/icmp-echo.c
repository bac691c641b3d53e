/* icmp-echo: do pings count as ping programs do, and does anybody speak ICMP unasked?
 *
 * RFC 792, RFC 4443 section 4: a program numbers its echo requests one by one under an identifier
 * of its own; a reply repeats both.  Of the other types, hosts and routers of today send errors,
 * redirects, what routers and neighbours say of themselves, and nothing else (RFC 6918).
 *
 * How many numbers are left out says something too, where that changes all the time.
 *
 * Benign: several programs at a time, one that counts over all whom it asks, identifiers that are
 * process numbers or counted, numbers that begin again or are counted in the other byte order,
 * requests that were lost; replies to what was asked before the capture began, or on a way that it
 * does not see.
 *
 *   room   16 bits of an identifier or a number that does not go on; 1 bit of a step that is one
 *          of several; 8 per octet of a message that nobody asked for
 *   use    the same
 */
#include "ledger/analyzer.h"
#include "ledger/by-side.h"
#include "ledger/seed-bed.h"

#include "wire/icmp.h"
#include "wire/transport.h"

#include <string.h>

enum
{
  MAX_SIDES = 16384,
  MAX_ASKED = 8192,
  RUNS = 8,
  AHEAD = 16,        /* requests that may have been lost */
  SWAPPED = 2,       /* the same in the other byte order */
  CLOSE = 256,       /* identifiers that are counted */
  LEAST = 8,         /* that do not go on, to make a finding */
  LEAST_REPLIES = 4, /* ... and replies that nobody asked for */
  MAX_COUNTERS = 4096,
  UNUSUAL = 24,   /* steps of another size than most, to make a finding, ... */
  UNUSUAL_IN = 4, /* ... of all */
  SUSPECTED = 8,  /* from which on they are kept */
};

#define SECOND G_GINT64_CONSTANT (1000000000)
/* A program that asks more rarely than this may have been started anew each time. */
#define FRESH (2 * SECOND)

/* One program that pings. */
typedef struct
{
  guint16 identifier, sequence;
  guint16 odd; /* the last number that did not go on */
  gint64 time_ns;
  gboolean used;
} Run;

typedef struct
{
  Run runs[RUNS];
  gint64 first_reply;
  guint replies, unasked;
} Side;

/* How a program counts, whomever it asks. */
typedef struct
{
  guint16 last;
  guint requests;
  guint steps[AHEAD + 1];
  LensCarrier *carrier; /* of steps; NULL: none yet */
} Counter;

typedef struct
{
  gint64 first;
  LensBySide sides;     /* Side */
  GHashTable *counters; /* asker and identifier, as one number -> Counter */
  GPtrArray *in_order;  /* the same */
  GHashTable *asked;    /* asker, identifier and number, as one number */
} IcmpEcho;

static const char steps[] = "steps";

static const LensChannelText channels[] = {
  { .id = "icmp-echo-id-seq",
    .summary = "Pings carry numbers that no ping program counts like that.",
    .room = "Some pings have numbers that do not go on from those before.",
    .filter_hint = "icmp.ident || icmpv6.echo.identifier",
    .reference = "RFC 792; RFC 4443 section 4.1",
    .hides = TRUE,
    .unit = LENS_UNIT_ICMP },
  { .id = "icmp-unsolicited",
    .summary = "Control messages are sent that nobody asked for, or of a kind that nobody uses.",
    .room = "Replies to pings are seen, but not what asked for them.",
    .filter_hint = "icmp || icmpv6",
    .reference = "RFC 792; RFC 4443; RFC 6918",
    .hides = TRUE,
    .unit = LENS_UNIT_ICMP },
  { NULL },
};

static void
use (LensLedger *ledger, const char *channel, const LensUnit *unit, gsize offset, gsize length)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, NULL);

  lens_ledger_room (ledger, carrier, unit, 8 * length);
  lens_ledger_use (ledger, carrier, unit, 8 * length, offset, length);
}

/* --- requests --- */

static gboolean
goes_on (guint16 from, guint16 to, guint16 most)
{
  guint16 swapped = GUINT16_SWAP_LE_BE (to) - GUINT16_SWAP_LE_BE (from);

  return (guint16)(to - from) <= most || swapped <= MIN (most, SWAPPED);
}

/* Ahead of the last one, or a little behind it. */
static gboolean
is_near (guint16 last, guint16 now, guint16 most)
{
  return goes_on (last, now, most) || goes_on (now, last, most);
}

static Run *
run_of (Side *side, guint16 identifier)
{
  for (guint i = 0; i < RUNS; i++)
    if (side->runs[i].used && side->runs[i].identifier == identifier)
      return &side->runs[i];
  return NULL;
}

/* In place of the one that was not heard of for longest. */
static void
begin_run (Side *side, const LensIcmp *icmp, gint64 time_ns)
{
  Run *run = &side->runs[0];

  for (guint i = 0; i < RUNS; i++)
    if (!side->runs[i].used || (run->used && side->runs[i].time_ns < run->time_ns))
      run = &side->runs[i];
  *run = (Run){ icmp->identifier, icmp->sequence, icmp->sequence, time_ns, TRUE };
}

/* Whether a program of this identifier may have been started: it is not far from those before,
 * or none of those is still heard. */
static gboolean
may_begin (const Side *side, guint16 identifier, gint64 time_ns)
{
  gboolean heard = FALSE;

  for (guint i = 0; i < RUNS; i++)
    {
      const Run *run = &side->runs[i];
      if (!run->used)
        continue;
      if (is_near (run->identifier, identifier, CLOSE))
        return TRUE;
      heard |= time_ns - run->time_ns < FRESH;
    }
  return !heard;
}

static gboolean
continues (Run *run, guint16 sequence)
{
  if (sequence <= 1 || is_near (run->sequence, sequence, AHEAD)
      || (run->odd != run->sequence && goes_on (run->odd, sequence, 1)))
    {
      run->sequence = run->odd = sequence;
      return TRUE;
    }
  run->odd = sequence;
  return FALSE;
}

/* NULL: there are too many. */
static Counter *
counter_of (LensLedger *ledger, IcmpEcho *state, const LensUnit *unit, const LensIcmp *icmp)
{
  const guint64 key = (guint64)lens_address_hash (&unit->side->key.src) << 16 | icmp->identifier;
  Counter *counter = g_hash_table_lookup (state->counters, &key);

  if (counter != NULL
      || !lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->counters),
                                MAX_COUNTERS))
    return counter;
  counter = g_new0 (Counter, 1);
  g_hash_table_insert (state->counters, g_memdup2 (&key, sizeof key), counter);
  g_ptr_array_add (state->in_order, counter);
  return counter;
}

/* Steps of another size than most. */
static guint
unusual_steps (const Counter *counter)
{
  guint all = 0, usual = 0;

  for (guint step = 1; step <= AHEAD; step++)
    {
      all += counter->steps[step];
      usual = MAX (usual, counter->steps[step]);
    }
  return all - usual;
}

static void
see_step (LensLedger *ledger, IcmpEcho *state, const LensUnit *unit, const LensIcmp *icmp)
{
  Counter *counter = counter_of (ledger, state, unit, icmp);

  if (counter == NULL)
    return;
  guint16 step = icmp->sequence - counter->last;
  gboolean goes_on = counter->requests > 0 && step >= 1 && step <= AHEAD;
  counter->last = icmp->sequence;
  counter->requests++;
  if (!goes_on)
    return;
  counter->steps[step]++;
  if (unusual_steps (counter) < SUSPECTED)
    return;
  counter->carrier = lens_ledger_carrier (ledger, "icmp-echo-id-seq", unit, steps);
  lens_ledger_room (ledger, counter->carrier, unit, 1);
  lens_ledger_use (ledger, counter->carrier, unit, 1, 6, 2);
}

static void
see_request (LensLedger *ledger, Side *side, const LensUnit *unit, const LensIcmp *icmp)
{
  Run *run = run_of (side, icmp->identifier);

  if (run != NULL)
    {
      run->time_ns = unit->time_ns;
      if (!continues (run, icmp->sequence))
        use (ledger, "icmp-echo-id-seq", unit, 6, 2);
      return;
    }
  if (!may_begin (side, icmp->identifier, unit->time_ns))
    use (ledger, "icmp-echo-id-seq", unit, 4, 2);
  begin_run (side, icmp, unit->time_ns);
}

/* --- replies --- */

static guint64
question (const LensAddress *asker, const LensIcmp *icmp)
{
  return (guint64)lens_address_hash (asker) << 32 | icmp->word;
}

static void
remember (IcmpEcho *state, const LensUnit *unit, const LensIcmp *icmp)
{
  const guint64 key = question (&unit->side->key.src, icmp);

  if (g_hash_table_size (state->asked) >= MAX_ASKED)
    g_hash_table_remove_all (state->asked);
  g_hash_table_add (state->asked, g_memdup2 (&key, sizeof key));
}

static void
see_reply (LensLedger *ledger, IcmpEcho *state, Side *side, const LensUnit *unit,
           const LensIcmp *icmp)
{
  const guint64 key = question (&unit->side->key.dst, icmp);

  side->replies++;
  if (g_hash_table_contains (state->asked, &key) || unit->time_ns - state->first < FRESH)
    return;
  side->unasked++;
  use (ledger, "icmp-unsolicited", unit, 4, unit->view.length - 4);
}

/* --- other types --- */

static gboolean
is_usual_4 (guint8 type)
{
  return type == 0 || type == 3 || type == 4 || type == 5 || (type >= 8 && type <= 12);
}

/* Errors, echoes, groups, neighbours; node information, mobility, paths, multicast routers and
 * RPL (IANA, ICMPv6 parameters). */
static gboolean
is_usual_6 (guint8 type)
{
  return (type >= 1 && type <= 4) || (type >= 128 && type <= 137) || (type >= 139 && type <= 149)
         || (type >= 151 && type <= 155) || type == 157 || type == 158;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  IcmpEcho *state = data;
  guint8 version = unit->side->key.src.version;
  LensIcmp icmp;

  if (state->asked == NULL)
    {
      state->first = unit->time_ns;
      state->asked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      state->counters = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
      state->in_order = g_ptr_array_new ();
    }
  Side *side = lens_by_side (&state->sides, ledger, unit->side, sizeof (Side), MAX_SIDES);
  if (side == NULL || !lens_icmp_parse (version, unit->view.octets, unit->view.length, &icmp))
    return;
  if (icmp.kind == LENS_ICMP_ECHO_REQUEST)
    {
      remember (state, unit, &icmp);
      see_step (ledger, state, unit, &icmp);
      see_request (ledger, side, unit, &icmp);
    }
  else if (icmp.kind == LENS_ICMP_ECHO_REPLY)
    see_reply (ledger, state, side, unit, &icmp);
  else if (version == 4 ? !is_usual_4 (icmp.type) : !is_usual_6 (icmp.type))
    use (ledger, "icmp-unsolicited", unit, 0, unit->view.length);
}

/* --- what it comes to --- */

/* Replies alone: where nearly all of them were asked for, or a few were not, the capture has
 * lost the questions; where none was, it may not see them at all. */
static void
judge_unsolicited (LensLedger *ledger, IcmpEcho *state, LensCarrier *carrier)
{
  const Side *side = lens_by_side_peek (&state->sides, carrier->side);
  gboolean one_way = lens_ledger_is_one_way (ledger, carrier->side);

  if (side == NULL || side->unasked < carrier->uses) /* or of another type */
    lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, NULL);
  else if (side->unasked < LEAST_REPLIES || side->unasked * 20 < side->replies)
    return;
  else if (one_way)
    lens_ledger_find_room (ledger, carrier, "The capture has nothing that was sent to the device.");
  else if (lens_ledger_is_routed (ledger, carrier->side))
    lens_ledger_find_room (ledger, carrier, NULL);
  else
    lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, NULL);
}

/* So many are not lost before somebody hears them. */
static void
judge_steps (LensLedger *ledger, const Counter *counter)
{
  guint unusual = unusual_steps (counter);

  if (counter->carrier == NULL || unusual < UNUSUAL || unusual * UNUSUAL_IN < counter->requests
      || lens_ledger_is_routed (ledger, counter->carrier->side))
    return;
  lens_ledger_find (ledger, counter->carrier, lens_ledger_severity (ledger, counter->carrier), NULL,
                    NULL);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  IcmpEcho *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint i = 0; state->in_order != NULL && i < state->in_order->len; i++)
    judge_steps (ledger, g_ptr_array_index (state->in_order, i));

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (carrier->subject != NULL)
        continue;
      if (g_str_equal (carrier->channel, "icmp-echo-id-seq") && carrier->uses >= LEAST)
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, NULL);
      else if (g_str_equal (carrier->channel, "icmp-unsolicited"))
        judge_unsolicited (ledger, state, carrier);
    }
}

static void
clear (gpointer data)
{
  IcmpEcho *state = data;

  lens_by_side_clear (&state->sides, NULL);
  g_clear_pointer (&state->asked, g_hash_table_unref);
  g_clear_pointer (&state->counters, g_hash_table_unref);
  g_clear_pointer (&state->in_order, g_ptr_array_unref);
}

/* --- seeds --- */

/* Pings whose numbers are the message, behind one that begins as programs do.  All go the way
 * of the first. */
typedef struct
{
  guint16 identifier, last;
  guint8 type;
  guint sent;
} Pinger;

static void
seed_numbers (LensSeedBed *bed, const LensSeedPlace *place, Pinger *pinger)
{
  guint8 octets[2] = { 0 }, data[56] = { 0 };
  guint16 number = 1;

  if (pinger->sent == 0)
    {
      lens_seed_bed_keep_way (bed);
      pinger->type = place->layers->ip_version == 6 ? 128 : 8;
    }
  else
    {
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
      if (count == 0)
        return;
      if (count == 1)
        octets[1] = octets[0];
      number = (guint16)(octets[0] << 8 | octets[1]);
      /* Away from where a program would be. */
      if (is_near (1, number, CLOSE) || is_near (pinger->last, number, CLOSE))
        number ^= 0x4040;
    }
  pinger->sent++;
  pinger->last = number;
  lens_seed_bed_send_icmp (bed, NULL, pinger->type, 0, (guint32)pinger->identifier << 16 | number,
                           data, sizeof data);
}

/* Replies to what nobody asked. */
static void
seed_reply (LensSeedBed *bed, const LensSeedPlace *place, guint16 identifier)
{
  guint8 octets[32];
  gsize count = lens_seed_bed_take (bed, octets, sizeof octets);

  if (count == 0)
    return;
  lens_seed_bed_send_icmp (bed, NULL, place->layers->ip_version == 6 ? 129 : 0, 0,
                           (guint32)identifier << 16 | lens_seed_bed_below (bed, 0x10000), octets,
                           count);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  Pinger pinger = { .identifier = (guint16)(0x100 + lens_seed_bed_below (bed, 0x1000)) };
  gint64 first = G_MAXINT64;
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      first = MIN (first, place.time_ns);
      if (!lens_seed_bed_can_send (bed) || place.time_ns - first <= 2 * FRESH)
        continue;
      if (g_str_equal (channel, "icmp-echo-id-seq"))
        seed_numbers (bed, &place, &pinger);
      else
        seed_reply (bed, &place, pinger.identifier);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_icmp_echo = {
  .name = "icmp-echo",
  .question = "Do pings count as ping programs do, and does anybody speak ICMP unasked?",
  .source = "RFC 792; RFC 4443; RFC 6918",
  .units = LENS_UNIT_ICMP,
  .channels = channels,
  .state_size = sizeof (IcmpEcho),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
