#pragma once

#include "ledger/h264-watch.h"
#include "ledger/walk-budget.h"

#include "wire/h264-slice-data.h"

G_BEGIN_DECLS

/* Once for all tracks of a ledger.  Zero to begin with; to be cleared. */
typedef struct
{
  LensH264Walker *walker;
  LensWalkBudget budget;
} LensH264Reach;

void lens_h264_reach_clear (LensH264Reach *reach);

/**
 * LensH264Slices:
 * One track's slices, each walked when the next one says where it must have ended: at the end of
 * the picture, or where the next slice of the picture begins.  Zero to begin with; to be cleared.
 */
typedef struct
{
  LensH264Watch watch;
  gboolean waits; /* a slice does, with copies of what it needs */
  GByteArray *octets;
  GArray *pieces; /* LensPiece */
  gint64 time_ns;
  LensSide *side;
  LensNal nal;
  LensH264Slice slice;
  guint64 picture; /* number of its picture */
  guint64 run;     /* counts gaps: pictures of one run follow each other */

  guint64 whole, broken; /* walks that ended where they must, and that did not */
} LensH264Slices;

/**
 * LensH264SliceFunc:
 * A slice that was walked to where it must end.  @unit: as it was shown; pieces and octets are
 * valid during the call, as are @slices->slice and @walk.  Returns whether it spoke.
 */
typedef gboolean (*LensH264SliceFunc) (LensLedger *ledger, LensH264Slices *slices,
                                       const LensUnit *unit, const LensH264Walk *walk,
                                       gpointer user);

/* A unit of kind LENS_UNIT_NAL, each one that there is of the track. */
void lens_h264_slices_take (LensH264Slices *slices, LensH264Reach *reach, LensLedger *ledger,
                            const LensUnit *unit, LensH264SliceFunc func, gpointer user);
void lens_h264_slices_clear (LensH264Slices *slices);

/* Whether the walks can be believed: hardly one lost its way. */
gboolean lens_h264_slices_sound (const LensH264Slices *slices);

G_END_DECLS
