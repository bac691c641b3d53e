/* One frame into the book: link and network, and on to what they carry. */
#include "ledger/inside.h"
#include "ledger/traits.h"

#include "wire/link-protocol.h"
#include "wire/octets.h"
#include "wire/trailer.h"
#include "wire/transport.h"

#include <string.h>

enum
{
  UDP_HEADER = 8, /* octets */
};

void
lens_ledger_book (LensLedger *ledger, LensSide *side, LensKind kind, LensTrack *track,
                  guint32 detail, const LensView *view)
{
  if (view->length == 0)
    return;
  if (kind == LENS_KIND_DISCOVERY)
    lens_flow_rare (side->flow)->discovery |= detail;
  lens_book_view (ledger->book, lens_flows_account (ledger->flows, side, kind, track, detail),
                  view);
}

void
lens_ledger_book_part (LensLedger *ledger, LensSide *side, LensKind kind, LensTrack *track,
                       guint32 detail, const LensView *view, gsize offset, gsize length)
{
  if (length == 0)
    return;
  if (view->n_pieces == 1 && !view->unpacked && kind != LENS_KIND_DISCOVERY)
    {
      g_assert (offset <= view->length && length <= view->length - offset);
      lens_book_put (ledger->book, lens_flows_account (ledger->flows, side, kind, track, detail),
                     view->pieces->frame, view->pieces->offset + (guint32)offset, (guint32)length);
      return;
    }
  const LensView part = lens_view_slice (view, offset, length, &ledger->scratch);
  lens_ledger_book (ledger, side, kind, track, detail, &part);
}

void
lens_ledger_book_residual (LensLedger *ledger, LensSide *side, LensKind kind, LensTrack *track,
                           guint32 detail, const LensView *view)
{
  static const char *const names[] = {
    [LENS_KIND_PAYLOAD] = "payload",
    [LENS_KIND_SLACK] = "slack",
    [LENS_KIND_CONFLICT] = "conflict",
    [LENS_KIND_FOREIGN] = "not-of-the-protocol",
    [LENS_KIND_RTSP_STRAY] = "between-messages",
    [LENS_KIND_RTSP_LOST] = "after-a-hole",
    [LENS_KIND_UNSETUP] = "channel-never-set-up",
    [LENS_KIND_RTP_PAYLOAD] = "payload-type",
    [LENS_KIND_RTP_BAD] = "not-rtp",
    [LENS_KIND_RTCP_STRAY] = "after-rtcp",
    [LENS_KIND_FRAGMENT] = "fragments-of-no-whole-datagram",
  };

  if (view->length == 0)
    return;
  LensAccountId account = lens_flows_account (ledger->flows, side, kind, track, detail);
  lens_book_view (ledger->book, account, view);
  LensCarrier *carrier = g_hash_table_lookup (ledger->residuals, GUINT_TO_POINTER (account + 1));
  if (carrier == NULL)
    {
      carrier = lens_carriers_get (ledger->carriers, "ledger", "ledger-unexplained", side, track,
                                   names[kind]);
      g_hash_table_insert (ledger->residuals, GUINT_TO_POINTER (account + 1), carrier);
    }
  lens_carrier_note (ledger->carriers, carrier, ledger->now, 8 * view->length, view);
}

void
lens_ledger_count (LensLedger *ledger, const LensUnit *unit, LensUnitKind kind)
{
  LensSide *side = unit->side;

  if (side->rare->units == NULL)
    lens_side_rare (side)->units = g_new0 (guint32, LENS_N_UNIT_KINDS);
  side->rare->units[lens_unit_number (kind)]++;
}

