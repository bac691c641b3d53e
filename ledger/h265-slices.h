#pragma once

#include "ledger/h265-watch.h"

#include "wire/h265-slice-data.h"

G_BEGIN_DECLS

/**
 * LensH265Reach:
 * How far slice segments are walked, of all tracks of a ledger: entropy decoding is slow, so after
 * a fixed number of octets only every sixteenth picture is walked, and never more than an eighth
 * of what there is.  Zero to begin with.
 */
typedef struct
{
  guint64 spent; /* octets */
  guint64 seen;
} LensH265Reach;

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
gboolean lens_h265_slices_walk (LensH265Slices *slices, LensH265Reach *reach,
                                const LensH265Watch *watch, const LensUnit *unit,
                                LensH265Walk *walk);
void lens_h265_slices_clear (LensH265Slices *slices);

/* Whether the walks can be believed: hardly one lost its way. */
gboolean lens_h265_slices_sound (const LensH265Slices *slices);

G_END_DECLS
