/* mac-addresses: do link addresses say anything but who and to whom?
 *
 * A host on the link has one source address, and sends to one address for each destination: that
 * of the host or of a router (RFC 826, RFC 4861).  Switches deliver a frame whatever its source,
 * and flood it when nobody has its destination.  Groups are mapped: 23 bits of an IPv4 group, 32
 * of an IPv6 group stand in the link address (RFC 1112 section 6.4, RFC 2464 section 7).
 *
 * Benign: bonds that change cards from time to time, routers that stand in for each other, a host
 * that comes back with another address, access points that send a group's datagrams to each
 * station, stacks that send groups to all.  What a router forwarded has the router's address; so
 * only datagrams with the time to live that senders begin with are judged.
 *
 *   use    46 bits for an address that differs from the usual one between two hosts and was not
 *          seen there before, 1 bit for one that was; 8 bits per octet of a group's address
 *          that is not the map's
 */
#include "ledger/analyzer.h"
#include "ledger/by-side.h"
#include "ledger/seed-bed.h"
#include "ledger/usual.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000000)

enum
{
  MAX_PAIRS = 65536,
  MAX_NAMES = 32,   /* of one host that are told apart */
  MANY_NAMES = 8,   /* beside the usual one: more than cards of a bond */
  MANY_TURNS = 32,  /* from one to another, ... */
  TURN_SECONDS = 2, /* ... oftener than so */
  LONG = 64,        /* packets */
};

/* How one of two hosts is named on the link. */
typedef struct
{
  LensUsual usual;
  guint64 last;
  guint32 turns;
  gint64 first, until;
  guint64 *others; /* MAX_NAMES */
  guint n_others;  /* may be more than are kept */
} Names;

typedef struct
{
  guint64 key;
  Names source, destination;
} Pair;

typedef struct
{
  GHashTable *pairs;     /* key -> Pair */
  LensBySide sides;      /* Pair *, of those whose pair is remembered */
  GHashTable *judged_by; /* LensCarrier -> Names */
} MacAddresses;

static const char source_mac[] = "eth-src-mac-modulation";
static const char destination_mac[] = "eth-dst-multicast-modulation";

static const LensChannelText channels[] = {
  { .id = source_mac,
    .summary = "The device sends under ever other link addresses; the frames arrive all the same.",
    .filter_hint = "eth.src",
    .reference = "IEEE 802.3 section 3.2.5",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = destination_mac,
    .summary = "Frames go to link addresses that do not belong to where the datagram in them goes.",
    .filter_hint = "eth.dst",
    .reference = "RFC 1112 section 6.4; RFC 2464 section 7; RFC 826",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

/* --- two hosts --- */

static void
names_clear (Names *names)
{
  g_free (names->others);
}

static void
pair_free (gpointer data)
{
  Pair *pair = data;

  names_clear (&pair->source);
  names_clear (&pair->destination);
  g_free (pair);
}

static guint64
pair_key (const LensLayers *layers)
{
  guint64 key = 0xcbf29ce484222325u ^ layers->ip_version;

  for (guint i = 0; i < 16; i++)
    key = (key ^ layers->source.octets[i]) * 0x100000001b3u;
  for (guint i = 0; i < 16; i++)
    key = (key ^ layers->destination.octets[i]) * 0x100000001b3u;
  return key;
}

/* NULL: of too many. */
static Pair *
pair_of (LensLedger *ledger, MacAddresses *state, const LensUnit *unit)
{
  if (state->pairs == NULL)
    state->pairs = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, pair_free);
  Pair **known = lens_by_side_peek (&state->sides, unit->side);
  if (known != NULL || unit->side->packets > 1)
    return known != NULL ? *known : NULL;
  guint64 key = pair_key (unit->frame);
  Pair *pair = g_hash_table_lookup (state->pairs, &key);
  if (pair == NULL
      && lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->pairs), MAX_PAIRS))
    {
      pair = g_new0 (Pair, 1);
      pair->key = key;
      g_hash_table_insert (state->pairs, &pair->key, pair);
    }
  if (pair != NULL)
    *(Pair **)lens_by_side (&state->sides, NULL, unit->side, sizeof pair, G_MAXUINT) = pair;
  return pair;
}

