#pragma once

#include "ledger/evaluation.h"
#include "report/emit.h"
#include "report/export.h"
#include "report/uuid.h"

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

/**
 * lens_export_uuid:
 * The UUID of a thing that this record alone tells of: of version 5, from the hash of the record,
 * what kind of thing it is and a key that is its own among these.
 */
void lens_export_uuid (const LensExport *export, const char *kind, const char *key,
                       char text[LENS_UUID_TEXT]);

/* The latest time that the record knows.  0, which is 1970, stands for none: a record without a
 * packet has no time, and these formats demand one. */
gint64 lens_export_time (const LensExport *export);

/* RFC 3339, UTC; times before 1970 are no times of packets and become 0. */
void lens_export_stamp (LensEmit *emit, const char *key, gint64 ns, guint digits);

G_END_DECLS
