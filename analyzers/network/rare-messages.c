/* rare-messages: do control messages that cameras have no reason to send say ever new things?
 *
 * The types of ICMPv6 and IGMP that are neither echo, error, neighbour nor group membership are for
 * routers (RFC 2710, RFC 4286, RFC 9776 section 4), for mobile hosts (RFC 6275 section 6.5 to 6.8)
 * or for questions about a host (RFC 4620): daemons of that kind say the same again and again.  A
 * redirect quotes the packet that it is about (RFC 4861 section 4.5).
 *
 * Benign: the same message again; a redirect with its quote; answers about a host, which others
 * ask for.
 *
 *   room   8 bits per octet of such a message, once
 *   use    8 bits per octet of one that is not what it was
 */
#include "ledger/announced.h"

#include "wire/icmp.h"
#include "wire/membership.h"
#include "wire/transport.h"

enum
{
  PROTOCOL_IGMP = 2,
  ROUTER_ADVERTISEMENT_4 = 9,
  ROUTER_SOLICITATION_4,
  MLD_FIRST = 130,
  MLD_LAST = 132,
  REDIRECT = 137,
  HOST_ANSWER = 140,
  MLD_REPORT_2 = 143,
  BODY = 4, /* behind type, code and checksum */
};

typedef struct
{
  LensAnnounced groups, messages, redirects;
} RareMessages;

static const LensChannelText channels[] = {
  { .id = "igmp-extra-data",
    .summary = "Messages that only multicast routers send carry ever new content.",
    .room = "The device sends what only multicast routers send, always the same.",
    .filter_hint = "ip.proto == 2",
    .reference = "RFC 9776 section 4; RFC 4286",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = "icmp-unsolicited",
    .summary = "Control messages of a kind that cameras do not need carry ever new content.",
    .room = "The device sends control messages that cameras do not need, always the same.",
    .filter_hint = "icmp || icmpv6",
    .reference = "RFC 4443; RFC 4620; RFC 6275 section 6.5",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { .id = "ip6-nd-options",
    .summary = "Redirects about no packet carry ever new addresses.",
    .room = "The device redirects others without the packet that it is about.",
    .filter_hint = "icmpv6.type == 137",
    .reference = "RFC 4861 section 4.5",
    .hides = TRUE,
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static void
take (LensAnnounced *announced, const char *channel, LensLedger *ledger, const LensUnit *unit,
      const char *name)
{
  LensRange message = unit->frame->payload;

  announced->channel = channel;
  lens_announced_unknown (announced, ledger, unit, unit->view.octets[message.offset],
                          (LensRange){ message.offset + BODY, message.length - BODY }, name);
}

static gboolean
has_quote (const guint8 *octets, const LensIcmp *icmp)
{
  LensRange left = icmp->options;
  LensIcmpOption option;

  while (lens_icmp_option_next (octets, &left, &option))
    if (option.type == LENS_ICMP_OPTION_REDIRECTED && !option.cut)
      return TRUE;
  return FALSE;
}

static gboolean
is_rare (guint8 version, const LensIcmp *icmp)
{
  if (icmp->kind != LENS_ICMP_OTHER)
    return FALSE;
  if (version == 4)
    return icmp->type == ROUTER_ADVERTISEMENT_4 || icmp->type == ROUTER_SOLICITATION_4;
  return !(icmp->type >= MLD_FIRST && icmp->type <= MLD_LAST) && icmp->type != MLD_REPORT_2
         && icmp->type != HOST_ANSWER;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  RareMessages *state = data;
  const LensLayers *layers = unit->frame;
  const guint8 *octets = unit->view.octets + layers->payload.offset;
  gsize length = layers->payload.length;
  LensMembership membership;
  LensIcmp icmp;

  if ((layers->protocol != PROTOCOL_IGMP && layers->protocol != LENS_PROTOCOL_ICMP
       && layers->protocol != LENS_PROTOCOL_ICMPV6)
      || layers->fragment || layers->truncated)
    return;
  if (layers->protocol == PROTOCOL_IGMP)
    {
      if (layers->ip_version == 4 && lens_membership_parse (4, octets, length, &membership)
          && membership.kind == LENS_MEMBERSHIP_OTHER)
        take (&state->groups, "igmp-extra-data", ledger, unit, "what multicast routers send");
    }
  else if (!lens_icmp_parse (layers->ip_version, octets, length, &icmp))
    return;
  else if (is_rare (layers->ip_version, &icmp))
    take (&state->messages, "icmp-unsolicited", ledger, unit, "what cameras do not send");
  else if (layers->ip_version == 6 && icmp.type == REDIRECT && !has_quote (octets, &icmp))
    take (&state->redirects, "ip6-nd-options", ledger, unit, "redirects about no packet");
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  RareMessages *state = data;

  lens_announced_conclude (&state->groups, ledger);
  lens_announced_conclude (&state->messages, ledger);
  lens_announced_conclude (&state->redirects, ledger);
}

static void
clear (gpointer data)
{
  RareMessages *state = data;

  lens_announced_clear (&state->groups);
  lens_announced_clear (&state->messages);
  lens_announced_clear (&state->redirects);
}

const LensAnalyzer lens_analyzer_rare_messages = {
  .name = "rare-messages",
  .question = "Do control messages that cameras have no reason to send say ever new things?",
  .source = "RFC 4443; RFC 4861 section 4.5; RFC 4620; RFC 4286; RFC 9776 section 4",
  .units = LENS_UNIT_FRAME,
  .only = LENS_TRAIT_OTHER_PROTOCOL,
  .channels = channels,
  .state_size = sizeof (RareMessages),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
