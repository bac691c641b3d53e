/* encapsulation: which packets travel inside packets?
 *
 * Standard encapsulations are named and opened: what is inside is judged as if it lay outside,
 * and, where an owner declared what a device may do, needs leave for the way that it takes.
 *
 *   room   of MPLS label, class and TTL (RFC 3032 section 2.1), of HSR and PRP the sequence
 *          number (IEC 62439-3); VLAN tags have an analyzer of their own
 *   use    bits of the header between the two packets that the standard reserves (RFC 2784
 *          section 2.3, RFC 7348 section 5, RFC 8926 section 3.4): senders set them to zero
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include <string.h>

/* Ways that are told apart; the others go with the last. */
#define MAX_WAYS 256

/* Bits per entry or frame that a sender could choose. */
#define MPLS_ROOM 31
#define SEQUENCE_ROOM 16

typedef enum
{
  LINK_VLAN,
  LINK_QINQ,
  LINK_PPPOE,
  LINK_MPLS,
  LINK_HSR,
  LINK_PRP,
  N_LINKS,
} LinkKind;

typedef struct
{
  LensCarrier *links[N_LINKS]; /* one for all hosts */
  GHashTable *ways;            /* of LensCarrier, those of tunnels */
  LensCarrier *last;
} Encapsulation;

static const char *const link_names[N_LINKS] = { "VLAN", "QinQ", "PPPoE", "MPLS", "HSR", "PRP" };

static const LensChannelText channels[] = {
  { .id = "encapsulation",
    .summary = "The head of packets that travel inside packets has bits set that its standard "
               "reserves; receivers ignore them.",
    .reference = "IEEE 802.1Q-2018 section 9; IEC 62439-3; RFC 2516; RFC 2784; RFC 3032; RFC 7348; "
                 "RFC 2473; RFC 4213; "
                 "RFC 4380",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

/* A packet inside a packet, by its frame. */
static void
note (LensLedger *ledger, LensCarrier *carrier, const LensUnit *unit, const LensView *header)
{
  const LensView where = { NULL, 0, header->pieces, header->n_pieces };

  lens_carrier_note (lens_ledger_carriers (ledger), carrier, unit->time_ns, 0, &where);
}

static void
see_link (LensLedger *ledger, Encapsulation *state, const LensUnit *unit, LinkKind kind)
{
  if (state->links[kind] == NULL)
    state->links[kind] = lens_ledger_carrier (ledger, "encapsulation", unit, link_names[kind]);
  note (ledger, state->links[kind], unit, &unit->view);
}

static void
see_room (LensLedger *ledger, Encapsulation *state, const LensUnit *unit, LinkKind kind,
          guint64 bits)
{
  see_link (ledger, state, unit, kind);
  lens_ledger_room (ledger, state->links[kind], unit, bits);
}

static LensCarrier *
carrier_of_way (LensLedger *ledger, Encapsulation *state, const LensUnit *unit)
{
  LensUnit around = *unit;

  if (state->ways == NULL)
    state->ways = g_hash_table_new (NULL, NULL);
  if (state->last != NULL && g_hash_table_size (state->ways) >= MAX_WAYS)
    return state->last;
  around.side = unit->around->side;
  state->last = lens_ledger_carrier (ledger, "encapsulation", &around,
                                     lens_tunnel_name (unit->around->tunnel.kind));
  g_hash_table_add (state->ways, state->last);
  return state->last;
}

static void
see_tunnel (LensLedger *ledger, Encapsulation *state, const LensUnit *unit)
{
  const LensTunnelAround *around = unit->around;
  g_autofree char *subject = NULL;

  note (ledger, carrier_of_way (ledger, state, unit), unit, &unit->view);
  if (around->tunnel.reserved_bits == 0)
    return;
  LensUnit header = *unit;
  header.side = around->side;
  header.view = around->header;
  subject = g_strdup_printf ("%s, reserved bits", lens_tunnel_name (around->tunnel.kind));
  LensCarrier *carrier = lens_ledger_carrier (ledger, "encapsulation", &header, subject);
  lens_ledger_use (ledger, carrier, &header, around->tunnel.reserved_bits, 0,
                   around->header.length);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;

  if (layers->n_vlans > 0)
    see_link (ledger, state, unit, layers->n_vlans == 1 ? LINK_VLAN : LINK_QINQ);
  if (layers->has_pppoe)
    see_link (ledger, state, unit, LINK_PPPOE);
  if (layers->n_mpls > 0)
    see_room (ledger, state, unit, LINK_MPLS, MPLS_ROOM * layers->n_mpls);
  if (layers->hsr.length > 0)
    see_room (ledger, state, unit, LINK_HSR, SEQUENCE_ROOM);
  if (layers->prp.length > 0)
    see_room (ledger, state, unit, LINK_PRP, SEQUENCE_ROOM);
  if (unit->around != NULL)
    see_tunnel (ledger, state, unit);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "encapsulation") || carrier->uses == 0)
        continue;
      if (carrier->used_bits > 0)
        {
          lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                            carrier->subject);
          continue;
        }
      g_autofree char *summary
          = g_strdup_printf ("Packets travel inside packets (%s); what is inside is judged as if "
                             "it lay outside.",
                             carrier->subject);
      lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO, summary, NULL);
    }
}

static void
clear (gpointer state)
{
  Encapsulation *encapsulation = state;

  g_clear_pointer (&encapsulation->ways, g_hash_table_unref);
}

/* VXLAN around an address probe (RFC 5227 section 2.1.1) that says nothing; the message lies in
 * the reserved bits. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  enum
  {
    HEAD = 8,
    ETHERNET = 14,
    ARP = 28
  };
  guint8 packet[HEAD + ETHERNET + ARP] = { 0x08 };
  static const guint8 arp[] = { 0, 1, 8, 0, 6, 4, 0, 1 };
  guint16 sport = (guint16)(0xc000 + lens_seed_bed_below (bed, 0x4000));
  LensSeedPlace place;

  memset (packet + HEAD, 0xff, 6);
  packet[HEAD + 6] = 2; /* locally administered */
  lens_seed_bed_fill (bed, packet + HEAD + 7, 5);
  packet[HEAD + 12] = 0x08;
  packet[HEAD + 13] = 0x06;
  memcpy (packet + HEAD + ETHERNET, arp, sizeof arp);
  memcpy (packet + HEAD + ETHERNET + 8, packet + HEAD + 6, 6);
  lens_seed_bed_fill (bed, packet + HEAD + ETHERNET + 24, 4);
  lens_seed_bed_fill (bed, packet + 4, 3);
  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      if (place.layers->ip_version != 4 || !lens_seed_bed_can_send (bed))
        continue;
      if (lens_seed_bed_take (bed, packet + 1, 3) > 0)
        lens_seed_bed_send_udp (bed, NULL, sport, 4789, packet, sizeof packet);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_encapsulation = {
  .name = "encapsulation",
  .question = "Which packets travel inside packets?",
  .source = "IEEE 802.1Q-2018 section 9; IEC 62439-3; RFC 2516; RFC 2784; RFC 3032; RFC 7348; "
            "RFC 2473; RFC 4213",
  .severity = LENS_SEVERITY_RULE_ROOM_ONLY,
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_WRAPPED,
  .channels = channels,
  .state_size = sizeof (Encapsulation),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
