/* Packets inside packets: opened, and booked as if what is inside lay outside. */
#include "ledger/inside.h"

#include "ledger/analyzer.h"

/* Packets inside packets inside packets ...: what is deeper is payload. */
#define MAX_DEPTH 4

/* Octets of the packet at hand that the capture cut off, which it then also lacks inside. */
static gsize
missing (const LensLedger *ledger)
{
  const LensLayers *layers = &ledger->layers;

  return !layers->fragment && layers->payload_declared > layers->payload.length
             ? (gsize)MIN (layers->payload_declared - layers->payload.length, G_MAXUINT16)
             : 0;
}

void
lens_ledger_put_inside (LensSide *inner, LensSide *outer)
{
  if (inner->rare->outer == NULL)
    lens_side_rare (inner)->outer = outer;
  if (inner->flow->rare->outer == NULL)
    lens_flow_rare (inner->flow)->outer = outer->flow;
}

/* @payload is told to be a tunnel's; is there a packet in it? */
static gboolean
open_inside (LensLedger *ledger, LensSide *side, const LensView *payload, const LensTunnel *tunnel)
{
  g_auto (LensPieces) pieces = { 0 };
  g_auto (LensPieces) header_pieces = { 0 };
  const LensAtHand outer = lens_ledger_at_hand (ledger);
  gsize start = lens_range_end (tunnel->header);
  LensTunnelAround around = {
    .tunnel = *tunnel,
    .side = side,
    .header = lens_view_slice (payload, 0, start, &header_pieces),
  };
  LensView inside = lens_view_slice (payload, start, payload->length - start, &pieces);
  gsize whole = inside.length + missing (ledger);
  LensLayers found;

  lens_layers_parse (tunnel->linktype, 0, inside.octets, inside.length, whole, &found);
  if (tunnel->linktype == LENS_LINKTYPE_RAW && found.ip_version == 0)
    return FALSE;
  lens_ledger_book (ledger, side, LENS_KIND_HEADER, NULL, 0, &around.header);
  side->flow->encapsulates = TRUE;
  ledger->layers = found;
  ledger->frame = inside;
  ledger->frame_side = side;
  ledger->depth++;
  LensSide *inner = lens_ledger_frame_side (ledger);
  lens_ledger_put_inside (inner, side);
  lens_ledger_count_flow (ledger, inner, inside.length);
  ledger->frame_side = inner;
  lens_ledger_take_packet (ledger, inner, &around);
  ledger->depth--;
  lens_ledger_put_back (ledger, &outer);
  return TRUE;
}

gboolean
lens_ledger_take_tunnel_in_ip (LensLedger *ledger, LensSide *side, const LensView *payload)
{
  LensTunnel tunnel;

  return ledger->depth < MAX_DEPTH
         && lens_tunnel_in_ip (side->key.src.version, side->key.protocol, payload->octets,
                               payload->length, &tunnel)
         && open_inside (ledger, side, payload, &tunnel);
}

gboolean
lens_ledger_take_tunnel_in_udp (LensLedger *ledger, LensSide *side, const LensView *payload)
{
  LensTunnel tunnel;

  return ledger->depth < MAX_DEPTH
         && lens_tunnel_in_udp (side->key.sport, side->key.dport, payload->octets, payload->length,
                                &tunnel)
         && open_inside (ledger, side, payload, &tunnel);
}
