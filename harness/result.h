#pragma once

#include "harness/roles.h"
#include "ledger/evaluation.h"

G_BEGIN_DECLS

/**
 * What the supervisor may know of an evaluation, made where the evaluation is at hand: of one
 * that was just made, the same as of its record when that is read again.
 */
LensJobResult lens_result_of (const LensEvaluation *evaluation);

/* A result as a worker sent it, its text ended and valid; FALSE: none, or numbers in it have no
 * name.  They are looked up by it. */
gboolean lens_result_take (const guint8 *payload, gsize length, LensJobResult *into);

/* @text as a record has it, octets that are not UTF-8 written out.  Caller frees; NULL for NULL. */
char *lens_result_text (const char *text);

G_END_DECLS
