/* ip4-header: is there anything in IPv4 headers that nobody has a use for?
 *
 * RFC 791 section 3.1: bit 0 of the flags is reserved and must be zero; options may follow the
 * addresses, and zeros the options.  RFC 7126 section 4: on today's networks nearly no option has
 * a use, but Router Alert (RFC 2113) in IGMP, RSVP and PGM.  The protocol field holds a number of
 * IANA's list, most of which no device speaks.
 *
 * Benign: headers damaged on their way, whose checksum does not hold; the numbers of protocols
 * that are spoken: their content is judged as a flow.
 *
 *   room   1 bit of each reserved flag; 8 per octet of options; 8 per octet of what travels
 *          under a protocol number that nothing speaks
 *   use    the same
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/checksum.h"
#include "wire/transport.h"

enum
{
  OPTION_END = 0,
  OPTION_NOTHING = 1,
  OPTION_ROUTER_ALERT = 0x94,
  PROTOCOL_IGMP = 2,
  PROTOCOL_RSVP = 46,
  PROTOCOL_PGM = 113,
};

static const LensChannelText channels[] = {
  { .id = "ip4-reserved-flag",
    .summary = "The reserved bit of the IPv4 flags is set; every receiver ignores it.",
    .filter_hint = "ip.flags",
    .reference = "RFC 791 section 3.1",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = "ip4-options",
    .summary = "IPv4 headers carry options, which no receiver looks at.",
    .room = "IPv4 headers carry the Router Alert option, as their protocol asks for.",
    .filter_hint = "ip.hdr_len > 20",
    .reference = "RFC 791 section 3.1; RFC 7126 section 4",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = "ip4-unknown-proto",
    .summary = "Packets travel under a protocol number that nothing speaks.",
    .filter_hint = "ip.proto",
    .reference = "RFC 791 section 3.1; IANA protocol numbers",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

/* Numbers that devices, routers and tunnels of today speak: ICMP, IGMP, IP in IP, TCP, UDP, DCCP,
 * IPv6, RSVP, GRE, ESP, AH, ICMPv6, EIGRP, OSPF, EtherIP, PIM, VRRP, PGM, L2TP, IS-IS, SCTP,
 * UDP-Lite, MPLS, HIP, Ethernet. */
static gboolean
is_spoken (guint8 protocol)
{
  static const guint8 spoken[] = { 1,  2,  4,   6,   17,  33,  41,  46,  47,  50,  51,  58, 88,
                                   89, 97, 103, 112, 113, 115, 124, 132, 136, 137, 139, 143 };

  for (guint i = 0; i < G_N_ELEMENTS (spoken); i++)
    if (spoken[i] == protocol)
      return TRUE;
  return FALSE;
}

static void
use (LensLedger *ledger, const char *channel, const LensUnit *unit, guint64 bits, gsize offset,
     gsize length)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, channel, unit, NULL);

  lens_ledger_room (ledger, carrier, unit, bits);
  lens_ledger_use (ledger, carrier, unit, bits, offset, length);
}

static gboolean
is_alerting (guint8 protocol)
{
  return protocol == PROTOCOL_IGMP || protocol == PROTOCOL_RSVP || protocol == PROTOCOL_PGM;
}

/* Router Alert with its only value, in what it is for, and zeros. */
static gboolean
is_usual (const guint8 *options, gsize length, guint8 protocol)
{
  gsize at = 0;

  if (!is_alerting (protocol))
    return FALSE;
  while (at < length && options[at] == OPTION_NOTHING)
    at++;
  if (at + 4 > length || options[at] != OPTION_ROUTER_ALERT || options[at + 1] != 4
      || options[at + 2] != 0 || options[at + 3] != 0)
    return FALSE;
  for (at += 4; at < length && options[at] == OPTION_NOTHING; at++)
    ;
  for (; at < length; at++)
    if (options[at] != OPTION_END)
      return FALSE;
  return TRUE;
}

