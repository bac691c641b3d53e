#pragma once

#include "ledger/evaluation.h"
#include "report/emit.h"

G_BEGIN_DECLS

/**
 * The record: evaluation.json, "lenscap-evaluation/1", as docs and evaluation.schema.json have it.
 *
 * Writing depends on the evaluation alone: the same octets in any locale and on any machine.
 * Reading trusts nothing: a record may have been mailed by a stranger.
 */

#define LENS_RECORD_SCHEMA "lenscap-evaluation/1"

typedef enum
{
  LENS_RECORD_ERROR_INVALID, /* JSON, but no record that this version reads */
} LensRecordError;

#define LENS_RECORD_ERROR (lens_record_error_quark ())
GQuark lens_record_error_quark (void);

/* Streams the record into @sink; compact is one line, as `analyze --json` prints it. */
void lens_record_write (const LensEvaluation *evaluation, LensEmitLayout layout, LensEmitSink sink,
                        gpointer data);

/* The same into memory. */
GBytes *lens_record_octets (const LensEvaluation *evaluation, LensEmitLayout layout);

/**
 * lens_record_read:
 * The evaluation that @octets tell, owned by the caller; NULL with an error when they are not
 * JSON (LENS_JSON_ERROR) or no record that lenscap would write; the error names the key.  So are
 * refused: a wrong type or an unknown name; a part that every record has and this one lacks;
 * classes that do not add up to the whole; findings that are not numbered one after the other, or
 * whose filter does not select their frames; a verdict that is not that of the worst device, or of
 * a device that is not that of its findings; and what else contradicts itself (record-check.c).
 * Other keys that are missing read as nothing, keys that are unknown are passed over.
 */
LensEvaluation *lens_record_read (const guint8 *octets, gsize length, GError **error);

/* The same of the evaluation.json of a case: an error that names no key names the file. */
LensEvaluation *lens_record_read_of_case (const guint8 *octets, gsize length, GError **error);

/* Whether both would be written as the same `tool`. */
gboolean lens_record_same_tool (const LensToolSection *one, const LensToolSection *other);

/**
 * lens_record_filter:
 * The Wireshark display filter that selects exactly the finding's frames, owned by the caller;
 * NULL where there are none or the ranges do not hold them all.
 */
char *lens_record_filter (const LensFindingRow *finding);

/* "1700000000.000000001" in nanoseconds; FALSE when it is not of that shape. */
gboolean lens_record_parse_time (const char *value, gint64 *ns);

G_END_DECLS
