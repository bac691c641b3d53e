/* flow-lasting: does the device keep sessions open for hours in which next to nothing is said?
 *
 * Such a session is kept open for somebody who may come in by it; RITA counts from one hour on.
 *
 * Benign: what the owner declared; sessions on the link.
 *
 *   use    8 bits for each octet of payload that the device sent in it
 */
#include "ledger/analyzer.h"

#include <netinet/in.h>

#define HOUR_NS (G_GINT64_CONSTANT (3600) * 1000000000)
#define IDLE_RATE 16 /* octets a second, at most */
#define LEAST_PACKETS 20

static const LensChannelText channels[] = {
  { .id = "flow-long-lived-idle-tunnel",
    .summary = "The device keeps a session open for hours in which next to nothing is said.",
    .reference = "RITA version 5 (activecm/rita): long connections",
    .unit = LENS_UNIT_FRAME },
  { NULL },
};

static gboolean
may_open (const LensSide *side)
{
  return !side->reverse && !side->of_fragments && !side->flow->encapsulates
         && side->key.src.version != 0
         && (side->key.protocol == IPPROTO_TCP || side->key.protocol == IPPROTO_UDP);
}

/* Both ways together, an hour and more. */
static gboolean
is_idle (const LensFlow *flow)
{
  gint64 lasted = flow->last - flow->first;
  guint64 said = flow->payload[0] + flow->payload[1];

  return lasted >= HOUR_NS && flow->packets[0] + flow->packets[1] >= LEAST_PACKETS
         && said <= IDLE_RATE * (guint64)(lasted / 1000000000);
}

static void
judge (LensLedger *ledger, LensSide *side)
{
  const LensFlow *flow = side->flow;

  if (!may_open (side) || !is_idle (flow) || !lens_ledger_from_device (ledger, side)
      || lens_ledger_permits (ledger, side->flow) || !lens_ledger_leaves_link (ledger, side))
    return;
  LensCarrier *carrier = lens_carriers_get (lens_ledger_carriers (ledger), "flow-lasting",
                                            channels[0].id, side, NULL, "idle");
  const LensPiece first = { side->first_frame, 0, 0 };
  const LensView view = { NULL, 0, &first, 1 };
  lens_carrier_note (lens_ledger_carriers (ledger), carrier, side->first, 8 * flow->payload[0],
                     &view);
  carrier->last = flow->last;
  g_autofree char *detail = g_strdup_printf (
      "%.1f hours, %" G_GUINT64_FORMAT " octets out and %" G_GUINT64_FORMAT " in.",
      (double)(flow->last - flow->first) / 3600e9, flow->payload[0], flow->payload[1]);
  lens_ledger_find (ledger, carrier,
                    lens_ledger_has_declaration (ledger, side) ? LENS_SEVERITY_MEDIUM
                                                               : LENS_SEVERITY_LOW,
                    NULL, detail);
}

static void
see (LensLedger *ledger, gpointer state, const LensUnit *unit)
{
  /* The ledger counts flows itself. */
}

static void
conclude (LensLedger *ledger, gpointer state)
{
  LensFlows *flows = lens_ledger_flows (ledger);

  for (guint32 i = 0; i < lens_flows_n_sides (flows); i++)
    judge (ledger, lens_flows_side_at (flows, i));
}

const LensAnalyzer lens_analyzer_flow_lasting = {
  .name = "flow-lasting",
  .question = "Does the device keep sessions open for hours in which next to nothing is said?",
  .source = "RITA 5 (activecm/rita)",
  .severity = LENS_SEVERITY_RULE_LASTING,
  .channels = channels,
  .see = see,
  .conclude = conclude,
};
