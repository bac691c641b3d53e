#pragma once

#include "harness/brief.h"
#include "ledger/evaluation.h"
#include "wire/capture-file.h"

G_BEGIN_DECLS

/**
 * LensEngineCalls:
 * The loop's way out; may be NULL, and so may each of its calls.
 */
typedef struct
{
  /* Once a second: what was read so far. */
  void (*progress) (gpointer data, guint64 packets, guint64 octets,
                    const guint64 classes[LENS_N_CLASSES]);
  /* Once a second, and before each frame with @each_frame: its number is to be read now, from
   * about @offset of the input. */
  void (*position) (gpointer data, guint64 frame, guint64 offset);
  gboolean each_frame;
  /* The process ends with its record: what the run remembers of millions of flows is left to the
   * kernel, which takes it back at once. */
  gboolean leaves;
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

/* The `tool` of what lens_engine_run() would make of @brief, but for libndpi and stream.log. */
void lens_engine_tool (const LensBrief *brief, LensEvaluation *evaluation);

/* An evaluation that says why there is none: status "failed", and @problem. */
LensEvaluation *lens_engine_failure (const LensBrief *brief, const char *problem);

/* The same where the input itself brought its reader down: an attack, found as evaluator-crash.
 * @frame: that was being read then, 0 where it is not known. */
LensEvaluation *lens_engine_crash (const LensBrief *brief, const char *problem, guint64 frame);

G_END_DECLS
