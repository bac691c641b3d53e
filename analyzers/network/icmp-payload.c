/* icmp-payload: what do pings carry?
 *
 * RFC 792: an echo request holds any data, and the reply sends it back.  Every ping program fills
 * it in its own way; the ways of the common ones are known.
 *
 * Benign: iputils and BSD (a time, then octets that count up), Windows (the alphabet to w),
 * busybox (a time in four octets, then zeros), zeros, traceroute (64 octets from '@' on, again
 * and again); a time is believed when it goes on like the capture's.  A reply with its request's
 * data says nothing of its own.  A program sends one length, or ones that rise by a step (ping -g),
 * and its clock does not go back from one ping to the next.
 *
 *   room   8 bits per octet of a request
 *   use    8 bits per octet of other requests (of what somebody asked a program to repeat, once;
 *          ping -p), and of replies that differ from their request; 8 per length that follows no
 *          step, once there are many; the microseconds of a clock that went back again and again
 */
#include "ledger/analyzer.h"
#include "ledger/by-side.h"
#include "ledger/seed-bed.h"

#include "wire/icmp.h"

#include <string.h>

enum
{
  MAX_REQUESTS = 4096,
  MAX_CLOCKS = 4096,
  TIME = 16,     /* octets of a time as 64-bit systems write it */
  ALPHABET = 23, /* letters before Windows begins again */
  PATTERN = 16,  /* octets that ping -p repeats, at most */
  LENGTHS = 12,  /* that programs of one host may use side by side */
  BACKWARDS = 4, /* times that a clock went back */
};

/* How far a pinger's clock may run apart from the capture's between two pings. */
#define APART_US (2 * 1000 * 1000)
/* Pings closer than this may have changed places on their way. */
#define APART_NS (20 * 1000 * 1000)
#define BUSYBOX_WRAP (G_GINT64_CONSTANT (1) << 32)

typedef struct
{
  gint64 arrival, clock; /* us */
  gint64 other;          /* @clock in the other byte order, where that is not known */
  gboolean set;          /* it jumped once, as a clock does when it is set */
} Clock;

/* Programs write their times in ways of their own, and each way has a clock. */
typedef enum
{
  FORM_LONG,  /* TIME octets */
  FORM_SHORT, /* half of them */
  FORM_BUSYBOX,
  N_FORMS,
} Form;

/* How one host pings another. */
typedef struct
{
  guint16 lengths[LENGTHS], last;
  guint8 n_lengths;
  gint step; /* from the length before to the last one */
  /* its clock */
  guint16 identifier;
  gint64 arrival, clock; /* ns, us */
  guint times, backwards;
} Pinger;

typedef struct
{
  GHashTable *requests; /* hash of asker, asked, identifier and sequence -> hash of the data */
  GHashTable *clocks;   /* LensSide -> Clock[N_FORMS] */
  LensBySide pingers;   /* Pinger */
} IcmpPayload;

static const LensChannelText channels[] = {
  { .id = "icmp-echo-payload",
    .summary = "Pings carry data that no ping program puts there.",
    .room = "Pings carry what ping programs put there; data could travel in it.",
    .filter_hint = "icmp.type == 8 || icmp.type == 0 || icmpv6.type == 128 || icmpv6.type == 129",
    .reference = "RFC 792; RFC 4443 section 4",
    .hides = TRUE,
    .unit = LENS_UNIT_ICMP },
  { NULL },
};

static guint64
hash (guint64 start, gconstpointer data, gsize length)
{
  const guint8 *octets = data;

  for (gsize i = 0; i < length; i++)
    start = (start ^ octets[i]) * 0x100000001b3u;
  return start;
}

static guint64
number (const guint8 *octets, gsize length, gboolean little)
{
  guint64 value = 0;

  for (gsize i = 0; i < length; i++)
    value = value << 8 | octets[little ? length - 1 - i : i];
  return value;
}

/* --- what ping programs send --- */

static gboolean
counts_up (const guint8 *octets, gsize length, gsize from)
{
  for (gsize i = from; i < length; i++)
    if (octets[i] != (guint8)i)
      return FALSE;
  return TRUE;
}

