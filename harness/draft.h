#pragma once

#include "ledger/evaluation.h"

G_BEGIN_DECLS

/**
 * lens_draft_profile:
 * A profile drafted from what was seen of the evaluation's first device: its streams, and as
 * comments what a person must decide on.  It parses as it stands.
 */
GBytes *lens_draft_profile (const LensEvaluation *evaluation);

G_END_DECLS
