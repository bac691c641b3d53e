/* lldp: does a device say in LLDP what it always says, and no more?
 *
 * IEEE 802.1AB-2016 clauses 8 and 9: every 30 seconds or so a device tells its switch who it is,
 * in TLVs of which types 9 to 126 are reserved and type 127 is for organizations.  The End TLV is
 * empty, and nothing follows it.
 *
 * Benign: names, firmware, addresses and power as they are, told again and again; power that is
 * asked for anew; TLVs of makers that stay what they are; a time to live of 0, when a device
 * leaves.  The order of the TLVs behind the first three is free (clause 8.2), and always the same.
 *
 *   room   8 bits per octet of a text, once
 *   use    8 bits per octet of a text that is not what it was, of a
 *          reserved TLV, behind the end; 16 bits for another power or time to live, or another
 *          order of the same TLVs
 */
#include "ledger/announced.h"
#include "ledger/seed-bed.h"

#include "wire/lldp.h"
#include "wire/octets.h"

#define LLDP 0x88cc

enum
{
  POWER_802_3 = 2, /* subtypes */
  MEASURED_802_3 = 8,
  POWER_MED = 4,
};

typedef struct
{
  LensAnnounced announced;
} Lldp;

static const char channel[] = "lldp-tlv";

static const LensChannelText channels[] = {
  { .id = channel,
    .summary = "What the device tells its switch about itself (LLDP) changes, or has parts that "
               "no standard knows.",
    .room = "The device tells its switch about itself (LLDP), always the same; the texts could "
            "hold data.",
    .filter_hint = "lldp",
    .reference = "IEEE 802.1AB-2016 clauses 8 and 9",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static const char *
name_of (const LensLldpTlv *tlv)
{
  static const char *const names[] = { "end",
                                       "chassis",
                                       "port",
                                       "time to live",
                                       "port description",
                                       "system name",
                                       "system description",
                                       "capabilities",
                                       "management address" };

  if (tlv->type < G_N_ELEMENTS (names))
    return names[tlv->type];
  switch (tlv->oui)
    {
    case LENS_LLDP_OUI_802_1:
      return "an IEEE 802.1 TLV";
    case LENS_LLDP_OUI_802_3:
      return "an IEEE 802.3 TLV";
    case LENS_LLDP_OUI_MED:
      return "an LLDP-MED TLV";
    default:
      return tlv->type == LENS_LLDP_ORGANIZATION ? "a maker's TLV" : "a reserved TLV";
    }
}

static gboolean
is_power (const LensLldpTlv *tlv)
{
  return (tlv->oui == LENS_LLDP_OUI_802_3 && tlv->subtype == POWER_802_3)
         || (tlv->oui == LENS_LLDP_OUI_MED && tlv->subtype == POWER_MED);
}

/* What is measured is never the same. */
static gboolean
is_measured (const LensLldpTlv *tlv)
{
  return tlv->oui == LENS_LLDP_OUI_802_3 && tlv->subtype == MEASURED_802_3;
}

static gboolean
is_registered (const LensLldpTlv *tlv)
{
  return tlv->type < 9 || tlv->oui == LENS_LLDP_OUI_802_1 || tlv->oui == LENS_LLDP_OUI_802_3
         || tlv->oui == LENS_LLDP_OUI_MED;
}

static gboolean
leaves (const guint8 *octets, const LensLldpTlv *tlv)
{
  return tlv->type == LENS_LLDP_TTL && tlv->value.length == 2 && octets[tlv->value.offset] == 0
         && octets[tlv->value.offset + 1] == 0;
}

/* @ordinal: among the TLVs of its sort; all those that nobody knows are one sort. */
static void
see_tlv (LensLedger *ledger, Lldp *state, const LensUnit *unit, const LensLldpTlv *tlv, gsize start,
         guint ordinal)
{
  LensAnnounced *announced = &state->announced;
  const LensRange value = { start + tlv->value.offset, tlv->value.length };
  const LensRange whole = { start + tlv->whole.offset, tlv->whole.length };
  guint64 key
      = ((guint64)tlv->type << 40 | (guint64)tlv->oui << 16 | (guint64)tlv->subtype << 8) + ordinal;
  const char *name = name_of (tlv);

  if (tlv->type == LENS_LLDP_END)
    lens_announced_wrong (announced, ledger, unit, value, "a text in the end");
  else if (tlv->cut || (tlv->type > 8 && tlv->type != LENS_LLDP_ORGANIZATION))
    lens_announced_wrong (announced, ledger, unit, whole, name);
  else if (leaves (unit->view.octets + start, tlv) || is_measured (tlv))
    return;
  else if (tlv->type == LENS_LLDP_TTL || is_power (tlv))
    lens_announced_number (announced, ledger, unit, key, value, name);
  else if (is_registered (tlv))
    lens_announced_text (announced, ledger, unit, key, value, name);
  else
    lens_announced_unknown (announced, ledger, unit, ordinal, whole, name);
}

static guint64
sort_of (const LensLldpTlv *tlv)
{
  return (guint64)tlv->type << 40 | (guint64)tlv->oui << 16 | tlv->subtype;
}

/* What order the sorts of TLVs in the announcement at @start have. */
static void
see_order (LensLedger *ledger, Lldp *state, const LensUnit *unit, gsize start)
{
  LensSaid *said = lens_announced_by (&state->announced, unit);
  LensLldp lldp = lens_lldp_over (unit->view.octets + start, unit->frame->payload.length);
  guint64 order = LENS_HASH_START, set = 1;
  LensLldpTlv tlv;

  while (lens_lldp_next (&lldp, &tlv))
    {
      guint64 sort = sort_of (&tlv);
      order = lens_octets_hash (order, (const guint8 *)&sort, sizeof sort);
      set += lens_octets_hash (LENS_HASH_START, (const guint8 *)&sort, sizeof sort);
    }
  if (said != NULL)
    lens_said_text (said, ledger, unit, set, order, (LensRange){ start, lldp.position }, 16,
                    "the order of its TLVs");
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  Lldp *state = data;
  const LensLayers *layers = unit->frame;
  gsize start = layers->payload.offset;
  guint ordinal[256] = { 0 };
  LensLldpTlv tlv;

  if (layers->ethertype != LLDP || layers->truncated)
    return;
  state->announced.channel = channel;
  LensLldp lldp = lens_lldp_over (unit->view.octets + start, layers->payload.length);
  while (lens_lldp_next (&lldp, &tlv))
    see_tlv (ledger, state, unit, &tlv, start,
             ordinal[is_registered (&tlv) ? (guint8)(tlv.type + tlv.subtype + tlv.oui) : 0]++);
  see_order (ledger, state, unit, start);
  lens_announced_padding (&state->announced, ledger, unit, start + lldp.position);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  Lldp *state = data;

  lens_announced_conclude (&state->announced, ledger);
}

static void
clear (gpointer data)
{
  Lldp *state = data;

  lens_announced_clear (&state->announced);
}

/* --- seeds --- */

/* Behind the time to live: a TLV of a reserved type, or of an organization that nobody knows. */
static void
put_tlv (LensSeedBed *bed, const LensSeedPlace *place, gsize offset, gboolean reserved)
{
  guint8 octets[2 + 4 + 200];
  gsize head = reserved ? 2 : 6, room = MIN (sizeof octets, place->spare);

  if (room <= head)
    return;
  gsize count = lens_seed_bed_take (bed, octets + head, room - head);
  if (count == 0)
    return;
  guint type = reserved ? 9 + lens_seed_bed_below (bed, 118) : LENS_LLDP_ORGANIZATION;
  gsize length = head - 2 + count;
  octets[0] = (guint8)(type << 1 | length >> 8);
  octets[1] = (guint8)length;
  if (!reserved)
    {
      lens_seed_bed_fill (bed, octets + 2, 4);
      octets[2] |= 0x04;
    }
  lens_seed_bed_insert (bed, offset, octets, head + count, LENS_SEED_FRAME);
}

static gboolean
seed (LensSeedBed *bed, const char *id)
{
  gboolean reserved = lens_seed_bed_below (bed, 2) == 1;
  LensSeedPlace place;
  LensLldpTlv tlv;

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      gsize start = place.layers->payload.offset;
      if (place.layers->ethertype != LLDP)
        continue;
      LensLldp lldp = lens_lldp_over (place.octets + start, place.frame_end - start);
      while (lens_lldp_next (&lldp, &tlv))
        if (tlv.type == LENS_LLDP_TTL)
          put_tlv (bed, &place, start + lens_range_end (tlv.whole), reserved);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_lldp = {
  .name = "lldp",
  .question = "Does a device say in LLDP what it always says, and no more?",
  .source = "IEEE 802.1AB-2016 clauses 8 and 9; ANSI/TIA-1057",
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_NO_IP,
  .channels = channels,
  .state_size = sizeof (Lldp),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
