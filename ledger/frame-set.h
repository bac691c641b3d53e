#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensFrameSet:
 * Frame numbers as ranges, each counted once.
 *
 * Holds at most LENS_FRAME_SET_RANGES ranges; beyond that, frames that would open a new
 * range are counted (when they lie past the last one seen) but no longer listed.  All
 * zero is an empty set.
 */
typedef struct
{
  guint64 first, last;
} LensFrameSpan;

typedef struct
{
  LensFrameSpan only; /* the one range, as long as there is no other */
  GArray *ranges;     /* LensFrameSpan, rising, apart; NULL: at most one */
  guint64 count;      /* frames */
  guint64 beyond;     /* the highest frame counted but not listed */
} LensFrameSet;

#define LENS_FRAME_SET_RANGES 20000

void lens_frame_set_add (LensFrameSet *set, guint64 frame);
/* All that @more lists, too. */
void lens_frame_set_join (LensFrameSet *set, const LensFrameSet *more);
void lens_frame_set_clear (LensFrameSet *set);

/* The ranges, rising. */
guint lens_frame_set_n (const LensFrameSet *set);
const LensFrameSpan *lens_frame_set_at (const LensFrameSet *set, guint index);

/* The lowest frame, 0 when empty. */
guint64 lens_frame_set_first (const LensFrameSet *set);

G_END_DECLS
