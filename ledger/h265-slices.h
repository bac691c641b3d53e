#pragma once

#include "ledger/h265-watch.h"
#include "ledger/walk-budget.h"

#include "wire/h265-slice-data.h"

G_BEGIN_DECLS

/* One track's slice segments.  Zero to begin with; to be cleared. */
typedef struct
{
  LensH265Walker *walker;
  guint64 pictures;
  guint64 whole, broken; /* walks that ended in trailing bits, and that did not */
} LensH265Slices;

/**
 * lens_h265_slices_walk:
 * Walks @unit, a slice segment that @watch has just taken.  Whether its end was found.
 */
gboolean lens_h265_slices_walk (LensH265Slices *slices, LensWalkBudget *budget,
                                const LensH265Watch *watch, const LensUnit *unit,
                                LensH265Walk *walk);
void lens_h265_slices_clear (LensH265Slices *slices);

/* Whether the walks can be believed: hardly one lost its way. */
gboolean lens_h265_slices_sound (const LensH265Slices *slices);

G_END_DECLS
