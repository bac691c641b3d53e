#pragma once

#include "ledger/evaluation.h"
#include "report/mapping.h"

G_BEGIN_DECLS

enum
{
  LENS_TEXT_COLUMNS = 80,
  LENS_TEXT_NAME_COLUMNS = 18, /* of a class, of a key */
  LENS_TEXT_MAX = 400,         /* characters of a stranger's string */
  LENS_TEXT_MAX_NAME = 80,
};

typedef enum
{
  LENS_TONE_PLAIN,
  LENS_TONE_BOLD,
  LENS_TONE_SOFT,
  LENS_TONE_GRAVE,
  LENS_TONE_WARN,
  LENS_TONE_CALM,
} LensTone;

/* What the parts of report.txt share. */
typedef struct
{
  GString *page;
  gboolean colours;
  const LensMapping *mapping; /* or NULL */
} LensText;

/* From here on; nothing without colours. */
void lens_text_tone (LensText *text, LensTone wanted);
void lens_text_spaces (LensText *text, gint count);

/* Words that are ours or escaped already, wrapped and indented by @indent after the first line,
 * which begins at @column; and a newline. */
void lens_text_wrap (LensText *text, const char *words, guint column, guint indent);

/* The same of a stranger's string, or a dash. */
void lens_text_say (LensText *text, const char *stranger, guint column, guint indent);
/* The same in the line, shorter. */
void lens_text_name (LensText *text, const char *stranger);

void lens_text_heading (LensText *text, const char *title);

/* "  key               " and no newline. */
void lens_text_key (LensText *text, const char *title);
/* Ends a key's line with words that fit, or wraps them.  Takes @words. */
void lens_text_value (LensText *text, GString *words);

/* What somebody who decides has to know: device, verdict, why, what leaves, what was not seen, and
 * how the run was confined.  @run: run.json, or NULL. */
void lens_text_first (LensText *text, const LensEvaluation *evaluation, GBytes *run);

G_END_DECLS