static void
see_options (LensLedger *ledger, const LensUnit *unit, gsize start, gsize length)
{
  if (!is_usual (unit->view.octets + start, length, unit->frame->protocol))
    {
      use (ledger, "ip4-options", unit, 8 * length, start, length);
      return;
    }
  LensCarrier *carrier = lens_ledger_carrier (ledger, "ip4-options", unit, NULL);
  lens_ledger_room (ledger, carrier, unit, 8 * length);
}

static void
see_protocol (LensLedger *ledger, const LensUnit *unit)
{
  const LensRange *payload = &unit->frame->payload;

  if (payload->length > 0)
    use (ledger, "ip4-unknown-proto", unit, 8 * payload->length, payload->offset, payload->length);
  else
    use (ledger, "ip4-unknown-proto", unit, 8, unit->frame->network.offset + 9, 1);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;
  gsize start = layers->network.offset, length = layers->network.length;

  if (layers->ip_version != 4 || length < 20)
    return;
  gboolean reserved = (layers->ip_flags & 4) != 0, strange = !is_spoken (layers->protocol);
  if ((length == 20 && !reserved && !strange) || layers->header_cut
      || !lens_checksum_header_holds (unit->view.octets + start, length))
    return;
  if (reserved)
    use (ledger, "ip4-reserved-flag", unit, 1, start + 6, 1);
  if (length > 20)
    see_options (ledger, unit, start + 20, length - 20);
  if (strange)
    see_protocol (ledger, unit);
}

/* Which packets have the bit is the message, so it is no less of one for always being the same. */
static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (g_str_equal (carrier->channel, "ip4-reserved-flag") && carrier->uses > 0)
        lens_ledger_find (ledger, carrier,
                          MAX (lens_ledger_severity (ledger, carrier), LENS_SEVERITY_MEDIUM), NULL,
                          NULL);
    }
  lens_ledger_find_used (ledger);
}

/* --- seeds --- */

/* The message as an option of experiments (RFC 4727 section 3). */
static void
seed_option (LensSeedBed *bed, const LensSeedPlace *place)
{
  gsize start = place->layers->network.offset;
  guint8 octets[8] = { 0x5e, sizeof octets };

  if (place->layers->network.length != 20 || place->spare < sizeof octets)
    return;
  gsize count = lens_seed_bed_take (bed, octets + 2, sizeof octets - 2);
  if (count == 0)
    return;
  lens_seed_bed_insert (bed, start + 20, octets, sizeof octets, LENS_SEED_DATAGRAM);
  lens_seed_bed_set (bed, start, 0x0f, 5 + sizeof octets / 4);
}

static void
seed_protocol (LensSeedBed *bed)
{
  guint8 octets[64];
  gsize count = lens_seed_bed_can_send (bed) ? lens_seed_bed_take (bed, octets, sizeof octets) : 0;

  if (count > 0)
    lens_seed_bed_send_ip (bed, (guint8)(150 + lens_seed_bed_below (bed, 100)), octets, count);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint32 bit;

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      if (place.layers->ip_version != 4 || place.layers->network.length < 20)
        continue;
      if (g_str_equal (channel, "ip4-options"))
        seed_option (bed, &place);
      else if (g_str_equal (channel, "ip4-unknown-proto"))
        seed_protocol (bed);
      else if (lens_seed_bed_take_bits (bed, &bit, 1) > 0)
        lens_seed_bed_set (bed, place.layers->network.offset + 6, 0x80, bit != 0 ? 0x80 : 0);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_ip4_header = {
  .name = "ip4-header",
  .question = "Is there anything in IPv4 headers that nobody has a use for?",
  .source = "RFC 791 section 3.1; RFC 7126",
  .severity = LENS_SEVERITY_RULE_FIXED,
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_HEADER | LENS_TRAIT_OTHER_PROTOCOL,
  .channels = channels,
  .see = see,
  .conclude = conclude,
  .seed = seed,
};
