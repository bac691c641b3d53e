#include "ledger/set-copies.h"

#include "ledger/by-track.h"

#include "wire/octets.h"

void
lens_set_copies_follow (LensSetCopies *copies, guint16 first, guint16 last)
{
  copies->lost |= !copies->started
                  || (first != copies->sequence && first != (guint16)(copies->sequence + 1));
  copies->started = TRUE;
  copies->sequence = last;
}

static gboolean
is_known (LensSetCopies *copies, const LensView *view)
{
  guint64 hash = lens_octets_hash (LENS_HASH_START, view->octets, view->length);

  for (guint i = 0; i < copies->n_known; i++)
    if (copies->known[i] == hash)
      return TRUE;
  if (copies->n_known < LENS_SET_COPIES_KNOWN)
    copies->known[copies->n_known++] = hash;
  return FALSE;
}

gboolean
lens_set_copies_take (LensSetCopies *copies, guint kind, const LensView *set)
{
  g_assert (kind < LENS_SET_COPIES_KINDS);
  if (!is_known (copies, set))
    return FALSE;
  copies->copies[kind]++;
  return lens_habits_is_noise (&copies->habits[kind]);
}

void
lens_set_copies_picture (LensSetCopies *copies, gboolean key)
{
  const guint contexts[] = { 0, key };

  for (guint kind = 0; kind < LENS_SET_COPIES_KINDS; kind++)
    {
      if (!copies->lost)
        lens_habits_take (&copies->habits[kind], G_N_ELEMENTS (contexts), contexts,
                          copies->copies[kind]);
      copies->copies[kind] = 0;
    }
  copies->n_known = 0;
  copies->lost = FALSE;
}

gboolean
lens_set_copies_is_noise (const LensSetCopies *copies)
{
  for (guint kind = 0; kind < LENS_SET_COPIES_KINDS; kind++)
    if (lens_habits_is_noise (&copies->habits[kind]))
      return TRUE;
  return FALSE;
}

void
lens_set_copies_conclude (LensLedger *ledger, const char *analyzer, gconstpointer by_track)
{
  LensCarriers *carriers = lens_ledger_carriers (ledger);

  for (guint32 i = 0; i < lens_carriers_n (carriers); i++)
    {
      LensCarrier *carrier = lens_carriers_at (carriers, i);
      const LensSetCopies *copies
          = carrier->track != NULL ? lens_by_track_peek (by_track, carrier->track) : NULL;
      if (copies != NULL && g_str_equal (carrier->analyzer, analyzer) && carrier->uses > 0
          && lens_set_copies_is_noise (copies))
        lens_ledger_find (ledger, carrier, lens_ledger_severity (ledger, carrier), NULL,
                          "Found: copies before one picture.");
    }
}
