#pragma once

#include "report/export-parts.h"

G_BEGIN_DECLS

/**
 * What the two halves of OSCAL's assessment results share.
 */

#define LENS_OSCAL_NAMESPACE "urn:lenscap:oscal" /* of our properties */

typedef struct
{
  LensEmit emit;
  const LensExport *export;
} LensOscal;

/* How five verdicts become two states, in words. */
extern const char lens_oscal_verdict_remarks[];

gboolean lens_oscal_has_text (const char *text);

/* What a stranger wrote, in one line, safe as Markdown; a dash for nothing.  Caller frees. */
char *lens_oscal_markdown (const char *text);

/* Members: Markdown; a string as it is; the UUID of a thing of this record; a time. */
void lens_oscal_marked (LensOscal *oscal, const char *key, const char *text);
void lens_oscal_plain (LensOscal *oscal, const char *key, const char *text);
void lens_oscal_uuid (LensOscal *oscal, const char *json_key, const char *kind, const char *key);
void lens_oscal_stamp (LensOscal *oscal, const char *key, gint64 ns);

/* A property of ours; nothing for NULL, an empty string, a negative number. */
void lens_oscal_prop (LensOscal *oscal, const char *name, const char *value);
void lens_oscal_count_prop (LensOscal *oscal, const char *name, guint64 value);
void lens_oscal_real_prop (LensOscal *oscal, const char *name, double value);

/* The key of a device or a finding: its place in the record, for what strangers call them need not
 * differ.  Caller frees. */
char *lens_oscal_key (guint index);

void lens_oscal_controls (LensOscal *oscal);
void lens_oscal_observations (LensOscal *oscal);
void lens_oscal_findings (LensOscal *oscal);

G_END_DECLS
