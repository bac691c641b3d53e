#pragma once

#include "ledger/analyzer.h"
#include "ledger/rows.h"

G_BEGIN_DECLS

/**
 * LensBySide:
 * What an analyzer remembers of each direction of a flow: zeroed structures of one size, made when
 * they are first asked for.  Zero to begin with.
 */
typedef struct
{
  LensRows rows; /* by the index of the side */
} LensBySide;

/* The structure of @side, of @size octets; NULL where @most others are remembered: then @ledger is
 * told, lens_ledger_full().  (NULL: the caller loses nothing by it.)  The same @size and @most in
 * each call. */
gpointer lens_by_side (LensBySide *by_side, LensLedger *ledger, const LensSide *side, gsize size,
                       guint most);
/* The same, NULL where nothing is remembered. */
gpointer lens_by_side_peek (const LensBySide *by_side, const LensSide *side);
/* @clear (or NULL) frees what a structure holds. */
void lens_by_side_clear (LensBySide *by_side, GDestroyNotify clear);

G_END_DECLS
