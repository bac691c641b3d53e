/* filler-length: does filler fill up to a rate?
 *
 * ITU-T H.264 and H.265 (08/2021) C.1: an encoder at a constant bit rate sends filler data when
 * the decoder's buffer would otherwise run full.  So from one picture with filler to the next the
 * stream has just as many octets as the rate has in the time between, whatever the pictures
 * take.  Filler that brings about no rate is as long as somebody wants it to be.
 *
 * Benign: one length, or lengths in a step; filler up to one size of picture, or to a multiple
 * of sixteen octets; a rate that the description names or not.
 *
 *   use    8 bits for each filler NAL unit, where most follow no rule
 */
#include "ledger/by-track.h"
#include "ledger/filler-rate.h"
#include "ledger/seed-bed.h"

#include <string.h>

#define AVC "h264-filler-length"
#define HEVC "h265-fd-nal" /* one channel with h265-filler */
#define SUMMARY                                                                                    \
  "The video is filled up by lengths that lead to no rate; the lengths can carry data."

static const LensChannelText channels[] = {
  { .id = AVC,
    .summary = SUMMARY,
    .filter_hint = "h264.nal_unit_type == 12",
    .reference = "ITU-T H.264 (08/2021) 7.3.2.7 and C.1",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { .id = HEVC,
    .summary = SUMMARY,
    .filter_hint = "h265.nal_unit_type == 38",
    .reference = "ITU-T H.265 (08/2021) 7.3.2.8 and C.1",
    .hides = TRUE,
    .unit = LENS_UNIT_HEVC_NAL },
  { NULL },
};

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  LensFillerRate *rate = lens_by_track (state, unit->track, sizeof *rate);
  gsize length = unit->view.length;
  gboolean is_filler;

  if (unit->kind == LENS_UNIT_NAL)
    {
      const LensNal *nal = unit->nal;
      is_filler = nal->type == LENS_H264_FILLER;
      lens_filler_rate_take (rate, nal->first_sequence, nal->last_sequence, nal->timestamp, length,
                             is_filler);
    }
  else
    {
      const LensH265Nal *nal = unit->hevc;
      is_filler = nal->type == LENS_H265_FILLER;
      lens_filler_rate_take (rate, nal->first_sequence, nal->last_sequence, nal->timestamp, length,
                             is_filler);
    }
  if (is_filler)
    lens_filler_rate_use (ledger, unit, unit->kind == LENS_UNIT_NAL ? AVC : HEVC);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  lens_filler_rate_conclude (ledger, "filler-length", state);
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, lens_filler_rate_clear);
}

/* Filler of any length in the packets of units that were alone. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gboolean is_avc = g_str_equal (channel, AVC);
  LensSeedPlace place;
  guint8 octets[1 + 0xff + 1];
  guint32 count;

  memset (octets, 0xff, sizeof octets);
  while (lens_seed_bed_next (bed, is_avc ? LENS_UNIT_NAL : LENS_UNIT_HEVC_NAL, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || place.spare < 2 * sizeof octets
          || lens_seed_bed_take_bits (bed, &count, 8) == 0)
        continue;
      octets[count + 1] = 0x80;
      if (is_avc)
        lens_seed_bed_put_nal (bed, LENS_H264_FILLER, octets, count + 2);
      else
        lens_seed_bed_put_hevc_nal (bed, LENS_H265_FILLER, octets, count + 2);
      octets[count + 1] = 0xff;
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_filler_length = {
  .name = "filler-length",
  .question = "Is filler as long as a constant rate demands?",
  .source = "ITU-T H.264 (08/2021) 7.3.2.7 and C.1; ITU-T H.265 (08/2021) 7.3.2.8 and C.1",
  .units = LENS_UNIT_NAL | LENS_UNIT_HEVC_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
  .seed = seed,
};
