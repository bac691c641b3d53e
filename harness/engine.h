#pragma once

#include "harness/brief.h"
#include "ledger/evaluation.h"
#include "wire/capture-file.h"

G_BEGIN_DECLS

/**
 * LensEngineCalls:
 * The loop's way out, every @every packets; may be NULL.
 */
typedef struct
{
  void (*progress) (gpointer data, guint64 packets, guint64 octets,
                    const guint64 classes[LENS_N_CLASSES]);
  gpointer data;
} LensEngineCalls;

/**
 * lens_engine_run:
 * @applications: names flows; borrowed, of no other run; or NULL
 *
 * One capture in, one evaluation out: the loop.
 *
 * @capture_fd is read to its end, @log_fd (-1: none) after it.  An input that is no capture
 * gives an evaluation with status "failed"; one that is damaged, what was readable before.
 * NULL with @error when the brief cannot be followed, or the octets did not add up (the
 * program is wrong).
 */
LensEvaluation *lens_engine_run (const LensBrief *brief, int capture_fd, int log_fd,
                                 LensApplications *applications, const LensEngineCalls *calls,
                                 GError **error);

/* An evaluation that says why there is none: status "failed", and @problem. */
LensEvaluation *lens_engine_failure (const LensBrief *brief, const char *problem);

G_END_DECLS
