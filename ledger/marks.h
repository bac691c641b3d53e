#pragma once

#include "ledger/analyzer.h"

G_BEGIN_DECLS

/**
 * LensMarks:
 * Places where octets may have spoken; whether they did is known at the end only.
 *
 * Bounded: of places behind LENS_MARKS_MAX nothing is kept but their number and their bits.
 */
typedef struct LensMarks LensMarks;

#define LENS_MARKS_MAX 16384
#define LENS_MARK_OCTETS 64 /* of each place are kept, for the excerpt */

LensMarks *lens_marks_new (void);
void lens_marks_free (LensMarks *marks);

/* @bits at @range of the unit's view. */
void lens_marks_add (LensMarks *marks, const LensUnit *unit, guint64 bits, LensRange range);

guint64 lens_marks_n (const LensMarks *marks);
guint64 lens_marks_bits (const LensMarks *marks);
/* When the place was seen; @index is below lens_marks_n() and LENS_MARKS_MAX. */
gint64 lens_marks_time (const LensMarks *marks, guint index);

/* For conclude: all of them are use of @channel (static, the analyzer's own) about @subject (or
 * NULL). */
void lens_marks_use (const LensMarks *marks, LensLedger *ledger, const char *channel,
                     const char *subject);
/* Or else room. */
void lens_marks_room (const LensMarks *marks, LensLedger *ledger, const char *channel,
                      const char *subject);

G_END_DECLS
