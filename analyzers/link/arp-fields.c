/* arp-fields: is there anything in ARP frames behind the addresses?
 *
 * RFC 826: 28 octets for Ethernet and IPv4; the 18 that fill the frame to 60 (IEEE 802.3 section
 * 3.2.8) are padding, and no receiver looks at them.
 *
 * Benign: what some drivers leave there of frames before (Etherleak, CVE-2003-0001): now and then
 * a few octets among zeros.
 *
 *   room   8 bits per octet behind the addresses (a frame check sequence that holds left out)
 *   use    8 bits per octet of these that is not zero
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/arp.h"
#include "wire/trailer.h"

enum
{
  REMNANTS = 8, /* frames with few octets in them that still look like leftovers */
};

typedef struct
{
  GHashTable *dense; /* LensCarrier: most octets of some frame spoke */
} ArpFields;

static const LensChannelText channels[] = {
  { .id = "arp-padding",
    .summary = "The padding of address resolution frames holds something other than zeros.",
    .room = "Address resolution frames are padded with zeros; data could travel there.",
    .filter_hint = "arp",
    .reference = "RFC 826; IEEE 802.3 section 3.2.8",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  ArpFields *state = data;
  const LensLayers *layers = unit->frame;
  const guint8 *octets = unit->view.octets;
  LensArp arp;
  gsize used = 0;

  if (layers->ethertype != LENS_ETHERTYPE_ARP || layers->has_snap
      || !lens_arp_parse (octets + layers->payload.offset, layers->payload.length, &arp))
    return;
  gsize start = layers->payload.offset + arp.rest.offset;
  LensTrailer trailer = lens_trailer_over (layers, octets, start, unit->view.length);
  gsize length = trailer.pad.length + trailer.surplus.length;
  for (gsize i = 0; i < length; i++)
    used += octets[start + i] != 0;
  if (length == 0)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "arp-padding", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * length);
  if (used == 0)
    return;
  lens_ledger_use (ledger, carrier, unit, 8 * used, start, length);
  if (state->dense == NULL)
    state->dense = g_hash_table_new (NULL, NULL);
  if (2 * used > length)
    g_hash_table_add (state->dense, carrier);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  ArpFields *state = data;
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, "arp-padding") || carrier->uses == 0)
        continue;
      if (lens_ledger_tap_trailer (ledger) > 0)
        lens_ledger_find_room (ledger, carrier, "The capture device appends a trailer.");
      else if (carrier->uses < REMNANTS && !g_hash_table_contains (state->dense, carrier))
        lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO, NULL,
                          "A few octets among zeros in a few frames: probably left over from "
                          "frames before, as some drivers do (CVE-2003-0001).");
    }
  lens_ledger_find_used (ledger);
}

static void
clear (gpointer data)
{
  ArpFields *state = data;

  g_clear_pointer (&state->dense, g_hash_table_unref);
}

/* The message instead of the zeros behind the addresses. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  LensArp arp;
  guint8 octets[64];

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      gsize start = place.layers->payload.offset;
      if (place.layers->ethertype != LENS_ETHERTYPE_ARP || place.layers->has_snap
          || !lens_arp_parse (place.octets + start, place.frame_end - start, &arp))
        continue;
      gsize count = lens_seed_bed_take (bed, octets, MIN (sizeof octets, arp.rest.length));
      if (count > 0)
        lens_seed_bed_replace (bed, start + arp.rest.offset, octets, count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_arp_fields = {
  .name = "arp-fields",
  .question = "Is the padding of ARP frames zero?",
  .source = "RFC 826; IEEE 802.3 section 3.2.8",
  .units = LENS_UNIT_FRAME,
  .channels = channels,
  .state_size = sizeof (ArpFields),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