static gboolean
is_zero (const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (octets[i] != 0)
      return FALSE;
  return TRUE;
}

static gboolean
is_alphabet (const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (octets[i] != 'a' + i % ALPHABET)
      return FALSE;
  return TRUE;
}

/* Linux's traceroute -I counts from the ICMP header on. */
static gboolean
is_traceroute (const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (octets[i] != '@' + (8 + i) % 64)
      return FALSE;
  return TRUE;
}

/* The fewest octets, of at most PATTERN, that are repeated to the end; 0: there are none. */
static gsize
pattern_of (const guint8 *octets, gsize length)
{
  for (gsize period = 1; period <= PATTERN && 2 * period <= length; period++)
    if (memcmp (octets, octets + period, length - period) == 0)
      return period;
  return 0;
}

static Clock *
clock_of (IcmpPayload *state, const LensUnit *unit, Form form)
{
  Clock *clocks = g_hash_table_lookup (state->clocks, unit->side);

  if (clocks == NULL)
    {
      if (g_hash_table_size (state->clocks) >= MAX_CLOCKS)
        g_hash_table_remove_all (state->clocks);
      clocks = g_new0 (Clock, N_FORMS);
      g_hash_table_insert (state->clocks, unit->side, clocks);
    }
  return &clocks[form];
}

/* A clock may jump once. */
static gboolean
is_set (Clock *last, const Clock *now)
{
  gboolean first = !last->set;

  *last = *now;
  last->set = TRUE;
  return first;
}

/* Whether a pinger's clock stands at @clock by the capture's, counted from the ping before;
 * @wrap (0: never) is where it begins again.  The first one is believed. */
static gboolean
goes_on (const Clock *last, const Clock *now, gint64 wrap)
{
  gint64 apart = (now->clock - last->clock) - (now->arrival - last->arrival);

  if (last->arrival == 0)
    return TRUE;
  if (wrap > 0)
    {
      apart %= wrap;
      apart += apart > wrap / 2 ? -wrap : apart < -wrap / 2 ? wrap : 0;
    }
  return ABS (apart) <= APART_US;
}

/* A time in front, seconds and a rest, in any byte order, that goes on. */
static gboolean
is_time (IcmpPayload *state, const LensUnit *unit, const guint8 *octets, Form form)
{
  gsize length = form == FORM_LONG ? TIME : TIME / 2;
  Clock *last = clock_of (state, unit, form), now = { .set = last->set };
  gboolean has_time = FALSE;

  for (guint little = 0; little < 2; little++)
    {
      guint64 seconds = number (octets, length / 2, little != 0);
      guint64 rest = number (octets + length / 2, length / 2, little != 0);
      if (seconds > G_MAXUINT32 || rest >= 1000 * 1000 * 1000)
        continue;
      if (rest >= 1000 * 1000)
        rest /= 1000; /* nanoseconds */
      has_time = TRUE;
      now.arrival = unit->time_ns / 1000;
      now.clock = (gint64)(seconds * 1000 * 1000 + rest);
      if (!goes_on (last, &now, 0))
        continue;
      *last = now;
      return TRUE;
    }
  return has_time && is_set (last, &now);
}

/* Microseconds in four octets of any byte order, then zeros. */
static gboolean
is_busybox (IcmpPayload *state, const LensUnit *unit, const guint8 *octets, gsize length)
{
  if (length < 8 || !is_zero (octets + 4, length - 4))
    return FALSE;
  Clock *last = clock_of (state, unit, FORM_BUSYBOX);
  const Clock little
      = { .arrival = unit->time_ns / 1000, .clock = (gint64)number (octets, 4, TRUE) };
  const Clock big = { .arrival = unit->time_ns / 1000,
                      .clock = (gint64)number (octets, 4, FALSE),
                      .other = little.clock,
                      .set = last->set };
  const Clock other = { .arrival = last->arrival, .clock = last->other };
  gboolean fits = goes_on (last, &big, BUSYBOX_WRAP) || goes_on (&other, &little, BUSYBOX_WRAP);
  if (!fits)
    return is_set (last, &big);
  *last = big;
  return TRUE;
}

