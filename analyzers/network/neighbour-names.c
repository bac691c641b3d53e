/* neighbour-names: do hosts name ever new groups, sources, link addresses and networks?
 *
 * RFC 9776 section 4.2, RFC 2236, RFC 3810 section 5.2, RFC 2710: a report names the multicast
 * groups that a host wants, and the sources in them.  RFC 4861 section 4, RFC 8106, RFC 4191: a
 * host tells its own link address, a router its networks and name servers.  All of them stay, or
 * change once in a while; a device has a handful of each.  A nonce (RFC 3971 section 5.3.2) is
 * random.
 *
 * Benign: groups that traffic goes to or neighbours are asked for in, and sources that send;
 * long lists that answer a query at once; a link address that is the sender's own, or one of a few
 * (virtual routers, repeaters); random nonces, a few of which read as text by chance.
 *
 *   room   the octets of a name that is new, beyond the handful, and of a nonce that reads as text
 *   use    the same
 */
#include "ledger/analyzer.h"
#include "ledger/spot.h"

#include "wire/icmp.h"
#include "wire/membership.h"

#include <string.h>

enum
{
  PROTOCOL_IGMP = 2,
  NEIGHBOUR_SOLICITATION = 135,
  ROUTER_ADVERTISEMENT = 134,
  OPTION_NONCE = 14,
  OPTION_ROUTE = 24,  /* RFC 4191 */
  OPTION_DOMAIN = 31, /* RFC 8106 */
  LINK_ADDRESS = 6,
  MAX_HOSTS = 4096,
  MAX_NAMES = 16384,
  HANDFUL = 16, /* groups and sources that no traffic is seen of */
  SPANS = 4,    /* of time, in which new ones are named */
  FEW = 8,      /* link addresses of others, or networks */
  TEXTS = 4,    /* nonces that read as text */
};

/* What a query gives hosts to answer (RFC 9776 section 8.3). */
#define SPAN_NS (G_GINT64_CONSTANT (10) * 1000 * 1000 * 1000)

/* What a host tells of one kind: hashes. */
typedef struct
{
  guint known[FEW], last;
  guint8 n_known;
} Told;

typedef struct
{
  LensSide *side;   /* on which it was heard first */
  GPtrArray *names; /* Name, in their order; NULL: none */
  Told links, networks;
  guint nonces, texts;
} Host;

/* A group or source that a host named for the first time. */
typedef struct
{
  const Host *host;
  LensAddress address;
  LensSpot spot;
} Name;

typedef struct
{
  GHashTable *hosts; /* LensAddress -> Host */
  GPtrArray *naming; /* of them, in the order of their first names */
  GHashTable *names; /* Name, by host and address */
  GHashTable *asked; /* groups in which neighbours were asked for */
} NeighbourNames;

static const LensChannelText channels[] = {
  { .id = "igmp-extra-data",
    .summary = "A host joins ever new multicast groups, or asks for ever new sources in them, that "
               "nobody sends to.",
    .filter_hint = "ip.proto == 2",
    .reference = "RFC 9776 section 4.2; RFC 2236 section 2",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = "icmp6-mld-rs-fields",
    .summary = "A host joins ever new multicast groups of IPv6, or asks for ever new sources in "
               "them, that nobody sends to.",
    .filter_hint = "icmpv6",
    .reference = "RFC 3810 section 5.2; RFC 2710 section 3",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = "ip6-nd-options",
    .summary = "Neighbour discovery names ever new link addresses or networks, or its nonces read "
               "as text.",
    .filter_hint = "icmpv6.opt",
    .reference = "RFC 4861 section 4.6; RFC 8106; RFC 3971 section 5.3.2",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static guint
name_hash (gconstpointer data)
{
  const Name *name = data;

  return lens_address_hash (&name->address) ^ g_direct_hash (name->host);
}

static gboolean
name_equal (gconstpointer a, gconstpointer b)
{
  const Name *one = a, *other = b;

  return one->host == other->host && lens_address_equal (&one->address, &other->address);
}

static void
host_free (gpointer data)
{
  Host *host = data;

  g_clear_pointer (&host->names, g_ptr_array_unref);
  g_free (host);
}

static void
begin (NeighbourNames *state)
{
  state->hosts = lens_address_table_new (g_free, host_free);
  state->naming = g_ptr_array_new ();
  state->names = g_hash_table_new_full (name_hash, name_equal, g_free, NULL);
  state->asked = lens_address_table_new (g_free, NULL);
}

static Host *
host_of (LensLedger *ledger, NeighbourNames *state, const LensUnit *unit)
{
  const LensAddress *source = &unit->frame->source;
  Host *host = g_hash_table_lookup (state->hosts, source);

  if (host == NULL
      && lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->hosts), MAX_HOSTS))
    {
      host = g_new0 (Host, 1);
      host->side = unit->side;
      g_hash_table_insert (state->hosts, g_memdup2 (source, sizeof *source), host);
    }
  return host;
}

