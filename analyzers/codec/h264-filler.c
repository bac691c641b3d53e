/* h264-filler: does filler data fill?
 *
 * H.264 7.3.2.7: a filler NAL unit (type 12) holds octets 0xFF and the trailing bits 0x80.  An
 * encoder at a constant bit rate sends as many as it needs; a decoder discards them unread.
 *
 *   room   8 bits per octet between header and trailing bits
 *   use    8 bits per octet that is not what it must be
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/rbsp.h"

static const LensChannelText channels[] = {
  { .id = "h264-filler-nal",
    .summary = "Filler data of the video, which every decoder discards, holds something else.",
    .room = "The video is filled up to a constant rate; data could travel in the filler.",
    .filter_hint = "h264.nal_unit_type == 12",
    .reference = "ITU-T H.264 (08/2021) 7.3.2.7",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { NULL },
};

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensView *view = &unit->view;
  gsize used = 0, first = view->length, last = 0;

  if (unit->nal->type != LENS_H264_FILLER || view->length < 2)
    return;
  for (gsize at = 1;
       (at = lens_rbsp_filler_difference (view->octets, view->length, at)) < view->length; at++)
    {
      first = MIN (first, at);
      last = at;
      used++;
    }
  LensCarrier *carrier = lens_ledger_carrier (ledger, "h264-filler-nal", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * (view->length - 1));
  if (used > 0)
    lens_ledger_use (ledger, carrier, unit, 8 * used, first, last - first + 1);
}

/* Filler of the message and its trailing bits, in one packet with a unit that was alone. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[200 + 1];

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || place.spare < 2 * sizeof octets)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets - 1);
      if (count == 0)
        continue;
      octets[count] = 0x80;
      lens_seed_bed_put_nal (bed, LENS_H264_FILLER, octets, count + 1);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h264_filler = {
  .name = "h264-filler",
  .question = "Do filler NAL units hold only filler?",
  .source = "ITU-T H.264 (08/2021) 7.3.2.7",
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .see = see,
  .seed = seed,
};
