/* 802.11 frames that hold several packets. */
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
  const LensLayers layers = ledger->layers;
  const LensView frame = ledger->frame;
  LensSide *frame_side = ledger->frame_side;
  gsize missing = (gsize)layers.payload_declared - payload->length, at = 0;
  LensRange subframe;
  LensLayers found;

  while (lens_layers_next_msdu (payload->octets, payload->length, missing, &at, &subframe, &found))
    {
      g_auto (LensPieces) pieces = { 0 };
      LensView msdu = lens_view_slice (payload, subframe.offset, subframe.length, &pieces);
      take_msdu (ledger, &msdu, &found);
    }
  ledger->layers = layers;
  ledger->frame = frame;
  ledger->frame_side = frame_side;
}