/* --- groups and sources --- */

/* @offset: of the address in the payload. */
static void
take_name (LensLedger *ledger, NeighbourNames *state, Host *host, const LensUnit *unit,
           gsize offset)
{
  const guint8 version = unit->frame->ip_version;
  gsize start = unit->frame->payload.offset + offset, length = version == 4 ? 4 : 16;
  const Name key
      = { .host = host, .address = lens_address_from_octets (version, unit->view.octets + start) };

  if (g_hash_table_contains (state->names, &key)
      || !lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->names), MAX_NAMES))
    return;
  Name *name = g_memdup2 (&key, sizeof key);
  name->spot = lens_spot_at (unit, start + length - 4, 4); /* of IPv6: where groups differ */
  name->spot.side = host->side;                            /* each group has a side of its own */
  g_hash_table_add (state->names, name);
  if (host->names == NULL)
    {
      host->names = g_ptr_array_new ();
      g_ptr_array_add (state->naming, host);
    }
  g_ptr_array_add (host->names, name);
}

static void
see_membership (LensLedger *ledger, NeighbourNames *state, Host *host, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;
  const guint8 *octets = unit->view.octets + layers->payload.offset;
  gsize size = layers->ip_version == 4 ? 4 : 16, single = layers->ip_version == 4 ? 4 : 8;
  LensMembership membership;
  LensMembershipRecord record;

  if (!lens_membership_parse (layers->ip_version, octets, layers->payload.length, &membership))
    return;
  if (membership.kind == LENS_MEMBERSHIP_SINGLE && layers->payload.length >= single + size)
    take_name (ledger, state, host, unit, single);
  if (membership.kind != LENS_MEMBERSHIP_RECORDS)
    return;
  while (lens_membership_next (layers->ip_version, octets, &membership.records, &record))
    {
      if (record.group.length == size)
        take_name (ledger, state, host, unit, record.group.offset);
      for (gsize at = 0; at + size <= record.sources.length; at += size)
        take_name (ledger, state, host, unit, record.sources.offset + at);
    }
}

/* Whoever sends, and the groups that are sent to. */
static GHashTable *
heard (LensLedger *ledger, const NeighbourNames *state)
{
  LensFlows *flows = lens_ledger_flows (ledger);
  GHashTable *set = lens_address_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer group;

  for (guint32 i = 0; i < lens_flows_n_sides (flows); i++)
    {
      LensSide *side = lens_flows_side_at (flows, i);
      if (side->packets == 0)
        continue;
      g_hash_table_add (set, &side->key.src);
      if (side->key.protocol != PROTOCOL_IGMP && side->key.protocol != LENS_PROTOCOL_ICMPV6)
        g_hash_table_add (set, &side->key.dst);
    }
  g_hash_table_iter_init (&iter, state->asked);
  while (g_hash_table_iter_next (&iter, &group, NULL))
    g_hash_table_add (set, group);
  return set;
}

/* The names of @host that no traffic is seen of. */
static void
judge_names (LensLedger *ledger, GHashTable *traffic, const Host *host)
{
  g_autoptr (GPtrArray) silent = g_ptr_array_new ();
  gint64 span = G_MININT64;
  guint spans = 0;

  for (guint i = 0; i < host->names->len; i++)
    {
      Name *name = g_ptr_array_index (host->names, i);
      if (g_hash_table_contains (traffic, &name->address))
        continue;
      g_ptr_array_add (silent, name);
      if (span != G_MININT64 && name->spot.time_ns - span < SPAN_NS)
        continue;
      span = name->spot.time_ns;
      spans++;
    }
  for (guint i = 0; silent->len >= HANDFUL && spans >= SPANS && i < silent->len; i++)
    {
      const Name *name = g_ptr_array_index (silent, i);
      const char *channel = name->address.version == 4 ? "igmp-extra-data" : "icmp6-mld-rs-fields";
      lens_spot_use (&name->spot, ledger, channel, NULL, 32);
    }
}

/* --- neighbours --- */

static void
use (LensLedger *ledger, const LensUnit *unit, LensRange range)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "ip6-nd-options", unit, NULL);

  lens_ledger_room (ledger, carrier, unit, 8 * range.length);
  lens_ledger_use (ledger, carrier, unit, 8 * range.length,
                   unit->frame->payload.offset + range.offset, range.length);
}

/* Whether it is another one than before, of one that told more than a few. */
static gboolean
is_ever_new (Told *told, const guint8 *octets, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (octets, length);
  guint hash = g_bytes_hash (bytes);
  gboolean changed = told->n_known > 0 && told->last != hash;

  told->last = hash;
  for (guint i = 0; i < told->n_known; i++)
    if (told->known[i] == hash)
      return FALSE;
  if (told->n_known == FEW)
    return changed;
  told->known[told->n_known++] = hash;
  return FALSE;
}

