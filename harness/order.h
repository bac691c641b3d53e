#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LensOrder:
 * What a confined process is asked to make of a record (harness/render.h), beside the record
 * itself.  It owns what it points to.
 */
typedef struct
{
  GStrv formats;       /* known to report/export.h */
  GBytes *run;         /* run.json, or NULL */
  GBytes *mapping;     /* the user's own rows, or NULL */
  char *record_sha256; /* of evaluation.json */
  char *sums_sha256;   /* of SHA256SUMS, or NULL */
} LensOrder;

LensOrder *lens_order_new (void);
void lens_order_free (LensOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LensOrder, lens_order_free)

/* As octets for the process, and back there: between two processes of one program. */
GBytes *lens_order_octets (const LensOrder *order);
LensOrder *lens_order_read (GBytes *octets);

G_END_DECLS
