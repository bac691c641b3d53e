/* udp-slack: what lies in an IP datagram behind the length that UDP states?
 *
 * RFC 768: the length field counts header and data.  IP may carry more; no socket delivers it.
 * RFC 9868 gives this surplus to options that nothing in the field uses yet.
 *
 *   room   8 bits per octet of surplus
 *   use    the same: its presence has no reason
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/transport.h"

static const LensChannelText channels[] = {
  { .id = "udp-length-slack",
    .summary = "Data travels behind the stated end of UDP datagrams, where no program receives "
               "it.",
    .filter_hint = "udp && (ip.len > udp.length + ip.hdr_len || ipv6.plen > udp.length || "
                   "ip.fragments || ipv6.fragments)",
    .reference = "RFC 768; RFC 9868",
    .hides = TRUE,
    .unit = LENS_UNIT_DATAGRAM },
  { NULL },
};

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  LensTransport header;

  lens_transport_parse (LENS_PROTOCOL_UDP, unit->view.octets, unit->view.length, &header);
  if (header.slack.length == 0)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "udp-length-slack", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * header.slack.length);
  lens_ledger_use (ledger, carrier, unit, 8 * header.slack.length, header.slack.offset,
                   header.slack.length);
}

/* The message behind what UDP counts. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint8 octets[300];

  while (lens_seed_bed_next (bed, LENS_UNIT_DATAGRAM, &place))
    {
      gsize count = lens_seed_bed_take (bed, octets, MIN (sizeof octets, place.spare));
      if (count > 0)
        lens_seed_bed_insert (bed, place.end, octets, count, LENS_SEED_DATAGRAM);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_udp_slack = {
  .name = "udp-slack",
  .question = "Is there anything behind the end that UDP states?",
  .source = "RFC 768; RFC 9868",
  .units = LENS_UNIT_DATAGRAM,
  .channels = channels,
  .see = see,
  .seed = seed,
};
