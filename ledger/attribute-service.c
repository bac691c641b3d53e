/* The small services that every device has use for: discovery on the link, DHCP, DNS, NTP; and
 * what their messages tell of hosts. */
#include "ledger/inside.h"

#include "ledger/profile.h"
#include "wire/dhcp.h"
#include "wire/discovery.h"
#include "wire/dns.h"
#include "wire/ntp.h"

#include <netinet/in.h>
#include <string.h>

#define MAX_SERVERS 16
#define SNAP_HEADER 8 /* IEEE 802.2 with SNAP */
#define MAX_PROBERS 4096
/* WS-Discovery answers within seconds (1.1, appendix on APP_MAX_DELAY), SSDP within MX. */
#define ANSWER_NS (G_GINT64_CONSTANT (10) * 1000 * 1000 * 1000)

void
lens_ledger_show_content (LensLedger *ledger, LensSide *side, const LensView *view)
{
  LensUnit unit = { .kind = LENS_UNIT_CONTENT, .side = side, .view = *view };

  if (view->length > 0)
    lens_ledger_show (ledger, &unit);
}

/* --- discovery --- */

static guint
discovery_bit (const char *name)
{
  static const struct
  {
    const char *name;
    guint bit;
  } rows[] = {
    { "mdns", LENS_DISCOVERY_MDNS },        { "ssdp", LENS_DISCOVERY_SSDP },
    { "ws-discovery", LENS_DISCOVERY_WSD }, { "lldp", LENS_DISCOVERY_LLDP },
    { "cdp", LENS_DISCOVERY_CDP },          { "nbns", LENS_DISCOVERY_NBNS },
    { "llmnr", LENS_DISCOVERY_LLMNR },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].name, name))
      return rows[i].bit;
  return LENS_DISCOVERY_VENDOR;
}

const char *
lens_ledger_link_discovery (const LensLedger *ledger, const LensView *payload)
{
  const LensLayers *layers = &ledger->layers;
  /* CDP is told by its LLC and SNAP header, which the layers count to the link. */
  gboolean by_snap = layers->has_snap && layers->link.length >= SNAP_HEADER;
  gsize head = by_snap ? layers->link.offset + layers->link.length - SNAP_HEADER : 0;

  if (payload->n_pieces != 1 || (!layers->has_destination_mac && !layers->has_cooked))
    return NULL;
  return lens_discovery_of_frame (layers->has_destination_mac ? layers->destination_mac : NULL,
                                  layers->ethertype, by_snap ? ledger->frame.octets + head : NULL,
                                  by_snap ? ledger->frame.length - head : 0);
}

void
lens_ledger_take_discovery (LensLedger *ledger, LensSide *side, const char *name,
                            const LensView *data)
{
  LensUnit unit = { .kind = LENS_UNIT_DISCOVERY, .side = side, .view = *data, .discovery = name };

  guint bit = discovery_bit (name);

  if (side->key.src.version != 0 && !lens_ledger_is_to_all (&side->key))
    bit |= LENS_DISCOVERY_UNICAST;
  lens_ledger_book (ledger, side, LENS_KIND_DISCOVERY, NULL, bit, data);
  lens_ledger_show (ledger, &unit);
}

/* Who asked by multicast, and by which protocol. */
typedef struct
{
  gint64 time_ns;
  const LensDiscovery *protocol;
} Prober;

/* The asker of a multicast probe, as a key: who answers it by unicast goes on with discovery. */
static guint64
asker (const LensAddress *address, guint16 port)
{
  return (guint64)lens_address_hash (address) << 16 | port;
}

static void
remember_prober (LensLedger *ledger, const LensSideKey *key, const LensDiscovery *protocol)
{
  guint64 number = asker (&key->src, key->sport);

  if (g_hash_table_size (ledger->probers) >= MAX_PROBERS)
    g_hash_table_remove_all (ledger->probers);
  const Prober prober = { ledger->now, protocol };
  g_hash_table_insert (ledger->probers, g_memdup2 (&number, sizeof number),
                       g_memdup2 (&prober, sizeof prober));
}

