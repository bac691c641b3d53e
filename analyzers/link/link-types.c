/* link-types: is every frame without IP of a protocol that links know?
 *
 * IEEE 802.3 section 3.2.6: from 1536 on, the field behind the addresses says what the frame
 * carries (an EtherType); up to 1500 it is a length, and the LLC header behind it says so (IEEE
 * 802.2: access points, or a SNAP identifier); what is between is undefined.  Switches forward any
 * of them, and nobody reads a type that nobody registered.
 *
 * Benign: spanning tree, loop detection, power line, time, the makers' discovery; XID, which an
 * access point sends in the name of each station that joins.
 *
 *   room   8 bits per octet of a known protocol, named
 *   use    the type and 8 bits per octet of an unknown one, zeros at its end left out; octets
 *          behind the message of a protocol that fixes its length
 */
#include "ledger/analyzer.h"
#include "ledger/leftover.h"
#include "ledger/seed-bed.h"

#include "wire/link-protocol.h"
#include "wire/trailer.h"

#define SNAP_CDP 0x2000

static const char unknown_type[] = "eth-unknown-ethertype";
static const char llc_payload[] = "eth-llc-snap-payload";

static const LensChannelText channels[] = {
  { .id = unknown_type,
    .summary = "Frames are of a type that no protocol has: nothing but a partner on the same link "
               "reads them.",
    .room = "Frames of another protocol than IP; it could hold data.",
    .reference = "IEEE 802.3 section 3.2.6; RFC 9542 section 3",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = llc_payload,
    .summary = "Frames with an LLC header carry what no protocol of links explains.",
    .room = "Frames of a protocol on LLC; it could hold data.",
    .filter_hint = "llc",
    .reference = "IEEE 802.2; RFC 1042; IEEE 802.1D section 9.3",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

typedef struct
{
  LensLeftover padding; /* of frames with an LLC header */
} LinkTypes;

static gsize
without_zeros (const guint8 *octets, LensRange range)
{
  while (range.length > 0 && octets[lens_range_end (range) - 1] == 0)
    range.length--;
  return range.length;
}

/* @octets speak; the first @header of them do even where they are zero.  @protocol: that they are
 * too much for, or NULL. */
static void
use (LensLedger *ledger, const char *channel, const LensUnit *unit, const char *protocol,
     LensRange octets, gsize header)
{
  const LensRange body = { octets.offset + header, octets.length - header };
  gsize length = header + without_zeros (unit->view.octets, body);

  if (length == 0)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, protocol);
  lens_ledger_room (ledger, carrier, unit, 8 * octets.length);
  lens_ledger_use (ledger, carrier, unit, 8 * length, octets.offset, length);
}

static void
name (LensLedger *ledger, const char *channel, const LensUnit *unit, const char *protocol)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, protocol);

  lens_ledger_room (ledger, carrier, unit, 8 * unit->frame->payload.length);
}

static void
see_llc (LensLedger *ledger, LinkTypes *state, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;
  const guint8 *octets = unit->view.octets;
  const char *protocol = lens_link_protocol_of_llc (layers);
  LensRange payload = layers->payload;

  if (protocol == NULL)
    {
      gsize header = layers->has_snap ? 8 : 3;
      use (ledger, llc_payload, unit, NULL,
           (LensRange){ payload.offset - header, payload.length + header }, header);
    }
  else
    {
      gsize known = lens_link_llc_length (layers, octets + payload.offset);
      /* CDP has an analyzer of its own. */
      if (!layers->has_snap || layers->snap_type != SNAP_CDP)
        name (ledger, llc_payload, unit, protocol);
      use (ledger, llc_payload, unit, protocol,
           (LensRange){ payload.offset + known, payload.length - known }, 0);
    }
  if (layers->trailer.length == 0)
    return;
  LensTrailer trailer
      = lens_trailer_over (layers, octets, layers->trailer.offset, unit->view.length);
  LensRange rest = { trailer.pad.offset, trailer.pad.length + trailer.surplus.length };
  if (lens_leftover_any (unit, rest))
    lens_leftover_take (&state->padding, ledger,
                        lens_ledger_carrier (ledger, llc_payload, unit, "padding"), unit, rest);
}

/* The type stands just before the payload, except in one pseudo-header of captures. */
static void
see_type (LensLedger *ledger, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;
  const char *protocol = lens_link_protocol_of_type (layers->ethertype);
  gsize header = layers->link.length >= 2 ? 2 : 0;
  LensRange payload = layers->payload;

  /* What is declared, or has an analyzer of its own, needs no name here. */
  if (layers->ethertype == 0x88cc || layers->ethertype == 0x888e || layers->ethertype == 0x8808)
    return;
  if (protocol != NULL)
    name (ledger, unknown_type, unit, protocol);
  else
    use (ledger, unknown_type, unit, NULL,
         (LensRange){ payload.offset - header, payload.length + header }, header);
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;

  if (layers->ip_version != 0 || layers->ethertype == LENS_ETHERTYPE_ARP || layers->header_cut
      || layers->has_pppoe || layers->bad_version || !layers->has_source_mac)
    return;
  if (layers->ethertype != 0)
    see_type (ledger, unit);
  else if (layers->has_llc)
    see_llc (ledger, data, unit);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  LinkTypes *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  lens_leftover_conclude (&state->padding, ledger);
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "link-types") || carrier->subject == NULL
          || carrier->uses > 0 || carrier->room_bits == 0)
        continue;
      g_autofree char *detail = g_strdup_printf ("%s.", carrier->subject);
      lens_ledger_find_room (ledger, carrier, detail);
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  LinkTypes *state = data;

  lens_leftover_clear (&state->padding);
}

/* --- seeds --- */

/* A number that nobody registered: a type, or an access point. */
static guint16
draw_type (LensSeedBed *bed)
{
  for (;;)
    {
      guint16 type = (guint16)(1501 + lens_seed_bed_below (bed, 0x10000 - 1501));
      if (lens_link_protocol_of_type (type) == NULL)
        return type;
    }
}

/* Frames of a type of their own; or 802.3 frames to an access point that nobody has. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gboolean llc = g_str_equal (channel, llc_payload);
  guint16 type = llc ? 0 : draw_type (bed);
  guint8 octets[1000] = { (guint8)(0x10 + 4 * lens_seed_bed_below (bed, 4)), 0x10, 0x03 };
  gsize head = llc ? 3 : 0;
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      if (!lens_seed_bed_can_send (bed))
        continue;
      gsize count = lens_seed_bed_take (bed, octets + head, sizeof octets - head);
      if (count > 0)
        lens_seed_bed_send_link (bed, NULL, llc ? (guint16)(head + count) : type, octets,
                                 head + count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_link_types = {
  .name = "link-types",
  .question = "Is every frame without IP of a protocol that links know?",
  .source = "IEEE 802.3 section 3.2.6; IEEE 802.2; RFC 9542 section 3",
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_NO_IP,
  .channels = channels,
  .state_size = sizeof (LinkTypes),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
