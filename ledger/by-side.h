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

/* A new one; see below. */
gpointer lens_by_side_add (LensBySide *by_side, LensLedger *ledger, const LensSide *side,
                           gsize size, guint most);

/* The structure of @side, of @size octets; NULL where @most others are remembered: then @ledger is
 * told, lens_ledger_full().  (NULL: the caller loses nothing by it.)  The same @size and @most in
 * each call. */
static inline gpointer
lens_by_side (LensBySide *by_side, LensLedger *ledger, const LensSide *side, gsize size, guint most)
{
  gpointer row = lens_rows_peek (&by_side->rows, side->index);

  return row != NULL ? row : lens_by_side_add (by_side, ledger, side, size, most);
}

/* The same, NULL where nothing is remembered. */
static inline gpointer
lens_by_side_peek (const LensBySide *by_side, const LensSide *side)
{
  return lens_rows_peek (&by_side->rows, side->index);
}

/* @clear (or NULL) frees what a structure holds. */
void lens_by_side_clear (LensBySide *by_side, GDestroyNotify clear);

G_END_DECLS
