/* rtp-padding: what is in the octets that a receiver is told to throw away?
 *
 * RFC 3550 section 5.1: when P is set the packet ends in padding octets; the last one counts
 * them, itself included.  Their content is unspecified, so a sender may write anything there
 * and every player discards it.
 *
 *   room   8 x (count - 1) bits of each padded packet
 *   use    8 bits for each octet before the count that is not zero (a floor: zeros may speak)
 */
#include "ledger/analyzer.h"

static const LensChannelText channels[] = {
  { .id = "rtp-padding-content",
    .summary = "Data travels in padding octets of media packets, which every player discards.",
    .filter_hint = "rtp.padding == 1",
    .reference = "RFC 3550 section 5.1",
    .hides = TRUE,
    .unit = LENS_UNIT_RTP },
  { NULL },
};

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensRange *padding = &unit->rtp->padding;

  if (padding->length < 2)
    return;
  const guint8 *octets = unit->view.octets + padding->offset;
  gsize count = padding->length - 1, used = 0;
  for (gsize i = 0; i < count; i++)
    used += octets[i] != 0;

  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtp-padding-content", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * count);
  if (used > 0)
    lens_ledger_use (ledger, carrier, unit, 8 * used, padding->offset, count);
}

const LensAnalyzer lens_analyzer_rtp_padding = {
  .name = "rtp-padding",
  .question = "Do RTP padding octets carry anything but padding?",
  .source = "RFC 3550 section 5.1",
  .units = LENS_UNIT_RTP,
  .channels = channels,
  .see = see,
};
