#pragma once

#include "ledger/evaluation.h"

G_BEGIN_DECLS

/**
 * lens_draft_mud:
 * A MUD file (RFC 8520) of what the one device of @evaluation was seen to do and no finding at
 * medium or above is about.  NULL where there is no device with an address, or more than one.
 */
GBytes *lens_draft_mud (const LensEvaluation *evaluation);

G_END_DECLS