static gboolean
is_known (IcmpPayload *state, const LensUnit *unit, const guint8 *octets, gsize length)
{
  if (is_zero (octets, length) || is_alphabet (octets, length) || counts_up (octets, length, 0)
      || is_traceroute (octets, length))
    return TRUE;
  for (Form form = FORM_LONG; form <= FORM_SHORT; form++)
    {
      gsize time = form == FORM_LONG ? TIME : TIME / 2;
      if (length >= time && counts_up (octets, length, time) && is_time (state, unit, octets, form))
        return TRUE;
    }
  return is_busybox (state, unit, octets, length);
}

/* What of data that is not known speaks: all of it, or a pattern once, alone or behind a time. */
static LensRange
speaking (IcmpPayload *state, const LensUnit *unit, const guint8 *octets, gsize length)
{
  gsize period = pattern_of (octets, length);

  if (period > 0)
    return (LensRange){ 0, period };
  for (Form form = FORM_LONG; form <= FORM_SHORT; form++)
    {
      gsize time = form == FORM_LONG ? TIME : TIME / 2;
      period = length > time ? pattern_of (octets + time, length - time) : 0;
      if (period > 0 && is_time (state, unit, octets, form))
        return (LensRange){ time, period };
    }
  return (LensRange){ 0, length };
}

/* --- echoes --- */

static guint64
echo_key (const LensAddress *asker, const LensAddress *asked, const LensIcmp *icmp)
{
  guint64 key = hash (0xcbf29ce484222325u, asker, sizeof *asker);

  key = hash (key, asked, sizeof *asked);
  key = hash (key, &icmp->identifier, sizeof icmp->identifier);
  return hash (key, &icmp->sequence, sizeof icmp->sequence);
}

static void
remember_request (IcmpPayload *state, const LensUnit *unit, const LensIcmp *icmp, guint64 content)
{
  guint64 key = echo_key (&unit->side->key.src, &unit->side->key.dst, icmp);

  if (g_hash_table_size (state->requests) >= MAX_REQUESTS)
    g_hash_table_remove_all (state->requests);
  g_hash_table_insert (state->requests, g_memdup2 (&key, sizeof key),
                       g_memdup2 (&content, sizeof content));
}

static gboolean
echoes_request (const IcmpPayload *state, const LensUnit *unit, const LensIcmp *icmp,
                guint64 content)
{
  guint64 key = echo_key (&unit->side->key.dst, &unit->side->key.src, icmp);
  const guint64 *asked = g_hash_table_lookup (state->requests, &key);

  return asked != NULL && *asked == content;
}

/* Whether a length was chosen: no step leads to it, and there are many already. */
static gboolean
is_chosen (Pinger *pinger, guint16 length)
{
  gint step = length - pinger->last;
  gboolean follows = pinger->last == 0 || step == 0 || step == pinger->step;

  if (step != 0)
    pinger->step = step;
  pinger->last = length;
  for (guint i = 0; i < pinger->n_lengths; i++)
    if (pinger->lengths[i] == length)
      return !follows && pinger->n_lengths == LENGTHS;
  if (!follows && pinger->n_lengths == LENGTHS)
    return TRUE;
  if (!follows)
    pinger->lengths[pinger->n_lengths++] = length;
  return FALSE;
}

/* Whether the clock in front of a request is one that goes back again and again. */
static gboolean
goes_back (Pinger *pinger, const LensUnit *unit, const LensIcmp *icmp, const Clock *clock)
{
  gboolean same = pinger->arrival != 0 && pinger->identifier == icmp->identifier;

  pinger->times++;
  if (same && unit->time_ns - pinger->arrival > APART_NS && clock->clock < pinger->clock)
    pinger->backwards++;
  pinger->identifier = icmp->identifier;
  pinger->arrival = unit->time_ns;
  pinger->clock = clock->clock;
  return pinger->backwards >= BACKWARDS && pinger->backwards * 16 > pinger->times;
}

