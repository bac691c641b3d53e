/* h264-emulation: are the octets that keep start codes away only where they must be?
 *
 * ITU-T H.264 (08/2021) 7.3.1 and 7.4.1: behind two zero octets an encoder puts 0x03 if, and only
 * if, an octet of 0 to 3 or nothing at all follows, and a decoder takes it out unread.  So one
 * that is not needed says a bit, and so does one that is missing.
 *
 * Benign: 00 00 03 at the end (cabac_zero_words); zeros at the end (h264-trailing); start codes
 * of Annex B that a server left inside, which part units.
 *
 *   use    1 bit for each place: it is where they stand that speaks
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include <string.h>

enum
{
  PREVENTION = 3,
};

static const LensChannelText channels[] = {
  { .id = "h264-emulation-03",
    .summary = "Octets that every decoder takes out of the video unread stand where they need "
               "not, or are missing where they must be.",
    .filter_hint = "h264",
    .reference = "ITU-T H.264 (08/2021) 7.3.1 and 7.4.1",
    .hides = TRUE,
    .unit = LENS_UNIT_NAL },
  { NULL },
};

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const guint8 *octets = unit->view.octets;
  gsize length = unit->view.length;

  while (length > 0 && octets[length - 1] == 0)
    length--;
  gsize next = CLAMP (unit->zeros, 1, length);
  for (gsize at; (at = lens_nal_odd_zeros (octets, length, next, &next)) < length;)
    {
      LensCarrier *carrier = lens_ledger_carrier (ledger, "h264-emulation-03", unit, NULL);
      lens_ledger_room (ledger, carrier, unit, 1);
      lens_ledger_use (ledger, carrier, unit, 1, at - 2, MIN (4, length - at + 2));
    }
}

/* An octet of prevention that is not needed says one, the lack of it nothing. */
static gsize
needless (const guint8 *octets, gsize from, gsize end)
{
  for (gsize at = from + 1; at + 2 < end; at++)
    if (octets[at] == 0 && octets[at + 1] == 0 && octets[at + 2] > PREVENTION)
      return at + 2;
  return 0;
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  static const guint8 prevention = PREVENTION;
  LensSeedPlace place;
  guint32 bit;

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      gsize at = needless (place.octets, place.start, place.end);
      if (at == 0 || !lens_seed_bed_is_single_nal (bed) || place.spare < 1
          || lens_seed_bed_take_bits (bed, &bit, 1) == 0)
        continue;
      if (bit == 1)
        lens_seed_bed_insert (bed, at, &prevention, 1, LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_h264_emulation = {
  .name = "h264-emulation",
  .question = "Are emulation prevention octets only where they must be?",
  .source = "ITU-T H.264 (08/2021) 7.3.1 and 7.4.1",
  .units = LENS_UNIT_NAL,
  .channels = channels,
  .see = see,
  .seed = seed,
};
