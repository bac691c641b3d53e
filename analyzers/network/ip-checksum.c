/* ip-checksum: do packets travel whose checksum is wrong on purpose?
 *
 * RFC 791 section 3.1, RFC 768, RFC 9293 section 3.1, RFC 792, RFC 4443 section 2.3: a receiver
 * drops what fails its checksum; who listens on the way reads it all the same.
 *
 * Benign: checksums that the sender's card fills in, seen before it did (nothing, or the sum of
 * the pseudo-header: Linux, CHECKSUM_PARTIAL); segments joined by a card; a sender whose checksums
 * of a protocol are wrong as a rule; packets cut by the capture; a few that noise has changed.
 *
 *   room   16 bits of each field that is wrong
 *   use    the same, where the sender's others are right
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/octets.h"
#include "wire/checksum.h"
#include "wire/transport.h"

#include <string.h>

enum
{
  MAX_SENDERS = 65536,
  RECENT = 256,  /* sides whose senders are at hand */
  LEAST = 4,     /* wrong ones, among more right ones, to be more than noise */
  OFTEN = 100,   /* packets of a flow that has enough of them */
  LARGEST = 1500 /* octets of a datagram that no card has joined */
};

typedef enum
{
  SUM_RIGHT,
  SUM_LEFT_TO_CARD,
  SUM_WRONG,
  SUM_UNKNOWN,
} Sum;

/* Who sends what: the header is protocol 0. */
typedef struct
{
  LensAddress source;
  guint8 mac[6];
  guint8 protocol;
} SenderKey;

typedef struct
{
  guint right, left, wrong;
} Sender;

/* To whom wrong ones went. */
typedef struct
{
  LensCarrier *carrier;
  const Sender *sender;
} Said;

/* Whose packets of a side are, so that most need not be looked up. */
typedef struct
{
  const LensSide *side;
  Sender *sender;
  guint8 protocol;
} Recent;

typedef struct
{
  Recent recent[2][RECENT]; /* of headers, of what they carry; by the side's index */
  GHashTable *senders;      /* SenderKey -> Sender */
  GHashTable *known;        /* LensCarrier */
  GArray *said;             /* Said */
} IpChecksum;

static const LensChannelText channels[] = {
  { .id = "ip4-bad-checksum",
    .summary = "Packets travel whose checksum is wrong, so that their receiver drops them, but "
               "anybody on the way can read them.",
    .room = "Packets have wrong checksums, as all of their sender's: its network card fills them "
            "in behind the capture, or something on the way changed them.",
    .reference = "RFC 791 section 3.1; RFC 768; RFC 9293 section 3.1",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

/* --- senders --- */

static guint
key_hash (gconstpointer data)
{
  return (guint)lens_octets_hash_whole (LENS_HASH_START, data, sizeof (SenderKey));
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (SenderKey)) == 0;
}

static Sender *
find_sender (LensLedger *ledger, IpChecksum *state, const LensUnit *unit, guint8 protocol)
{
  SenderKey key;

  memset (&key, 0, sizeof key);
  key.source = unit->side->key.src;
  memcpy (key.mac, unit->side->key.src_mac, sizeof key.mac);
  key.protocol = protocol;
  if (state->senders == NULL)
    {
      state->senders = g_hash_table_new_full (key_hash, key_equal, g_free, g_free);
      state->known = g_hash_table_new (NULL, NULL);
      state->said = g_array_new (FALSE, FALSE, sizeof (Said));
    }
  Sender *sender = g_hash_table_lookup (state->senders, &key);
  if (sender == NULL
      && lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->senders), MAX_SENDERS))
    {
      sender = g_new0 (Sender, 1);
      g_hash_table_insert (state->senders, g_memdup2 (&key, sizeof key), sender);
    }
  return sender;
}

/* NULL: there are too many. */
static Sender *
sender_of (LensLedger *ledger, IpChecksum *state, const LensUnit *unit, guint8 protocol)
{
  Recent *recent = &state->recent[protocol != 0][unit->side->index % RECENT];

  if (recent->side == unit->side && recent->protocol == protocol)
    return recent->sender;
  Sender *sender = find_sender (ledger, state, unit, protocol);
  if (sender != NULL)
    *recent = (Recent){ unit->side, sender, protocol };
  return sender;
}

/* --- one checksum --- */

static guint16
field_at (const guint8 *octets)
{
  return (guint16)(octets[0] << 8 | octets[1]);
}

/* Where the checksum stands; -1: there is none that is known. */
static gssize
field_offset (const LensLayers *layers)
{
  switch (layers->protocol)
    {
    case LENS_PROTOCOL_TCP:
      return 16;
    case LENS_PROTOCOL_UDP:
      return 6;
    case LENS_PROTOCOL_ICMP:
      return layers->ip_version == 4 ? 2 : -1;
    case LENS_PROTOCOL_ICMPV6:
      return layers->ip_version == 6 ? 2 : -1;
    default:
      return -1;
    }
}

/* UDP counts for itself, and may have less than the datagram. */
static gsize
covered (const LensLayers *layers, const guint8 *octets)
{
  gsize length = layers->payload.length;

  if (layers->protocol != LENS_PROTOCOL_UDP)
    return length;
  gsize counted = field_at (octets + 4);
  return counted < 8 || counted > length ? 0 : counted;
}

