/* rtcp-app: does the device send application-defined control packets?
 *
 * RFC 3550 section 6.7: an APP packet holds a name of four letters and whatever data an
 * experiment likes; receivers ignore names they do not know.  No camera is known to need it.
 *
 *   room   5 bits of subtype, 8 per octet of name and data
 *   use    the same
 */
#include "ledger/analyzer.h"

#include "wire/rtcp.h"

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

const LensAnalyzer lens_analyzer_rtcp_app = {
  .name = "rtcp-app",
  .question = "Are there application-defined RTCP packets?",
  .source = "RFC 3550 section 6.7",
  .units = LENS_UNIT_RTCP,
  .channels = channels,
  .see = see,
};
