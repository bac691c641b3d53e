#include "ledger/surprises.h"

enum
{
  FEW = 6,
  SHARE = 50,
};

gboolean
lens_surprises_take (LensSurprises *surprises, gboolean foreseen)
{
  surprises->judged++;
  surprises->surprises += !foreseen;
  return foreseen;
}

gboolean
lens_surprises_are_many (const LensSurprises *surprises)
{
  return surprises->surprises >= FEW && surprises->surprises >= surprises->judged / SHARE;
}

void
lens_surprises_conclude (LensLedger *ledger, const char *analyzer, const LensByTrack *by_track)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (!g_str_equal (carrier->analyzer, analyzer) || carrier->track == NULL)
        continue;
      const LensSurprises *surprises = lens_by_track_peek (by_track, carrier->track);
      if (surprises == NULL)
        continue;
      gboolean many = lens_surprises_are_many (surprises);
      gboolean exact = g_strcmp0 (carrier->subject, LENS_BY_HABIT) != 0;
      if (carrier->uses > 0 && (exact || many))
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL, NULL);
      else if (carrier->subject == NULL && !many)
        lens_ledger_find_room (ledger, carrier, NULL);
    }
}
