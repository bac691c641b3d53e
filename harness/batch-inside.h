#pragma once

/* What the files of a batch (batch*.c) share. */
#include "harness/batch.h"
#include "harness/index.h"
#include "harness/inputs.h"
#include "harness/job.h"
#include "harness/recall.h"

#include <signal.h>

G_BEGIN_DECLS

typedef struct
{
  LensInput *input;
  LensRecall *recall; /* of the case that is there, to resume; or NULL */
  LensJob *job;       /* NULL: not begun, or over */
  gboolean over;
  guint64 octets; /* of the input */
  char *line;     /* what is said of it, when it is its turn */
  LensIndexRow *row;
  int exit_status;
  char *spooled; /* of standard input: the file that was made of it */
} LensBatchCase;

typedef struct
{
  const LensBatchWish *wish;
  LensBatchCase *cases; /* one for each input */
  guint n_cases;
  guint next, printed, running;
  guint evaluated, left;                    /* inputs; cases that --resume left as they were */
  guint failed, found;                      /* of those over; with a finding that counts */
  guint64 octets, octets_over, octets_left; /* of all inputs, of those over, of those left */
  gsize held;                               /* octets of lines that wait for their turn */
  gint64 started;                           /* monotonic */
  const volatile sig_atomic_t *stop;        /* a signal asks for the end */
} LensBatch;

/* batch-case.c: one input.  Begins it, or goes on with it.  Fails only when no other could be
 * started either: the machine lacks a required layer.  All else becomes what is said of the
 * case. */
gboolean lens_batch_begin_case (LensBatch *batch, LensBatchCase *one, GError **error);
gboolean lens_batch_serve_case (LensBatch *batch, LensBatchCase *one, GError **error);
/* The descriptors to poll, at most LENS_JOB_FDS; returns how many, none unless it runs.  Lowers
 * @timeout to when it must be served. */
guint lens_batch_poll_case (const LensBatchCase *one, struct pollfd *into, gint *timeout);
gboolean lens_batch_runs (const LensBatchCase *one);
/* Lets go of what it holds; a job that still runs is ended. */
void lens_batch_clear_case (LensBatchCase *one);

/* Of all cases; NULL: none are kept. */
const char *lens_batch_folder (const LensBatchWish *wish);
/* Where the case goes; NULL: none is kept.  Caller frees. */
char *lens_batch_case_path (const LensBatchWish *wish, const LensInput *input);
/* What an analysis of the input is told, but for what is declared. */
LensBrief *lens_batch_brief (const LensBatchWish *wish, const LensInput *input);

/* batch-line.c: the line, or with @json the @record, and the exit status. */
void lens_batch_say (LensBatch *batch, LensBatchCase *one, const LensJobResult *result,
                     GBytes *record);
/* No case came of it.  Scripts that read records get one all the same. */
void lens_batch_fail (LensBatch *batch, LensBatchCase *one, const char *problem);
void lens_batch_keep_drafts (LensBatch *batch, LensBatchCase *one);

/* batch-progress.c: on standard error. */
void lens_batch_show_progress (const LensBatch *batch);
/* Makes room for a line of standard output. */
void lens_batch_hide_progress (void);
void lens_batch_end_progress (const LensBatch *batch);
void lens_batch_sum_up (const LensBatch *batch);

G_END_DECLS
