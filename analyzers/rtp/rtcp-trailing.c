/* rtcp-trailing: what lies behind the parts of an RTCP packet that have a meaning?
 *
 * RFC 3550 section 6.4.3: behind the report blocks of an SR or RR a profile may add words of
 * its own; no profile of RTP/AVP does.  Section 6.4.1: padding may end the last packet of a
 * compound.  Octets behind the last packet have no meaning at all.
 *
 *   room   8 bits per octet of these (padding without its count)
 *   use    the same, but for padding of zeros
 */
#include "ledger/analyzer.h"

#include "wire/rtcp.h"

static const LensChannelText channels[] = {
  { .id = "rtcp-profile-extension",
    .summary = "Data travels behind the parts of control packets that have a meaning.",
    .room = "Control packets are padded with zeros; data could travel there.",
    .filter_hint = "rtcp",
    .reference = "RFC 3550 sections 6.4.1 and 6.4.3",
    .hides = TRUE,
    .unit = LENS_UNIT_RTCP },
  { NULL },
};

static gboolean
is_zero (const guint8 *octets, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (octets[i] != 0)
      return FALSE;
  return TRUE;
}

static void
take (LensLedger *ledger, const LensUnit *unit, LensRange octets, gboolean zero_is_filler)
{
  if (octets.length == 0)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtcp-profile-extension", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * octets.length);
  if (!zero_is_filler || !is_zero (unit->view.octets + octets.offset, octets.length))
    lens_ledger_use (ledger, carrier, unit, 8 * octets.length, octets.offset, octets.length);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  LensRtcp rtcp = lens_rtcp_over (unit->view.octets, unit->view.length);
  LensRtcpPacket packet;
  LensRtcpReport report;

  if (unit->track->encrypted)
    return;
  while (lens_rtcp_next (&rtcp, &packet))
    {
      if (lens_rtcp_report (unit->view.octets, &packet, &report))
        take (ledger, unit, report.extension, FALSE);
      if (packet.padding.length > 1)
        take (ledger, unit, (LensRange){ packet.padding.offset, packet.padding.length - 1 }, TRUE);
    }
  take (ledger, unit, lens_rtcp_stray (&rtcp), FALSE);
}

const LensAnalyzer lens_analyzer_rtcp_trailing = {
  .name = "rtcp-trailing",
  .question = "Is there anything behind the meaningful parts of RTCP packets?",
  .source = "RFC 3550 sections 6.4.1 and 6.4.3",
  .units = LENS_UNIT_RTCP,
  .channels = channels,
  .see = see,
};
