/* eth-trailer: what lies in a frame behind the length that IP states?
 *
 * IEEE 802.3 section 3.2.8: short frames are padded to 60 octets; RFC 894 and RFC 1042 ask for
 * zeros where IP is carried.  Longer frames have no reason for a trailer.
 *
 * Benign: a frame check sequence that holds; what a capture device appends to every frame,
 * whoever sent it; frames captured before their padding.
 *
 *   room   8 bits per octet of padding and trailer
 *   use    8 bits per octet that is not zero
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/trailer.h"

static const LensChannelText channels[] = {
  { .id = "eth-trailer-nonzero",
    .summary = "The padding of short frames holds something other than zeros; receivers discard "
               "it.",
    .room = "Short frames are padded with zeros; data could travel there.",
    .filter_hint = "eth.padding || eth.trailer",
    .reference = "IEEE 802.3 section 3.2.8; RFC 894; RFC 1042",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = "eth-trailer-oversize",
    .summary = "Frames are longer than what they carry; receivers discard the rest.",
    .room = "Frames are longer than what they carry, but the rest is zero or the capture "
            "device's own.",
    .reference = "IEEE 802.3 section 3.2.8",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static void
take (LensLedger *ledger, const char *channel, const LensUnit *unit, LensRange octets)
{
  gsize used = 0;

  if (octets.length == 0)
    return;
  for (gsize i = 0; i < octets.length; i++)
    used += unit->view.octets[octets.offset + i] != 0;
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * octets.length);
  if (used > 0)
    lens_ledger_use (ledger, carrier, unit, 8 * used, octets.offset, octets.length);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;

  /* The rule of zeros is that of IP; ARP has an analyzer of its own. */
  if (layers->trailer.length == 0 || layers->ip_version == 0)
    return;
  LensTrailer trailer
      = lens_trailer_over (layers, unit->view.octets, layers->trailer.offset, unit->view.length);
  take (ledger, "eth-trailer-nonzero", unit, trailer.pad);
  take (ledger, "eth-trailer-oversize", unit, trailer.surplus);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, "eth-trailer-oversize") || carrier->uses == 0)
        continue;
      if (lens_ledger_tap_trailer (ledger) > 0)
        lens_ledger_find_room (ledger, carrier,
                               "Every frame of the capture, whoever sent it, has a trailer of the "
                               "same length: the capture device appends it.");
      else if (carrier->uses == 1)
        lens_ledger_find (ledger, carrier, LENS_SEVERITY_LOW, NULL,
                          "One frame only: its content cannot be seen to vary.");
    }
  lens_ledger_find_used (ledger);
}

/* --- seeds --- */

static void
seed_padding (LensSeedBed *bed, const LensSeedPlace *place, const LensTrailer *trailer)
{
  guint8 octets[64];
  gsize count = lens_seed_bed_take (bed, octets, MIN (sizeof octets, trailer->pad.length));

  if (count > 0)
    lens_seed_bed_replace (bed, trailer->pad.offset, octets, count);
}

static void
seed_surplus (LensSeedBed *bed, const LensSeedPlace *place)
{
  guint8 octets[300];
  gsize count = lens_seed_bed_take (bed, octets, MIN (sizeof octets, place->spare));

  if (count > 0)
    lens_seed_bed_insert (bed, place->frame_end, octets, count, LENS_SEED_FRAME);
}

/* In the padding of short frames, or behind long ones. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gboolean oversize = g_str_equal (channel, "eth-trailer-oversize");
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      const LensLayers *layers = place.layers;
      if (layers->ip_version == 0)
        continue;
      LensTrailer trailer = lens_trailer_over (layers, place.octets, layers->trailer.offset,
                                               lens_range_end (layers->trailer));
      gboolean is_long = place.frame_end - layers->link.offset >= 60 + 4u * layers->n_vlans;
      if (!oversize && trailer.pad.length > 0)
        seed_padding (bed, &place, &trailer);
      else if (oversize && is_long)
        seed_surplus (bed, &place);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_eth_trailer = {
  .name = "eth-trailer",
  .question = "Is the padding of frames zero, and no longer than it must be?",
  .source = "IEEE 802.3 section 3.2.8; RFC 894; RFC 1042",
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_TRAILER,
  .channels = channels,
  .see = see,
  .conclude = conclude,
  .seed = seed,
};
