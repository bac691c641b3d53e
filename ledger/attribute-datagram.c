/* What an IP datagram carries: UDP and the small services, ICMP; and frames without IP. */
#include "ledger/inside.h"

#include "ledger/profile.h"
#include "wire/arp.h"
#include "wire/dhcp.h"
#include "wire/discovery.h"
#include "wire/dns.h"
#include "wire/icmp.h"
#include "wire/ntp.h"
#include "wire/transport.h"

#include <netinet/in.h>
#include <string.h>

#define MAX_SERVERS 16
#define MAX_PROBERS 4096
/* WS-Discovery answers within seconds (1.1, appendix on APP_MAX_DELAY), SSDP within MX. */
#define ANSWER_NS (G_GINT64_CONSTANT (10) * 1000 * 1000 * 1000)

static LensSideKey
datagram_key (const LensLedger *ledger, const LensLayers *layers, guint16 sport, guint16 dport)
{
  LensSideKey key;

  memcpy (&key, &ledger->frame_side->key, sizeof key);
  key.protocol = layers->protocol;
  key.sport = sport;
  key.dport = dport;
  return key;
}

static void
show_content (LensLedger *ledger, LensSide *side, const LensView *view)
{
  LensUnit unit = { .kind = LENS_UNIT_CONTENT, .side = side, .view = *view };

  if (view->length > 0)
    lens_ledger_show (ledger, &unit);
}

