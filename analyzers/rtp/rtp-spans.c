/* rtp-spans: are there octets in an RTP payload that belong to no unit of its codec?
 *
 * RFC 6184 sections 5.7.1, 5.7.2 and 5.8, RFC 7798 section 4.4.2: aggregates are read unit by
 * unit, fragments behind their headers.  What lies behind the last unit, or is too short for
 * what the format demands, reaches no decoder; nor do the extensions and reserved bits of PACI
 * packets (section 4.4.4) and what an aggregate's own header says beside its units.  A fragment
 * of a JPEG frame in whose place another one came (RFC 2435 section 3.1.2), and what is no
 * packet of a transport stream (RFC 2250 section 2), belong to none either.
 *
 *   room   8 bits per octet
 *   use    the same
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/h264.h"

static const LensChannelText channels[] = {
  { .id = "rtp-trailing-in-payload",
    .summary = "Media packets carry octets that belong to no unit of the media; decoders never "
               "see them.",
    .filter_hint = "h264 || h265",
    .reference = "RFC 6184 sections 5.7 and 5.8; RFC 7798 section 4.4",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  guint64 bits = 8 * unit->view.length;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtp-trailing-in-payload", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, 0, unit->view.length);
}

/* A NAL unit alone in its packet becomes an aggregate of one (5.7.1), with the message behind it
 * under a size of 0. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  enum
  {
    STAP_A = 24,
    HEAD = 3,
    MOST = 100
  };
  LensSeedPlace place;
  guint8 octets[2 + MOST] = { 0 };

  while (lens_seed_bed_next (bed, LENS_UNIT_NAL, &place))
    {
      gsize size = place.end - place.start;
      if (place.spare < HEAD + sizeof octets || !lens_seed_bed_is_single_nal (bed)
          || size > G_MAXUINT16)
        continue;
      gsize count = lens_seed_bed_take (bed, octets + 2, MOST);
      if (count == 0)
        continue;
      const guint8 head[HEAD] = { (guint8)((place.octets[place.start] & 0xe0) | STAP_A),
                                  (guint8)(size >> 8), (guint8)size };
      lens_seed_bed_insert (bed, place.start, head, sizeof head, LENS_SEED_UNIT);
      lens_seed_bed_insert (bed, place.end, octets, 2 + count, LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtp_spans = {
  .name = "rtp-spans",
  .question = "Does every octet of a media packet belong to a unit of the media?",
  .source = "RFC 6184 sections 5.7 and 5.8; RFC 7798 section 4.4",
  .units = LENS_UNIT_SPAN,
  .channels = channels,
  .see = see,
  .seed = seed,
};
