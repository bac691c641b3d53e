#pragma once

#include "ledger/evaluation.h"

G_BEGIN_DECLS

/* How a channel of the catalogue is treated that no analyzer has. */
typedef enum
{
  LENS_REACH_LEDGER,    /* the ledger itself watches it */
  LENS_REACH_ELSEWHERE, /* what lies in it is found as another channel */
  LENS_REACH_BOUND,     /* cannot be told from noise: stated as residual capacity */
  LENS_REACH_UNSEEN,    /* no capture can show it */
  LENS_REACH_NOWHERE,   /* not implemented */
} LensReach;

/* @note: (out): the sentence of the coverage table, static, or NULL. */
LensReach lens_coverage_reach (const char *channel, const char **note);

/* Adds the reason that counts the channels of the coverage that are not implemented; none where
 * there are none. */
void lens_coverage_tell_missing (LensEvaluation *evaluation);

G_END_DECLS
