#pragma once

#include "ledger/evaluation.h"
#include "report/mapping.h"

G_BEGIN_DECLS

/**
 * lens_text_from_record:
 * report.txt, 80 columns, from the octets of a record and, where they are at hand, of run.json
 * and what findings bear on (else NULL); @colours adds ANSI colours for a terminal.  Filters stay
 * in one line.  NULL with an error as lens_record_read gives it.
 */
GBytes *lens_text_from_record (GBytes *record, GBytes *run, const LensMapping *mapping,
                               gboolean colours, GError **error);

/* The same from a record that was read. */
GBytes *lens_text_page (const LensEvaluation *evaluation, GBytes *run, const LensMapping *mapping,
                        gboolean colours);

G_END_DECLS