static void
take_payload (LensLedger *ledger, LensSide *side, const LensView *data)
{
  side->flow->payload[side->reverse] += data->length;
  lens_ledger_book (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, data);
  show_content (ledger, side, data);
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

gboolean
lens_ledger_is_link_discovery (LensLedger *ledger, const LensView *payload, guint *bit)
{
  const LensLayers *layers = &ledger->layers;

  if (!layers->has_destination_mac || payload->n_pieces != 1)
    return FALSE;
  /* CDP is told by its LLC and SNAP header, which the layers count to the link. */
  gsize head = layers->has_llc ? layers->link.offset + 14 + 4u * layers->n_vlans : 0;
  const guint8 *octets = layers->has_llc ? ledger->record->octets + head : payload->octets;
  gsize length = layers->has_llc ? ledger->record->captured - MIN (head, ledger->record->captured)
                                 : payload->length;
  const char *name = lens_discovery_of_frame (
      layers->destination_mac, layers->has_llc ? 0 : layers->ethertype, octets, length);
  if (name == NULL)
    return FALSE;
  *bit = discovery_bit (name);
  return TRUE;
}

/* The asker of a multicast probe, as a key: who answers it by unicast goes on with discovery. */
static guint64
asker (const LensAddress *address, guint16 port)
{
  return (guint64)lens_address_hash (address) << 16 | port;
}

static void
remember_prober (LensLedger *ledger, const LensSideKey *key, guint bit)
{
  guint64 number = asker (&key->src, key->sport);

  if (g_hash_table_size (ledger->probers) >= MAX_PROBERS)
    g_hash_table_remove_all (ledger->probers);
  gint64 *times = g_new (gint64, 2);
  times[0] = ledger->now;
  times[1] = bit;
  g_hash_table_insert (ledger->probers, g_memdup2 (&number, sizeof number), times);
}

static gboolean
is_udp_discovery (LensLedger *ledger, const LensSideKey *key, guint *bit)
{
  static const guint8 ones[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  gboolean to_all = (key->has_mac & 2) != 0 && memcmp (key->dst_mac, ones, sizeof ones) == 0;
  const LensDiscovery *found = lens_discovery_of_datagram (&key->dst, key->dport, to_all);

  if (found != NULL)
    {
      *bit = discovery_bit (found->name);
      remember_prober (ledger, key, *bit);
      return TRUE;
    }
  guint64 number = asker (&key->dst, key->dport);
  const gint64 *asked = g_hash_table_lookup (ledger->probers, &number);
  if (asked == NULL || ledger->now - asked[0] > ANSWER_NS || ledger->now < asked[0])
    return FALSE;
  *bit = (guint)asked[1];
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
  if (ledger->layers.has_source_mac && memcmp (mac, ledger->layers.source_mac, 6) == 0)
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
static gboolean
is_to_all (const LensSideKey *key)
{
  static const guint8 ones[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

  return lens_address_is_broadcast (&key->dst) || lens_address_is_multicast (&key->dst)
         || ((key->has_mac & 2) != 0 && memcmp (key->dst_mac, ones, sizeof ones) == 0);
}

static void
take_dhcp (LensLedger *ledger, LensSide *side, const LensView *data)
{
  LensDhcp dhcp;

  side->flow->service = LENS_SERVICE_DHCP;
  guint bit = LENS_DISCOVERY_DHCP;
  if (!is_to_all (&side->key) && !lens_address_is_link_local (&side->key.dst))
    bit |= LENS_DISCOVERY_UNICAST;
  lens_ledger_book (ledger, side, LENS_KIND_DISCOVERY, NULL, bit, data);
  if (side->key.src.version == 6)
    learn_lease6 (ledger, data);
  else if (lens_dhcp_parse (data->octets, data->length, &dhcp))
    learn_lease (ledger, &dhcp, data->octets);
  show_content (ledger, side, data);
}

static gboolean
is_dhcp (const LensSideKey *key)
{
  return (key->dport == 67 && (key->sport == 68 || key->sport == 67))
         || (key->dport == 68 && key->sport == 67) || (key->dport == 547 && key->sport == 546)
         || (key->dport == 546 && key->sport == 547);
}

/* --- DNS --- */

static void
learn_answers (LensLedger *ledger, const LensSide *side, const LensView *message,
               const LensDnsMessage *dns)
{
  LensDnsRecords records;
  LensDnsRecord record;
  LensDnsName name, target;
  LensAddress address;
  LensTeller teller = { .address = side->key.src };

  if ((dns->flags & LENS_DNS_FLAG_RESPONSE) == 0)
    return;
  if (ledger->layers.has_source_mac)
    memcpy (teller.mac, ledger->layers.source_mac, 6);
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
        lens_hosts_name (ledger->hosts, name.text, &address, &teller);
    }
}

/* Octets on the port of a service that are not of its protocol: permitted flows have no place
 * for them. */
static void
take_foreign (LensLedger *ledger, LensSide *side, const LensView *view, gsize offset, gsize length)
{
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  LensView foreign = lens_view_slice (view, offset, length, pieces);

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
      show_content (ledger, side, message);
      return;
    }
  lens_ledger_book_part (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, message, 0, dns.rest.offset);
  take_foreign (ledger, side, message, dns.rest.offset, dns.rest.length);
  learn_answers (ledger, side, message, &dns);
  LensUnit unit = { .kind = LENS_UNIT_DNS, .side = side, .view = *message, .dns = &dns };
  lens_ledger_show (ledger, &unit);
  show_content (ledger, side, message);
}

/* --- NTP --- */

static void
take_ntp (LensLedger *ledger, LensSide *side, const LensView *data)
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
  show_content (ledger, side, data);
}

/* --- UDP --- */

/* What was on its way when the session was torn down. */
#define LAST_PACKETS_NS (G_GINT64_CONSTANT (2) * 1000 * 1000 * 1000)

gboolean
lens_ledger_is_over (const LensLedger *ledger, const LensSide *side)
{
  const LensTrack *track = side->granted;

  return track != NULL && track->over && ledger->now - track->ended > LAST_PACKETS_NS;
}

/* The track that the side's ports were granted, as long as its session lasts.  Looks again
 * for a grant only when there is a new one. */
static LensTrack *
granted_track (LensLedger *ledger, LensSide *side)
{
  guint64 grants = lens_sessions_grants (ledger->sessions);

  if (side->grants_seen != grants)
    {
      side->grants_seen = grants;
      LensTrack *track
          = lens_sessions_udp (ledger->sessions, &side->key, &side->is_rtcp, &side->from_sender);
      if (track != NULL)
        {
          side->granted = side->track = side->flow->track = track;
          side->flow->service = side->is_rtcp ? LENS_SERVICE_RTCP : LENS_SERVICE_RTP;
        }
    }
  return lens_ledger_is_over (ledger, side) ? NULL : side->granted;
}

/* Ports whose payload is never taken for RTP that nobody announced. */
static gboolean
is_well_known (guint16 port)
{
  static const guint16 ports[]
      = { 53, 67, 68, 69, 123, 137, 138, 161, 162, 514, 1900, 3702, 5353, 5355 };

  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    if (ports[i] == port)
      return TRUE;
  return FALSE;
}

static gboolean
take_sip (LensLedger *ledger, LensSide *side, const LensView *data)
{
  LensRange description;
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));

  if (!lens_sessions_sip (ledger->sessions, side, data->octets, data->length, &description))
    return FALSE;
  side->flow->service = LENS_SERVICE_SIP;
  side->flow->payload[side->reverse] += data->length;
  lens_ledger_book (ledger, side, LENS_KIND_RTSP, NULL, 0, data);
  LensView text = lens_view_slice (data, description.offset, description.length, pieces);
  if (text.length > 0)
    lens_ledger_show_description (ledger, side, &text);
  show_content (ledger, side, data);
  return TRUE;
}

