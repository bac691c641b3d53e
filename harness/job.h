#pragma once

#include "harness/brief.h"
#include "harness/roles.h"
#include "harness/session.h"
#include "report/run.h"
#include "sandbox/error.h"
#include "sandbox/worker.h"

#include <poll.h>

G_BEGIN_DECLS

/**
 * LensJob:
 * One input on its way to a case: analysis, evidence, report, each in a confined process of
 * its own, one after the other.  A job never waits by itself: whoever holds several polls
 * their descriptors and lets each serve what is ready.
 */
typedef struct _LensJob LensJob;

typedef struct
{
  LensBrief *brief;           /* taken over */
  GPtrArray *inputs;          /* char*: paths; several are a set, in their order; borrowed */
  int live_fd;                /* reading end of a pipe that a live capture is written to; else -1.
                                 Taken over.  @inputs are then known only when it is over */
  const char *log_path;       /* stream.log, or NULL */
  const char *case_path;      /* final name of the case; NULL: none is kept */
  const char *const *secrets; /* "user:password" or NULL, @n_secrets of them: the passwords are
                                 masked in the record.  Borrowed */
  gsize n_secrets;
  gboolean require_all;
} LensJobWish;

typedef enum
{
  LENS_JOB_RUNNING,
  LENS_JOB_DONE,   /* the record is there; it may say "failed" */
  LENS_JOB_BROKEN, /* nothing could be kept: lens_job_problem() */
} LensJobState;

/* NULL with @error when the case cannot be made.  From here on this process ignores SIGPIPE. */
LensJob *lens_job_new (const LensJobWish *wish, GError **error);
void lens_job_free (LensJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensJob, lens_job_free)

/* stream.log of a live run, before the start. */
void lens_job_set_log (LensJob *job, const char *path);

/* Starts the analysis. */
gboolean lens_job_start (LensJob *job, GError **error);

/* The descriptors to poll, at most LENS_JOB_FDS; returns how many. */
#define LENS_JOB_FDS 4
guint lens_job_poll (const LensJob *job, struct pollfd *into);
/* Milliseconds until lens_job_serve() must be called anyway. */
gint lens_job_timeout (const LensJob *job);
/* Does what can be done now. */
LensJobState lens_job_serve (LensJob *job);

/* Ends it as it stands: LENS_JOB_BROKEN.  What a live run captured is kept. */
void lens_job_cancel (LensJob *job);

/* After a live run: where its files lie, as paths in the order of capture. */
void lens_job_set_inputs (LensJob *job, GPtrArray *inputs);
/* The case's folder while it is written; NULL without one. */
LensSession *lens_job_session (LensJob *job);
/* run.json, to add to before the job ends; owned by the job. */
LensRun *lens_job_run (LensJob *job);

/* What run.json is to say of another worker of the run, "capture": the layers it had. */
void lens_job_add_worker (LensJob *job, const char *name, LensLayerSet layers);

const LensJobResult *lens_job_result (const LensJob *job);
/* The last progress of the analysis; zero before. */
const LensJobClasses *lens_job_classes (const LensJob *job);
/* Octets of the input, unpacked, that the analysis has read, as it says once a second. */
guint64 lens_job_octets_read (const LensJob *job);
const char *lens_job_problem (const LensJob *job);
/* What its case lacks and why, evidence or pages; NULL: nothing.  Caller frees. */
char *lens_job_incomplete (const LensJob *job);
/* The record on one line; the drafted profile and MUD file; NULL unless the brief asked. */
GBytes *lens_job_line (const LensJob *job);
GBytes *lens_job_draft (const LensJob *job);
GBytes *lens_job_draft_mud (const LensJob *job);

G_END_DECLS
