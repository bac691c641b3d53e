/* h265-parameter: do parameter sets say anything in bits that decoders must ignore?
 *
 * ITU-T H.265 (08/2021) 7.3.2.1 to 7.3.2.3 and 7.3.3: profile_tier_level() has 32 compatibility
 * flags, of which 12 have a meaning, and up to 43 reserved bits; the VPS has 16 that are 1; each
 * set may end in an extension whose content nobody has defined, and profiles 0 to 3 have no
 * extension at all.
 *
 *   room   the reserved bits; those of an extension that is there
 *   use    reserved bits that are not what they must be, and each bit of an undefined extension
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/h265-watch.h"
#include "ledger/seed-bed.h"

static const LensChannelText channels[] = {
  { .id = "h265-reserved-ptl-bits",
    .summary = "Parameter sets of the video carry reserved bits that are not what the standard "
               "demands; decoders ignore them.",
    .room = "Parameter sets of the video have reserved bits; data could hide in them.",
    .filter_hint = "h265.nal_unit_type == 32 || h265.nal_unit_type == 33",
    .reference = "ITU-T H.265 (08/2021) 7.3.2.1, 7.3.3 and 7.4.4",
    .hides = TRUE,
    .unit = LENS_UNIT_HEVC_NAL },
  { .id = "h265-vps-sps-pps-extension",
    .summary = "Parameter sets of the video carry an extension that no standard defines; decoders "
               "ignore it.",
    .room = "Parameter sets of the video have a place for extensions; data could hide there.",
    .filter_hint = "h265.nal_unit_type >= 32 && h265.nal_unit_type <= 34",
    .reference = "ITU-T H.265 (08/2021) 7.3.2.1, 7.3.2.2.1 and 7.3.2.3.1",
    .hides = TRUE,
    .unit = LENS_UNIT_HEVC_NAL },
  { NULL },
};

static void
judge (LensLedger *ledger, const LensUnit *unit, const LensH265ReservedList *reserved)
{
  static const char *const ids[] = {
    [LENS_H265_RESERVED_PROFILE] = "h265-reserved-ptl-bits",
    [LENS_H265_RESERVED_EXTENSION] = "h265-vps-sps-pps-extension",
  };

  for (guint kind = 0; kind < G_N_ELEMENTS (ids); kind++)
    {
      LensCarrier *carrier = NULL;
      for (guint i = 0; i < reserved->n; i++)
        {
          const LensH265Reserved *field = &reserved->fields[i];
          if (field->kind != kind)
            continue;
          if (carrier == NULL)
            carrier = lens_ledger_carrier (ledger, ids[kind], unit, NULL);
          lens_ledger_room (ledger, carrier, unit, field->bits);
          if (field->wrong > 0)
            lens_ledger_use (ledger, carrier, unit, field->wrong, field->at.offset,
                             field->at.length);
        }
    }
}

/* A picture set whose sequence set is of a profile without extensions has one all the same. */
static void
judge_advanced (LensLedger *ledger, const LensUnit *unit, const LensH265Watch *watch,
                const LensH265Pps *pps)
{
  const LensH265Sps *sps = lens_h265_sets_sps (watch->sets, pps->sps_id);

  if (!pps->advanced || sps == NULL || !lens_h265_is_plain (&sps->profile))
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "h265-vps-sps-pps-extension", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * pps->extension_at.length);
  lens_ledger_use (ledger, carrier, unit, 8 * pps->extension_at.length, pps->extension_at.offset,
                   pps->extension_at.length);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensH265Nal *nal = unit->hevc;
  LensH265Vps vps;
  LensH265Sps sps;
  LensH265Pps pps;

  if (nal->type < LENS_H265_VPS || nal->type > LENS_H265_PPS || !lens_h265_is_base (nal))
    return;
  LensH265Watch *watch = lens_by_track (state, unit->track, sizeof (LensH265Watch));
  lens_h265_watch_take (watch, unit);
  switch (nal->type)
    {
    case LENS_H265_VPS:
      lens_h265_vps_parse (&vps, unit->view.octets, unit->view.length);
      if (vps.valid)
        judge (ledger, unit, &vps.reserved);
      break;
    case LENS_H265_SPS:
      lens_h265_sps_parse (&sps, unit->view.octets, unit->view.length);
      if (sps.valid)
        judge (ledger, unit, &sps.reserved);
      break;
    default:
      lens_h265_pps_parse (&pps, unit->view.octets, unit->view.length);
      if (pps.valid)
        {
          judge (ledger, unit, &pps.reserved);
          judge_advanced (ledger, unit, watch, &pps);
        }
    }
}

static void
clear_watch (gpointer watch)
{
  lens_h265_watch_clear (watch);
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, clear_watch);
}

/* --- seeds --- */

/* vps_reserved_0xffff_16bits are the octets 4 and 5 of the unit. */
static gboolean
seed_reserved (LensSeedBed *bed)
{
  LensSeedPlace place;
  guint32 bits;

  while (lens_seed_bed_next (bed, LENS_UNIT_HEVC_NAL, &place))
    {
      if (place.octets[place.start] >> 1 != LENS_H265_VPS || place.end - place.start < 6
          || lens_seed_bed_take_bits (bed, &bits, 16) < 16)
        continue;
      lens_seed_bed_set (bed, place.start + 4, 0xff, (guint8)(bits >> 8) | 0x10);
      lens_seed_bed_set (bed, place.start + 5, 0xff, (guint8)bits | 0x10);
    }
  return lens_seed_bed_written (bed);
}

/* A picture set of its own (63, which no slice names) that ends in an extension: the fields
 * before it at their shortest, as 7.3.2.3.1 has them. */
static gboolean
seed_extension (LensSeedBed *bed)
{
  /* id 63, SPS 0; 0 0 000 0 0; 1 1; 1; 0 0 0; 1 1; 0 0 0 0 0 0; 0; 0; 0; 0; 1; 0; extension 1: no
   * defined one, pps_extension_4bits 1111; six bits of it */
  static const guint8 head[] = { 0x02, 0x04, 0x07, 0x18, 0x01, 0x43, 0xc0 };
  LensSeedPlace place;
  guint8 octets[sizeof head + 100 + 1];

  while (lens_seed_bed_next (bed, LENS_UNIT_HEVC_NAL, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || place.spare < 2 * sizeof octets)
        continue;
      gsize count = lens_seed_bed_take (bed, octets + sizeof head, 100);
      if (count == 0)
        continue;
      for (gsize i = 0; i < sizeof head; i++)
        octets[i] = head[i];
      octets[sizeof head + count] = 0x80;
      lens_seed_bed_put_hevc_nal (bed, LENS_H265_PPS, octets, sizeof head + count + 1);
    }
  return lens_seed_bed_written (bed);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  return g_str_equal (channel, "h265-reserved-ptl-bits") ? seed_reserved (bed)
                                                         : seed_extension (bed);
}

const LensAnalyzer lens_analyzer_h265_parameter = {
  .name = "h265-parameter",
  .question = "Do H.265 parameter sets say anything in bits that decoders must ignore?",
  .source = "ITU-T H.265 (08/2021) 7.3.2.1 to 7.3.2.3 and 7.3.3",
  .units = LENS_UNIT_HEVC_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .clear = clear,
  .seed = seed,
};
