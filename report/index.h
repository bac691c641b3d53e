#pragma once

#include "ledger/evaluation.h"

G_BEGIN_DECLS

/**
 * LensIndexRow:
 * One case of a batch, as the index has it.  It owns its text, of which none is trusted.
 */
typedef struct
{
  char *name; /* of the case below the index, without ".case"; any octets but "/" at its start */
  gboolean is_kept; /* the case lies there */
  char *device;     /* or NULL */
  char *channel;    /* of the worst finding, or NULL */
  char *problem;    /* why the input was not read to its end, or NULL */
  gboolean failed;
  LensVerdict verdict;
  guint worst; /* 1 + LensSeverity, 0: no finding */
  guint64 findings, packets;
  guint64 total_octets, undeclared_octets, hidden_octets, unexplained_octets;
} LensIndexRow;

void lens_index_row_free (LensIndexRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensIndexRow, lens_index_row_free)

/**
 * The index over @rows (LensIndexRow, in any order: the same rows give the same octets).
 *
 * The page has the worst first; a script of its own, which its policy names by hash, sorts it by
 * any column, and it is whole without.  The record for machines, "lenscap-batch/1", goes by name.
 */
GBytes *lens_index_html (const GPtrArray *rows);
GBytes *lens_index_json (const GPtrArray *rows);

G_END_DECLS
