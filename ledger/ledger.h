#pragma once

#include "ledger/analyzer.h"
#include "ledger/applications.h"
#include "ledger/caps.h"
#include "ledger/mud.h"
#include "ledger/own-names.h"
#include "ledger/profile.h"
#include "ledger/stream-log.h"
#include "wire/capture-file.h"

G_BEGIN_DECLS

/**
 * LensLedgerOptions:
 * What shapes an evaluation.  Borrowed for the ledger's life.
 */
typedef struct
{
  GPtrArray *profiles;            /* LensProfile; may be empty */
  const LensOwnNames *names;      /* or NULL */
  const LensMud *mud;             /* of every device under test; or NULL */
  LensApplications *applications; /* of this one ledger; NULL: flows have no names of it */
  const char *device;             /* an address, a MAC, "all", or NULL for the default */
  const LensAnalyzer *const *analyzers;
  guint n_analyzers; /* those that run */
  gboolean partial;  /* --only left some out */
  gboolean live;
  gboolean logged; /* a log of the puller may come with the end */
  LensCaps caps;   /* 0 stands for the standard one */
} LensLedgerOptions;

/**
 * lens_ledger_new:
 * A ledger for one capture.  It is fed packet by packet and concludes once.
 */
LensLedger *lens_ledger_new (const LensLedgerOptions *options);
void lens_ledger_free (LensLedger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensLedger, lens_ledger_free)

/* The next packet of the capture. */
void lens_ledger_packet (LensLedger *ledger, const LensRecord *record);
/* A mark: "lenscap phase NAME start" opens a phase, "... end" closes it, and so does "... cut",
 * before its time.  "lenscap stimulus start NAME" opens a block of a stimulus, "... sham NAME" one
 * in which nothing is done; "... end NAME" closes it, and so does "... failed NAME". */
void lens_ledger_mark (LensLedger *ledger, const LensRecord *record);

/* How the reading ended: "complete" or "truncated"; before concluding. */
void lens_ledger_set_status (LensLedger *ledger, const char *status);

/* Octets per class as they stand now, for progress. */
void lens_ledger_preview (LensLedger *ledger, guint64 into[LENS_N_CLASSES]);

/**
 * lens_ledger_conclude:
 * Ends the capture and says what it was.  @file gives the interfaces, @log (may be NULL) what
 * the puller said.  @input and @tool of the result are the caller's to fill, except packets,
 * times and counts, which the ledger knows.  NULL with @problem set when the octets do not
 * add up: the program is wrong, and nothing may be concluded.
 */
LensEvaluation *lens_ledger_conclude (LensLedger *ledger, const LensCaptureFile *file,
                                      const LensStreamLog *log, char **problem);

G_END_DECLS
