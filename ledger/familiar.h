#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LENS_FAMILIAR_VALUES 16

/**
 * LensFamiliar:
 * The values that a field has more often than one time in LENS_FAMILIAR_VALUES + 1: the others vote
 * them out (J. Misra and D. Gries, Finding repeated elements, 1982).  Zero to begin with.
 */
typedef struct
{
  guint64 values[LENS_FAMILIAR_VALUES];
  guint32 votes[LENS_FAMILIAR_VALUES]; /* that no other value cancels */
} LensFamiliar;

/* Takes a value; whether it was familiar. */
gboolean lens_familiar_take (LensFamiliar *familiar, guint64 value);

G_END_DECLS