void
lens_ledger_take_udp (LensLedger *ledger, LensSide *side, const LensView *data)
{
  const LensSideKey *key = &side->key;
  LensTrack *track;
  guint bit;

  if (data->length == 0)
    return;
  if ((track = granted_track (ledger, side)) != NULL)
    {
      if (side->is_rtcp)
        lens_ledger_take_rtcp (ledger, side, track, data);
      else
        lens_ledger_take_rtp (ledger, side, track, side->from_sender, data);
      side->flow->payload[side->reverse] += data->length;
    }
  else if (is_dhcp (key))
    take_dhcp (ledger, side, data);
  else if (key->sport == 53 || key->dport == 53)
    lens_ledger_take_dns (ledger, side, data);
  else if (is_udp_discovery (ledger, key, &bit))
    {
      lens_ledger_book (ledger, side, LENS_KIND_DISCOVERY, NULL, bit, data);
      show_content (ledger, side, data);
    }
  else if (take_sip (ledger, side, data))
    return;
  else if (!is_well_known (key->sport) && !is_well_known (key->dport)
           && lens_ledger_guess_rtp (ledger, side, data))
    {
      side->flow->service = LENS_SERVICE_RTP;
      side->flow->payload[side->reverse] += data->length;
      lens_ledger_take_rtp (ledger, side, side->track, TRUE, data);
    }
  else if (key->sport == 123 || key->dport == 123)
    take_ntp (ledger, side, data);
  else
    {
      side->flow->payload[side->reverse] += data->length;
      if (is_well_known (key->sport) || is_well_known (key->dport) || side->granted != NULL)
        lens_ledger_book (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, data);
      else
        lens_ledger_book_early (ledger, side, data);
      show_content (ledger, side, data);
    }
}

static void
take_udp_datagram (LensLedger *ledger, LensSide *side, const LensView *datagram,
                   const LensTransport *header)
{
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));

  LensUnit unit = { .kind = LENS_UNIT_DATAGRAM, .side = side, .view = *datagram };
  lens_ledger_show (ledger, &unit);
  LensView data
      = lens_view_slice (datagram, header->payload.offset, header->payload.length, pieces);
  lens_ledger_take_udp (ledger, side, &data);
  LensView slack = lens_view_slice (datagram, header->slack.offset, header->slack.length, pieces);
  lens_ledger_book_residual (ledger, side, LENS_KIND_SLACK, NULL, 0, &slack);
}

/* --- ICMP --- */

static gboolean
quotes_what_was_seen (LensLedger *ledger, const LensIcmpQuote *quote)
{
  LensSideKey key;

  if (quote->version == 0)
    return FALSE;
  memset (&key, 0, sizeof key);
  key.src = quote->source;
  key.dst = quote->destination;
  key.protocol = quote->protocol;
  key.sport = quote->has_ports ? quote->source_port : 0;
  key.dport = quote->has_ports ? quote->destination_port : 0;
  return lens_flows_find (ledger->flows, &key) != NULL;
}

static gboolean
is_group_membership (const LensIcmp *icmp, guint8 version)
{
  return version == 6 && ((icmp->type >= 130 && icmp->type <= 132) || icmp->type == 143);
}

void
lens_ledger_take_icmp (LensLedger *ledger, LensSide *side, const LensView *message)
{
  guint8 version = side->key.src.version, mac[6];
  LensAddress address;
  LensIcmp icmp;
  gsize head = MIN (message->length, 8);
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));

  lens_ledger_book_part (ledger, side, LENS_KIND_HEADER, NULL, 0, message, 0, head);
  LensView rest = lens_view_slice (message, head, message->length - head, pieces);
  if (!lens_icmp_parse (version, message->octets, message->length, &icmp))
    {
      lens_ledger_book (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, &rest);
      return;
    }
  if (icmp.kind == LENS_ICMP_DISCOVERY || is_group_membership (&icmp, version))
    {
      guint bit = icmp.kind == LENS_ICMP_DISCOVERY ? LENS_DISCOVERY_ND : LENS_DISCOVERY_IGMP;
      if (!is_to_all (&side->key))
        bit |= LENS_DISCOVERY_UNICAST;
      lens_ledger_book (ledger, side, LENS_KIND_DISCOVERY, NULL, bit, &rest);
      if (icmp.kind == LENS_ICMP_DISCOVERY
          && lens_icmp_link_address (message->octets, &icmp, &side->key.src, &address, mac))
        lens_hosts_at (ledger->hosts, mac, &address);
    }
  else if (icmp.kind == LENS_ICMP_ERROR && quotes_what_was_seen (ledger, &icmp.quote))
    lens_ledger_book (ledger, side, LENS_KIND_QUOTE, NULL, 0, &rest);
  else
    {
      side->flow->payload[side->reverse] += rest.length;
      lens_ledger_book (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, &rest);
      show_content (ledger, side, &rest);
    }
  LensUnit unit = { .kind = LENS_UNIT_ICMP, .side = side, .view = *message };
  lens_ledger_show (ledger, &unit);
}

