#pragma once

#include "ledger/evaluation.h"
#include "report/mapping.h"

G_BEGIN_DECLS

/**
 * lens_html_from_record:
 * report.html from the octets of a record and, where they are at hand, of run.json and what
 * findings bear on (else NULL): one file without scripts that fetches nothing and says so in its
 * policy.  A run.json that cannot be read is told on the page.  NULL with an error as
 * lens_record_read gives it.
 */
GBytes *lens_html_from_record (GBytes *record, GBytes *run, const LensMapping *mapping,
                               GError **error);

/* The same from a record that was read. */
GBytes *lens_html_page (const LensEvaluation *evaluation, GBytes *run, const LensMapping *mapping);

G_END_DECLS
