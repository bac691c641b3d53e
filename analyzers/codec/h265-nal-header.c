/* h265-nal-header: do the headers of NAL units say only what they must?
 *
 * ITU-T H.265 (08/2021) 7.3.1.2 and 7.4.2.2: forbidden_zero_bit is 0; nuh_layer_id is 0 in a video
 * of one layer, and decoders of one layer drop all others; nuh_temporal_id_plus1 is never 0, at
 * most the number of sub-layers that the SPS names, and 1 in parameter sets of the video and the
 * sequence, in random access pictures and at the end of a sequence.  The header of an aggregation
 * packet (RFC 7798 section 4.4.2) repeats the lowest values inside.
 *
 * Benign: layers that the VPS declares.
 *
 *   use    1 bit for forbidden_zero_bit, 6 for a layer, 3 for a temporal id
 */
#include "ledger/analyzer.h"
#include "ledger/by-track.h"
#include "ledger/h265-watch.h"
#include "ledger/seed-bed.h"

static const LensChannelText channels[] = {
  { .id = "h265-layer-id-tid",
    .summary = "Headers of video units name layers that the video has not, or carry bits that "
               "must be 0; players pass over them.",
    .room = "The video has several layers; players of one layer drop the others unread.",
    .filter_hint = "h265.layer_id > 0 || h265",
    .reference = "ITU-T H.265 (08/2021) 7.3.1.2 and 7.4.2.2",
    .hides = TRUE,
    .unit = LENS_UNIT_HEVC_NAL },
  { NULL },
};

static void
use (LensLedger *ledger, const LensUnit *unit, guint bits, gsize offset, gsize length)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "h265-layer-id-tid", unit, NULL);

  lens_ledger_use (ledger, carrier, unit, bits, offset, length);
}

/* 7.4.2.2: types that belong to the lowest sub-layer. */
static gboolean
is_lowest (guint8 type)
{
  return lens_h265_is_irap (type) || type == LENS_H265_VPS || type == LENS_H265_SPS
         || type == LENS_H265_EOS || type == LENS_H265_EOB;
}

static gboolean
is_wrong_temporal_id (const LensH265Watch *watch, const LensH265Nal *nal)
{
  guint most = watch->max_sub_layers > 0 ? watch->max_sub_layers : LENS_H265_MAX_SUB_LAYERS;

  return nal->temporal_id_plus1 == 0 || nal->temporal_id_plus1 > most
         || (is_lowest (nal->type) && nal->temporal_id_plus1 != 1);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensH265Nal *nal = unit->hevc;
  LensH265Watch *watch = lens_by_track (state, unit->track, sizeof (LensH265Watch));

  lens_h265_watch_take (watch, unit);
  if (nal->view.length < LENS_H265_HEADER)
    return;
  if (nal->forbidden_bit)
    use (ledger, unit, 1, 0, 1);
  if (nal->layer_id != 0 && watch->max_layers > 1)
    lens_ledger_room (ledger, lens_ledger_carrier (ledger, "h265-layer-id-tid", unit, NULL), unit,
                      8 * nal->view.length);
  else if (nal->layer_id != 0)
    use (ledger, unit, 6, 0, LENS_H265_HEADER);
  if (lens_h265_is_base (nal) && is_wrong_temporal_id (watch, nal))
    use (ledger, unit, 3, 1, 1);
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

/* The layer of a unit that was alone in its packet. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint32 bits;

  while (lens_seed_bed_next (bed, LENS_UNIT_HEVC_NAL, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || lens_seed_bed_take_bits (bed, &bits, 5) < 5)
        continue;
      lens_seed_bed_set (bed, place.start + 1, 0xf8, (guint8)(bits << 3));
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h265_nal_header = {
  .name = "h265-nal-header",
  .question = "Do the headers of H.265 NAL units say only what they must?",
  .source = "ITU-T H.265 (08/2021) 7.3.1.2 and 7.4.2.2",
  .units = LENS_UNIT_HEVC_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .clear = clear,
  .seed = seed,
};
