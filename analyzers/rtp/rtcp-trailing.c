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
#include "ledger/seed-bed.h"

#include "wire/octets.h"
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

static void
take (LensLedger *ledger, const LensUnit *unit, LensRange octets, gboolean zero_is_filler)
{
  if (octets.length == 0)
    return;
  LensCarrier *carrier = lens_ledger_carrier (ledger, "rtcp-profile-extension", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * octets.length);
  if (!zero_is_filler || !lens_octets_are_zero (unit->view.octets + octets.offset, octets.length))
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

/* --- seeds --- */

/* One packet of the compound: the first report, or the last packet. */
static gboolean
find_packet (const LensSeedPlace *place, gboolean report, LensRtcpPacket *found)
{
  LensRtcp rtcp = lens_rtcp_over (place->octets + place->start, place->end - place->start);
  LensRtcpPacket packet;
  gboolean any = FALSE;

  while (lens_rtcp_next (&rtcp, &packet))
    {
      gboolean is_report = packet.type == LENS_RTCP_SR || packet.type == LENS_RTCP_RR;
      if (report ? any || !is_report : FALSE)
        continue;
      *found = packet;
      any = TRUE;
    }
  return any && !found->padding_bit && lens_rtcp_stray (&rtcp).length == 0;
}

/* @octets become the last of @packet, whose length counts them. */
static void
lengthen (LensSeedBed *bed, const LensSeedPlace *place, const LensRtcpPacket *packet,
          const guint8 *octets, gsize length)
{
  gsize head = place->start + packet->whole.offset;
  gsize words = (packet->whole.length + length) / 4 - 1;
  const guint8 field[] = { (guint8)(words >> 8), (guint8)words };

  lens_seed_bed_replace (bed, head + 2, field, sizeof field);
  lens_seed_bed_insert (bed, head + packet->whole.length, octets, length, LENS_SEED_UNIT);
}

typedef enum
{
  SEED_EXTENSION, /* of the report */
  SEED_PADDING,   /* of the last packet */
  SEED_STRAY,     /* behind it, of another version */
} Way;

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  Way way = (Way)lens_seed_bed_below (bed, 3);
  LensSeedPlace place;
  LensRtcpPacket packet;
  guint8 octets[1 + 200];

  while (lens_seed_bed_next (bed, LENS_UNIT_RTCP, &place))
    {
      if (place.spare < sizeof octets || !find_packet (&place, way == SEED_EXTENSION, &packet))
        continue;
      gsize count = lens_seed_bed_take (bed, octets + 1, 196);
      gsize length = (count + 3) / 4 * 4;
      if (count == 0)
        continue;
      lens_seed_bed_fill (bed, octets + 1 + count, length - count);
      if (way == SEED_EXTENSION)
        lengthen (bed, &place, &packet, octets + 1, length);
      else if (way == SEED_PADDING)
        {
          length = (count + 1 + 3) / 4 * 4;
          octets[length] = (guint8)length;
          lens_seed_bed_set (bed, place.start + packet.whole.offset, 0x20, 0x20);
          lengthen (bed, &place, &packet, octets + 1, length);
        }
      else
        {
          octets[0] = (guint8)lens_seed_bed_below (bed, 0x80);
          lens_seed_bed_insert (bed, place.end, octets, 1 + count, LENS_SEED_UNIT);
        }
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_rtcp_trailing = {
  .name = "rtcp-trailing",
  .question = "Is there anything behind the meaningful parts of RTCP packets?",
  .source = "RFC 3550 sections 6.4.1 and 6.4.3",
  .units = LENS_UNIT_RTCP,
  .channels = channels,
  .see = see,
  .seed = seed,
};
