/* neighbour-fields: what do IGMP, MLD and neighbour discovery carry that every receiver ignores?
 *
 * RFC 9776 section 4.2, RFC 2236 section 2, RFC 3810 section 5.2, RFC 2710 section 3: some fields
 * are zero and ignored, no use of a record's auxiliary data is defined, and octets behind the
 * message are ignored.  RFC 4861 section 4: reserved fields are zero; a host that solicits or
 * advertises sends options 1 and 2 (link addresses), 11 to 14 (RFC 3971) and 33 (RFC 6775), and
 * ignores those that it does not know.
 *
 * Benign: the options of routers in what routers say, and what they say under other types of IGMP;
 * a nonce (RFC 3971, RFC 7527), which is random by design.
 *
 *   room   8 bits per octet of such fields, options, and what lies behind
 *   use    8 bits per octet of fields that is not zero; all of what has no reason to be there
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/icmp.h"
#include "wire/membership.h"
#include "wire/transport.h"

enum
{
  PROTOCOL_IGMP = 2,
  MLD_QUERY = 130,
  MLD_DONE = 132,
  MLD_REPORT_2 = 143,
  ROUTER_SOLICITATION = 133,
  ROUTER_ADVERTISEMENT,
  NEIGHBOUR_SOLICITATION,
  NEIGHBOUR_ADVERTISEMENT,
  REDIRECT,
  OPTION_SIGNED_FIRST = 11, /* RFC 3971: CGA, RSA signature, timestamp, nonce */
  OPTION_NONCE = 14,
  OPTION_REGISTRATION = 33, /* RFC 6775 */
  LINK_ADDRESS = 6,
};