void
lens_ledger_show (LensLedger *ledger, LensUnit *unit)
{
  if (unit->kind != LENS_UNIT_FRAME)
    {
      LensSide *side = unit->side;
      if (unit->kind == LENS_UNIT_DATAGRAM || unit->kind == LENS_UNIT_SEGMENT)
        side->transports++;
      else if (unit->kind == LENS_UNIT_CONTENT)
        side->contents++;
      else
        lens_ledger_count (ledger, unit, unit->kind);
    }
  if ((ledger->wanted & unit->kind) == 0)
    return;
  unit->time_ns = ledger->now;
  const LensTakers *takers = &ledger->takers[__builtin_ctz (unit->kind)];
  const GArray *asked = unit->traits != 0 ? takers->all : takers->any;
  const LensTaker *taker = (const LensTaker *)asked->data, *end = taker + asked->len;
  for (; taker < end; taker++)
    {
      if (taker->only != 0 && (taker->only & unit->traits) == 0)
        continue;
      ledger->running = taker->analyzer;
      taker->see (ledger, taker->state, unit);
    }
}

void
lens_ledger_end_side (LensLedger *ledger, const LensSide *side)
{
  for (guint i = 0; i < ledger->enders->len; i++)
    {
      const LensTaker *ender = &g_array_index (ledger->enders, LensTaker, i);
      ender->analyzer->ended (ender->state, side);
    }
}

void
lens_ledger_show_description (LensLedger *ledger, LensSide *side, const char *url,
                              const LensView *text)
{
  if ((ledger->wanted & LENS_UNIT_SDP) == 0)
    return;
  g_autoptr (LensSdp) sdp = lens_sdp_parse (text->octets, text->length);
  LensUnit unit = { .kind = LENS_UNIT_SDP, .url = url, .side = side, .view = *text, .sdp = sdp };
  lens_ledger_show (ledger, &unit);
}

static LensSideKey
frame_key (const LensLayers *layers)
{
  LensSideKey key;

  memset (&key, 0, sizeof key);
  if (layers->has_source_mac)
    {
      memcpy (key.src_mac, layers->source_mac, sizeof key.src_mac);
      key.has_mac |= 1;
    }
  if (layers->has_destination_mac)
    {
      memcpy (key.dst_mac, layers->destination_mac, sizeof key.dst_mac);
      key.has_mac |= 2;
    }
  if (layers->ip_version != 0)
    {
      key.src = layers->source;
      key.dst = layers->destination;
      key.protocol = layers->protocol;
    }
  else
    key.ethertype = layers->has_snap ? layers->snap_type : layers->ethertype;
  return key;
}

/* Capture devices append time stamps and port numbers: the same number of octets to every
 * frame, whoever sent it. */
static void
count_surplus (LensLedger *ledger, gsize surplus)
{
  const LensLayers *layers = &ledger->layers;

  if (layers->ip_version == 0 || layers->truncated || layers->zero_total_length
      || !layers->has_source_mac)
    return;
  ledger->tap.frames++;
  if (surplus == 0)
    return;
  if (ledger->tap.trailed == 0)
    {
      ledger->tap.length = surplus;
      memcpy (ledger->tap.mac, layers->source_mac, sizeof ledger->tap.mac);
    }
  if (surplus != ledger->tap.length)
    return;
  ledger->tap.trailed++;
  ledger->tap.several |= memcmp (ledger->tap.mac, layers->source_mac, sizeof ledger->tap.mac) != 0;
}

gsize
lens_ledger_tap_trailer (LensLedger *ledger)
{
  gboolean everywhere = ledger->tap.trailed * 100 >= ledger->tap.frames * 99;

  return ledger->tap.trailed >= 10 && everywhere && ledger->tap.several ? ledger->tap.length : 0;
}

void
lens_ledger_book_trailer (LensLedger *ledger, LensSide *side, const LensView *frame,
                          const LensTrailer *trailer)
{
  g_auto (LensPieces) pieces = { 0 };
  LensView pad = lens_view_slice (frame, trailer->pad.offset, trailer->pad.length, &pieces);

  if (lens_octets_are_zero (pad.octets, pad.length))
    lens_ledger_book (ledger, side, LENS_KIND_PAD, NULL, 0, &pad);
  else
    lens_ledger_book_residual (ledger, side, LENS_KIND_SLACK, NULL, 0, &pad);
  LensView surplus
      = lens_view_slice (frame, trailer->surplus.offset, trailer->surplus.length, &pieces);
  lens_ledger_book_residual (ledger, side, LENS_KIND_SLACK, NULL, LENS_SLACK_SURPLUS, &surplus);
  lens_ledger_book_part (ledger, side, LENS_KIND_HEADER, NULL, 0, frame, trailer->prp.offset,
                         trailer->prp.length);
  lens_ledger_book_part (ledger, side, LENS_KIND_PSEUDO, NULL, 0, frame, trailer->fcs.offset,
                         trailer->fcs.length);
}

