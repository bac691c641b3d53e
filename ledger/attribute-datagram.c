/* What an IP datagram carries: UDP, ICMP; and frames without IP. */
#include "ledger/inside.h"

#include "wire/arp.h"
#include "wire/icmp.h"
#include "wire/transport.h"

#include <netinet/in.h>
#include <string.h>

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
take_payload (LensLedger *ledger, LensSide *side, const LensView *data)
{
  side->flow->payload[side->reverse] += data->length;
  lens_ledger_book (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, data);
  lens_ledger_show_content (ledger, side, data);
}
/* --- UDP --- */

/* What was on its way when the session was torn down. */
#define LAST_PACKETS_NS (G_GINT64_CONSTANT (2) * 1000 * 1000 * 1000)

gboolean
lens_ledger_is_over (const LensLedger *ledger, const LensSide *side)
{
  const LensTrack *track = side->rare->granted;

  return track != NULL && track->over && ledger->now - track->ended > LAST_PACKETS_NS;
}

/* The track that the side's ports were granted, as long as its session lasts.  Looks again
 * for a grant only when there is a new one. */
static LensTrack *
granted_track (LensLedger *ledger, LensSide *side)
{
  guint64 grants = lens_sessions_grants (ledger->sessions);

  if (side->rare->grants_seen != grants)
    {
      gboolean is_rtcp = side->is_rtcp, from_sender;
      LensTrack *track = lens_sessions_udp (ledger->sessions, &side->key, &is_rtcp, &from_sender);
      LensSideRare *rare = lens_side_rare (side);
      rare->grants_seen = grants;
      side->is_rtcp = is_rtcp != FALSE;
      side->from_sender = from_sender != FALSE;
      if (track != NULL)
        {
          rare->granted = rare->track = lens_flow_rare (side->flow)->track = track;
          side->flow->service = side->is_rtcp ? LENS_SERVICE_RTCP : LENS_SERVICE_RTP;
        }
    }
  return lens_ledger_is_over (ledger, side) ? NULL : side->rare->granted;
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
  g_auto (LensPieces) pieces = { 0 };

  if (!lens_sessions_sip (ledger->sessions, side, data->octets, data->length, &description))
    return FALSE;
  side->flow->service = LENS_SERVICE_SIP;
  side->flow->payload[side->reverse] += data->length;
  lens_ledger_book (ledger, side, LENS_KIND_RTSP, NULL, 0, data);
  LensView text = lens_view_slice (data, description.offset, description.length, &pieces);
  if (text.length > 0)
    lens_ledger_show_description (ledger, side, NULL, &text);
  lens_ledger_show_content (ledger, side, data);
  return TRUE;
}

void
lens_ledger_take_udp (LensLedger *ledger, LensSide *side, const LensView *data)
{
  const LensSideKey *key = &side->key;
  const LensDiscovery *discovery;
  LensTrack *track;

  if (data->length == 0)
    return;
  side->flow->mux |= (guint8)lens_media_mux (data->octets, data->length);
  if ((track = granted_track (ledger, side)) != NULL)
    {
      if (side->is_rtcp)
        lens_ledger_take_rtcp (ledger, side, track, data);
      else
        lens_ledger_take_rtp (ledger, side, track, side->from_sender, data);
      side->flow->payload[side->reverse] += data->length;
    }
  else if (lens_ledger_is_dhcp (key))
    lens_ledger_take_dhcp (ledger, side, data);
  else if (key->sport == 53 || key->dport == 53)
    lens_ledger_take_dns (ledger, side, data);
  else if (lens_ledger_is_udp_discovery (ledger, key, &discovery))
    {
      lens_ledger_take_discovery (ledger, side, discovery->name, data);
      lens_ledger_show_content (ledger, side, data);
    }
  else if (take_sip (ledger, side, data))
    return;
  else if (!is_well_known (key->sport) && !is_well_known (key->dport)
           && lens_ledger_guess_rtp (ledger, side, data))
    {
      side->flow->service = LENS_SERVICE_RTP;
      side->flow->payload[side->reverse] += data->length;
      lens_ledger_take_rtp (ledger, side, side->rare->track, TRUE, data);
    }
  else if (key->sport == 123 || key->dport == 123)
    lens_ledger_take_ntp (ledger, side, data);
  else
    {
      side->flow->payload[side->reverse] += data->length;
      if (is_well_known (key->sport) || is_well_known (key->dport) || side->rare->granted != NULL)
        lens_ledger_book (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, data);
      else
        lens_ledger_book_early (ledger, side, data);
      lens_ledger_show_content (ledger, side, data);
    }
}

