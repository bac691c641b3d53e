#include "ledger/presence.h"

typedef struct
{
  guint32 of[LENS_PRESENCE_SORTS];
} Counts;

void
lens_presence_pass (LensPresence *presence, const LensSide *side, guint sort)
{
  if (presence->passed == NULL)
    presence->passed = g_array_new (FALSE, TRUE, sizeof (Counts));
  if (side->index >= presence->passed->len)
    g_array_set_size (presence->passed, side->index + 1);
  g_array_index (presence->passed, Counts, side->index).of[sort]++;
}

void
lens_presence_use (LensPresence *presence, const LensCarrier *carrier, guint sort)
{
  if (presence->uses == NULL)
    presence->uses = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Counts *uses = g_hash_table_lookup (presence->uses, carrier);
  if (uses == NULL)
    {
      uses = g_new0 (Counts, 1);
      g_hash_table_insert (presence->uses, (gpointer)carrier, uses);
    }
  uses->of[sort]++;
}

/* All units from the carrier's source to its destination, whatever the ports. */
static Counts
passed_by (const LensPresence *presence, LensLedger *ledger, const LensCarrier *carrier)
{
  LensFlows *flows = lens_ledger_flows (ledger);
  Counts all = { { 0 } };

  for (guint i = 0; presence->passed != NULL && i < presence->passed->len; i++)
    {
      const LensSide *side = lens_flows_side_at (flows, i);
      if (!lens_address_equal (&side->key.src, &carrier->side->key.src)
          || !lens_address_equal (&side->key.dst, &carrier->side->key.dst))
        continue;
      for (guint sort = 0; sort < LENS_PRESENCE_SORTS; sort++)
        all.of[sort] += g_array_index (presence->passed, Counts, i).of[sort];
    }
  return all;
}

static gboolean
is_a_choice (const LensPresence *presence, LensLedger *ledger, const LensCarrier *carrier)
{
  const Counts *uses
      = presence->uses != NULL ? g_hash_table_lookup (presence->uses, carrier) : NULL;
  const Counts all = passed_by (presence, ledger, carrier);

  for (guint sort = 0; uses != NULL && sort < LENS_PRESENCE_SORTS; sort++)
    if (uses->of[sort] > 0 && uses->of[sort] < all.of[sort])
      return TRUE;
  return FALSE;
}

void
lens_presence_find_used (const LensPresence *presence, LensLedger *ledger, const char *channel)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (carrier->uses == 0 || !g_str_equal (carrier->channel, channel))
        continue;
      LensSeverity severity = lens_ledger_severity (ledger, carrier);
      if (severity < LENS_SEVERITY_MEDIUM && is_a_choice (presence, ledger, carrier))
        severity = LENS_SEVERITY_MEDIUM;
      lens_ledger_find (ledger, carrier, severity, NULL, NULL);
    }
}

void
lens_presence_clear (LensPresence *presence)
{
  g_clear_pointer (&presence->passed, g_array_unref);
  g_clear_pointer (&presence->uses, g_hash_table_unref);
}