static void
take_trailer (LensLedger *ledger, LensSide *side, const LensView *frame)
{
  const LensRange *range = &ledger->layers.trailer;
  LensTrailer trailer = { 0 };

  if (range->length > 0)
    {
      trailer = lens_trailer_over (&ledger->layers, frame->octets, range->offset, frame->length);
      lens_ledger_book_trailer (ledger, side, frame, &trailer);
    }
  if (ledger->depth == 0)
    count_surplus (ledger, trailer.surplus.length);
}

void
lens_ledger_count_flow (LensLedger *ledger, LensSide *side, gsize octets)
{
  LensFlow *flow = side->flow;
  const LensRecord *record = ledger->record;

  flow->packets[side->reverse]++;
  flow->octets[side->reverse] += octets;
  flow->first = MIN (flow->first, record->time_ns);
  flow->last = MAX (flow->last, record->time_ns);
  if (side->packets++ == 0)
    side->first = side->last = record->time_ns;
  side->first = MIN (side->first, record->time_ns);
  side->last = MAX (side->last, record->time_ns);
  if (ledger->layers.wlan_sealed)
    lens_side_rare (side)->sealed++;
  if (ledger->layers.truncated)
    {
      lens_side_rare (side)->truncated++;
      lens_flow_rare (flow)->truncated[side->reverse]++;
    }
}

/* The same for both directions, and not 0. */
static guint16
tunnel_of (const LensSideKey *around)
{
  guint32 hash = lens_address_hash (&around->src) + lens_address_hash (&around->dst)
                 + around->tunnel * 0x9e3779b1u;

  return (guint16)((hash ^ hash >> 16) | 1);
}

/* Fragments but the first do not know their ports, so all fragments have a side of their own,
 * for their headers. */
LensSide *
lens_ledger_frame_side (LensLedger *ledger)
{
  const LensLayers *layers = &ledger->layers;
  const LensView *frame = &ledger->frame;
  LensSideKey key = frame_key (layers);

  /* Of a packet without link addresses the one around it has them. */
  if (ledger->depth > 0 && key.has_mac == 0)
    {
      const LensSideKey *around = &ledger->frame_side->key;
      memcpy (key.src_mac, around->src_mac, sizeof key.src_mac);
      memcpy (key.dst_mac, around->dst_mac, sizeof key.dst_mac);
      key.has_mac = around->has_mac;
    }
  if (ledger->depth > 0)
    key.tunnel = tunnel_of (&ledger->frame_side->key);

  ledger->transport_at = NULL;
  if (layers->ip_version != 0 && !layers->fragment)
    {
      ledger->transport_at = frame->octets + layers->payload.offset;
      lens_transport_parse (layers->protocol, ledger->transport_at, layers->payload.length,
                            &ledger->transport);
      key.sport = ledger->transport.source_port;
      key.dport = ledger->transport.destination_port;
    }
  LensSide *side = lens_flows_side (ledger->flows, &key, ledger->record->frame, ledger->now);
  side->of_fragments |= layers->fragment;
  return side;
}

LensAtHand
lens_ledger_at_hand (const LensLedger *ledger)
{
  return (LensAtHand){ ledger->layers, ledger->frame, ledger->frame_side };
}

void
lens_ledger_put_back (LensLedger *ledger, const LensAtHand *at_hand)
{
  ledger->layers = at_hand->layers;
  ledger->frame = at_hand->frame;
  ledger->frame_side = at_hand->side;
}

static void
learn_sender (LensLedger *ledger)
{
  const LensLayers *layers = &ledger->layers;

  if (layers->has_source_mac && layers->ip_version != 0)
    lens_hosts_sends (ledger->hosts, layers->source_mac, &layers->source);
}

