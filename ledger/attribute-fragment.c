/* Fragments, of datagrams and of 802.11: what is in the whole, and what becomes of the others. */
#include "ledger/inside.h"

#include "wire/transport.h"

#include <string.h>

/* Where a fragment was seen: its datagram is put together there and nowhere else. */
typedef struct
{
  guint8 src_mac[6], dst_mac[6];
  guint8 has_mac;
  guint8 protocol;
  guint16 vlan; /* the outermost, 0 without */
  guint32 interface;
} Link;

/* With what is not compared. */
typedef struct
{
  Link link;
  guint32 msdu_part; /* octets of the last fragment of 802.11 that others followed */
} KnownLink;

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
    {
      ledger->capped = TRUE;
      return MAX_LINKS - 1;
    }
  KnownLink *kept = g_new0 (KnownLink, 1);
  kept->link = wanted;
  g_hash_table_insert (ledger->links, kept, GUINT_TO_POINTER (ledger->link_list->len));
  g_ptr_array_add (ledger->link_list, kept);
  return ledger->link_list->len - 1;
}

static void
book_part (LensLedger *ledger, LensSide *side, const LensView *part)
{
  side->flow->lost = TRUE;
  side->flow->payload[side->reverse] += part->length;
  lens_ledger_book_residual (ledger, side, LENS_KIND_FRAGMENT, NULL, 0, part);
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
  /* Fragments of what came in fragments itself: in several pieces, and not put together. */
  if (payload->n_pieces != 1)
    {
      book_part (ledger, ledger->frame_side, payload);
      return;
    }
  const LensView *whole = lens_fragments_feed (
      ledger->fragments, &key, ledger->now, layers->fragment_offset,
      layers->more_fragments || layers->truncated, payload->octets, payload->pieces[0]);
  if (whole != NULL)
    lens_ledger_take_transport (ledger, layers, whole);
}

static gboolean
is_of_wlan (const LensFragmentKey *key)
{
  return key->source.version == 0;
}

/* All but the last fragment are equally long, and they are sent in order, so the number says where
 * one lies (IEEE 802.11-2020, on fragmentation).  Where that does not hold, holes stay. */
void
lens_ledger_take_wlan_fragment (LensLedger *ledger, const LensView *payload)
{
  const LensLayers *layers = &ledger->layers;
  const LensFragmentKey key = { .id = (guint32)layers->wlan_tid << 16 | layers->wlan_sequence,
                                .link = link_number (ledger) };
  KnownLink *link = g_ptr_array_index (ledger->link_list, key.link);

  if (payload->length == 0)
    return;
  if (layers->wlan_more)
    link->msdu_part = (guint32)payload->length;
  const LensView *whole = lens_fragments_feed (
      ledger->fragments, &key, ledger->now, layers->wlan_number * link->msdu_part,
      layers->wlan_more || layers->truncated, payload->octets, payload->pieces[0]);
  if (whole != NULL)
    lens_ledger_take_msdu (ledger, whole);
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
  LensSide *side = lens_flows_side (ledger->flows, &key, ledger->record->frame, ledger->now);
  side->of_fragments = TRUE;
  return side;
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

  ledger->left_out[LENS_CAP_FRAGMENTS] += reason == LENS_FRAGMENTS_CROWDED;
  ledger->left_out[LENS_CAP_FRAGMENT_OCTETS] += reason == LENS_FRAGMENTS_HEAVY;
  if (offset > 0 || is_of_wlan (key))
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
    lens_flow_rare (others->flow)->whole = side->flow;
  lens_ledger_book_part (ledger, side, LENS_KIND_HEADER, NULL, 0, part, 0, header.header.length);
  g_auto (LensPieces) pieces = { 0 };
  LensView rest
      = lens_view_slice (part, header.header.length, part->length - header.header.length, &pieces);
  book_part (ledger, side, &rest);
}

const LensFragmentsEvents lens_ledger_fragment_events = { fragment_overlap, fragment_left };
