/* declaration-wildcard: what leaves by a permission that permits anybody?
 *
 * RFC 8520 section 3 has entries that name no host; a profile's service may lack its `to`.  Such
 * a permission is the owner's to give, and is not judged: what it let pass is shown.
 *
 *   room   8 bits for each octet of payload that the device sent by it
 */
#include "ledger/analyzer.h"
#include "ledger/rows.h"

typedef struct
{
  gboolean asked, none; /* whether there is such a permission */
  LensRows sides;       /* Sent, by the side's index */
} DeclarationWildcard;

typedef struct
{
  LensFrameSet frames;
  guint64 octets;
  gint64 first, last;
} Sent;

static const LensChannelText channels[] = {
  { .id = "declaration-wildcard",
    .summary = "A permission that permits anybody was used.",
    .room = "The declaration permits this, but does not say with whom: any host would do.",
    .reference = "RFC 8520 section 3; the profile's [service]",
    .unit = LENS_UNIT_CONTENT },
  { NULL },
};

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  DeclarationWildcard *state = data;

  if (!state->asked)
    state->none = !lens_ledger_has_wildcards (ledger);
  state->asked = TRUE;
  if (state->none)
    return;
  Sent *sent = lens_rows_at (&state->sides, unit->side->index, sizeof *sent);
  if (sent->octets == 0)
    sent->first = unit->time_ns;
  sent->last = unit->time_ns;
  sent->octets += unit->view.length;
  for (gsize i = 0; i < unit->view.n_pieces; i++)
    lens_frame_set_add (&sent->frames, unit->view.pieces[i].frame);
}

/* One carrier for what the device sent to one host by one permission. */
static void
show (LensLedger *ledger, LensSide *side, const Sent *sent, const char *permission)
{
  LensCarrier *carrier = lens_carriers_get (lens_ledger_carriers (ledger), "declaration-wildcard",
                                            "declaration-wildcard", side, NULL, permission);

  carrier->first = carrier->room_bits == 0 ? sent->first : MIN (carrier->first, sent->first);
  carrier->last = MAX (carrier->last, sent->last);
  carrier->room_bits += 8 * sent->octets;
  lens_frame_set_join (&carrier->frames, &sent->frames);
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const DeclarationWildcard *state = data;
  LensFlows *flows = lens_ledger_flows (ledger);
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint i = 0; i < lens_rows_n (&state->sides); i++)
    {
      LensSide *side = lens_flows_side_at (flows, i);
      const Sent *sent = lens_rows_peek (&state->sides, i);
      g_autofree char *permission
          = sent != NULL && sent->octets > 0 && lens_ledger_from_device (ledger, side)
                ? lens_ledger_wildcard_of (ledger, side->flow)
                : NULL;
      if (permission != NULL)
        show (ledger, side, sent, permission);
    }
  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->channel, "declaration-wildcard"))
        continue;
      g_autofree char *detail = g_strdup_printf ("It is permitted by %s.", carrier->subject);
      lens_ledger_find_room (ledger, carrier, detail);
    }
}

static void
sent_clear (gpointer sent)
{
  lens_frame_set_clear (&((Sent *)sent)->frames);
}

static void
clear (gpointer data)
{
  lens_rows_clear (&((DeclarationWildcard *)data)->sides, sent_clear);
}

const LensAnalyzer lens_analyzer_declaration_wildcard = {
  .name = "declaration-wildcard",
  .question = "What leaves by a permission that permits anybody?",
  .source = "RFC 8520 section 3; the profile",
  .severity = LENS_SEVERITY_RULE_ROOM_ONLY,
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (DeclarationWildcard),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
