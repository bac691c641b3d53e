/* dns-encrypted: does the device ask a name service that nobody can read?
 *
 * DNS over TLS (RFC 7858), QUIC (RFC 9250) or HTTPS (RFC 8484) hides which names are asked for,
 * and so a tunnel in them.  Ports and the addresses and names of public resolvers
 * (ledger/resolvers.tsv) tell it from other encrypted traffic; a device that names whom it asks
 * (in the greeting, by having looked the name up, by asking the same server in clear) hides less
 * than one that does not.
 *
 *   use    all octets that the device sends on such a connection
 */
#include "ledger/analyzer.h"
#include "ledger/resolvers.h"
#include "ledger/seed-bed.h"
#include "wire/transport.h"

#include <string.h>

enum
{
  DNS_PORT = 53,
  TLS_PORT = 853, /* TLS over TCP, QUIC or DTLS over UDP */
  HTTPS_PORT = 443,
  MAX_FLOWS = 65536,
  MAX_ASKED = 4096,
};

static const char channel_id[] = "dns-over-https-tls";

static const LensChannelText channels[] = {
  { .id = channel_id,
    .summary = "The device asks a public name service by encrypted connections: what it asks for, "
               "or sends, cannot be seen.",
    .filter_hint = "tcp.port == 853 || udp.port == 853 || tls.handshake.type == 1",
    .reference = "RFC 7858 section 3.1; RFC 8484; RFC 9250 section 4.1.1",
    .hides = TRUE,
    .unit = LENS_UNIT_CONTENT },
  { NULL },
};

static const char named[] = "named", unnamed[] = "unnamed";

typedef struct
{
  GHashTable *flows; /* LensFlow -> subject */
  GHashTable *asked; /* LensAddress: servers that were asked in clear */
} DnsEncrypted;

static void
use (LensLedger *ledger, const LensUnit *unit, const char *subject)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel_id, unit, subject);
  guint64 bits = 8 * unit->view.length;

  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, 0, unit->view.length);
}

static gboolean
is_resolver (const LensLedger *ledger, const LensAddress *address)
{
  return lens_own_names_resolver_at (lens_ledger_own_names (ledger), address) != NULL;
}

static gboolean
is_resolver_name (const LensLedger *ledger, const char *name)
{
  return lens_own_names_resolver_named (lens_ledger_own_names (ledger), name) != NULL;
}

/* A greeting; servers have chosen one cipher, clients offer them. */
static void
see_greeting (LensLedger *ledger, DnsEncrypted *state, const LensUnit *unit)
{
  const LensTlsHello *hello = unit->hello;
  const LensSideKey *key = &unit->side->key;
  g_autofree char *name = NULL;

  if (hello == NULL || hello->n_ciphers == 0
      || !lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->flows), MAX_FLOWS))
    return;
  name = g_ascii_strdown (hello->server_name, -1);
  gboolean is_named = hello->has_name && is_resolver_name (ledger, name);
  if (!is_named && key->dport != TLS_PORT && !is_resolver (ledger, &key->dst))
    return;
  const char *subject = is_named || (hello->has_name && key->dport == TLS_PORT) ? named : unnamed;
  g_hash_table_insert (state->flows, unit->side->flow, (gpointer)subject);
  use (ledger, unit, subject);
}

