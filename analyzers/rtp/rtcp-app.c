/* rtcp-app: does the device send application-defined control packets?
 *
 * RFC 3550 section 6.7: an APP packet holds a name of four letters and whatever data an
 * experiment likes; receivers ignore names they do not know.  No camera is known to need it.
 *
 *   room   5 bits of subtype, 8 per octet of name and data
 *   use    the same
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/rtcp.h"

#include <string.h>

static const LensChannelText channels[] = {
  { .id = "rtcp-app",
    .summary = "Data travels in application-defined control packets, which every player ignores.",
    .filter_hint = "rtcp.pt == 204",
    .reference = "RFC 3550 sections 6.7 and 12.1",
    .hides = TRUE,
    .unit = LENS_UNIT_RTCP },
  { NULL },
};

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  LensRtcp rtcp = lens_rtcp_over (unit->view.octets, unit->view.length);
  LensRtcpPacket packet;
  LensRtcpApp app;

  if (unit->track->encrypted)
    return;
  while (lens_rtcp_next (&rtcp, &packet))
    {
      if (!lens_rtcp_app (&packet, &app))
        continue;
      LensRange octets = { app.name.offset, app.name.length + app.data.length };
      guint64 bits = 5 + 8 * octets.length;
      LensCarrier *carrier = lens_ledger_carrier (ledger, "rtcp-app", unit, NULL);
      lens_ledger_room (ledger, carrier, unit, bits);
      lens_ledger_use (ledger, carrier, unit, bits, octets.offset, octets.length);
    }
}

/* A packet of its own at the end of a compound, its name drawn once. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[12 + 200] = { 0x80, LENS_RTCP_APP };

  octets[0] = (guint8)(0x80 | lens_seed_bed_below (bed, 32));
  for (guint i = 8; i < 12; i++)
    octets[i] = (guint8)('A' + lens_seed_bed_below (bed, 26));
  while (lens_seed_bed_next (bed, LENS_UNIT_RTCP, &place))
    {
      if (place.spare < sizeof octets || place.end - place.start < 8)
        continue;
      gsize count = lens_seed_bed_take (bed, octets + 12, 200);
      if (count == 0)
        continue;
      gsize length = 12 + (count + 3) / 4 * 4;
      lens_seed_bed_fill (bed, octets + 12 + count, length - 12 - count);
      octets[2] = (guint8)((length / 4 - 1) >> 8);
      octets[3] = (guint8)(length / 4 - 1);
      memcpy (octets + 4, place.octets + place.start + 4, 4);
      lens_seed_bed_insert (bed, place.end, octets, length, LENS_SEED_UNIT);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtcp_app = {
  .name = "rtcp-app",
  .question = "Are there application-defined RTCP packets?",
  .source = "RFC 3550 section 6.7",
  .units = LENS_UNIT_RTCP,
  .channels = channels,
  .see = see,
  .seed = seed,
};