gboolean
lens_ledger_is_udp_discovery (LensLedger *ledger, const LensSideKey *key,
                              const LensDiscovery **protocol)
{
  static const guint8 ones[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  gboolean to_all = (key->has_mac & 2) != 0 && memcmp (key->dst_mac, ones, sizeof ones) == 0;

  *protocol = lens_discovery_of_datagram (&key->dst, key->dport, to_all);
  if (*protocol != NULL)
    {
      remember_prober (ledger, key, *protocol);
      return TRUE;
    }
  guint64 number = asker (&key->dst, key->dport);
  const Prober *asked = g_hash_table_lookup (ledger->probers, &number);
  if (asked == NULL || ledger->now - asked->time_ns > ANSWER_NS || ledger->now < asked->time_ns)
    return FALSE;
  *protocol = asked->protocol;
  return TRUE;
}

/* --- DHCP --- */

static void
learn_lease (LensLedger *ledger, const LensDhcp *dhcp, const guint8 *octets)
{
  static const struct
  {
    guint8 code;
    LensServerSort sort;
  } sorts[] = { { LENS_DHCP_OPTION_ROUTERS, LENS_SERVER_ROUTER },
                { LENS_DHCP_OPTION_DNS, LENS_SERVER_DNS },
                { LENS_DHCP_OPTION_NTP, LENS_SERVER_NTP },
                { LENS_DHCP_OPTION_SERVER, LENS_SERVER_DHCP } };
  LensAddress servers[MAX_SERVERS];

  if (dhcp->type != LENS_DHCP_ACK || dhcp->hardware.length != 6)
    return;
  const guint8 *mac = octets + dhcp->hardware.offset;
  /* Nobody gives a lease to itself. */
  if (ledger->has_outer_mac && memcmp (mac, ledger->outer_mac, 6) == 0)
    return;
  if (!lens_address_is_unspecified (&dhcp->yours))
    lens_hosts_at (ledger->hosts, mac, &dhcp->yours);
  for (guint i = 0; i < G_N_ELEMENTS (sorts); i++)
    {
      guint count = lens_dhcp_addresses (octets, dhcp, sorts[i].code, servers, MAX_SERVERS);
      for (guint s = 0; s < count; s++)
        lens_hosts_server (ledger->hosts, mac, sorts[i].sort, &servers[s]);
    }
}

static void
learn_lease6 (LensLedger *ledger, const LensView *data)
{
  LensDhcp6 dhcp;
  LensAddress servers[MAX_SERVERS];

  /* The client's link address is that of the frame to it (type 7: REPLY). */
  if (!lens_dhcp6_parse (data->octets, data->length, &dhcp) || dhcp.type != 7
      || !ledger->layers.has_destination_mac)
    return;
  const guint8 *mac = ledger->layers.destination_mac;
  guint count
      = lens_dhcp6_addresses (data->octets, &dhcp, LENS_DHCP6_OPTION_DNS, servers, MAX_SERVERS);
  for (guint s = 0; s < count; s++)
    lens_hosts_server (ledger->hosts, mac, LENS_SERVER_DNS, &servers[s]);
  count = lens_dhcp6_addresses (data->octets, &dhcp, LENS_DHCP6_OPTION_NTP, servers, MAX_SERVERS);
  for (guint s = 0; s < count; s++)
    lens_hosts_server (ledger->hosts, mac, LENS_SERVER_NTP, &servers[s]);
}

/* To everybody on the link, or from one who has no address yet. */
gboolean
lens_ledger_is_to_all (const LensSideKey *key)
{
  static const guint8 ones[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

  return lens_address_is_broadcast (&key->dst) || lens_address_is_multicast (&key->dst)
         || ((key->has_mac & 2) != 0 && memcmp (key->dst_mac, ones, sizeof ones) == 0);
}

void
lens_ledger_take_dhcp (LensLedger *ledger, LensSide *side, const LensView *data)
{
  LensDhcp dhcp;

  side->flow->service = LENS_SERVICE_DHCP;
  guint bit = LENS_DISCOVERY_DHCP;
  if (!lens_ledger_is_to_all (&side->key) && !lens_address_is_link_local (&side->key.dst))
    bit |= LENS_DISCOVERY_UNICAST;
  lens_ledger_book (ledger, side, LENS_KIND_DISCOVERY, NULL, bit, data);
  if (side->key.src.version == 6)
    learn_lease6 (ledger, data);
  else if (lens_dhcp_parse (data->octets, data->length, &dhcp))
    learn_lease (ledger, &dhcp, data->octets);
  else
    ledger->dhcp_cut |= ledger->layers.truncated;
  LensUnit unit = { .kind = LENS_UNIT_DHCP, .side = side, .view = *data };
  lens_ledger_show (ledger, &unit);
  lens_ledger_show_content (ledger, side, data);
}

gboolean
lens_ledger_is_dhcp (const LensSideKey *key)
{
  return (key->dport == 67 && (key->sport == 68 || key->sport == 67))
         || (key->dport == 68 && key->sport == 67) || (key->dport == 547 && key->sport == 546)
         || (key->dport == 546 && key->sport == 547);
}

/* --- DNS --- */

/* Who was asked for, and whether the capture has the whole answer. */
static void
learn_question (LensLedger *ledger, const LensView *message, const LensDnsMessage *dns)
{
  LensDnsRecords records;
  LensDnsRecord record;
  LensDnsName name;

  lens_dns_records_init (&records, message->octets, message->length, dns);
  if (!lens_dns_records_next (&records, &record) || record.section != LENS_DNS_QUESTION
      || (record.type != LENS_DNS_TYPE_A && record.type != LENS_DNS_TYPE_AAAA))
    return;
  lens_dns_name_read (message->octets, message->length, record.name.offset, &name);
  lens_dns_name_lower (&name);
  lens_hosts_asked (ledger->hosts, name.text, record.type,
                    (dns->flags & LENS_DNS_FLAG_RESPONSE) == 0 ? LENS_ASKED
                    : ledger->layers.truncated                 ? LENS_CUT_SHORT
                                                               : LENS_ANSWERED);
}

static void
learn_answers (LensLedger *ledger, const LensSide *side, const LensView *message,
               const LensDnsMessage *dns)
{
  LensDnsRecords records;
  LensDnsRecord record;
  LensDnsName name, target;
  LensAddress address;
  LensTeller teller = { .address = side->key.src };

  learn_question (ledger, message, dns);
  if ((dns->flags & LENS_DNS_FLAG_RESPONSE) == 0)
    return;
  if (ledger->has_outer_mac)
    memcpy (teller.mac, ledger->outer_mac, 6);
  lens_dns_records_init (&records, message->octets, message->length, dns);
  while (lens_dns_records_next (&records, &record))
    {
      if (record.section != LENS_DNS_ANSWER)
        continue;
      lens_dns_name_read (message->octets, message->length, record.name.offset, &name);
      lens_dns_name_lower (&name);
      if (record.type == LENS_DNS_TYPE_CNAME
          && lens_dns_record_target (message->octets, message->length, &record, &target))
        {
          lens_dns_name_lower (&target);
          lens_hosts_alias (ledger->hosts, name.text, target.text, &teller);
        }
      else if (lens_dns_record_address (message->octets, &record, &address))
        lens_hosts_name (ledger->hosts, name.text, &address, &teller, ledger->record->time_ns,
                         record.ttl);
    }
}

/* Octets on the port of a service that are not of its protocol: permitted flows have no place
 * for them.  What the snap length left of a message is of the protocol all the same. */
static void
take_foreign (LensLedger *ledger, LensSide *side, const LensView *view, gsize offset, gsize length)
{
  g_auto (LensPieces) pieces = { 0 };
  LensView foreign = lens_view_slice (view, offset, length, &pieces);

  if (ledger->layers.truncated)
    lens_ledger_book (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, &foreign);
  else
    lens_ledger_book_residual (ledger, side, LENS_KIND_FOREIGN, NULL, 0, &foreign);
}

void
lens_ledger_take_dns (LensLedger *ledger, LensSide *side, const LensView *message)
{
  LensDnsMessage dns;

  side->flow->service = LENS_SERVICE_DNS;
  if (side->key.protocol == IPPROTO_UDP)
    side->flow->payload[side->reverse] += message->length;
  if (!lens_dns_parse (message->octets, message->length, &dns))
    {
      take_foreign (ledger, side, message, 0, message->length);
      lens_ledger_show_content (ledger, side, message);
      return;
    }
  lens_ledger_book_part (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, message, 0, dns.rest.offset);
  take_foreign (ledger, side, message, dns.rest.offset, dns.rest.length);
  learn_answers (ledger, side, message, &dns);
  LensUnit unit = { .kind = LENS_UNIT_DNS, .side = side, .view = *message, .dns = &dns };
  lens_ledger_show (ledger, &unit);
  lens_ledger_show_content (ledger, side, message);
}

/* --- NTP --- */

void
lens_ledger_take_ntp (LensLedger *ledger, LensSide *side, const LensView *data)
{
  LensNtp ntp;

  side->flow->service = LENS_SERVICE_NTP;
  side->flow->payload[side->reverse] += data->length;
  if (!lens_ntp_parse (data->octets, data->length, &ntp) || ntp.header.length < 48)
    take_foreign (ledger, side, data, 0, data->length);
  else
    {
      lens_ledger_book_part (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, data, 0, ntp.rest.offset);
      take_foreign (ledger, side, data, ntp.rest.offset, ntp.rest.length);
    }
  LensUnit unit = { .kind = LENS_UNIT_NTP, .side = side, .view = *data };
  if (!ledger->layers.truncated)
    lens_ledger_show (ledger, &unit);
  lens_ledger_show_content (ledger, side, data);
}
