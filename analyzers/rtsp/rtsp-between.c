/* rtsp-between: what lies between RTSP messages?
 *
 * RFC 2326 sections 4 and 10.12: a message ends with its headers or after Content-Length octets
 * of body, a `$` frame after its length; the next one begins there.  Nothing but line ends may
 * lie between, and those never reach this analyzer.
 *
 *   room   8 bits per octet
 *   use    the same
 */
#include "ledger/analyzer.h"

static const LensChannelText channels[] = {
  { .id = "rtsp-bytes-between",
    .summary = "Octets that belong to no message travel inside the control connection; every "
               "player skips them.",
    .filter_hint = "rtsp",
    .reference = "RFC 2326 sections 4 and 10.12",
    .hides = TRUE,
    .unit = LENS_UNIT_RTSP },
  { NULL },
};

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtsp-bytes-between", unit, NULL);

  lens_ledger_room (ledger, carrier, unit, 8 * unit->view.length);
  lens_ledger_use (ledger, carrier, unit, 8 * unit->view.length, 0, unit->view.length);
}

const LensAnalyzer lens_analyzer_rtsp_between = {
  .name = "rtsp-between",
  .question = "Does anything but messages and frames travel inside an RTSP connection?",
  .source = "RFC 2326 sections 4 and 10.12",
  .units = LENS_UNIT_RTSP_STRAY,
  .channels = channels,
  .see = see,
};
