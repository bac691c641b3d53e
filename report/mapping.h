#pragma once

#include "ledger/evaluation.h"

G_BEGIN_DECLS

/**
 * LensMapping:
 * What findings bear on in published schemes: requirements, controls, techniques.  The rows of
 * report/mapping.tsv, and those of a file of the user's behind them.
 *
 * The verdict never depends on it.
 */
typedef struct _LensMapping LensMapping;

typedef enum
{
  LENS_MAPPING_SUPPORTS,       /* what was measured is evidence when the item is assessed */
  LENS_MAPPING_DOES_NOT_PROVE, /* the item is near, but a capture alone cannot settle it */
} LensMappingRelation;

/* "supports", "does not prove" */
const char *lens_mapping_relation_name (LensMappingRelation relation);

/* All strings are UTF-8 in one line; only @note may be empty. */
typedef struct
{
  char *selector;
  char *scheme;     /* "NIST SP 800-53" */
  char *version;    /* "Rev. 5" */
  char *identifier; /* "SC-31" */
  char *title;      /* as the scheme has it */
  LensMappingRelation relation;
  char *note;
} LensMappingRow;

typedef enum
{
  LENS_MAPPING_ERROR_MALFORMED,
} LensMappingError;

#define LENS_MAPPING_ERROR (lens_mapping_error_quark ())
GQuark lens_mapping_error_quark (void);

#define LENS_MAPPING_MAX_OCTETS (1 << 20) /* of a file */

/* The rows that lenscap comes with. */
LensMapping *lens_mapping_new (void);
void lens_mapping_free (LensMapping *mapping);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensMapping, lens_mapping_free)

/**
 * lens_mapping_extend:
 * Adds the rows of a file: lines that start with # and empty ones are comments, the first other
 * line names the columns, separated by tabs: selector, scheme, version, identifier, title,
 * relation, note.  FALSE with an error that names the line and what is allowed; @mapping has then
 * the rows before that line.
 */
gboolean lens_mapping_extend (LensMapping *mapping, const char *octets, gsize length,
                              GError **error);

guint lens_mapping_length (const LensMapping *mapping);
const LensMappingRow *lens_mapping_row (const LensMapping *mapping, guint index);

/* Whether @row speaks of the evaluation as a whole. */
gboolean lens_mapping_is_of_verdict (const LensMappingRow *row);

/* Whether @row speaks of @finding. */
gboolean lens_mapping_is_of_finding (const LensMappingRow *row, const LensFindingRow *finding);

/**
 * lens_mapping_words:
 * Appends what @finding bears on by @relation, "NIST SP 800-53 SC-31, SI-4(18); MITRE ATT&CK
 * T1095", and returns how many items that are.  The words of a user's file are in it: escape them.
 */
guint lens_mapping_words (GString *into, const LensMapping *mapping, const LensFindingRow *finding,
                          LensMappingRelation relation);

G_END_DECLS
