/* h265-nal-type: are there NAL units in the video that no player of it reads?
 *
 * ITU-T H.265 (08/2021) Table 7-1: a decoder drops NAL units of the types that are reserved (10 to
 * 15, 22 to 31, 41 to 47) or not specified (48 to 63).  On the wire RFC 7798 section 4.4 uses 48
 * to 50 for packets of its own, but never inside one.  A unit that is too short for a header has
 * no type, and is dropped too.
 *
 *   use    8 bits per octet of such a unit
 */
#include "ledger/analyzer.h"
#include "ledger/h265-watch.h"
#include "ledger/seed-bed.h"

static const LensChannelText channels[] = {
  { .id = "h265-nal-41-47-48-63",
    .summary = "The video carries units of a type that nobody has given a meaning; every player "
               "drops them.",
    .filter_hint = "h265.nal_unit_type >= 41",
    .reference = "ITU-T H.265 (08/2021) Table 7-1; RFC 7798 section 4.4",
    .hides = TRUE,
    .unit = LENS_UNIT_HEVC_NAL },
  { NULL },
};

static gboolean
has_meaning (const LensH265Nal *nal)
{
  return nal->view.length >= LENS_H265_HEADER
         && (lens_h265_is_slice (nal->type)
             || (nal->type >= LENS_H265_VPS && nal->type <= LENS_H265_SUFFIX_SEI));
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  guint64 bits = 8 * unit->view.length;

  if (has_meaning (unit->hevc))
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "h265-nal-41-47-48-63", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, 0, unit->view.length);
}

/* Units of the message, each in one packet with a unit that was alone. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  static const guint8 types[] = { 10, 12, 15, 22, 24, 31, 41, 42, 44, 47, 51, 55, 62, 63 };
  LensSeedPlace place;
  guint8 octets[200];

  while (lens_seed_bed_next (bed, LENS_UNIT_HEVC_NAL, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || place.spare < 2 * sizeof octets)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets);
      if (count == 0)
        continue;
      guint8 type = types[lens_seed_bed_below (bed, G_N_ELEMENTS (types))];
      lens_seed_bed_put_hevc_nal (bed, type, octets, count);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h265_nal_type = {
  .name = "h265-nal-type",
  .question = "Are there H.265 NAL units that no player reads?",
  .source = "ITU-T H.265 (08/2021) Table 7-1; RFC 7798 section 4.4",
  .units = LENS_UNIT_HEVC_NAL,
  .channels = channels,
  .see = see,
  .seed = seed,
};