/* Whether @number was seen; it now is. */
static gboolean
is_known (Names *names, guint64 number)
{
  for (guint i = 0; i < MIN (names->n_others, MAX_NAMES); i++)
    if (names->others[i] == number)
      return TRUE;
  if (names->others == NULL)
    names->others = g_new (guint64, MAX_NAMES);
  if (names->n_others < MAX_NAMES)
    names->others[names->n_others] = number;
  names->n_others++;
  return FALSE;
}

/* The bits that a name says: 0 for the usual one. */
static guint
take_name (Names *names, guint64 number, gint64 time_ns)
{
  gboolean usual = lens_usual_take (&names->usual, number);

  if (names->last == 0)
    names->first = time_ns;
  names->turns += names->last != 0 && names->last != number;
  names->last = number;
  names->until = time_ns;
  if (usual)
    return 0;
  return is_known (names, number) ? 1 : 46;
}

static gboolean
is_broken (const Names *names)
{
  gint64 slow = (names->until - names->first) / (TURN_SECONDS * SECOND);

  return names->n_others >= MANY_NAMES
         || (names->turns >= MANY_TURNS && (gint64)names->turns > slow);
}

static void
see_name (LensLedger *ledger, MacAddresses *state, const LensUnit *unit, Names *names,
          gboolean is_source)
{
  const LensLayers *layers = unit->frame;
  guint64 number = lens_mac_number (is_source ? layers->source_mac : layers->destination_mac);
  guint bits = number != 0 ? take_name (names, number, unit->time_ns) : 0;

  if (bits == 0)
    return;
  LensCarrier *carrier
      = lens_ledger_carrier (ledger, is_source ? source_mac : destination_mac, unit, NULL);
  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, layers->link.offset + (is_source ? 6 : 0), 6);
  if (state->judged_by == NULL)
    state->judged_by = g_hash_table_new (NULL, NULL);
  g_hash_table_insert (state->judged_by, carrier, names);
}

/* --- groups --- */

/* Octets of the address that are not the map's. */
static void
see_group (LensLedger *ledger, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;
  const guint8 *to = layers->destination.octets, *mac = layers->destination_mac;
  const guint8 map4[] = { 0x01, 0x00, 0x5e, to[1] & 0x7f, to[2], to[3] };
  const guint8 map6[] = { 0x33, 0x33, to[12], to[13], to[14], to[15] };
  const guint8 *map = layers->ip_version == 4 ? map4 : map6;
  gsize first = 6, last = 0, n = 0;

  if ((mac[0] & 1) == 0 || lens_mac_number (mac) == 0xffffffffffff)
    return;
  for (gsize i = 0; i < 6; i++)
    if (mac[i] != map[i])
      {
        first = MIN (first, i);
        last = i;
        n++;
      }
  if (n == 0)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, destination_mac, unit, "group");
  lens_ledger_room (ledger, carrier, unit, 8 * n);
  lens_ledger_use (ledger, carrier, unit, 8 * n, layers->link.offset + first, last + 1 - first);
}

/* --- the whole --- */

static gboolean
is_as_sent (const LensLayers *layers)
{
  return layers->ttl == 64 || layers->ttl == 128 || layers->ttl == 255 || layers->ttl == 32;
}

/* Only where the link header is Ethernet's do the addresses lie in its first 12 octets. */
static gboolean
is_ethernet (const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;

  return layers->has_source_mac && layers->has_destination_mac && layers->link.length >= 14
         && memcmp (unit->view.octets + layers->link.offset, layers->destination_mac, 6) == 0
         && memcmp (unit->view.octets + layers->link.offset + 6, layers->source_mac, 6) == 0;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;

  if (layers->ip_version == 0 || lens_address_is_unspecified (&layers->source)
      || !is_ethernet (unit))
    return;
  Pair *pair = pair_of (ledger, data, unit);
  gboolean is_group = lens_address_is_multicast (&layers->destination);
  if (is_group)
    see_group (ledger, unit);
  if (pair == NULL || (!is_group && !is_as_sent (layers)))
    return;
  see_name (ledger, data, unit, &pair->source, TRUE);
  if (!is_group)
    see_name (ledger, data, unit, &pair->destination, FALSE);
}

