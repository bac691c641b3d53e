#pragma once

#include <glib.h>

#include "report/mapping.h"

G_BEGIN_DECLS

/**
 * The faces of a record: each format a file or a few, none with a fact that the record (or
 * run.json) lacks, all without a clock or chance, so that two renders are the same octets.
 */

/* What a face is made of; views. */
typedef struct
{
  GBytes *record;             /* evaluation.json */
  GBytes *run;                /* run.json, or NULL */
  const LensMapping *mapping; /* what findings bear on */
  const char *record_sha256;  /* of evaluation.json, 64 hexadecimal digits */
  const char *sums_sha256;    /* of SHA256SUMS; NULL when the case has none */
} LensExportSource;

/* Takes a file of a face; @octets are borrowed. */
typedef void (*LensExportSink) (const char *file, GBytes *octets, gpointer data);

/* The names of the formats, ended by NULL. */
const char *const *lens_export_formats (void);

/* The files of @format, ended by NULL; NULL when there is no such format. */
const char *const *lens_export_files (const char *format);

/**
 * lens_export:
 * Renders the record in each of @formats (known ones, ended by NULL).  FALSE with an error as
 * lens_record_read gives it.
 */
gboolean lens_export (const char *const *formats, const LensExportSource *source,
                      LensExportSink sink, gpointer data, GError **error);

G_END_DECLS