static void
see_content (LensLedger *ledger, DnsEncrypted *state, const LensUnit *unit)
{
  const LensSideKey *key = &unit->side->key;
  gboolean to_port = key->dport == TLS_PORT || key->dport == HTTPS_PORT;

  if (!to_port || key->src.version == 0)
    return;
  const char *subject = g_hash_table_lookup (state->flows, unit->side->flow);
  /* Over UDP the greeting is encrypted too (RFC 9001 section 5.2). */
  if (subject == NULL && key->protocol == LENS_PROTOCOL_UDP
      && (key->dport == TLS_PORT || is_resolver (ledger, &key->dst))
      && lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->flows), MAX_FLOWS))
    {
      subject = unnamed;
      g_hash_table_insert (state->flows, unit->side->flow, (gpointer)subject);
    }
  if (subject != NULL)
    use (ledger, unit, subject);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  DnsEncrypted *state = data;
  const LensSideKey *key = &unit->side->key;

  if (state->flows == NULL)
    {
      state->flows = g_hash_table_new (NULL, NULL);
      state->asked = lens_address_table_new (g_free, NULL);
    }
  if (unit->kind == LENS_UNIT_CONTENT)
    see_content (ledger, state, unit);
  else if (unit->kind == LENS_UNIT_TLS)
    see_greeting (ledger, state, unit);
  else if (key->dport == DNS_PORT && !g_hash_table_contains (state->asked, &key->dst)
           && lens_ledger_has_room (ledger, unit->side, g_hash_table_size (state->asked),
                                    MAX_ASKED))
    g_hash_table_add (state->asked, g_memdup2 (&key->dst, sizeof key->dst));
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const DnsEncrypted *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, channel_id) || carrier->uses == 0)
        continue;
      const LensAddress *server = &carrier->side->key.dst;
      const char *owner = lens_own_names_resolver_at (lens_ledger_own_names (ledger), server);
      gboolean is_named = g_str_equal (carrier->subject, named)
                          || lens_ledger_has_name (ledger, server)
                          || g_hash_table_contains (state->asked, server);
      g_autofree char *whose = owner != NULL ? g_strconcat ("Resolver of ", owner, NULL)
                                             : g_strdup (carrier->side->key.dport == TLS_PORT
                                                             ? "Port 853"
                                                             : "A resolver by its name");
      g_autofree char *detail
          = g_strdup_printf ("%s, %s by the device.", whose, is_named ? "named" : "not named");
      LensSeverity severity = lens_ledger_severity (ledger, carrier);
      if (lens_ledger_permits (ledger, carrier->side->flow))
        severity = LENS_SEVERITY_INFO;
      else
        severity = is_named ? LENS_SEVERITY_LOW : MAX (severity, LENS_SEVERITY_MEDIUM);
      lens_ledger_find (ledger, carrier, severity, NULL, detail);
    }
}

static void
clear (gpointer data)
{
  DnsEncrypted *state = data;

  g_clear_pointer (&state->flows, g_hash_table_unref);
  g_clear_pointer (&state->asked, g_hash_table_unref);
}

/* Datagrams to a resolver that the table names, on the port of DNS over QUIC. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gsize length = 40 + lens_seed_bed_below (bed, 400);
  guint16 port = (guint16)(0xc000 + lens_seed_bed_below (bed, 0x3fff));
  const LensResolver *row = lens_resolvers;
  LensSeedPlace place;
  LensAddress to;
  guint8 octets[440];

  (void)channel;
  for (guint skip = lens_seed_bed_below (bed, 4); row->owner != NULL; row++)
    if (row->address != NULL && strchr (row->address, ':') == NULL && skip-- == 0)
      break;
  if (row->owner == NULL || !lens_address_parse (row->address, &to))
    return FALSE;
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take (bed, octets + 1, length - 1);
      if (count == 0)
        continue;
      octets[0] = (guint8)(0x40 | lens_seed_bed_below (bed, 64));
      lens_seed_bed_fill (bed, octets + 1 + count, length - 1 - count);
      lens_seed_bed_send_udp (bed, &to, port, TLS_PORT, octets, length);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_dns_encrypted = {
  .name = "dns-encrypted",
  .question = "Does the device ask a name service that nobody can read?",
  .source = "RFC 7858; RFC 8484; RFC 9250",
  .severity = LENS_SEVERITY_RULE_RESOLVER,
  .units = LENS_UNIT_CONTENT | LENS_UNIT_TLS | LENS_UNIT_DNS,
  .channels = channels,
  .state_size = sizeof (DnsEncrypted),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
