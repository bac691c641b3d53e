#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Stamps of a clock against the time at which they were captured: whether their low bits are the
 * clock's, or somebody else's. */

typedef struct
{
  gint64 time_ns;
  guint32 stamp;
} LensStampSample;

enum
{
  LENS_STAMP_BITS_LEAST = 200, /* different stamps to say anything of */
};

/**
 * lens_stamp_bits:
 * How many low bits of the stamps (3 to 10) do not belong to the clock that their high bits show;
 * 0: none, or it cannot be told.  @samples: of one clock, in order, at least two.
 *
 * A clock's stamp is as much too late as the packet was delayed, whatever its low bits are.  Where
 * they are written over, the stamp is ahead of its clock by as much as they are larger: the
 * residual grows with them, one for one.
 */
guint lens_stamp_bits (const LensStampSample *samples, guint n);

/**
 * lens_stamps_run_away:
 * Whether the stamps go on by themselves: on the whole not at the rate of any usual clock, and by
 * many ticks from one packet to the next in bursts that took no time.
 *
 * Packets that were held up and come together have distant stamps too, but their clock keeps its
 * rate; an unusual clock has none in a burst.
 */
gboolean lens_stamps_run_away (const LensStampSample *samples, guint n);

/* Whether packets that follow each other closely have stamps further and further ahead of a clock
 * of a usual rate, by which packets that come alone go: whatever holds packets up, their stamps
 * fall behind. */
gboolean lens_stamps_run_ahead (const LensStampSample *samples, guint n);

G_END_DECLS
