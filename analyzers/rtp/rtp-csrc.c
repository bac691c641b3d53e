/* rtp-csrc: who else speaks in this packet?
 *
 * RFC 3550 section 5.1: CC words behind the header name the sources that a mixer put
 * together.  A camera mixes nothing, and ONVIF fixes CC to 0, so each word is 32 free bits.
 *
 *   room   8 bits per octet of the list
 *   use    the same: a camera has no expected value here
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

static const LensChannelText channels[] = {
  { .id = "rtp-csrc",
    .summary = "Media packets list contributing sources, which a camera does not have; the list "
               "can carry any data.",
    .filter_hint = "rtp.cc > 0",
    .reference = "RFC 3550 section 5.1; ONVIF Streaming Specification (CC is 0)",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensRange *csrc = &unit->rtp->csrc;

  if (csrc->length == 0)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtp-csrc", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * csrc->length);
  lens_ledger_use (ledger, carrier, unit, 8 * csrc->length, csrc->offset, csrc->length);
}

/* The message in words of a list that the packet did not have. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 words[4 * 15];
  gsize most = 4 * (1 + lens_seed_bed_below (bed, 15));

  while (lens_seed_bed_next (bed, LENS_UNIT_RTP, &place))
    {
      gboolean listed = (place.octets[place.start] & 0x0f) != 0;
      if (listed || place.spare < most)
        continue;
      gsize count = lens_seed_bed_take (bed, words, most);
      if (count == 0)
        continue;
      gsize length = (count + 3) / 4 * 4;
      lens_seed_bed_fill (bed, words + count, length - count);
      lens_seed_bed_set (bed, place.start, 0x0f, (guint8)(length / 4));
      lens_seed_bed_insert (bed, place.start + LENS_RTP_HEADER_LENGTH, words, length,
                            LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtp_csrc = {
  .name = "rtp-csrc",
  .question = "Do RTP packets list contributing sources?",
  .source = "RFC 3550 section 5.1; ONVIF Streaming Specification",
  .units = LENS_UNIT_RTP,
  .only = LENS_TRAIT_CSRC,
  .channels = channels,
  .see = see,
  .seed = seed,
};