/* --- ARP --- */

void
lens_ledger_take_arp (LensLedger *ledger, LensSide *side, const LensView *body)
{
  LensArp arp;
  gsize known = 0;

  if (lens_arp_parse (body->octets, body->length, &arp))
    {
      known = arp.rest.offset;
      if (arp.is_ipv4)
        lens_hosts_at (ledger->hosts, arp.sender_mac, &arp.sender_address);
    }
  lens_ledger_book_part (ledger, side, LENS_KIND_DISCOVERY, NULL, LENS_DISCOVERY_ARP, body, 0,
                         known);
  const LensPiece whole = { ledger->record->frame, 0, ledger->record->captured };
  const LensView frame = { ledger->record->octets, ledger->record->captured, &whole, 1 };
  LensTrailer trailer
      = lens_trailer_over (&ledger->layers, frame.octets, ledger->layers.payload.offset + known,
                           lens_range_end (ledger->layers.payload));
  lens_ledger_book_trailer (ledger, side, &frame, &trailer);
}

/* --- any datagram --- */

static void
take_other (LensLedger *ledger, LensSide *side, const LensView *view)
{
  if (side->key.protocol == IPPROTO_IGMP)
    lens_ledger_book (ledger, side, LENS_KIND_DISCOVERY, NULL,
                      LENS_DISCOVERY_IGMP | (is_to_all (&side->key) ? 0 : LENS_DISCOVERY_UNICAST),
                      view);
  else
    take_payload (ledger, side, view);
}

void
lens_ledger_take_transport (LensLedger *ledger, const LensLayers *layers, const LensView *view)
{
  LensTransport header;

  lens_transport_parse (layers->protocol, view->octets, view->length, &header);
  LensSideKey key = datagram_key (ledger, layers, header.source_port, header.destination_port);
  LensSide *side
      = lens_flows_side (ledger->flows, &key, ledger->record->frame, ledger->record->time_ns);
  if (side->flow != ledger->frame_side->flow)
    ledger->frame_side->flow->whole = side->flow;
  switch (header.kind)
    {
    case LENS_TRANSPORT_TCP:
      lens_ledger_take_tcp (ledger, side, view);
      break;
    case LENS_TRANSPORT_UDP:
      lens_ledger_book_part (ledger, side, LENS_KIND_HEADER, NULL, 0, view, header.header.offset,
                             header.header.length);
      take_udp_datagram (ledger, side, view, &header);
      break;
    case LENS_TRANSPORT_ICMP:
    case LENS_TRANSPORT_ICMPV6:
      lens_ledger_take_icmp (ledger, side, view);
      break;
    default:
      take_other (ledger, side, view);
    }
}

/* --- fragments --- */

/* Where a fragment was seen: its datagram is put together there and nowhere else. */
typedef struct
{
  guint8 src_mac[6], dst_mac[6];
  guint8 has_mac;
  guint8 protocol;
  guint16 vlan; /* the outermost, 0 without */
  guint32 interface;
} Link;

#define MAX_LINKS 65536

static guint
link_hash (gconstpointer data)
{
  const guint8 *octets = data;
  guint hash = 0;

  for (gsize i = 0; i < sizeof (Link); i++)
    hash = (hash ^ octets[i]) * 16777619u;
  return hash;
}

static gboolean
link_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Link)) == 0;
}

