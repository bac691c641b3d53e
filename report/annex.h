#pragma once

#include "ledger/evaluation.h"

G_BEGIN_DECLS

/**
 * How anybody, the maker of the device first of all, derives each finding again: lines for a POSIX
 * shell.  What a record names is quoted, or left out where it could not be typed; so a line does
 * what it says whoever wrote the record.
 */

typedef struct
{
  const char *what; /* ours: what the command shows */
  char *command;    /* one line; UTF-8 without controls */
} LensAnnexLine;

void lens_annex_line_free (LensAnnexLine *line);

/* Of a case that was redacted there is nothing to derive it from. */
#define LENS_ANNEX_REDACTED                                                                        \
  "This case was made for sharing: it has neither the capture nor the evidence, and the names in " \
  "it are not those of the capture. Whoever holds the case that it was made of has these "         \
  "commands there."

/* What the other lines rest on, to be run first: where the case lies ($case), and the capture
 * ("$@", so that a set of files is named once).  LensAnnexLine; caller frees the array. */
GPtrArray *lens_annex_settings (const LensEvaluation *evaluation);

/* The capture is the one; the record is what it gives. */
GPtrArray *lens_annex_whole (const LensEvaluation *evaluation);

/* The finding from the capture by its analyzer alone, and its packets without lenscap. */
GPtrArray *lens_annex_finding (const LensEvaluation *evaluation, const LensFindingRow *finding);

/* Appends @text as one word of a shell.  FALSE, and nothing, where it cannot be typed: it holds
 * controls, is not UTF-8, or is empty. */
gboolean lens_annex_word (GString *into, const char *text);

G_END_DECLS