/* The part of a router's option that names networks or servers; lifetimes count down. */
static LensRange
names_of (const LensIcmpOption *option)
{
  gsize skip;

  switch (option->type)
    {
    case LENS_ICMP_OPTION_PREFIX:
      skip = 14;
      break;
    case LENS_ICMP_OPTION_DNS:
    case OPTION_ROUTE:
    case OPTION_DOMAIN:
      skip = 6;
      break;
    default:
      return (LensRange){ 0, 0 };
    }
  skip = MIN (skip, option->data.length);
  return (LensRange){ option->data.offset + skip, option->data.length - skip };
}

static gboolean
reads_as_text (const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (octets[i] < ' ' || octets[i] > '~')
      return FALSE;
  return length >= LINK_ADDRESS;
}

static void
see_option (LensLedger *ledger, Host *host, const LensUnit *unit, guint8 type,
            const LensIcmpOption *option)
{
  const LensLayers *layers = unit->frame;
  const guint8 *octets = unit->view.octets + layers->payload.offset;
  const guint8 *data = octets + option->data.offset;
  LensRange names = names_of (option);

  if (option->type == OPTION_NONCE)
    {
      host->nonces++;
      host->texts += reads_as_text (data, option->data.length);
      if (reads_as_text (data, option->data.length) && host->texts >= TEXTS
          && 2 * host->texts > host->nonces)
        use (ledger, unit, option->data);
    }
  else if (option->type == LENS_ICMP_OPTION_SOURCE_LINK
           || option->type == LENS_ICMP_OPTION_TARGET_LINK)
    {
      gboolean own = option->data.length < LINK_ADDRESS
                     || (layers->has_source_mac && memcmp (data, layers->source_mac, 6) == 0);
      if (!own && is_ever_new (&host->links, data, LINK_ADDRESS))
        use (ledger, unit, (LensRange){ option->data.offset, LINK_ADDRESS });
    }
  else if (type == ROUTER_ADVERTISEMENT && names.length > 0
           && is_ever_new (&host->networks, octets + names.offset, names.length))
    use (ledger, unit, names);
}

static void
see_neighbours (LensLedger *ledger, NeighbourNames *state, Host *host, const LensUnit *unit,
                const LensIcmp *icmp)
{
  const LensAddress *destination = &unit->frame->destination;
  LensRange left = icmp->options;
  LensIcmpOption option;

  if (icmp->type == NEIGHBOUR_SOLICITATION && !g_hash_table_contains (state->asked, destination)
      && lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->asked), MAX_NAMES))
    g_hash_table_add (state->asked, g_memdup2 (destination, sizeof *destination));
  while (lens_icmp_option_next (unit->view.octets + unit->frame->payload.offset, &left, &option))
    if (!option.cut)
      see_option (ledger, host, unit, icmp->type, &option);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  NeighbourNames *state = data;
  const LensLayers *layers = unit->frame;
  gboolean igmp = layers->ip_version == 4 && layers->protocol == PROTOCOL_IGMP;
  LensIcmp icmp;

  if ((!igmp && (layers->ip_version != 6 || layers->protocol != LENS_PROTOCOL_ICMPV6))
      || layers->fragment || layers->truncated || layers->payload.length < 8)
    return;
  if (state->hosts == NULL)
    begin (state);
  Host *host = host_of (ledger, state, unit);
  if (host == NULL)
    return;
  if (!igmp
      && lens_icmp_parse (6, unit->view.octets + layers->payload.offset, layers->payload.length,
                          &icmp)
      && icmp.kind == LENS_ICMP_DISCOVERY)
    see_neighbours (ledger, state, host, unit, &icmp);
  else
    see_membership (ledger, state, host, unit);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  NeighbourNames *state = data;

  if (state->hosts == NULL)
    return;
  g_autoptr (GHashTable) traffic = heard (ledger, state);
  for (guint i = 0; i < state->naming->len; i++)
    judge_names (ledger, traffic, g_ptr_array_index (state->naming, i));
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  NeighbourNames *state = data;

  g_clear_pointer (&state->naming, g_ptr_array_unref);
  g_clear_pointer (&state->hosts, g_hash_table_unref);
  g_clear_pointer (&state->names, g_hash_table_unref);
  g_clear_pointer (&state->asked, g_hash_table_unref);
}

const LensAnalyzer lens_analyzer_neighbour_names = {
  .name = "neighbour-names",
  .question = "Do hosts name ever new groups, link addresses and networks?",
  .source = "RFC 9776 section 4.2; RFC 3810 section 5.2; RFC 4861 section 4; RFC 8106",
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_OTHER_PROTOCOL,
  .channels = channels,
  .state_size = sizeof (NeighbourNames),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
