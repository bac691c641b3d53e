#include "ledger/odd-share.h"

typedef struct
{
  guint64 looked, odd;
} Counts;

void
lens_odd_share_add (LensOddShare *share, LensCarrier *carrier, guint64 looked, guint64 odd)
{
  if (share->rows == NULL)
    share->rows = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  Counts *counts = g_hash_table_lookup (share->rows, carrier);
  if (counts == NULL)
    {
      counts = g_new0 (Counts, 1);
      g_hash_table_insert (share->rows, carrier, counts);
    }
  counts->looked += looked;
  counts->odd += odd;
}

void
lens_odd_share_conclude (const LensOddShare *share, LensLedger *ledger, guint64 least,
                         guint64 one_in, const char *few)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; share->rows != NULL && i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      const Counts *counts = g_hash_table_lookup (share->rows, carrier);
      if (counts == NULL)
        continue;
      if (counts->odd >= least && counts->odd * one_in >= counts->looked)
        lens_ledger_find (ledger, carrier,
                          MAX (lens_ledger_severity (ledger, carrier), LENS_SEVERITY_MEDIUM), NULL,
                          NULL);
      else
        lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO, NULL, few);
    }
}

void
lens_odd_share_clear (LensOddShare *share)
{
  g_clear_pointer (&share->rows, g_hash_table_unref);
}
