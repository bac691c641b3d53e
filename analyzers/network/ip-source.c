/* ip-source: does a device speak from addresses that are not its own?
 *
 * RFC 791 section 3.1, RFC 8200 section 3: the source is the sender's address; nobody checks it,
 * and what never needs an answer may say anything there.  RFC 4862 section 5.4, RFC 8981 section
 * 3.4: interface identifiers are chosen freely, and each new one is asked for once.
 *
 * An address is a host's own when it claims it (ARP, neighbour discovery, DHCP), or when something
 * is sent to it at the host's link address.
 *
 * Benign: headers damaged on their way; no address yet, link-local addresses, a router that
 * forwards for others (which are answered through it), an address or two from before a lease; a few
 * temporary addresses.
 *
 *   room   32 bits of each source of IPv4 that is not the sender's; 64 of each new identifier
 *   use    the same
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"
#include "ledger/spot.h"

#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/transport.h"

#include <string.h>

enum
{
  MAX_HOSTS = 4096,
  MAX_SOURCES = 256, /* of a host that are told apart */
  MAX_DOUBTS = 20000,
  LEAST_SPOOFED = 3, /* addresses that are not its own */
  OWN_NAMES = 16,    /* identifiers that a host may ask for and never speak from */
  NEIGHBOUR_SOLICITATION = 135,
};

/* An address that a host of IPv4 spoke from. */
typedef struct
{
  LensAddress address;
  gboolean own;      /* claimed, or answered to */
  gboolean in_doubt; /* it spoke from it while that was not known */
} Source;

/* An identifier of IPv6 that a host asked for. */
typedef struct
{
  guint hash;
  LensSpot halves[2];
} Name;

typedef struct
{
  GHashTable *sources; /* LensAddress -> Source, at most MAX_SOURCES */
  GArray *asked;       /* Name, at most MAX_SOURCES, each once */
  GHashTable *spoken;  /* hashes of the identifiers that it spoke from, at most MAX_SOURCES */
  gboolean claims;     /* one of the addresses */
  gboolean forwards;   /* for others, that are answered */
} Host;

/* A packet whose source was not yet known to be its sender's own. */
typedef struct
{
  const Host *host;
  const Source *source;
  LensSpot spot;
} Doubt;

typedef struct
{
  GHashTable *hosts; /* link address as a number -> Host */
  GPtrArray *list;   /* of them */
  GArray *doubts;    /* Doubt, at most MAX_DOUBTS */
  GByteArray *known; /* a bit for each side: nothing more can be learned of its packets */
} IpSource;

static const LensChannelText channels[] = {
  { .id = "ip4-src-spoof",
    .summary = "The device sends packets from addresses that are not its own.",
    .filter_hint = "ip.src",
    .reference = "RFC 791 section 3.1; RFC 2827",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = "ip6-iid-address",
    .summary = "The device asks for ever new addresses of its own, more than it can have a use "
               "for.",
    .filter_hint = "icmpv6.type == 135 && ipv6.src == ::",
    .reference = "RFC 4862 section 5.4; RFC 8981",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static void
host_free (gpointer data)
{
  Host *host = data;

  g_hash_table_unref (host->sources);
  g_array_unref (host->asked);
  g_hash_table_unref (host->spoken);
  g_free (host);
}

static void
begin (IpSource *state)
{
  state->hosts = g_hash_table_new_full (lens_mac_number_hash, g_int64_equal, g_free, host_free);
  state->list = g_ptr_array_new ();
  state->doubts = g_array_new (FALSE, FALSE, sizeof (Doubt));
  state->known = g_byte_array_new ();
}

static gboolean
is_of_one_host (const guint8 mac[6])
{
  return lens_mac_number (mac) != 0 && (mac[0] & 1) == 0;
}

/* NULL: no link address of one host, or there are too many. */
static Host *
host_of (LensLedger *ledger, IpSource *state, const LensUnit *unit, const guint8 mac[6])
{
  const guint64 number = lens_mac_number (mac);

  if (!is_of_one_host (mac))
    return NULL;
  Host *host = g_hash_table_lookup (state->hosts, &number);
  if (host == NULL
      && lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->hosts), MAX_HOSTS))
    {
      host = g_new0 (Host, 1);
      host->sources = lens_address_table_new (NULL, g_free);
      host->asked = g_array_new (FALSE, FALSE, sizeof (Name));
      host->spoken = g_hash_table_new (NULL, NULL);
      g_ptr_array_add (state->list, host);
      g_hash_table_insert (state->hosts, g_memdup2 (&number, sizeof number), host);
    }
  return host;
}

/* NULL: there are too many. */
static Source *
source_of (Host *host, const LensAddress *address)
{
  Source *source = g_hash_table_lookup (host->sources, address);

  if (source != NULL || g_hash_table_size (host->sources) >= MAX_SOURCES)
    return source;
  source = g_new0 (Source, 1);
  source->address = *address;
  g_hash_table_insert (host->sources, &source->address, source);
  return source;
}

