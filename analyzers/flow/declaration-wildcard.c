/* declaration-wildcard: what leaves by a permission that permits anybody?
 *
 * RFC 8520 section 3 has entries that name no host; a profile's service may lack its `to`.  Such
 * a permission is the owner's to give, and is not judged: what it let pass is shown.
 *
 *   room   8 bits for each octet of payload that the device sent by it
 */
#include "ledger/analyzer.h"

typedef struct
{
  gboolean asked, none; /* whether there is such a permission */
  GPtrArray *sides;     /* Sent, by the side's index; NULL: nothing */
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

static Sent *
sent_by (DeclarationWildcard *state, const LensSide *side)
{
  if (state->sides == NULL)
    state->sides = g_ptr_array_new ();
  if (side->index >= state->sides->len)
    g_ptr_array_set_size (state->sides, (gint)MAX (side->index + 1, 2 * state->sides->len));
  Sent **sent = (Sent **)&g_ptr_array_index (state->sides, side->index);
  if (*sent == NULL)
    *sent = g_new0 (Sent, 1);
  return *sent;
}

static void
see (LensLedger *ledger, gpointer data, const LensUnit *unit)
{
  DeclarationWildcard *state = data;

  if (!state->asked)
    state->none = !lens_ledger_has_wildcards (ledger);
  state->asked = TRUE;
  if (state->none)
    return;
  Sent *sent = sent_by (state, unit->side);
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
  for (guint i = 0; i < lens_frame_set_n (&sent->frames); i++)
    {
      const LensFrameSpan *span = lens_frame_set_at (&sent->frames, i);
      for (guint64 frame = span->first; frame <= span->last; frame++)
        lens_frame_set_add (&carrier->frames, frame);
    }
}

static void
conclude (LensLedger *ledger, gpointer data)
{
  const DeclarationWildcard *state = data;
  LensFlows *flows = lens_ledger_flows (ledger);
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint i = 0; state->sides != NULL && i < MIN (state->sides->len, lens_flows_n_sides (flows));
       i++)
    {
      LensSide *side = lens_flows_side_at (flows, i);
      const Sent *sent = g_ptr_array_index (state->sides, i);
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
sent_free (Sent *sent)
{
  if (sent == NULL)
    return;
  lens_frame_set_clear (&sent->frames);
  g_free (sent);
}

static void
clear (gpointer data)
{
  DeclarationWildcard *state = data;

  for (guint i = 0; state->sides != NULL && i < state->sides->len; i++)
    sent_free (g_ptr_array_index (state->sides, i));
  g_clear_pointer (&state->sides, g_ptr_array_unref);
}

const LensAnalyzer lens_analyzer_declaration_wildcard = {
  .name = "declaration-wildcard",
  .question = "What leaves by a permission that permits anybody?",
  .source = "RFC 8520 section 3; the profile",
  .units = LENS_UNIT_CONTENT,
  .channels = channels,
  .state_size = sizeof (DeclarationWildcard),
  .see = see,
  .conclude = conclude,
  .clear = clear,
};
