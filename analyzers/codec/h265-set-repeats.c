/* h265-set-repeats: how often is the same parameter set said again before one picture?
 *
 * ITU-T H.265 (08/2021) 7.4.2.4.2: a parameter set may be sent again at any time with the content
 * it had.  Once before a picture helps those who come late; a second copy in the same place helps
 * nobody, and a decoder does not count.
 *
 * Benign: a copy now and then, before key pictures or by a clock; two of each before every key
 * picture, since both the encoder and the server put them there.
 *
 *   use    1 bit per copy behind the first, where the number of copies has no habit
 */
#include "ledger/by-track.h"
#include "ledger/set-copies.h"

#include "wire/h265-slice.h"

#define CHURN "h265-ps-churn" /* one channel with h265-parameter-sets */

static const LensChannelText channels[] = {
  { .id = CHURN,
    .summary = "The video's parameter sets come again and again before one picture, in numbers "
               "without a habit.",
    .filter_hint = "h265.nal_unit_type >= 32 && h265.nal_unit_type <= 34",
    .reference = "ITU-T H.265 (08/2021) 7.4.2.4.2",
    .hides = TRUE,
    .unit = LENS_UNIT_HEVC_NAL },
  { NULL },
};

static void
see_copy (LensLedger *ledger, const LensUnit *unit)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, CHURN, unit, NULL);

  lens_ledger_room (ledger, carrier, unit, 1);
  lens_ledger_use (ledger, carrier, unit, 1, 0, unit->view.length);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  LensSetCopies *copies = lens_by_track (state, unit->track, sizeof *copies);
  const LensH265Nal *nal = unit->hevc;

  lens_set_copies_follow (copies, nal->first_sequence, nal->last_sequence);
  if (nal->layer_id != 0)
    return;
  if (nal->type >= LENS_H265_VPS && nal->type <= LENS_H265_PPS)
    {
      if (lens_set_copies_take (copies, nal->type - LENS_H265_VPS, &unit->view))
        see_copy (ledger, unit);
    }
  /* first_slice_segment_in_pic_flag is the first bit behind the header. */
  else if (lens_h265_is_slice (nal->type) && unit->view.length > LENS_H265_HEADER
           && unit->view.octets[LENS_H265_HEADER] >> 7 == 1)
    lens_set_copies_picture (copies, lens_h265_is_irap (nal->type));
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  lens_set_copies_conclude (ledger, "h265-set-repeats", state);
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, NULL);
}

const LensAnalyzer lens_analyzer_h265_set_repeats = {
  .name = "h265-set-repeats",
  .question = "Do parameter sets come again only as often as they usually do?",
  .source = "ITU-T H.265 (08/2021) 7.4.2.4.2",
  .units = LENS_UNIT_HEVC_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
