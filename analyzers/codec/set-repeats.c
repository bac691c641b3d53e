/* set-repeats: how often is the same parameter set said again before one picture?
 *
 * ITU-T H.264 (08/2021) 7.4.1.2.1, H.265 (08/2021) 7.4.2.4.2: a parameter set may be sent again at
 * any time with the content it had.  Once before a picture helps those who come late; a second
 * copy in the same place helps nobody, and a decoder does not count.
 *
 * Benign: a copy now and then, before key pictures or by a clock; two of each before every key
 * picture, since both the encoder and the server put them there.
 *
 *   use    1 bit per copy behind the first, where the number of copies has no habit
 */
#include "ledger/by-track.h"
#include "ledger/set-copies.h"

#include "wire/h265-slice.h"

#define AVC "h264-ps-churn"  /* one channel with h264-parameter-sets */
#define HEVC "h265-ps-churn" /* one channel with h265-parameter-sets */
#define SUMMARY                                                                                    \
  "The video's parameter sets come again and again before one picture, in numbers without a "      \
  "habit."

static const LensChannelText channels[] = {
  { .id = AVC,
    .summary = SUMMARY,
    .filter_hint = "h264.nal_unit_type == 7 || h264.nal_unit_type == 8",
    .reference = "ITU-T H.264 (08/2021) 7.4.1.2.1",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { .id = HEVC,
    .summary = SUMMARY,
    .filter_hint = "h265.nal_unit_type >= 32 && h265.nal_unit_type <= 34",
    .reference = "ITU-T H.265 (08/2021) 7.4.2.4.2",
    .hides = TRUE,
    .unit = LENS_UNIT_HEVC_NAL },
  { NULL },
};

/* A parameter set, told from the others by @kind. */
static void
see_set (LensLedger *ledger, LensSetCopies *copies, const LensUnit *unit, guint kind,
         const char *channel)
{
  if (!lens_set_copies_take (copies, kind, &unit->view))
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 1);
  lens_ledger_use (ledger, carrier, unit, 1, 0, unit->view.length);
}

/* Whether the bit at @offset says that a picture begins: first_mb_in_slice is 0 where its first
 * bit is set, first_slice_segment_in_pic_flag is one bit. */
static gboolean
begins_picture (const LensUnit *unit, gsize offset)
{
  return unit->view.length > offset && unit->view.octets[offset] >> 7 == 1;
}

static void
see_avc (LensLedger *ledger, LensSetCopies *copies, const LensUnit *unit)
{
  const LensNal *nal = unit->nal;

  lens_set_copies_follow (copies, nal->first_sequence, nal->last_sequence);
  if (nal->type == LENS_H264_SPS || nal->type == LENS_H264_PPS)
    see_set (ledger, copies, unit, nal->type - LENS_H264_SPS, AVC);
  else if ((nal->type == 1 || nal->type == 2 || nal->type == LENS_H264_IDR)
           && begins_picture (unit, 1))
    lens_set_copies_picture (copies, nal->type == LENS_H264_IDR);
}

static void
see_hevc (LensLedger *ledger, LensSetCopies *copies, const LensUnit *unit)
{
  const LensH265Nal *nal = unit->hevc;

  lens_set_copies_follow (copies, nal->first_sequence, nal->last_sequence);
  if (nal->layer_id != 0)
    return;
  if (nal->type >= LENS_H265_VPS && nal->type <= LENS_H265_PPS)
    see_set (ledger, copies, unit, nal->type - LENS_H265_VPS, HEVC);
  else if (lens_h265_is_slice (nal->type) && begins_picture (unit, LENS_H265_HEADER))
    lens_set_copies_picture (copies, lens_h265_is_irap (nal->type));
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  LensSetCopies *copies = lens_by_track (state, unit->track, sizeof *copies);

  if (unit->kind == LENS_UNIT_NAL)
    see_avc (ledger, copies, unit);
  else
    see_hevc (ledger, copies, unit);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  lens_set_copies_conclude (ledger, "set-repeats", state);
}

static void
clear (gpointer state)
{
  lens_by_track_clear (state, NULL);
}

const LensAnalyzer lens_analyzer_set_repeats = {
  .name = "set-repeats",
  .question = "Do parameter sets come again only as often as they usually do?",
  .source = "ITU-T H.264 (08/2021) 7.4.1.2.1; ITU-T H.265 (08/2021) 7.4.2.4.2",
  .units = LENS_UNIT_NAL | LENS_UNIT_HEVC_NAL,
  .channels = channels,
  .state_size = sizeof (LensByTrack),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
