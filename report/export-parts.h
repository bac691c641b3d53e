#pragma once

#include "ledger/evaluation.h"
#include "report/emit.h"
#include "report/export.h"

G_BEGIN_DECLS

/**
 * The formats, one file each; what they share stands in export.c.
 */

typedef struct
{
  const LensExportSource *source;
  const LensEvaluation *evaluation; /* what source->record says */
} LensExport;

void lens_export_csv (const LensExport *export, LensExportSink sink, gpointer data);

GBytes *lens_export_eve (const LensExport *export);
GBytes *lens_export_stix (const LensExport *export);
GBytes *lens_export_oscal (const LensExport *export);
GBytes *lens_export_in_toto (const LensExport *export);

/* Findings that count against a device: at medium or above, which is what the verdict looks at. */
gboolean lens_export_is_grave (const LensFindingRow *finding);

G_END_DECLS
