/* cdp: does a device say in CDP what it always says, and no more?
 *
 * Cisco's discovery protocol, which cameras of several makers speak to be given power: every
 * minute a version, a time to live, a checksum and TLVs.  No public standard lists them; the types
 * are those that tcpdump and Wireshark name.
 *
 * Benign: names, firmware, addresses as they are, told again and again; power that is asked for
 * anew; a type that nobody here knows, and that stays what it is.
 *
 *   room   8 bits per octet of a text, once
 *   use    8 bits per octet of a text that is not what it was, of what is
 *          no TLV, behind the end; 16 bits for another power
 */
#include "ledger/announced.h"
#include "ledger/seed-bed.h"

#include "wire/cdp.h"

#define SNAP_CISCO 0x00000c
#define SNAP_CDP 0x2000

enum
{
  POWER_USED = 0x10,
  POWER_REQUESTED = 0x19,
  POWER_AVAILABLE = 0x1a,
};

typedef struct
{
  LensAnnounced announced;
} Cdp;

static const char channel[] = "cdp-tlv";

static const LensChannelText channels[] = {
  { .id = channel,
    .summary = "What the device tells its switch about itself (CDP) changes, or has parts that "
               "nobody knows.",
    .room = "The device tells its switch about itself (CDP), always the same; the texts could "
            "hold data.",
    .filter_hint = "cdp",
    .reference = "Cisco Discovery Protocol: no public standard",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static gboolean
is_cdp (const LensLayers *layers)
{
  return layers->has_snap && layers->snap_oui == SNAP_CISCO && layers->snap_type == SNAP_CDP;
}

static void
see_tlv (LensLedger *ledger, Cdp *state, const LensUnit *unit, const LensCdpTlv *tlv, gsize start,
         guint ordinal)
{
  LensAnnounced *announced = &state->announced;
  const LensRange value = { start + tlv->value.offset, tlv->value.length };
  guint64 key = (guint64)tlv->type << 16 | ordinal;
  const char *name = lens_cdp_type_name (tlv->type);

  if (tlv->cut)
    lens_announced_wrong (announced, ledger, unit,
                          (LensRange){ start + tlv->whole.offset, tlv->whole.length },
                          "a TLV that does not end");
  else if (tlv->type == POWER_USED || tlv->type == POWER_REQUESTED || tlv->type == POWER_AVAILABLE)
    lens_announced_number (announced, ledger, unit, key, value, name);
  else if (name != NULL)
    lens_announced_text (announced, ledger, unit, key, value, name);
  else
    lens_announced_unknown (announced, ledger, unit, key, value, "an unknown TLV");
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Cdp *state = data;
  const LensLayers *layers = unit->frame;
  gsize start = layers->payload.offset;
  guint ordinal[256] = { 0 };
  LensCdpTlv tlv;

  if (!is_cdp (layers) || layers->truncated || layers->payload.length < LENS_CDP_HEADER)
    return;
  state->announced.channel = channel;
  LensCdp cdp = lens_cdp_over (unit->view.octets + start, layers->payload.length);
  while (lens_cdp_next (&cdp, &tlv))
    see_tlv (ledger, state, unit, &tlv, start, ordinal[(guint8)(tlv.type ^ tlv.type >> 8)]++);
  lens_announced_number (&state->announced, ledger, unit, 1u << 31, (LensRange){ start, 2 },
                         "version and time to live");
  /* What is behind the frame's own length is link-types'. */
  lens_announced_wrong (&state->announced, ledger, unit,
                        (LensRange){ start + cdp.position, cdp.length - cdp.position },
                        "octets that are no TLV");
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  Cdp *state = data;

  lens_announced_conclude (&state->announced, ledger);
}

static void
clear (gpointer data)
{
  Cdp *state = data;

  lens_announced_clear (&state->announced);
}

/* --- seeds --- */

/* Other octets in the software's version. */
static gboolean
seed (LensSeedBed *bed, const char *id)
{
  LensSeedPlace place;
  LensCdpTlv tlv;
  guint8 octets[512];

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      gsize start = place.layers->payload.offset;
      if (!is_cdp (place.layers))
        continue;
      LensCdp cdp = lens_cdp_over (place.octets + start, place.layers->payload.length);
      while (lens_cdp_next (&cdp, &tlv))
        {
          gsize count = tlv.type == 5 ? lens_seed_bed_take (bed, octets,
                                                            MIN (sizeof octets, tlv.value.length))
                                      : 0;
          if (count > 0)
            lens_seed_bed_replace (bed, start + tlv.value.offset, octets, count);
        }
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_cdp = {
  .name = "cdp",
  .question = "Does a device say in CDP what it always says, and no more?",
  .source = "Cisco Discovery Protocol, as tcpdump and Wireshark read it",
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_NO_IP,
  .channels = channels,
  .state_size = sizeof (Cdp),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
