/* 802.11 frames that hold several packets, and packets that several frames hold. */
#include "ledger/inside.h"

/* Each subframe is taken as if it had come alone: a conversation uses both ways. */
static void
take_msdu (LensLedger *ledger, const LensView *msdu, const LensLayers *layers)
{
  ledger->layers = *layers;
  ledger->frame = *msdu;
  LensSide *side = lens_ledger_frame_side (ledger);
  ledger->frame_side = side;
  lens_ledger_count_flow (ledger, side, msdu->length);
  if (side->packets == 1 && layers->has_source_mac && layers->ip_version != 0)
    lens_hosts_sends (ledger->hosts, layers->source_mac, &layers->source);
  lens_ledger_take_packet (ledger, side, NULL);
}

void
lens_ledger_take_aggregate (LensLedger *ledger, const LensView *payload)
{
  const LensAtHand outer = lens_ledger_at_hand (ledger);
  gsize missing = (gsize)outer.layers.payload_declared - payload->length, at = 0;
  LensRange subframe;
  LensLayers found;

  while (lens_layers_next_msdu (payload->octets, payload->length, missing, &at, &subframe, &found))
    {
      g_auto (LensPieces) pieces = { 0 };
      LensView msdu = lens_view_slice (payload, subframe.offset, subframe.length, &pieces);
      take_msdu (ledger, &msdu, &found);
    }
  lens_ledger_put_back (ledger, &outer);
}

/* A copy is taken: fragments of IP in it may be put together where it was. */
void
lens_ledger_take_msdu (LensLedger *ledger, const LensView *whole)
{
  g_autofree guint8 *octets = g_memdup2 (whole->octets, whole->length);
  g_autofree LensPiece *pieces = g_memdup2 (whole->pieces, whole->n_pieces * sizeof *pieces);
  const LensView msdu = { octets, whole->length, pieces, whole->n_pieces };
  const LensAtHand outer = lens_ledger_at_hand (ledger);
  LensLayers found;

  lens_layers_parse_msdu (msdu.octets, msdu.length, &outer.layers, &found);
  take_msdu (ledger, &msdu, &found);
  lens_ledger_put_back (ledger, &outer);
}
