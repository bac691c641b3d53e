#pragma once

#include "ledger/extension-law.h"
#include "ledger/spot.h"

G_BEGIN_DECLS

/**
 * LensElementClock:
 * A header extension element whose document has it tell the time: what of it is no clock's.
 * Zero to begin with.
 *
 * Its values go on as the capture's clock does; devices set theirs once or twice.  A clock has a
 * resolution, binary or in microseconds; where most values keep to it, the others' low bits are
 * not the clock's.  Of one that keeps to neither nothing is said of its low bits.
 */
typedef struct
{
  gboolean any;
  guint seen;
  gint64 good_ns, last_ns; /* arrival of the last value that went on; of the last one */
  guint64 good, last;
  GArray *elsewhere;   /* LensSpot: of values that did not go on */
  guint n_on[2];       /* values on each grid */
  GArray *off_grid[2]; /* LensSpot: of values that are not */
} LensElementClock;

/* The element's value is @data of the unit's view, at most 8 octets and not none. */
void lens_element_clock_take (LensElementClock *clock, const LensExtensionLaw *law,
                              const LensUnit *unit, LensRange data);
/* For conclude: uses what is no clock's. */
void lens_element_clock_use (const LensElementClock *clock, LensLedger *ledger, const char *channel,
                             LensTrack *track);
void lens_element_clock_clear (LensElementClock *clock);

G_END_DECLS