static guint32
link_number (LensLedger *ledger)
{
  const LensSideKey *key = &ledger->frame_side->key;
  Link wanted;
  gpointer known;

  memset (&wanted, 0, sizeof wanted);
  memcpy (wanted.src_mac, key->src_mac, sizeof wanted.src_mac);
  memcpy (wanted.dst_mac, key->dst_mac, sizeof wanted.dst_mac);
  wanted.has_mac = key->has_mac;
  wanted.protocol = key->protocol;
  wanted.vlan = ledger->layers.n_vlans > 0 ? ledger->layers.vlan[0] & 0xfff : 0;
  wanted.interface = ledger->record->interface;
  if (ledger->links == NULL)
    {
      ledger->links = g_hash_table_new (link_hash, link_equal);
      ledger->link_list = g_ptr_array_new_with_free_func (g_free);
    }
  if (g_hash_table_lookup_extended (ledger->links, &wanted, NULL, &known))
    return GPOINTER_TO_UINT (known);
  if (ledger->link_list->len >= MAX_LINKS)
    return MAX_LINKS - 1;
  Link *kept = g_memdup2 (&wanted, sizeof wanted);
  g_hash_table_insert (ledger->links, kept, GUINT_TO_POINTER (ledger->link_list->len));
  g_ptr_array_add (ledger->link_list, kept);
  return ledger->link_list->len - 1;
}

void
lens_ledger_take_fragment (LensLedger *ledger, const LensView *payload)
{
  const LensLayers *layers = &ledger->layers;
  const LensFragmentKey key = { .source = layers->source,
                                .destination = layers->destination,
                                .id = layers->fragment_id,
                                .link = link_number (ledger),
                                .protocol = layers->ip_version == 4 ? layers->protocol : 0 };

  if (payload->length == 0)
    return;
  const LensView *whole = lens_fragments_feed (
      ledger->fragments, &key, ledger->now, layers->fragment_offset,
      layers->more_fragments || layers->truncated, payload->octets, payload->pieces[0]);
  if (whole != NULL)
    lens_ledger_take_transport (ledger, layers, whole);
}

/* Who sent a datagram of which only parts are there; with its ports where those are known. */
static LensSide *
fragment_side (LensLedger *ledger, const LensFragmentKey *fragment, const LensTransport *header)
{
  const Link *link = g_ptr_array_index (ledger->link_list, fragment->link);
  LensSideKey key;

  memset (&key, 0, sizeof key);
  memcpy (key.src_mac, link->src_mac, sizeof key.src_mac);
  memcpy (key.dst_mac, link->dst_mac, sizeof key.dst_mac);
  key.has_mac = link->has_mac;
  key.src = fragment->source;
  key.dst = fragment->destination;
  key.protocol = link->protocol;
  if (header != NULL)
    {
      key.sport = header->source_port;
      key.dport = header->destination_port;
    }
  return lens_flows_side (ledger->flows, &key, ledger->record->frame, ledger->now);
}

static void
book_part (LensLedger *ledger, LensSide *side, const LensView *part)
{
  side->flow->lost = TRUE;
  side->flow->payload[side->reverse] += part->length;
  lens_ledger_book_residual (ledger, side, LENS_KIND_FRAGMENT, NULL, 0, part);
}

static void
fragment_overlap (gpointer data, const LensFragmentKey *key, LensPiece piece, gboolean same)
{
  LensLedger *ledger = data;
  LensSide *side = fragment_side (ledger, key, NULL);
  gboolean at_hand = piece.frame == ledger->record->frame;
  LensView view
      = { at_hand ? ledger->record->octets + piece.offset : NULL, piece.length, &piece, 1 };

  if (same)
    lens_ledger_book (ledger, side, LENS_KIND_REPEAT, NULL, 0, &view);
  else
    lens_ledger_book_residual (ledger, side, LENS_KIND_CONFLICT, NULL, 0, &view);
}

static void
fragment_left (gpointer data, const LensFragmentKey *key, guint32 offset, const LensView *part,
               LensFragmentsReason reason)
{
  LensLedger *ledger = data;
  LensTransport header;
  LensSide *side;

  if (offset > 0)
    {
      book_part (ledger, fragment_side (ledger, key, NULL), part);
      return;
    }
  const Link *link = g_ptr_array_index (ledger->link_list, key->link);
  lens_transport_parse (link->protocol, part->octets, part->length, &header);
  side = fragment_side (ledger, key, &header);
  LensSide *others = fragment_side (ledger, key, NULL);
  others->flow->lost = TRUE;
  if (others->flow != side->flow)
    others->flow->whole = side->flow;
  lens_ledger_book_part (ledger, side, LENS_KIND_HEADER, NULL, 0, part, 0, header.header.length);
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (LensPiece));
  LensView rest
      = lens_view_slice (part, header.header.length, part->length - header.header.length, pieces);
  book_part (ledger, side, &rest);
}

const LensFragmentsEvents lens_ledger_fragment_events = { fragment_overlap, fragment_left };
