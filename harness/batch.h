#pragma once

#include "ledger/caps.h"
#include "ledger/evaluation.h"

G_BEGIN_DECLS

/**
 * LensBatch:
 * Many inputs evaluated side by side, each a job of its own; what is said of them comes out in
 * the order of the inputs, while it runs.
 */
typedef struct
{
  GPtrArray *inputs;             /* LensInput */
  const char *folder;            /* of the cases; NULL: lenscap-cases, or none with @json */
  const char *device, *only;     /* as lens_brief has them; NULL: not given */
  GPtrArray *profiles;           /* GBytes, for every input */
  GBytes *mud;                   /* the same, or NULL */
  GBytes *endpoints, *resolvers; /* the same */
  const char *stream_log;        /* of the one input, or NULL */
  const char *profile_out, *mud_out;
  double alpha;
  LensCaps caps;
  gboolean json; /* records instead of lines */
  gboolean limits, require_all, progress;
  gboolean index;         /* of all inputs, beside the cases if they are kept */
  gboolean resume;        /* finished cases that would come out the same are left */
  guint parallel;         /* inputs at a time */
  LensSeverity threshold; /* a finding from here on counts */
} LensBatchWish;

/* From here on SIGINT, SIGTERM and SIGHUP end a batch early, leaving no half case, and SIGPIPE is
 * ignored. */
void lens_batch_heed_signals (void);

/* Evaluates all inputs of @wish, which it borrows.  The exit status of the command. */
int lens_batch_run (const LensBatchWish *wish);

G_END_DECLS
