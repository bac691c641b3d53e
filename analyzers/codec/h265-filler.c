/* h265-filler: does filler data fill?
 *
 * ITU-T H.265 (08/2021) 7.3.2.8: a filler data NAL unit (type 38) holds octets 0xFF and the
 * trailing bits 0x80.  An encoder at a constant bit rate sends as many as it needs; a decoder
 * discards them unread.
 *
 *   room   8 bits per octet between header and trailing bits
 *   use    8 bits per octet that is not what it must be
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/rbsp.h"

static const LensChannelText channels[] = {
  { .id = "h265-fd-nal",
    .summary = "Filler data of the video, which every decoder discards, holds something else.",
    .room = "The video is filled up to a constant rate; data could travel in the filler.",
    .filter_hint = "h265.nal_unit_type == 38",
    .reference = "ITU-T H.265 (08/2021) 7.3.2.8",
    .hides = TRUE,
    .unit = LENS_UNIT_HEVC_NAL },
  { NULL },
};

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensView *view = &unit->view;
  gsize used = 0, first = view->length, last = 0;

  if (unit->hevc->type != LENS_H265_FILLER || view->length <= LENS_H265_HEADER)
    return;
  for (gsize at = LENS_H265_HEADER;
       (at = lens_rbsp_filler_difference (view->octets, view->length, at)) < view->length; at++)
    {
      first = MIN (first, at);
      last = at;
      used++;
    }
  LensCarrier *carrier = lens_ledger_carrier (ledger, "h265-fd-nal", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * (view->length - LENS_H265_HEADER));
  if (used > 0)
    lens_ledger_use (ledger, carrier, unit, 8 * used, first, last - first + 1);
}

/* Filler of the message and its trailing bits, in one packet with a unit that was alone. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[200 + 1];

  while (lens_seed_bed_next (bed, LENS_UNIT_HEVC_NAL, &place))
    {
      if (!lens_seed_bed_is_single_nal (bed) || place.spare < 2 * sizeof octets)
        continue;
      gsize count = lens_seed_bed_take (bed, octets, sizeof octets - 1);
      if (count == 0)
        continue;
      octets[count] = 0x80;
      lens_seed_bed_put_hevc_nal (bed, LENS_H265_FILLER, octets, count + 1);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h265_filler = {
  .name = "h265-filler",
  .question = "Do H.265 filler NAL units hold only filler?",
  .source = "ITU-T H.265 (08/2021) 7.3.2.8",
  .units = LENS_UNIT_HEVC_NAL,
  .channels = channels,
  .see = see,
  .seed = seed,
};
