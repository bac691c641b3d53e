#pragma once

#include "ledger/analyzer.h"

G_BEGIN_DECLS

/**
 * LensFieldRule:
 * When the uses of one field (the subject of its carriers) are a finding.
 *
 * Of a field that a standard fixes the first one is; a field that is judged by habit may
 * surprise @least - 1 times, and in less than @percent of the units looked at.
 */
typedef struct
{
  const char *subject;
  guint least;
  guint percent;       /* of LensCarrier.units */
  gboolean shows_room; /* without use, is listed as room */
  const char *detail;  /* of use */
  guint pace;          /* bit/s of use, over the time from the first to the last one */
  LensSeverity most;   /* no worse than that, because some honest devices do so; 0: any */
} LensFieldRule;

/* Concludes on the carriers of the analyzer that is asked; @rules end with a row whose subject
 * is NULL.  A carrier without a rule is judged as by the first. */
void lens_field_rules_conclude (LensLedger *ledger, const char *analyzer,
                                const LensFieldRule *rules);

G_END_DECLS