static const LensChannelText channels[] = {
  { .id = "igmp-extra-data",
    .summary = "Reports about multicast groups carry data in places that every router ignores.",
    .filter_hint = "ip.proto == 2",
    .reference = "RFC 9776 section 4.2; RFC 2236 section 2",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = "icmp6-mld-rs-fields",
    .summary = "Reports about multicast groups or neighbours of IPv6 carry data in places that "
               "every receiver ignores.",
    .filter_hint = "icmpv6",
    .reference = "RFC 3810 section 5.2; RFC 2710 section 3; RFC 4861 section 4",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = "ip6-nd-options",
    .summary = "Neighbour discovery carries options that hosts have no reason to send.",
    .room = "Neighbour discovery carries random numbers (nonces), as secure detection of "
            "duplicates does.",
    .filter_hint = "icmpv6.opt",
    .reference = "RFC 4861 sections 4.1 to 4.6; RFC 3971 section 5; RFC 7527",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

typedef struct
{
  LensLedger *ledger;
  const LensUnit *unit;
  const char *channel;
  gsize start; /* of the message in the frame */
} Seen;

static void
use (const Seen *seen, LensRange range, guint64 bits)
{
  LensCarrier *carrier = lens_ledger_carrier (seen->ledger, seen->channel, seen->unit, NULL);

  lens_ledger_room (seen->ledger, carrier, seen->unit, 8 * range.length);
  lens_ledger_use (seen->ledger, carrier, seen->unit, bits, seen->start + range.offset,
                   range.length);
}

/* @whole: it has no reason to be there at all. */
static void
take (const Seen *seen, LensRange range, gboolean whole)
{
  const guint8 *octets = seen->unit->view.octets + seen->start + range.offset;
  gsize used = whole ? range.length : 0;

  for (gsize i = 0; !whole && i < range.length; i++)
    used += octets[i] != 0;
  if (used > 0)
    use (seen, range, 8 * used);
}

static void
take_records (const Seen *seen, guint8 version, LensRange left)
{
  LensMembershipRecord record;

  while (lens_membership_next (version, seen->unit->view.octets + seen->start, &left, &record))
    take (seen, record.auxiliary, TRUE);
}

static void
see_membership (const Seen *seen, const guint8 *octets)
{
  const LensLayers *layers = seen->unit->frame;
  LensMembership membership;

  if (!lens_membership_parse (layers->ip_version, octets, layers->payload.length, &membership)
      || membership.kind == LENS_MEMBERSHIP_OTHER)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (membership.unused); i++)
    take (seen, membership.unused[i], FALSE);
  take_records (seen, layers->ip_version, membership.records);
  take (seen, membership.rest, TRUE);
}

/* --- neighbours --- */

/* What of octets 4 to 7 is reserved: routers' advertisements have flags of later standards. */
static guint32
reserved_bits (const LensIcmp *icmp)
{
  switch (icmp->type)
    {
    case ROUTER_SOLICITATION:
    case NEIGHBOUR_SOLICITATION:
    case REDIRECT:
      return icmp->word;
    case NEIGHBOUR_ADVERTISEMENT:
      return icmp->word & 0x1fffffff;
    default:
      return 0;
    }
}

static void
see_reserved (const Seen *seen, const LensIcmp *icmp)
{
  guint32 bits = reserved_bits (icmp);
  guint used = 0;

  for (guint i = 0; i < 32; i++)
    used += bits >> i & 1;
  if (used > 0)
    use (seen, (LensRange){ 4, 4 }, used);
  take (seen, (LensRange){ 1, 1 }, FALSE);
}

/* The octets of an option that nobody has a use for. */
static LensRange
strange_part (const LensIcmp *icmp, const LensIcmpOption *option)
{
  gboolean of_router = icmp->type == ROUTER_ADVERTISEMENT || icmp->type == REDIRECT;
  LensRange beyond = { option->data.offset + MIN (LINK_ADDRESS, option->data.length),
                       option->data.length - MIN (LINK_ADDRESS, option->data.length) };

  if (option->cut)
    return option->whole;
  switch (option->type)
    {
    case LENS_ICMP_OPTION_SOURCE_LINK:
    case LENS_ICMP_OPTION_TARGET_LINK:
      return beyond;
    case OPTION_REGISTRATION:
      return (LensRange){ 0, 0 };
    default:
      return of_router || (option->type >= OPTION_SIGNED_FIRST && option->type <= OPTION_NONCE)
                 ? (LensRange){ 0, 0 }
                 : option->whole;
    }
}

static void
see_options (const Seen *seen, const LensIcmp *icmp, const guint8 *octets)
{
  LensRange left = icmp->options;
  LensIcmpOption option;

  while (lens_icmp_option_next (octets, &left, &option))
    {
      LensRange strange = strange_part (icmp, &option);
      /* The second half of a link address of eight octets (IEEE 802.15.4) ends in zeros. */
      gboolean is_address = option.type == LENS_ICMP_OPTION_SOURCE_LINK
                            || option.type == LENS_ICMP_OPTION_TARGET_LINK;
      take (seen, strange, !is_address || option.cut);
      if (option.type != OPTION_NONCE || option.cut)
        continue;
      LensCarrier *carrier = lens_ledger_carrier (seen->ledger, seen->channel, seen->unit, NULL);
      lens_ledger_room (seen->ledger, carrier, seen->unit, 8 * option.data.length);
    }
}

/* --- one message --- */

static void
see_icmp6 (LensLedger *ledger, const LensUnit *unit, const guint8 *octets)
{
  gsize start = unit->frame->payload.offset;
  Seen seen = { ledger, unit, "icmp6-mld-rs-fields", start };
  LensIcmp icmp;

  if (!lens_icmp_parse (6, octets, unit->frame->payload.length, &icmp))
    return;
  gboolean is_membership
      = (icmp.type >= MLD_QUERY && icmp.type <= MLD_DONE) || icmp.type == MLD_REPORT_2;
  if (!is_membership && icmp.kind != LENS_ICMP_DISCOVERY)
    return;
  if (is_membership)
    {
      see_membership (&seen, octets);
      return;
    }
  see_reserved (&seen, &icmp);
  seen.channel = "ip6-nd-options";
  see_options (&seen, &icmp, octets);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;
  const guint8 *octets = unit->view.octets + layers->payload.offset;

  if ((layers->protocol != PROTOCOL_IGMP && layers->protocol != LENS_PROTOCOL_ICMPV6)
      || layers->fragment || layers->truncated || layers->payload.length < 8)
    return;
  if (layers->ip_version == 4 && layers->protocol == PROTOCOL_IGMP)
    {
      const Seen seen = { ledger, unit, "igmp-extra-data", layers->payload.offset };
      see_membership (&seen, octets);
    }
  else if (layers->ip_version == 6 && layers->protocol == LENS_PROTOCOL_ICMPV6)
    see_icmp6 (ledger, unit, octets);
}

/* --- seeds --- */

/* The message behind a report, which nothing counts. */
static void
seed_behind (LensSeedBed *bed, const LensSeedPlace *place)
{
  guint8 octets[32];
  gsize end = lens_range_end (place->layers->payload);
  gsize count = lens_seed_bed_take (bed, octets, MIN (sizeof octets, place->spare));

  if (count > 0)
    lens_seed_bed_insert (bed, end, octets, count, LENS_SEED_PAYLOAD);
}

static void
seed_reserved (LensSeedBed *bed, const LensSeedPlace *place, guint8 type)
{
  gsize start = place->layers->payload.offset;
  gboolean is_report = type == MLD_REPORT_2;
  guint8 octets[3];
  /* two octets of a report, three of which nothing is used in what hosts say of neighbours */
  gsize count = lens_seed_bed_take (bed, octets, is_report ? 2 : 3);

  if (count > 0)
    lens_seed_bed_replace (bed, start + (is_report ? 4 : 5), octets, count);
}

/* An option of experiments (RFC 4727 section 5.1.3). */
static void
seed_option (LensSeedBed *bed, const LensSeedPlace *place)
{
  gsize end = lens_range_end (place->layers->payload);
  guint8 octets[8] = { 253, 1 };
  gsize count = place->spare >= sizeof octets ? lens_seed_bed_take (bed, octets + 2, 6) : 0;

  if (count > 0)
    lens_seed_bed_insert (bed, end, octets, sizeof octets, LENS_SEED_PAYLOAD);
}

static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  gboolean igmp = g_str_equal (channel, "igmp-extra-data");
  gboolean options = g_str_equal (channel, "ip6-nd-options");
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      const LensLayers *layers = place.layers;
      guint8 type = layers->payload.length >= 8 ? place.octets[layers->payload.offset] : 0;
      gboolean discovery = type == ROUTER_SOLICITATION || type == NEIGHBOUR_SOLICITATION
                           || type == NEIGHBOUR_ADVERTISEMENT;
      if (layers->protocol == PROTOCOL_IGMP && layers->ip_version == 4 && igmp)
        seed_behind (bed, &place);
      else if (layers->protocol != LENS_PROTOCOL_ICMPV6 || layers->ip_version != 6 || igmp)
        continue;
      else if (options && discovery)
        seed_option (bed, &place);
      else if (!options && (discovery || type == MLD_REPORT_2))
        seed_reserved (bed, &place, type);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_neighbour_fields = {
  .name = "neighbour-fields",
  .question = "Do IGMP, MLD and neighbour discovery carry what every receiver ignores?",
  .source = "RFC 9776 section 4.2; RFC 3810 section 5.2; RFC 4861 section 4",
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_OTHER_PROTOCOL,
  .channels = channels,
  .see = see,
  .seed = seed,
};