/* --- whose an address is --- */

static void
take_claim (LensLedger *ledger, IpSource *state, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;
  LensArp arp;

  if (!lens_arp_parse (unit->view.octets + layers->payload.offset, layers->payload.length, &arp)
      || !arp.is_ipv4 || lens_address_is_unspecified (&arp.sender_address))
    return;
  Host *host = host_of (ledger, state, unit, arp.sender_mac);
  Source *source = host != NULL ? source_of (host, &arp.sender_address) : NULL;
  if (source == NULL)
    return;
  source->own = TRUE;
  host->claims = TRUE;
}

/* Something is sent to @address at this link address.  A router gets what is for others.  Whether
 * packets like this one have nothing more to say. */
static gboolean
take_answer (LensLedger *ledger, IpSource *state, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;

  if (!layers->has_destination_mac || !is_of_one_host (layers->destination_mac))
    return TRUE;
  Host *host = host_of (ledger, state, unit, layers->destination_mac);
  Source *source = host != NULL ? g_hash_table_lookup (host->sources, &layers->destination) : NULL;
  if (source == NULL)
    return FALSE;
  if (source->own)
    return TRUE;
  source->own = TRUE;
  host->forwards |= host->claims;
  return TRUE;
}

/* --- sources of IPv4 --- */

static gboolean
is_any_hosts (const LensAddress *address)
{
  const guint8 *octets = address->octets;

  return octets[0] == 0 || octets[0] == 127 || octets[0] >= 224
         || (octets[0] == 169 && octets[1] == 254);
}

/* Whether packets like this one have nothing more to say. */
static gboolean
take_source (LensLedger *ledger, IpSource *state, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;

  if (!layers->has_source_mac || is_any_hosts (&layers->source)
      || !is_of_one_host (layers->source_mac))
    return TRUE;
  if (!lens_checksum_header_holds (unit->view.octets + layers->network.offset,
                                   layers->network.length))
    return FALSE;
  Host *host = host_of (ledger, state, unit, layers->source_mac);
  Source *source = host != NULL ? source_of (host, &layers->source) : NULL;
  if (source == NULL)
    return FALSE;
  if (source->own)
    return TRUE;
  if (state->doubts->len >= MAX_DOUBTS)
    {
      /* More of an address that is in doubt already would only add to the sum. */
      if (!source->in_doubt)
        lens_ledger_full (ledger, unit->side);
      return FALSE;
    }
  source->in_doubt = TRUE;
  const Doubt doubt = { host, source, lens_spot_at (unit, layers->network.offset + 12, 4) };
  g_array_append_val (state->doubts, doubt);
  return FALSE;
}

static gboolean
is_side_known (const IpSource *state, guint index)
{
  return index / 8 < state->known->len && (state->known->data[index / 8] >> index % 8 & 1) != 0;
}

static void
know_side (IpSource *state, guint index)
{
  guint before = state->known->len;

  if (index / 8 >= before)
    {
      g_byte_array_set_size (state->known, MAX (index / 8 + 1, 2 * before));
      memset (state->known->data + before, 0, state->known->len - before);
    }
  state->known->data[index / 8] |= (guint8)(1u << index % 8);
}

/* A side has one link address at each end, and one address, so what is known of both stays so. */
static void
take_packet (LensLedger *ledger, IpSource *state, const LensUnit *unit)
{
  if (is_side_known (state, unit->side->index))
    return;
  gboolean answer = take_answer (ledger, state, unit);
  if (take_source (ledger, state, unit) && answer)
    know_side (state, unit->side->index);
}

/* --- identifiers of IPv6 --- */

static guint
hash_of (const guint8 *identifier)
{
  guint hash = 2166136261u;

  for (gsize i = 0; i < 8; i++)
    hash = (hash ^ identifier[i]) * 16777619u;
  return hash;
}

static void
take_name (LensLedger *ledger, Host *host, const LensUnit *unit)
{
  gsize at = unit->frame->payload.offset + 16; /* the second half of the target */
  guint hash = hash_of (unit->view.octets + at);

  for (guint i = 0; i < host->asked->len; i++)
    if (g_array_index (host->asked, Name, i).hash == hash)
      return;
  if (!lens_ledger_has_room (ledger, unit->side, host->asked->len, MAX_SOURCES))
    return;
  const Name name = { hash, { lens_spot_at (unit, at, 4), lens_spot_at (unit, at + 4, 4) } };
  g_array_append_val (host->asked, name);
}

static void
take_speaker (Host *host, const LensLayers *layers)
{
  if (g_hash_table_size (host->spoken) < MAX_SOURCES)
    g_hash_table_add (host->spoken, GUINT_TO_POINTER (hash_of (layers->source.octets + 8)));
}

