/* rtp-csrc: who else speaks in this packet?
 *
 * RFC 3550 section 5.1: CC words behind the header name the sources that a mixer put
 * together.  A camera mixes nothing, and ONVIF fixes CC to 0, so each word is 32 free bits.
 *
 *   room   8 bits per octet of the list
 *   use    the same: a camera has no expected value here
 */
#include "ledger/analyzer.h"

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

const LensAnalyzer lens_analyzer_rtp_csrc = {
  .name = "rtp-csrc",
  .question = "Do RTP packets list contributing sources?",
  .source = "RFC 3550 section 5.1; ONVIF Streaming Specification",
  .units = LENS_UNIT_RTP,
  .channels = channels,
  .see = see,
};
