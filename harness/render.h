#pragma once

#include "harness/order.h"

G_BEGIN_DECLS

/* One file of what was rendered; it owns both. */
typedef struct
{
  char *name;
  GBytes *octets;
} LensRendered;

void lens_rendered_free (gpointer file);

/**
 * lens_render:
 * The files (LensRendered, the array owned by the caller) that @order makes of a record, rendered
 * in a confined process: records may be mailed by strangers.  They are those of the formats that
 * were ordered, whatever that process says.  NULL with @error.
 */
GPtrArray *lens_render (GBytes *record, const LensOrder *order, GError **error);

G_END_DECLS
