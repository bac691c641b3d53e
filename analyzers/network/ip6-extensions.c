/* ip6-extensions: is there anything between an IPv6 header and its content that nobody needs?
 *
 * RFC 8200 section 4: padding options hold zeros (4.2), two fields of the fragment header are
 * reserved (4.5), and whatever stands behind "no next header" is ignored (4.7).  Of the options,
 * hosts of today send Router Alert (RFC 2711) in MLD and RSVP, and the limit of tunnels before a
 * packet that is in one (RFC 2473 section 4.1.1); routing headers are of routers.  One padding
 * option aligns what is behind it: a second one, or padding beside nothing, aligns nothing.
 * Messages of Mobile IPv6 and HIP are the last header (RFC 6275 section 6.1.1, RFC 7401
 * section 5.1); those of Shim6 are of hosts with several providers.
 *
 *   room   8 bits per octet of options that nobody needs, of routing headers, of messages before
 *          content, of padding, of reserved fields, and of what travels under a next header that
 *          nothing speaks; 2 bits of each header that is padded for no reason: how it is, is free
 *   use    the same; of padding and reserved fields where it is not zero
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include "wire/extension.h"
#include "wire/transport.h"

enum
{
  FIXED = 40,
  LAYOUT_BITS = 2,
  PROTOCOL_IPIP = 4,
  PROTOCOL_IPV6 = 41,
  PROTOCOL_RSVP = 46,
  PROTOCOL_GRE = 47,
};

static const LensChannelText channels[] = {
  { .id = "ip6-ext-headers",
    .summary = "IPv6 packets carry data in extension headers, where every receiver passes over "
               "it.",
    .filter_hint = "ipv6",
    .reference = "RFC 8200 sections 4.2, 4.5 and 4.7",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static void
use (LensLedger *ledger, const LensUnit *unit, guint64 bits, LensRange range)
{
  LensCarrier *carrier = lens_ledger_carrier (ledger, "ip6-ext-headers", unit, NULL);

  lens_ledger_room (ledger, carrier, unit, 8 * range.length);
  lens_ledger_use (ledger, carrier, unit, bits, range.offset, range.length);
}

static gboolean
use_unless_zero (LensLedger *ledger, const LensUnit *unit, LensRange range)
{
  gsize used = 0;

  for (gsize i = 0; i < range.length; i++)
    used += unit->view.octets[range.offset + i] != 0;
  if (used > 0)
    use (ledger, unit, 8 * used, range);
  return used > 0;
}

/* --- options --- */

/* What a packet in a tunnel is, to the one around it (RFC 2473; RFC 2784). */
static gboolean
is_tunnel (guint8 protocol)
{
  return protocol == PROTOCOL_IPIP || protocol == PROTOCOL_IPV6 || protocol == PROTOCOL_GRE;
}

static gboolean
is_needed (const LensUnit *unit, guint8 header, const LensExtensionOption *option)
{
  const guint8 *data = unit->view.octets + option->data.offset;
  guint8 protocol = unit->frame->protocol;

  if (option->cut)
    return FALSE;
  if (header == LENS_EXTENSION_DESTINATION)
    return option->type == LENS_EXTENSION_TUNNEL_LIMIT && option->data.length == 1
           && is_tunnel (protocol);
  return option->type == LENS_EXTENSION_ROUTER_ALERT && option->data.length == 2 && data[0] == 0
         && ((protocol == LENS_PROTOCOL_ICMPV6 && data[1] == 0)
             || (protocol == PROTOCOL_RSVP && data[1] == 1));
}