/* Data that programs send may still have been chosen among what they send. */
static void
see_choice (LensLedger *ledger, IcmpPayload *state, const LensUnit *unit, const LensIcmp *icmp,
            LensCarrier *carrier)
{
  const guint8 *octets = unit->view.octets + icmp->data.offset;
  gsize length = icmp->data.length;
  Pinger *pinger = lens_by_side (&state->pingers, ledger, unit->side, sizeof (Pinger), MAX_CLOCKS);

  if (pinger == NULL || icmp->kind != LENS_ICMP_ECHO_REQUEST)
    return;
  if (is_chosen (pinger, (guint16)length))
    lens_ledger_use (ledger, carrier, unit, 8, icmp->data.offset + length - 1, 1);
  const Clock *clock = &clock_of (state, unit, FORM_LONG)[0];
  if (length < TIME || clock->arrival != unit->time_ns / 1000 || !counts_up (octets, length, TIME))
    return;
  if (goes_back (pinger, unit, icmp, clock))
    lens_ledger_use (ledger, carrier, unit, 20, icmp->data.offset + TIME / 2, TIME / 2);
}

static void
see_echo (LensLedger *ledger, IcmpPayload *state, const LensUnit *unit, const LensIcmp *icmp)
{
  const guint8 *octets = unit->view.octets + icmp->data.offset;
  gsize length = icmp->data.length;
  guint64 content = hash (0xcbf29ce484222325u ^ length, octets, length);

  if (icmp->kind == LENS_ICMP_ECHO_REQUEST)
    remember_request (state, unit, icmp, content);
  else if (echoes_request (state, unit, icmp, content))
    return;
  if (length == 0)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "icmp-echo-payload", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * length);
  if (is_known (state, unit, octets, length))
    {
      see_choice (ledger, state, unit, icmp, carrier);
      return;
    }
  LensRange speaks = speaking (state, unit, octets, length);
  lens_ledger_use (ledger, carrier, unit, 8 * speaks.length, icmp->data.offset + speaks.offset,
                   speaks.length);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  IcmpPayload *state = data;
  LensIcmp icmp;

  if (state->requests == NULL)
    {
      state->requests = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
      state->clocks = g_hash_table_new_full (NULL, NULL, NULL, g_free);
    }
  if (lens_icmp_parse (unit->side->key.src.version, unit->view.octets, unit->view.length, &icmp)
      && (icmp.kind == LENS_ICMP_ECHO_REQUEST || icmp.kind == LENS_ICMP_ECHO_REPLY))
    see_echo (ledger, state, unit, &icmp);
}

static void
clear (gpointer data)
{
  IcmpPayload *state = data;

  g_clear_pointer (&state->requests, g_hash_table_unref);
  lens_by_side_clear (&state->pingers, NULL);
  g_clear_pointer (&state->clocks, g_hash_table_unref);
}

/* --- seeds --- */

/* An echo request of a length that ping programs use. */
static void
seed_echo (LensSeedBed *bed, const LensSeedPlace *place, guint16 identifier, guint16 sequence,
           const guint8 *octets, gsize length)
{
  guint8 type = place->layers->ip_version == 6 ? 128 : 8;

  lens_seed_bed_send_icmp (bed, NULL, type, 0, (guint32)identifier << 16 | sequence, octets,
                           length);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  guint16 identifier = (guint16)lens_seed_bed_below (bed, 0x10000), sequence = 0;
  gsize length = 24 + lens_seed_bed_below (bed, 41);
  LensSeedPlace place;
  guint8 octets[64];

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      gsize count = lens_seed_bed_can_send (bed) ? lens_seed_bed_take (bed, octets, length) : 0;
      if (count == 0)
        continue;
      lens_seed_bed_fill (bed, octets + count, length - count);
      seed_echo (bed, &place, identifier, sequence++, octets, length);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_icmp_payload = {
  .name = "icmp-payload",
  .question = "Do pings carry anything of their own?",
  .source = "RFC 792; RFC 4443 section 4",
  .units = LENS_UNIT_ICMP,
  .channels = channels,
  .state_size = sizeof (IcmpPayload),
  .see = see,
  .clear = clear,
  .seed = seed,
};