/* Who speaks so to one host does to all. */
static gboolean
speaks (GHashTable *speakers, const LensCarrier *carrier)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (speakers, &carrier->side->key.src))
             >> (carrier->channel == source_mac)
         & 1;
}

static GHashTable *
find_speakers (LensLedger *ledger, const MacAddresses *state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);
  GHashTable *speakers = lens_address_table_new (NULL, NULL);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      const Names *names = g_hash_table_lookup (state->judged_by, carrier);
      LensAddress *source = &carrier->side->key.src;
      if (names == NULL || !is_broken (names))
        continue;
      guint known = GPOINTER_TO_UINT (g_hash_table_lookup (speakers, source));
      g_hash_table_insert (speakers, source,
                           GUINT_TO_POINTER (known | 1u << (carrier->channel == source_mac)));
    }
  return speakers;
}

static void
judge (LensLedger *ledger, LensCarrier *carrier, const Names *names, gboolean spoke)
{
  g_autofree char *detail = NULL;

  if (spoke)
    {
      detail = g_strdup_printf ("%u link addresses beside the usual one, %u changes.",
                                names->n_others, names->turns);
      /* Which frames have another one is the message, even when it is always the same. */
      lens_ledger_find (ledger, carrier,
                        MAX (LENS_SEVERITY_MEDIUM, lens_ledger_severity (ledger, carrier)), NULL,
                        detail);
      return;
    }
  detail = g_strdup_printf ("%u link addresses beside the usual one, %u changes: as of a host with "
                            "several cards, or that came back.",
                            names->n_others, names->turns);
  lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO,
                    "A host has more than one address on the link.", detail);
}

static void
judge_all (LensLedger *ledger, const MacAddresses *state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);
  g_autoptr (GHashTable) speakers = find_speakers (ledger, state);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      const Names *names = g_hash_table_lookup (state->judged_by, carrier);
      if (names != NULL)
        judge (ledger, carrier, names, speaks (speakers, carrier));
    }
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  MacAddresses *state = data;

  if (state->judged_by != NULL)
    judge_all (ledger, state);
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  MacAddresses *state = data;

  g_clear_pointer (&state->judged_by, g_hash_table_unref);
  lens_by_side_clear (&state->sides, NULL);
  g_clear_pointer (&state->pairs, g_hash_table_unref);
}

/* --- seeds --- */

/* The low octets of the address, of a host's or of the maker's part; in conversations that are
 * long enough to have a habit, and once they have begun. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gsize at = g_str_equal (channel, source_mac) ? 6 : 0;
  guint most = 8 * (1 + lens_seed_bed_below (bed, 4));
  LensSeedPlace place;
  guint32 value;

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      const LensLayers *layers = place.layers;
      if (layers->ip_version == 0 || layers->link.length < 14 || !layers->has_destination_mac
          || lens_address_is_multicast (&layers->destination)
          || lens_address_is_unspecified (&layers->source) || !is_as_sent (layers)
          || place.side->packets < LONG || place.time_ns == place.side->first)
        continue;
      guint count = lens_seed_bed_take_bits (bed, &value, most);
      if (count > 0)
        lens_seed_bed_set_bits (bed, layers->link.offset + at + 6 - most / 8, 0, value, count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_mac_addresses = {
  .name = "mac-addresses",
  .question = "Do link addresses say anything but who and to whom?",
  .source = "IEEE 802.3 section 3.2.5; RFC 1112 section 6.4; RFC 2464 section 7",
  .severity = LENS_SEVERITY_RULE_FIXED,
  .units = LENS_UNIT_FRAME,
  .channels = channels,
  .state_size = sizeof (MacAddresses),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