static void
take_link_payload (LensLedger *ledger, LensSide *side, const LensView *payload)
{
  const char *discovery;

  if (ledger->layers.wlan_aggregate)
    lens_ledger_take_aggregate (ledger, payload);
  else if (ledger->layers.wlan_fragment)
    lens_ledger_take_wlan_fragment (ledger, payload);
  else if (ledger->layers.ethertype == LENS_ETHERTYPE_ARP && !ledger->layers.has_snap)
    lens_ledger_take_arp (ledger, side, payload);
  else if ((discovery = lens_ledger_link_discovery (ledger, payload)) != NULL)
    lens_ledger_take_discovery (ledger, side, discovery, payload);
  /* No discovery that a profile could leave out. */
  else if (payload->n_pieces == 1 && lens_link_is_upkeep (&ledger->layers, payload->octets))
    lens_ledger_book (ledger, side, LENS_KIND_DISCOVERY, NULL, 0, payload);
  else
    {
      side->flow->payload[side->reverse] += payload->length;
      lens_ledger_book (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, payload);
      LensUnit unit = { .kind = LENS_UNIT_CONTENT, .side = side, .view = *payload };
      lens_ledger_show (ledger, &unit);
    }
}

static void
take_ip_payload (LensLedger *ledger, const LensView *payload)
{
  const LensLayers *layers = &ledger->layers;

  if (!layers->fragment)
    {
      lens_ledger_take_transport (ledger, layers, payload);
      return;
    }
  lens_ledger_take_fragment (ledger, payload);
}

static void
count_packet (LensLedger *ledger, const LensRecord *record)
{
  ledger->packets++;
  ledger->wire_octets += record->original;
  if (record->captured < record->original)
    ledger->truncated++;
  if (!ledger->has_times)
    ledger->first = ledger->last = record->time_ns;
  ledger->has_times = TRUE;
  ledger->first = MIN (ledger->first, record->time_ns);
  ledger->last = MAX (ledger->last, record->time_ns);
}

/* A packet belongs to the phase that its time lies in: a mark may stand before packets that
 * were captured earlier and waited. */
static void
find_phase (LensLedger *ledger, gint64 time_ns)
{
  guint index = ledger->phases->len;

  while (index > 0)
    {
      const LensPhase *phase = g_ptr_array_index (ledger->phases, index - 1);
      if (time_ns >= phase->first)
        {
          index = phase->open || time_ns <= phase->last ? index : 0;
          break;
        }
      index--;
    }
  lens_flows_set_phase (ledger->flows, (guint16)index);
}

/* Of a redundant network both frames of a pair are the same one; of 802.11 a frame that is sent
 * once more because nobody acknowledged it. */
static gboolean
is_repeat (LensLedger *ledger, const guint8 *octets, guint64 hash)
{
  const LensRecord *record = ledger->record;
  const LensLayers *layers = &ledger->layers;
  gsize start = layers->pseudo.length, end = record->captured, lan = lens_layers_lan_octet (layers);
  gboolean of_wlan = layers->wlan == LENS_WLAN_DATA || layers->wlan == LENS_WLAN_MANAGEMENT;
  g_autofree guint8 *either = NULL;

  if (lan > 0 || of_wlan)
    {
      octets = either = g_memdup2 (octets, record->captured);
      if (lan > 0)
        either[lan] &= (guint8)~LENS_LAN_BIT;
      else
        {
          lens_layers_unretry (layers, either);
          end -= layers->fcs_length;
        }
      hash = lens_repeats_expect (ledger->repeats, octets + start, end - start);
    }
  return lens_repeats_seen (ledger->repeats, hash, record->interface, record->time_ns,
                            octets + start, end - start);
}

