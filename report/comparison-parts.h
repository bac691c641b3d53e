#pragma once

#include "report/comparison.h"

G_BEGIN_DECLS

/* What the parts of a comparison share while it is made. */

/**
 * LensCompared:
 * One section while its rows are collected, first of the one evaluation and then of the other.
 */
typedef struct
{
  LensComparedSection *section;
  GPtrArray *rows[2]; /* LensComparedRow: half of one, its values in their own place */
} LensCompared;

/* Both evaluations, and how the other one's devices and the peers are called. */
typedef struct
{
  const LensEvaluation *evaluation[2];
  gboolean
      is_copy; /* one is the redacted copy of the other, which is told by its pseudonyms, too */
  GHashTable *aliases;  /* char* -> char*: a device of the other one, as the first calls it */
  GHashTable *hosts[2]; /* char* address -> char* device */
  GHashTable *names[2]; /* char* address -> char* name of a peer */
} LensComparedPair;

/* @part_names ends with NULL.  Its rows are matched, and it becomes the comparison's, by end. */
LensCompared *lens_compared_begin (const char *id, const char *title,
                                   const char *const *part_names);
void lens_compared_end (LensCompared *compared, LensComparison *comparison);

/* A row of @side (0, 1), of as many parts (copied; NULL: none) as there are names.  @rank: where
 * it is shown. */
LensComparedRow *lens_compared_row (LensCompared *compared, guint side, guint64 rank,
                                    const char *const *parts);

/* Values; text NULL is no value. */
void lens_compared_text (LensComparedRow *row, guint side, const char *name, const char *text);
void lens_compared_count (LensComparedRow *row, guint side, LensComparedKind kind, const char *name,
                          guint64 count);
/* Negative: no value. */
void lens_compared_rate (LensComparedRow *row, guint side, const char *name, double rate);

/* A device of @side as both are told of it; NULL stays NULL. */
const char *lens_compared_device (const LensComparedPair *pair, guint side, const char *name);

/* The sections. */
void lens_compared_limits (const LensComparedPair *pair, LensComparison *comparison);
void lens_compared_verdicts (const LensComparedPair *pair, LensComparison *comparison);
void lens_compared_identity (const LensComparedPair *pair, LensComparison *comparison);
void lens_compared_declared (const LensComparedPair *pair, LensComparison *comparison);
void lens_compared_capture (const LensComparedPair *pair, LensComparison *comparison);
void lens_compared_ledger (const LensComparedPair *pair, LensComparison *comparison);
void lens_compared_coverage (const LensComparedPair *pair, LensComparison *comparison);
void lens_compared_findings (const LensComparedPair *pair, LensComparison *comparison);
void lens_compared_flows (const LensComparedPair *pair, LensComparison *comparison);

/* --- for the faces --- */

/* What a row is about, in words: "rtp-padding-content, Entrance camera to 192.0.2.1, tcp 554".
 * @put appends one part, escaped as the page needs it. */
void lens_compared_name (GString *into, const LensComparedSection *section,
                         const LensComparedRow *row,
                         void (*put) (GString *into, const char *stranger));

/* Whether in both, where nothing but counts differs. */
gboolean lens_compared_counts_only (const LensComparedRow *row);

/* A value of @side, as both pages have it: "1,234 octets"; a dash where there is none.  The text
 * of a stranger is not escaped. */
void lens_compared_words (GString *into, const LensComparedValue *value, guint side);
/* ", 62 an hour" in both: FALSE and nothing where it says no more. */
gboolean lens_compared_hourly (const LensComparison *comparison, const LensComparedValue *value,
                               guint side, GString *into);
/* A count an hour; negative: none. */
double lens_compared_per_hour (const LensComparison *comparison, const LensComparedValue *value,
                               guint side);

G_END_DECLS
