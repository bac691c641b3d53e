#pragma once

#include "ledger/evaluation.h"

G_BEGIN_DECLS

/**
 * lens_seams_note:
 * @pause: the longest between two packets of one file, in nanoseconds
 *
 * Looks at the seams between the files of one capture: fills the gap of each row of input.files,
 * and says in input.notes where packets may be missing (a gap that is longer than any pause inside
 * the files; numbers that the names leave out) and where files overlap.
 *
 * A gap alone is no fault: where traffic is sparse, every seam has one.
 */
void lens_seams_note (LensInputSection *input, gint64 pause);

G_END_DECLS