/* Whether it spoke from it afterwards, or may have: who forwards speaks from any number. */
static gboolean
is_used (const Host *host, const Name *name)
{
  return g_hash_table_size (host->spoken) >= MAX_SOURCES
         || g_hash_table_contains (host->spoken, GUINT_TO_POINTER (name->hash));
}

static void
show_names (LensLedger *ledger, const Host *host)
{
  guint unused = 0;

  for (guint i = 0; i < host->asked->len; i++)
    unused += !is_used (host, &g_array_index (host->asked, Name, i));
  for (guint i = 0; unused > OWN_NAMES && i < host->asked->len; i++)
    {
      const Name *name = &g_array_index (host->asked, Name, i);
      for (guint half = 0; half < 2 && !is_used (host, name); half++)
        lens_spot_use (&name->halves[half], ledger, "ip6-iid-address", NULL, 32);
    }
}

static gboolean
detects_duplicates (const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;

  return layers->ip_version == 6 && layers->protocol == LENS_PROTOCOL_ICMPV6 && !layers->fragment
         && layers->payload.length >= 24 && lens_address_is_unspecified (&layers->source)
         && unit->view.octets[layers->payload.offset] == NEIGHBOUR_SOLICITATION;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;

  if (unit->around != NULL)
    return;
  if (((IpSource *)data)->hosts == NULL)
    begin (data);
  if (layers->ethertype == LENS_ETHERTYPE_ARP && !layers->has_snap)
    take_claim (ledger, data, unit);
  else if (layers->ip_version == 4 && layers->network.length >= 20)
    take_packet (ledger, data, unit);
  else if (layers->ip_version == 6 && layers->has_source_mac)
    {
      Host *host = host_of (ledger, data, unit, layers->source_mac);
      if (host != NULL && detects_duplicates (unit))
        take_name (ledger, host, unit);
      else if (host != NULL)
        take_speaker (host, layers);
    }
}

/* --- what it comes to --- */

static guint
count_strange (const Host *host)
{
  guint strange = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, host->sources);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Source *source = value;
      strange += source->in_doubt && !source->own;
    }
  return strange;
}

/* A host that says who it is, and speaks as several others whom nobody ever answers. */
static gboolean
is_spoofed (const Doubt *doubt)
{
  const Host *host = doubt->host;

  return !doubt->source->own && host->claims && !host->forwards
         && count_strange (host) >= LEAST_SPOOFED;
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const IpSource *state = data;

  for (guint i = 0; state->doubts != NULL && i < state->doubts->len; i++)
    {
      const Doubt *doubt = &g_array_index (state->doubts, Doubt, i);
      if (is_spoofed (doubt))
        lens_spot_use (&doubt->spot, ledger, "ip4-src-spoof", NULL, 32);
    }
  for (guint i = 0; state->list != NULL && i < state->list->len; i++)
    show_names (ledger, g_ptr_array_index (state->list, i));
  lens_spot_find_used (ledger, "ip4-src-spoof");
  lens_spot_find_used (ledger, "ip6-iid-address");
}

static void
clear (gpointer data)
{
  IpSource *state = data;

  g_clear_pointer (&state->list, g_ptr_array_unref);
  g_clear_pointer (&state->hosts, g_hash_table_unref);
  g_clear_pointer (&state->doubts, g_array_unref);
  g_clear_pointer (&state->known, g_byte_array_unref);
}

/* --- seeds --- */

/* The message instead of all but the first octet of the source. */
static void
seed_source (LensSeedBed *bed, const LensSeedPlace *place)
{
  const LensLayers *layers = place->layers;
  guint8 octets[3];

  if (layers->ip_version != 4 || layers->network.length < 20 || layers->fragment
      || layers->protocol != LENS_PROTOCOL_UDP || is_any_hosts (&layers->source))
    return;
  gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
  if (count == 0)
    return;
  octets[0] ^= layers->source.octets[1];
  lens_seed_bed_replace (bed, layers->network.offset + 13, octets, count);
}

/* The message instead of the identifier that is asked for. */
static void
seed_name (LensSeedBed *bed, const LensSeedPlace *place)
{
  const LensUnit unit
      = { .view = { .octets = place->octets, .length = place->frame_end }, .frame = place->layers };
  guint8 octets[8];
  gsize count = detects_duplicates (&unit) ? lens_seed_bed_take (bed, octets, sizeof octets) : 0;

  if (count > 0)
    lens_seed_bed_replace (bed, place->layers->payload.offset + 16, octets, count);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    if (g_str_equal (channel, "ip4-src-spoof"))
      seed_source (bed, &place);
    else
      seed_name (bed, &place);
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_ip_source = {
  .name = "ip-source",
  .question = "Does a device speak only from addresses that are its own?",
  .source = "RFC 791 section 3.1; RFC 4862 section 5.4; RFC 8981",
  .units = LENS_UNIT_FRAME,
  .channels = channels,
  .state_size = sizeof (IpSource),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
