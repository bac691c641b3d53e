#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensFrameSet:
 * Frame numbers as ranges, each counted once.
 *
 * Lists at most LENS_FRAME_SET_RANGES ranges.  Of a set that has more, the middle ones are
 * forgotten again and again, so that the first LENS_FRAME_SET_FIRST and the last
 * LENS_FRAME_SET_LAST are always listed, as far as they were before the others.  @count goes on: a
 * frame that is added among the forgotten ones is taken for one of them.  All zero is an empty set.
 */
typedef struct
{
  guint64 first, last;
} LensFrameSpan;

typedef struct
{
  union
  {
    LensFrameSpan few[2]; /* as long as two are enough */
    struct
    {
      gpointer ranges;         /* as pairs of 32 bits; of 64, where one needs them */
      LensFrameSpan forgotten; /* what those span; zero: there are none */
    } many;
  };
  guint64 count;     /* frames */
  guint32 n;         /* ranges, rising, apart */
  guint32 room : 31; /* for so many; 0: few */
  guint32 wide : 1;
} LensFrameSet;

#define LENS_FRAME_SET_RANGES 2048
#define LENS_FRAME_SET_FIRST 512
#define LENS_FRAME_SET_LAST 1024

void lens_frame_set_add (LensFrameSet *set, guint64 frame);
/* All of @more, too; what the one has forgotten is taken for none of the other's. */
void lens_frame_set_join (LensFrameSet *set, const LensFrameSet *more);
void lens_frame_set_clear (LensFrameSet *set);

/* The ranges, rising. */
guint lens_frame_set_n (const LensFrameSet *set);
LensFrameSpan lens_frame_set_at (const LensFrameSet *set, guint index);

/* The lowest frame, 0 when empty. */
guint64 lens_frame_set_first (const LensFrameSet *set);

G_END_DECLS
