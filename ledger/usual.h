#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum
{
  LENS_USUAL_VALUES = 4,
};

/**
 * LensUsual:
 * What a field says most often, as long as that is more than once in five times (the counters of
 * Misra and Gries); the first value has a start of a few votes.  Zero to begin with.
 */
typedef struct
{
  guint64 values[LENS_USUAL_VALUES];
  guint32 votes[LENS_USUAL_VALUES];
  guint32 seen;
} LensUsual;

/* Takes a value; whether it is the usual one.  The first one always is. */
gboolean lens_usual_take (LensUsual *usual, guint64 value);

/* The usual value. */
guint64 lens_usual_value (const LensUsual *usual);

G_END_DECLS
