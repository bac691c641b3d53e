#pragma once

#include "harness/live.h"
#include "ledger/evaluation.h"
#include "ledger/profile.h"

G_BEGIN_DECLS

/**
 * A live run whose devices become cases: what the commands demo and test have in common.
 */
typedef struct
{
  const char *command; /* its name, for messages */
  const char *folder;  /* where cases go */
  GPtrArray *profiles; /* LensProfile */
  GPtrArray *octets;   /* GBytes, of each profile as given */
  GBytes *mud;         /* of all of them, as given; or NULL */
  GPtrArray *secrets;  /* of each profile: char *const *, as LensLiveDevice has it; or NULL */
  const LensLiveLab *lab;
  gint idle_s, stream_s, after_s; /* -1: the profiles' */
  gboolean progress;
  gboolean require_all;
  LensSeverity threshold;
} LensLiveCases;

/**
 * lens_live_cases_run:
 * Runs, analyses, seals one case per device and prints a line for each; @cases (may be NULL)
 * receives their paths.  Returns the exit status.
 */
int lens_live_cases_run (const LensLiveCases *wish, GPtrArray *cases);

/* "Entrance camera-20260102T030405Z": a case's name for a device that is tested now. */
char *lens_live_cases_name (const char *device, gint64 started_us);

G_END_DECLS
