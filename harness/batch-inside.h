#pragma once

/* What the files of a batch (batch*.c) share. */
#include "harness/batch.h"
#include "harness/inputs.h"
#include "harness/job.h"

#include <signal.h>

G_BEGIN_DECLS

typedef struct
{
  const LensInput *input;
  LensJob *job; /* NULL: not begun, or over */
  gboolean over;
  char *line; /* what is said of it, when it is its turn */
  int exit_status;
  char *spooled; /* of standard input: the file that was made of it */
} LensBatchCase;

typedef struct
{
  const LensBatchWish *wish;
  LensBatchCase *cases; /* one for each input */
  guint n_cases;
  guint next, printed, running;
  guint evaluated;
  gint64 started;                    /* monotonic */
  const volatile sig_atomic_t *stop; /* a signal asks for the end */
} LensBatch;

/* batch-case.c: one input.  Starting it fails only when no other could be started either: the
 * machine lacks a required layer.  All else becomes what is said of the case. */
gboolean lens_batch_begin_case (LensBatch *batch, LensBatchCase *one, GError **error);
/* Its job is no longer running: what is said of it, and its exit status. */
void lens_batch_end_case (LensBatch *batch, LensBatchCase *one, LensJobState state);
/* Lets go of what it holds; a job that still runs is ended. */
void lens_batch_clear_case (LensBatchCase *one);

G_END_DECLS
