#pragma once

#include "ledger/seed-bed.h"

G_BEGIN_DECLS

/* The limit of detection of a channel, measured in the very capture: "nothing was seen" is
 * worth as much as "and so many bit/s would have been seen". */

/* Trials that must succeed, of each hundred. */
#define LENS_DETECTION_CONFIDENCE 95

/**
 * lens_detection_limit:
 * The lowest rate, in bit/s, at which a message written into @channel of @packets by its own
 * analyzer's seed is found in 95 % of @trials; negative when there is no such rate up to
 * 65,536 bit/s, when the capture has no place for the channel, or the channel no seed.
 * Rates are powers of two from 1/64 on.
 *
 * Found: a finding of the channel, low or above, with a frame of the message.  Depends on the
 * octets of the capture only: its seeds come from them.  Costs at most
 * five times @trials evaluations, by one analyzer each.
 */
double lens_detection_limit (const LensSeedGround *ground, const LensLedgerOptions *options,
                             const char *channel, guint trials);

/* Whether a finding of @channel, low or above, holds a frame of @truth. */
gboolean lens_detection_found (const LensEvaluation *evaluation, const char *channel,
                               const LensSeedTruth *truth);

G_END_DECLS
