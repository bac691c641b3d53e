#pragma once

/* What the files of a job (job*.c) share. */
#include "harness/job.h"
#include "sandbox/message.h"

G_BEGIN_DECLS

typedef enum
{
  STEP_NONE,
  STEP_ANALYZE,
  STEP_CARVE,
  STEP_REPORT,
} LensJobStep;

struct _LensJob
{
  LensJobWish wish;
  LensBrief *brief;
  GPtrArray *inputs; /* owned */
  char *log_path, *problem;
  LensSession *session;
  LensRun *run;

  LensJobStep step;
  LensJobState state;
  LensWorker *worker;
  LensMessageReader *reader;
  int out; /* messages of the worker, -1: none */
  int live_fd;
  gint64 deadline;    /* monotonic */
  gboolean done;      /* the worker said that this was all */
  gboolean capturing; /* a live capture still writes into the case */
  gboolean held;      /* the analysis ended all the same; what follows waits for the capture */
  char *worker_problem;
  gboolean rejected; /* nothing more is taken from it: worker_problem says why */
  gboolean usurped;  /* and none of ours would have sent it */

  /* a step that the input itself brought down is done once more, to learn by which call, and an
   * analysis at which frame */
  char *crash;                        /* how the first one ended; NULL: none did */
  gboolean diagnosing, diagnosis_due; /* under way; waits for the capture */
  LensJobPosition position;           /* of the analysis */

  /* the files of a set are fed through a pipe */
  int feed_out, feed_in;
  guint feed_next;
  GByteArray *feed_rest;
  gsize feed_at;

  int file_fd;        /* of the file that comes in */
  guint64 file_room;  /* octets that may still come */
  guint64 unmeasured; /* written since the free space was looked at */
  GByteArray **kept;  /* or where its octets are kept in memory */
  GByteArray *line, *draft, *draft_mud;

  gboolean has_result;
  LensJobResult result;
  LensJobClasses classes;
  LensLayerSet layers;
  GPtrArray *lacking; /* char*: what other workers of the run lack, "pid namespace (capture)" */
};

/* Closes @fd if it is open, and forgets it. */
void lens_job_close (int *fd);
/* The job cannot go on: no case comes of it. */
void lens_job_break_off (LensJob *job, const char *problem);
/* Nothing came of the analysis: the record says why; takes @evaluation. */
void lens_job_record_failure (LensJob *job, const char *problem, LensEvaluation *evaluation);
void lens_job_next_step (LensJob *job);

/* job-start.c: the worker of the step. */
gboolean lens_job_start_step (LensJob *job, GError **error);
/* run.json and what was declared, into the case. */
gboolean lens_job_write_run (LensJob *job, GError **error);
/* Until when the worker has time. */
void lens_job_set_deadline (LensJob *job, gboolean live);

/* job-feed.c: the files of a set.  The reading end of the pipe; -1 with @error. */
int lens_job_start_feed (LensJob *job, GError **error);
/* What the pipe takes now. */
void lens_job_feed (LensJob *job);

/* job-messages.c */
/* Takes nothing more of the worker.  @usurped: it is no longer ours, its input has it. */
void lens_job_reject (LensJob *job, gboolean usurped, const char *why);
void lens_job_take_message (LensJob *job, const LensMessage *message);

/* job-loss.c: the step failed when the record was there, and more will not come of it. */
void lens_job_lose (LensJob *job, const char *failure);

/* job-crash.c: a step that its input brought down. */
gboolean lens_job_is_crash (const LensWorkerEnd *end);
void lens_job_take_crash (LensJob *job, const char *failure);
void lens_job_start_diagnosis (LensJob *job);
/* @failure: how it ended the second time; NULL: it was done. */
void lens_job_end_diagnosis (LensJob *job, const char *failure);
void lens_job_record_crash (LensJob *job, const char *how);
/* The carver cannot read the input either: then octets as they lie in it, where the analysis was
 * when it ended. */
void lens_job_keep_octets (LensJob *job);

G_END_DECLS