static Sum
check_transport (const LensLayers *layers, const guint8 *octets, gssize at)
{
  gsize length = layers->payload.length >= (gsize)at + 2 ? covered (layers, octets) : 0;

  if (length < (gsize)at + 2)
    return SUM_UNKNOWN;
  guint16 field = field_at (octets + at);
  guint32 before = layers->protocol == LENS_PROTOCOL_ICMP
                       ? 0
                       : lens_checksum_pseudo (&layers->source, &layers->destination,
                                               layers->protocol, length);
  if (field == 0)
    return SUM_LEFT_TO_CARD;
  if (lens_checksum_end (lens_checksum_add (before, octets, length)) == 0)
    return SUM_RIGHT;
  return layers->protocol != LENS_PROTOCOL_ICMP && (field ^ lens_checksum_end (before)) == 0xffff
             ? SUM_LEFT_TO_CARD
             : SUM_WRONG;
}

static Sum
check_header (const LensUnit *unit)
{
  const LensRange *network = &unit->frame->network;
  const guint8 *header = unit->view.octets + network->offset;

  if (field_at (header + 10) == 0)
    return SUM_LEFT_TO_CARD;
  return lens_checksum_end (lens_checksum_add (0, header, network->length)) == 0 ? SUM_RIGHT
                                                                                 : SUM_WRONG;
}

/* --- one packet --- */

static const char *
subject_of (guint8 protocol)
{
  switch (protocol)
    {
    case 0:
      return "header";
    case LENS_PROTOCOL_TCP:
      return "tcp";
    case LENS_PROTOCOL_UDP:
      return "udp";
    default:
      return "icmp";
    }
}

static void
note (LensLedger *ledger, IpChecksum *state, const LensUnit *unit, guint8 protocol, Sum sum,
      gsize offset)
{
  Sender *sender = sender_of (ledger, state, unit, protocol);

  if (sender == NULL)
    return;
  sender->right += sum == SUM_RIGHT;
  sender->left += sum == SUM_LEFT_TO_CARD;
  if (sum != SUM_WRONG)
    return;
  /* Wrong as a rule: no more need be remembered. */
  if (++sender->wrong > 1000 && sender->wrong > sender->right)
    return;
  LensCarrier *carrier
      = lens_ledger_carrier (ledger, "ip4-bad-checksum", unit, subject_of (protocol));
  lens_ledger_room (ledger, carrier, unit, 16);
  lens_ledger_use (ledger, carrier, unit, 16, offset, 2);
  if (g_hash_table_add (state->known, carrier))
    {
      const Said said = { carrier, sender };
      g_array_append_val (state->said, said);
    }
}

/* Of a part, of what was cut, and of what a card joined the sum cannot be told. */
static gboolean
is_whole (const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;

  return !layers->fragment && !layers->header_cut && !layers->truncated
         && !layers->zero_total_length && !layers->bad_total_length
         && layers->network.length + layers->payload.length <= LARGEST
         && layers->payload.length == layers->payload_declared;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;

  if (layers->ip_version == 0 || layers->header_cut || layers->bad_header_length)
    return;
  if (layers->ip_version == 4)
    {
      Sum header = check_header (unit);
      note (ledger, data, unit, 0, header, layers->network.offset + 10);
      if (header == SUM_WRONG)
        return;
    }
  gssize at = is_whole (unit) ? field_offset (layers) : -1;
  if (at < 0)
    return;
  Sum sum = check_transport (layers, unit->view.octets + layers->payload.offset, at);
  if (sum != SUM_UNKNOWN)
    note (ledger, data, unit, layers->protocol, sum, layers->payload.offset + (gsize)at);
}

/* --- what it comes to --- */

static gboolean
is_on_purpose (const Said *said)
{
  const Sender *sender = said->sender;

  return sender->wrong >= LEAST && sender->right >= sender->wrong;
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  IpChecksum *state = data;

  for (guint i = 0; state->said != NULL && i < state->said->len; i++)
    {
      const Said *said = &g_array_index (state->said, Said, i);
      LensCarrier *carrier = said->carrier;
      if (carrier->uses < LEAST)
        continue;
      if (is_on_purpose (said))
        lens_ledger_find (ledger, carrier,
                          MAX (lens_ledger_severity (ledger, carrier), LENS_SEVERITY_MEDIUM), NULL,
                          NULL);
      else
        lens_ledger_find_room (ledger, carrier, NULL);
    }
}

static void
clear (gpointer data)
{
  IpChecksum *state = data;

  g_clear_pointer (&state->senders, g_hash_table_unref);
  g_clear_pointer (&state->known, g_hash_table_unref);
  g_clear_pointer (&state->said, g_array_unref);
}

/* The message instead of the checksum of TCP or UDP. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[2];

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      const LensLayers *layers = place.layers;
      gssize at = layers->ip_version != 0 && !layers->fragment ? field_offset (layers) : -1;
      gsize start = layers->payload.offset;
      if (at < 0 || place.side->packets < OFTEN || layers->payload.length < (gsize)at + 2
          || check_transport (layers, place.octets + start, at) != SUM_RIGHT)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
      if (count == 1) /* it must not say what stands there already */
        octets[0] ^= place.octets[start + (gsize)at];
      lens_seed_bed_replace (bed, start + (gsize)at, octets, count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_ip_checksum = {
  .name = "ip-checksum",
  .question = "Do packets travel whose checksum is wrong on purpose?",
  .source = "RFC 791 section 3.1; RFC 768; RFC 9293 section 3.1; RFC 1071",
  .severity = LENS_SEVERITY_RULE_FIXED,
  .units = LENS_UNIT_FRAME,
  .channels = channels,
  .state_size = sizeof (IpChecksum),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
