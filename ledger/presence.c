#include "ledger/presence.h"

typedef struct
{
  guint32 of[LENS_PRESENCE_SORTS];
} Counts;

void
lens_presence_pass (LensPresence *presence, const LensSide *side, guint sort)
{
  Counts *counts = lens_rows_at (&presence->passed, side->index, sizeof *counts);

  counts->of[sort]++;
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

/* For the source and the destination of each carrier of @channel that was used, all units that
 * went this way: Counts. */
static GHashTable *
passed_between (const LensPresence *presence, LensLedger *ledger, const char *channel)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);
  LensFlows *flows = lens_ledger_flows (ledger);
  GHashTable *passed
      = g_hash_table_new_full (lens_side_hosts_hash, lens_side_hosts_equal, NULL, g_free);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      const LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (carrier->uses > 0 && g_str_equal (carrier->channel, channel))
        g_hash_table_insert (passed, &carrier->side->key, g_new0 (Counts, 1));
    }
  if (g_hash_table_size (passed) == 0)
    return passed;
  for (guint i = 0; i < lens_rows_n (&presence->passed); i++)
    {
      const Counts *own = lens_rows_peek (&presence->passed, i);
      Counts *all
          = own != NULL ? g_hash_table_lookup (passed, &lens_flows_side_at (flows, i)->key) : NULL;
      for (guint sort = 0; all != NULL && sort < LENS_PRESENCE_SORTS; sort++)
        all->of[sort] += own->of[sort];
    }
  return passed;
}

static gboolean
is_a_choice (const LensPresence *presence, GHashTable *passed, const LensCarrier *carrier)
{
  const Counts *uses
      = presence->uses != NULL ? g_hash_table_lookup (presence->uses, carrier) : NULL;
  const Counts *all = g_hash_table_lookup (passed, &carrier->side->key);

  for (guint sort = 0; uses != NULL && sort < LENS_PRESENCE_SORTS; sort++)
    if (uses->of[sort] > 0 && uses->of[sort] < all->of[sort])
      return TRUE;
  return FALSE;
}

void
lens_presence_find_used (const LensPresence *presence, LensLedger *ledger, const char *channel)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);
  g_autoptr (GHashTable) passed = passed_between (presence, ledger, channel);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (carrier->uses == 0 || !g_str_equal (carrier->channel, channel))
        continue;
      LensSeverity severity = lens_ledger_severity (ledger, carrier);
      if (severity < LENS_SEVERITY_MEDIUM && is_a_choice (presence, passed, carrier))
        severity = LENS_SEVERITY_MEDIUM;
      lens_ledger_find (ledger, carrier, severity, NULL, NULL);
    }
}

void
lens_presence_clear (LensPresence *presence)
{
  lens_rows_clear (&presence->passed, NULL);
  g_clear_pointer (&presence->uses, g_hash_table_unref);
}
