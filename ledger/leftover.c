#include "ledger/leftover.h"

#include "wire/octets.h"

enum
{
  REMNANTS = 8, /* frames with few octets in them that still look like leftovers */
};

void
lens_leftover_take (LensLeftover *leftover, LensLedger *ledger, LensCarrier *carrier,
                    const LensUnit *unit, LensRange octets)
{
  gsize used = 0;

  if (octets.length == 0)
    return;
  for (gsize i = 0; i < octets.length; i++)
    used += unit->view.octets[octets.offset + i] != 0;
  lens_ledger_room (ledger, carrier, unit, 8 * octets.length);
  if (used > 0)
    lens_ledger_use (ledger, carrier, unit, 8 * used, octets.offset, octets.length);
  if (leftover->carriers == NULL)
    leftover->carriers = g_hash_table_new (NULL, NULL);
  gboolean dense = 2 * used > octets.length;
  if (dense || !g_hash_table_contains (leftover->carriers, carrier))
    g_hash_table_insert (leftover->carriers, carrier, GINT_TO_POINTER (dense));
}

gboolean
lens_leftover_any (const LensUnit *unit, LensRange octets)
{
  return !lens_octets_are_zero (unit->view.octets + octets.offset, octets.length);
}

static void
judge (LensLedger *ledger, LensCarrier *carrier, gboolean dense)
{
  if (carrier->uses == 0)
    lens_ledger_find_room (ledger, carrier, NULL);
  else if (lens_ledger_tap_trailer (ledger) > 0)
    lens_ledger_find_room (ledger, carrier, "The capture device appends a trailer.");
  else if (carrier->uses < REMNANTS && !dense)
    {
      lens_ledger_pass_leftovers (ledger, carrier->side);
      lens_ledger_find (ledger, carrier, LENS_SEVERITY_INFO, NULL,
                        "A few octets among zeros in a few frames: probably left over from "
                        "frames before, as some drivers do (CVE-2003-0001).");
    }
  else
    lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                      carrier->constant ? "Every use had the same content." : NULL);
}

void
lens_leftover_conclude (LensLeftover *leftover, LensLedger *ledger)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);
  gpointer dense;

  for (guint32 i = 0; leftover->carriers != NULL && i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      if (g_hash_table_lookup_extended (leftover->carriers, carrier, NULL, &dense))
        judge (ledger, carrier, GPOINTER_TO_INT (dense));
    }
}

void
lens_leftover_clear (LensLeftover *leftover)
{
  g_clear_pointer (&leftover->carriers, g_hash_table_unref);
}
