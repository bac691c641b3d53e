#pragma once

#include "report/json.h"
#include "report/record.h"

G_BEGIN_DECLS

/**
 * The record, part by part: each file writes and reads the same keys, so that a new key is one
 * place.  Only record*.c include this.
 */

/* One record being read; wrong values are remembered by @json, see report/json.h. */
typedef struct
{
  LensJson *json;
  LensEvaluation *evaluation;
} LensRecordReader;

/* Members of @object; text is copied. */
char *lens_record_text (LensRecordReader *reader, LensJsonValue *object, const char *key);
guint64 lens_record_number (LensRecordReader *reader, LensJsonValue *object, const char *key);
guint16 lens_record_port (LensRecordReader *reader, LensJsonValue *object, const char *key);
gint64 lens_record_time (LensRecordReader *reader, LensJsonValue *object, const char *key);

/* @keys ends with NULL: what every such object of a record has; where one is missing or null, that
 * is a problem. */
void lens_record_expect (LensRecordReader *reader, LensJsonValue *object, const char *const *keys);
/* A number from 0 to @most; @fallback for null.  Negative: there is none. */
double lens_record_share (LensRecordReader *reader, LensJsonValue *object, const char *key,
                          double most, double fallback);

/* Names of which there are few: a missing or unknown one is a problem of the record. */
LensSeverity lens_record_severity (LensRecordReader *reader, LensJsonValue *object);
LensVerdict lens_record_verdict (LensRecordReader *reader, LensJsonValue *object);
LensClass lens_record_class (LensRecordReader *reader, LensJsonValue *object);
LensCoverageStatus lens_record_status (LensRecordReader *reader, LensJsonValue *object);

/* Calls @read for each element of the list @key, which are objects. */
void lens_record_each (LensRecordReader *reader, LensJsonValue *object, const char *key,
                       gpointer into, void (*read) (LensRecordReader *, LensJsonValue *, gpointer));

void lens_record_write_devices (LensEmit *emit, const GPtrArray *devices);
void lens_record_write_declared (LensEmit *emit, const LensEvaluation *evaluation);
void lens_record_write_witnesses (LensEmit *emit, const GPtrArray *witnesses);
void lens_record_write_ledger (LensEmit *emit, const LensLedgerSection *ledger);
void lens_record_write_findings (LensEmit *emit, const char *key, const GPtrArray *findings);
void lens_record_write_coverage (LensEmit *emit, const GPtrArray *coverage);
void lens_record_write_flows (LensEmit *emit, const LensEvaluation *evaluation);

void lens_record_read_devices (LensRecordReader *reader, LensJsonValue *root);
void lens_record_read_declared (LensRecordReader *reader, LensJsonValue *root);
void lens_record_read_witnesses (LensRecordReader *reader, LensJsonValue *root);
void lens_record_read_ledger (LensRecordReader *reader, LensJsonValue *value);
void lens_record_read_findings (LensRecordReader *reader, LensJsonValue *root);
void lens_record_read_coverage (LensRecordReader *reader, LensJsonValue *root);
void lens_record_read_flows (LensRecordReader *reader, LensJsonValue *root);

/* When all was read: whether its parts agree. */
void lens_record_check (LensRecordReader *reader);

G_END_DECLS
