/* port-mapping: does the device have the router let the world in?
 *
 * UPnP IGD's AddPortMapping and AddAnyPortMapping by SOAP, NAT-PMP (RFC 6886 section 3.3), PCP's
 * MAP (RFC 6887 section 11).  Ports, life time, nonce and description are the asker's choice.
 *
 *   use    8 bits for each octet of such a request
 */
#include "ledger/analyzer.h"
#include "ledger/seed-bed.h"

#include <netinet/in.h>
#include <string.h>

#define PORT 5351

static const LensChannelText channels[] = {
  { .id = "flow-inbound-portmap",
    .summary = "The device asks the router to let connections in from outside.",
    .filter_hint = "nat-pmp || portcontrol || http contains \"AddPortMapping\"",
    .reference = "RFC 6886; RFC 6887; UPnP IGD WANIPConnection",
    .unit = LENS_UNIT_CONTENT },
  { NULL },
};

/* NAT-PMP: version 0, operation 1 or 2, 12 octets; PCP: version 2, request 1, 60 at least. */
static gboolean
is_map_request (const guint8 *octets, gsize length)
{
  return (length == 12 && octets[0] == 0 && (octets[1] == 1 || octets[1] == 2))
         || (length >= 60 && octets[0] == 2 && octets[1] == 1);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  const LensSideKey *key = &unit->side->key;
  const guint8 *octets = unit->view.octets;
  gsize length = unit->view.length, at = 0;

  if (key->protocol == IPPROTO_UDP && key->dport == PORT)
    {
      if (!is_map_request (octets, length))
        return;
    }
  else if (key->protocol == IPPROTO_TCP)
    {
      const guint8 *action = memmem (octets, length, "PortMapping", 11);
      at = action != NULL ? (gsize)(action - octets) : 0;
      if (at < 3
          || (memcmp (action - 3, "Add", 3) != 0
              && (at < 6 || memcmp (action - 6, "AddAny", 6) != 0)))
        return;
      /* A device that offers the service describes it. */
      if (memmem (octets, length, "<actionList>", 12) != NULL
          || memmem (octets, length, "<name>", 6) != NULL)
        return;
      at -= 3;
    }
  else
    return;
  lens_ledger_use (ledger, lens_ledger_carrier (ledger, "flow-inbound-portmap", unit, NULL), unit,
                   8 * (length - at), at, length - at);
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, "port-mapping") || carrier->uses == 0)
        continue;
      LensSeverity severity = LENS_SEVERITY_LOW;
      if (lens_ledger_permits (ledger, carrier->side->flow))
        severity = LENS_SEVERITY_INFO;
      else if (lens_ledger_has_declaration (ledger, carrier->side))
        severity = MAX (lens_ledger_severity (ledger, carrier), LENS_SEVERITY_MEDIUM);
      lens_ledger_find (ledger, carrier, severity, NULL, NULL);
    }
}

/* Requests of NAT-PMP whose ports and life time are the message. */
static gboolean
seed (LensSeedBed *bed, const char *channel)
{
  LensSeedPlace place;
  guint16 sport = (guint16)(0x8000 + lens_seed_bed_below (bed, 0x8000));

  while (lens_seed_bed_next (bed, LENS_UNIT_FRAME, &place))
    {
      guint8 request[12] = { 0, 1 };
      if (place.layers->ip_version == 4 && lens_seed_bed_can_send (bed)
          && lens_seed_bed_take (bed, request + 4, 8) > 0)
        lens_seed_bed_send_udp (bed, NULL, sport, PORT, request, sizeof request);
    }
  return lens_seed_bed_written (bed);
}

const LensAnalyzer lens_analyzer_port_mapping = {
  .name = "port-mapping",
  .question = "Does the device have the router let the world in?",
  .source = "RFC 6886 section 3.3; RFC 6887 section 11; UPnP IGD WANIPConnection",
  .severity = LENS_SEVERITY_RULE_MAPPING,
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .see = see,
  .conclude = conclude,
  .seed = seed,
};