static void
take_udp_datagram (LensLedger *ledger, LensSide *side, const LensView *datagram,
                   const LensTransport *header)
{
  g_auto (LensPieces) pieces = { 0 };

  LensUnit unit = { .kind = LENS_UNIT_DATAGRAM, .side = side, .view = *datagram };
  lens_ledger_show (ledger, &unit);
  LensView data
      = lens_view_slice (datagram, header->payload.offset, header->payload.length, &pieces);
  if (!lens_ledger_take_tunnel_in_udp (ledger, side, &data))
    lens_ledger_take_udp (ledger, side, &data);
  LensView slack = lens_view_slice (datagram, header->slack.offset, header->slack.length, &pieces);
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
  key.tunnel = ledger->frame_side->key.tunnel;
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
  g_auto (LensPieces) pieces = { 0 };

  lens_ledger_book_part (ledger, side, LENS_KIND_HEADER, NULL, 0, message, 0, head);
  LensView rest = lens_view_slice (message, head, message->length - head, &pieces);
  if (!lens_icmp_parse (version, message->octets, message->length, &icmp))
    {
      lens_ledger_book (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, &rest);
      return;
    }
  if (icmp.kind == LENS_ICMP_DISCOVERY || is_group_membership (&icmp, version))
    {
      guint bit = icmp.kind == LENS_ICMP_DISCOVERY ? LENS_DISCOVERY_ND : LENS_DISCOVERY_IGMP;
      if (!lens_ledger_is_to_all (&side->key))
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
      lens_ledger_show_content (ledger, side, &rest);
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
  LensTrailer trailer = lens_trailer_over (&ledger->layers, ledger->frame.octets,
                                           ledger->layers.payload.offset + known,
                                           lens_range_end (ledger->layers.payload));
  lens_ledger_book_trailer (ledger, side, &ledger->frame, &trailer);
}

/* --- any datagram --- */

static void
take_other (LensLedger *ledger, LensSide *side, const LensView *view)
{
  if (side->key.protocol == IPPROTO_IGMP)
    lens_ledger_book (ledger, side, LENS_KIND_DISCOVERY, NULL,
                      LENS_DISCOVERY_IGMP
                          | (lens_ledger_is_to_all (&side->key) ? 0 : LENS_DISCOVERY_UNICAST),
                      view);
  else if (!lens_ledger_take_tunnel_in_ip (ledger, side, view))
    take_payload (ledger, side, view);
}

void
lens_ledger_take_transport (LensLedger *ledger, const LensLayers *layers, const LensView *view)
{
  /* A copy: the datagram may carry a packet, which is then the one at hand. */
  LensTransport header = ledger->transport;
  LensSide *side = ledger->frame_side;

  /* Fragments do not know the ports, nor are they read before they are a datagram. */
  if (view->octets != ledger->transport_at || layers->fragment)
    {
      lens_transport_parse (layers->protocol, view->octets, view->length, &header);
      LensSideKey key = datagram_key (ledger, layers, header.source_port, header.destination_port);
      side = lens_flows_side (ledger->flows, &key, ledger->record->frame, ledger->record->time_ns);
      side->of_fragments |= layers->fragment;
    }
  if (side->flow != ledger->frame_side->flow)
    {
      lens_flow_rare (ledger->frame_side->flow)->whole = side->flow;
      if (ledger->frame_side->rare->outer != NULL)
        lens_ledger_put_inside (side, ledger->frame_side->rare->outer);
    }
  if (side->flow->of_rest)
    {
      lens_ledger_book (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, view);
      side->flow->payload[side->reverse] += view->length;
      return;
    }
  switch (header.kind)
    {
    case LENS_TRANSPORT_TCP:
      lens_ledger_take_tcp (ledger, side, view, &header);
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