static void
see_options (LensLedger *ledger, const LensUnit *unit, const LensExtension *extension)
{
  LensRange left = extension->options;
  LensExtensionOption option;
  gboolean padded = FALSE, padded_twice = FALSE, said = FALSE;

  while (lens_extension_option_next (unit->view.octets, &left, &option))
    {
      gboolean pads = option.type == LENS_EXTENSION_PAD_1 || option.type == LENS_EXTENSION_PAD_N;
      padded_twice |= pads && padded;
      padded = pads;
      if (option.type == LENS_EXTENSION_PAD_N)
        said |= use_unless_zero (ledger, unit, option.data);
      else if (!pads && !is_needed (unit, extension->type, &option))
        use (ledger, unit, 8 * option.whole.length, option.whole);
      said |= !pads;
    }
  if (padded_twice || !said)
    use (ledger, unit, LAYOUT_BITS, extension->options);
}

/* RFC 8200 section 4.5: an octet, and two bits beside the offset. */
static void
see_fragment (LensLedger *ledger, const LensUnit *unit, gsize start)
{
  use_unless_zero (ledger, unit, (LensRange){ start + 1, 1 });
  guint8 bits = unit->view.octets[start + 3] & 0x06;
  if (bits != 0)
    use (ledger, unit, bits == 0x06 ? 2 : 1, (LensRange){ start + 3, 1 });
}

/* --- what follows --- */

/* TCP, UDP, ICMPv6, DCCP, SCTP, UDP-Lite; tunnels, ESP; what routers speak. */
static gboolean
is_spoken (guint8 protocol)
{
  static const guint8 spoken[] = { 4,  6,   17,  33,  41,  46,  47,  50,  58,  88, 89,
                                   97, 103, 112, 113, 115, 124, 132, 136, 137, 143 };

  for (guint i = 0; i < G_N_ELEMENTS (spoken); i++)
    if (spoken[i] == protocol)
      return TRUE;
  return FALSE;
}

/* A message that should end the packet; @next follows it. */
static gboolean
is_in_front (guint8 type, guint8 next)
{
  return (type == LENS_EXTENSION_MOBILITY || type == LENS_EXTENSION_HIP
          || type == LENS_EXTENSION_SHIM6)
         && next != LENS_EXTENSION_NOTHING;
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensLayers *layers = unit->frame;
  LensRange left = layers->network;
  LensExtension extension;

  if (layers->ip_version != 6 || left.length < FIXED || layers->header_cut)
    return;
  guint8 next = unit->view.octets[left.offset + 6];
  left = (LensRange){ left.offset + FIXED, left.length - FIXED };
  while (lens_extension_next (unit->view.octets, &left, &next, &extension))
    {
      if (extension.options.length > 0)
        see_options (ledger, unit, &extension);
      else if (extension.type == LENS_EXTENSION_FRAGMENT)
        see_fragment (ledger, unit, extension.whole.offset);
      else if (extension.type == LENS_EXTENSION_ROUTING || is_in_front (extension.type, next))
        use (ledger, unit, 8 * extension.whole.length, extension.whole);
    }
  if (!layers->fragment && !layers->bad_header_length && layers->payload.length > 0
      && !is_spoken (layers->protocol))
    use (ledger, unit, 8 * layers->payload.length, layers->payload);
}

/* The message as an option of experiments (RFC 4727 section 3.3) before the content. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      const LensRange *network = &place.layers->network;
      guint8 octets[16] = { place.layers->protocol, 1, 0x1e, 12 };
      if (place.layers->ip_version != 6 || network->length != FIXED || place.spare < sizeof octets)
        continue;
      gsize count = lens_seed_bed_take (bed, octets + 4, sizeof octets - 4);
      if (count == 0)
        continue;
      const guint8 next = LENS_EXTENSION_DESTINATION;
      lens_seed_bed_insert (bed, network->offset + FIXED, octets, sizeof octets,
                            LENS_SEED_DATAGRAM);
      lens_seed_bed_replace (bed, network->offset + 6, &next, 1);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_ip6_extensions = {
  .name = "ip6-extensions",
  .question = "Is there anything between an IPv6 header and its content that nobody needs?",
  .source = "RFC 8200 section 4",
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_IP6,
  .channels = channels,
  .see = see,
  .seed = seed,
};