/* To analyzers only: no stream takes these octets twice. */
static void
show_repeat (LensLedger *ledger, LensSide *side, const guint8 *octets)
{
  const LensLayers *layers = &ledger->layers;

  if (side->rare->track == NULL || layers->fragment || layers->payload.length <= UDP_HEADER)
    return;
  const LensPiece piece = { ledger->record->frame, (guint32)layers->payload.offset + UDP_HEADER,
                            (guint32)layers->payload.length - UDP_HEADER };
  LensUnit unit = { .kind = LENS_UNIT_REPEAT,
                    .side = side,
                    .track = side->rare->track,
                    .view = { octets + piece.offset, piece.length, &piece, 1 } };
  lens_ledger_show (ledger, &unit);
}

void
lens_ledger_take_packet (LensLedger *ledger, LensSide *side, const LensTunnelAround *around)
{
  const LensLayers *layers = &ledger->layers;
  const LensView *frame = &ledger->frame;
  gsize start = layers->pseudo.length;
  g_auto (LensPieces) pieces = { 0 };

  lens_ledger_book_part (ledger, side, LENS_KIND_HEADER, NULL, 0, frame, start,
                         layers->link.length + layers->network.length);
  if (side->flow->of_rest)
    {
      gsize content = start + layers->link.length + layers->network.length;
      lens_ledger_book_part (ledger, side, LENS_KIND_PAYLOAD, NULL, 0, frame, content,
                             frame->length - content);
      side->flow->payload[side->reverse] += frame->length - content;
      return;
    }
  take_trailer (ledger, side, frame);

  LensUnit unit = {
    .kind = LENS_UNIT_FRAME, .side = side, .view = *frame, .frame = layers, .around = around
  };
  unit.traits = lens_traits_of_frame (&unit);
  lens_ledger_show (ledger, &unit);
  if (layers->ip_version != 0 && !layers->fragment && ledger->options.applications != NULL)
    lens_applications_packet (ledger->options.applications, side->flow,
                              frame->octets + layers->network.offset,
                              layers->network.length + layers->payload.length, ledger->now);

  LensView payload
      = lens_view_slice (frame, layers->payload.offset, layers->payload.length, &pieces);
  if (layers->ip_version == 0)
    take_link_payload (ledger, side, &payload);
  else
    take_ip_payload (ledger, &payload);
}

void
lens_ledger_packet (LensLedger *ledger, const LensRecord *record)
{
  LensLayers *layers = &ledger->layers;
  /* An empty frame may have no octets at all, to which nothing can be added. */
  static const guint8 nothing[1];
  const guint8 *octets = record->octets != NULL ? record->octets : nothing;
  const LensPiece all = { record->frame, 0, record->captured };
  const LensView frame = { octets, record->captured, &all, 1 };

  ledger->record = record;
  ledger->frame = frame;
  ledger->now = record->time_ns;
  count_packet (ledger, record);
  lens_book_open_frame (ledger->book, record->frame, record->time_ns, record->captured);
  lens_layers_parse (record->linktype, record->fcs, octets, record->captured, record->original,
                     layers);
  gsize start = layers->pseudo.length;
  guint64 hash = lens_repeats_expect (ledger->repeats, octets + start, record->captured - start);
  ledger->sealed += layers->wlan_sealed;
  ledger->damaged += layers->wlan_damaged;
  if (ledger->phases->len > 0)
    find_phase (ledger, record->time_ns);
  LensSide *side = lens_ledger_frame_side (ledger);
  ledger->frame_side = side;
  ledger->has_outer_mac = layers->has_source_mac;
  memcpy (ledger->outer_mac, layers->source_mac, sizeof ledger->outer_mac);

  lens_ledger_book_part (ledger, side, LENS_KIND_PSEUDO, NULL, 0, &frame, 0, start);
  if (is_repeat (ledger, octets, hash))
    {
      ledger->duplicates++;
      lens_side_rare (side)->repeats++;
      lens_ledger_book_part (ledger, side, LENS_KIND_DUPLICATE, NULL, 0, &frame, start,
                             record->captured - start);
      show_repeat (ledger, side, octets);
      return;
    }
  lens_ledger_count_flow (ledger, side, record->captured);
  /* The side says who it is: once is enough. */
  if (side->packets == 1)
    learn_sender (ledger);
  lens_ledger_take_packet (ledger, side, NULL);
}
